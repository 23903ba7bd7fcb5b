"""Every component in a real browser, on desktop and phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast

pytestmark = pytest.mark.urls("tests.web.gallery")


@pytest.fixture
def signed_in(page: Page, cast: Cast, settings) -> Page:
    """A page opened by the demo's reviewer."""
    settings.DEMO = True
    page.goto("/sign-in/")
    page.get_by_role("button", name="乡镇审核").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    return page


@pytest.mark.parametrize("path", ["/", "/desk/", "/units/", "/password/", "/gallery/?message=25", "/gallery/?message=30", "/nowhere/"])
def test_a_page_is_accessible(signed_in: Page, faults: Callable[[], list[str]], path: str):
    signed_in.goto(path)
    assert faults() == []


def test_the_sign_in_page_is_accessible(page: Page, cast: Cast, settings, faults: Callable[[], list[str]]):
    settings.DEMO = True
    page.goto("/sign-in/")
    assert faults() == []


def test_nothing_runs_off_the_screen(signed_in: Page):
    signed_in.goto("/gallery/")
    width = signed_in.evaluate("innerWidth")
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width


def test_a_search_narrows_the_list_while_typing_and_stays_in_the_address(signed_in: Page):
    signed_in.goto("/gallery/?tier=3")
    search = signed_in.get_by_role("searchbox")
    search.press_sequentially("柳林")
    expect(signed_in.get_by_text("共 15 个村")).to_be_visible()
    expect(search).to_be_focused()
    expect(signed_in).to_have_url(re.compile(r"\?tier=3&q=%E6%9F%B3%E6%9E%97$"))


def test_a_note_closes_when_asked(signed_in: Page):
    signed_in.goto("/gallery/?message=30")
    note = signed_in.get_by_text("已保存，平安法治星的得分有变化。")
    expect(note).to_be_visible()
    signed_in.get_by_role("button", name="关闭").click()
    expect(note).to_be_hidden()


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_account_menu_closes_on_escape(signed_in: Page):
    summary = signed_in.get_by_text("账号菜单").locator("..")
    summary.click()
    expect(signed_in.get_by_role("button", name="退出登录")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(signed_in.get_by_role("button", name="退出登录")).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.parametrize("screen", ["phone"])
def test_on_a_phone_every_target_is_a_thumb_wide(signed_in: Page):
    signed_in.goto("/gallery/")
    sizes = signed_in.evaluate(
        """[...document.querySelectorAll('.top .tool, .tabs a, .chip, .page-acts .btn, .pager a, .form-control')]
        .filter(element => element.checkVisibility())
        .map(element => Math.round(element.getBoundingClientRect().height))"""
    )
    assert min(sizes) >= 40
