"""Someone opens the demo, steps into a role, and leaves again; someone else mistypes a password."""

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast


def test_a_visitor_steps_into_a_role_and_leaves(page: Page, cast: Cast, settings):
    settings.DEMO = True
    page.goto("/")
    page.get_by_role("link", name="登录").click()
    page.get_by_role("button", name="乡镇审核").click()
    expect(page).to_have_title("工作台 · “五星”支部创建工作台")
    page.get_by_text("账号菜单").locator("..").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="选一个角色，走一遍")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_mistyped_password_says_what_to_do_and_the_page_stays_usable(page: Page, cast: Cast):
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill("secretary")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.get_by_label("用户名")).to_have_value("secretary")


@pytest.mark.parametrize("screen", ["phone"])
def test_large_text_is_large_and_nothing_runs_off_the_screen(page: Page, cast: Cast, settings):
    settings.DEMO = True
    page.goto("/sign-in/")
    page.get_by_role("button", name="支部书记").click()
    page.get_by_text("账号菜单").locator("..").click()
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html.text-large")).to_be_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
