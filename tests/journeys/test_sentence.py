"""On a phone, one sentence becomes a record, and a star moves."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fanxing.programme.models import Publication
from tests.cast import Cast
from tests.journeys.city import DEMO, city_store
from tests.journeys.test_township import check_fit, sign_in, township
from tests.serving import Store, serving
from tests.web.conftest import programme

__all__ = ["city_store", "programme", "township"]


@pytest.mark.smoke
@pytest.mark.parametrize("screen", ["phone"])
def test_a_secretary_says_what_was_done_and_a_star_moves(
    page: Page, township: Cast, programme: Publication, faults: Callable[[], list[str]]
):
    sign_in(page, "支部书记")
    page.get_by_role("textbox", name="说一句话记一笔").fill("2024年3月8日上党课，到会二十三人，发了30份资料")
    page.get_by_role("button", name="识别").click()
    expect(page.locator(".said-value").first).to_contain_text("2024年3月8日")
    expect(page.locator(".said-unread").first).to_contain_text("30份")
    expect(page.get_by_label("到会人数")).to_have_value("23")
    expect(page.get_by_label("党课")).to_be_checked()
    page.evaluate("scrollTo(0, 0)")
    assert faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_label("到会人数").fill("24")
    page.get_by_role("button", name="核对好了，登记").click()
    expect(page.get_by_text("产业兴旺 50 → 70 分，达星")).to_be_visible()


@pytest.mark.parametrize("screen", ["phone"])
def test_the_page_fits_a_phone_and_says_what_to_do(page: Page, township: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "支部书记")
    check_fit(page, "/units/990101201/records/say/")
    assert faults() == []
    page.get_by_role("button", name="识别").click()
    expect(page.get_by_text("还没有写内容")).to_be_visible()
    page.get_by_role("textbox").fill("好的收到")
    page.get_by_role("button", name="识别").click()
    expect(page.get_by_text("没有听出这是哪类记录")).to_be_visible()
    assert faults() == []
    page.get_by_role("button", name="会议").click()
    expect(page.get_by_role("heading", name="会议")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("screen", ["phone"])
def test_in_the_demo_city_two_things_said_at_once_become_two_records(page: Page, city_store: Store, tmp_path: Path):
    with serving(city_store.copy(tmp_path / "copy"), **DEMO) as (_, address):
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
