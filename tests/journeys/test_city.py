"""The demo city in a browser, as a visitor finds it: what a stranger reads, J3, J7, J13, J15 and J16 at the size of a city.

It takes long to load, so every journey through it stands here: the files of journeys are shared out to processes.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fanxing.scheme.workbook.example import example
from tests.demo_city import DEMO, city_store
from tests.journeys.visits import leave
from tests.serving import Store, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The city as it was loaded, of which each journey has a copy."""
    return city_store(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def site(city: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A copy of the city that journeys write to; each writes where no other looks."""
    with serving(city.copy(tmp_path_factory.mktemp("copy") / "city"), **DEMO) as (_, address):
        yield address


def sign_in(page: Page, site: str, username: str) -> None:
    leave(page)
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


def test_a_sum_falls_due_is_received_and_the_star_follows(
    page: Page, city: Store, tmp_path: Path, faults: Callable[[], list[str]], screen: str
):
    with serving(city.copy(tmp_path / "copy"), **DEMO) as (_, address):
        page.goto(f"{address}/sign-in/")
        page.get_by_role("button", name="支部书记").click()
        page.get_by_role("main").get_by_role("link", name="台账").first.click()
        page.get_by_role("link", name="到期收款").click()
        soon = page.get_by_role("row", name=re.compile("将到期"))
        row = soon.first
        expect(row).to_contain_text("2025年12月5日")
        waiting = soon.count()
        rest = row.get_by_text(re.compile("元$")).last.inner_text()
        assert faults() == []

        row.get_by_role("link", name="登记到账").click()
        expect(page.get_by_label("到账金额")).to_have_value(re.sub(r"\D", "", rest))
        expect(page.get_by_label("所属合同").locator("option:checked")).to_contain_text("合同")
        expect(page.get_by_role("radio", name="合同保底收益")).to_be_checked()
        assert faults() == []
        page.get_by_role("button", name="保存", exact=True).click()

        expect(page.get_by_text("已登记村集体收入。")).to_be_visible()
        expect(page.get_by_text(re.compile(r"合同保底收益到账 [\d.]+ 万 → [\d.]+ 万元"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"产业兴旺 [\d.]+ → [\d.]+ 分"))).to_be_visible()
        expect(soon).to_have_count(waiting - 1)
        expect(page.get_by_role("row", name=re.compile("已收齐")).first).to_be_visible()
        assert faults() == []


@pytest.mark.parametrize("screen", ["phone"])
def test_in_the_demo_city_two_things_said_at_once_become_two_records(page: Page, city: Store, tmp_path: Path):
    with serving(city.copy(tmp_path / "copy"), **DEMO) as (_, address):
        page.goto(f"{address}/sign-in/")
        page.get_by_role("button", name="支部书记").click()
        said = "昨天上午支部书记讲党课，应到30人，实到26人。晚上巡防，参加人数5人。"
        page.get_by_role("textbox", name="说一句话记一笔").fill(said)
        page.get_by_role("button", name="识别").click()
        expect(page.get_by_text("这段话里有 2 件事")).to_be_visible()
        expect(page.get_by_label("实到人数")).to_have_value("26")
        page.get_by_role("button", name="核对好了，登记").click()
        expect(page.get_by_text("书记讲党课次数 0 → 1")).to_be_visible()
        expect(page.get_by_role("heading", name="巡防")).to_be_visible()
        expect(page.get_by_label("日期")).to_have_value("2025-11-30")
        expect(page.get_by_label("参加人数")).to_have_value("5")
        page.get_by_role("button", name="核对好了，登记").click()
        expect(page.get_by_text("已登记巡防。")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/units/\w+/$"))
