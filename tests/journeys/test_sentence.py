"""On a phone, one sentence becomes a record, and a star moves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.programme.models import Publication
from tests.cast import Cast
from tests.journeys.test_township import check_fit, sign_in, township
from tests.web.conftest import programme

__all__ = ["programme", "township"]


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
