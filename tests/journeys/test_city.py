"""The demo city in a browser, as a visitor finds it: what a stranger reads, J3, J7 and J13 at the size of a city."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fanxing.scheme.workbook.example import example
from tests.journeys.city import DEMO, city_site, city_store
from tests.serving import Store, serving

__all__ = ["city_site", "city_store"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(city_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A copy of the city that journeys write to; each writes where no other looks."""
    with serving(city_store.copy(tmp_path_factory.mktemp("copy") / "city"), **DEMO) as (_, address):
        yield address


def sign_in(page: Page, site: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/sign-in/")
    page.locator(f"form[action*='/{username}/'] button").click()
    expect(page.get_by_role("main")).to_be_visible()
    expect(page).not_to_have_url(re.compile("sign-in"))


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_stranger_reads_the_published_counts(page: Page, site: str):
    page.goto(site)
    words = page.get_by_role("heading", level=1).inner_text()
    for figure in ("2,349", "34", "246", "177", "46.36%", "60", "300", "20"):
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d,])", words), (figure, words)
    page.get_by_role("heading", level=1).get_by_role("link", name="246").click()
    expect(page.get_by_role("main")).to_contain_text("246")


@pytest.mark.parametrize("screen", ["phone"])
def test_a_secretary_picks_steps_does_one_and_the_fifth_star_comes(page: Page, site: str):
    sign_in(page, site, "secretary")
    expect(page.get_by_role("main")).to_contain_text("四星")
    page.get_by_role("link", name="怎么成星").click()
    lesson = page.get_by_role("checkbox", name="请支部书记讲一次党课")
    for picked in page.locator(".main input[type=checkbox]:checked").all():
        picked.uncheck()
    lesson.check()
    expect(page.locator(".sum-words")).to_contain_text("达星")

    page.get_by_role("button", name="列为待办（1 件）").click()
    expect(page.get_by_role("heading", name="请支部书记讲一次党课")).to_be_visible()
    page.get_by_role("link", name="记一笔组织生活").click()
    page.get_by_label("形式").select_option("党课")
    page.get_by_role("main").get_by_label("支部书记", exact=True).check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("四星 → 五星")).to_be_visible()
    expect(page.get_by_text("可以办结")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_desk_changes_a_mark_sees_who_loses_and_a_second_person_publishes(page: Page, site: str):
    sign_in(page, site, "desk")
    page.goto(f"{site}/rules/new/")
    page.get_by_role("button", name="开始起草").click()
    expect(page.get_by_text("0 个单位失星")).to_be_visible()
    page.get_by_role("link", name="产业兴旺").first.click()
    page.get_by_label("产业兴旺 达星线", exact=True).fill("85")
    page.keyboard.press("Tab")
    expect(page.get_by_text(re.compile(r"[1-9]\d* 个单位失星"))).to_be_visible()
    expect(page.locator("#moves").get_by_role("link", name="为什么").first).to_be_visible()
    expect(page.get_by_text("个验算结果与原来不同")).to_be_visible()
    while (accept := page.get_by_role("button", name=re.compile("按新规则改为"))).count():
        left = accept.count()
        accept.first.click()
        expect(accept).to_have_count(left - 1)
    page.get_by_label("文号").fill("繁星示〔2026〕9 号")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("须由另一位有发布权限的人核对后发布")).to_be_visible()
    draft = page.url

    sign_in(page, site, "deputy")
    page.goto(draft)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("自 2026年1月1日 起适用于")).to_be_visible()
    page.goto(site)
    expect(page.get_by_role("heading", level=1)).to_contain_text("46.36%")


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_countys_own_sheet_becomes_a_draft_that_is_tried(page: Page, site: str, tmp_path: Path):
    (tmp_path / "sheet.xlsx").write_bytes(example())
    sign_in(page, site, "desk")
    page.goto(f"{site}/rules/sheet/new/")
    page.get_by_label("评分细则工作簿").set_input_files(tmp_path / "sheet.xlsx")
    page.get_by_role("button", name="读取").click()
    expect(page.get_by_text(re.compile("还有 .* 行要定|各行都已有着落"))).to_be_visible()
    expect(page.locator(".sheet-held").first).to_contain_text("2,349")
