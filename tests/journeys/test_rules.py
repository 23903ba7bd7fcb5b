"""J7: the city's staff change a number of a draft, see who gains and who loses, and a second person publishes it for the next period."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Post
from fanxing.programme.models import Draft, Publication
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast, appoint
from tests.journeys.visits import leave
from tests.web.conftest import income, lesson, programme

__all__ = ["programme"]


@pytest.fixture
def city(cast: Cast, programme: Publication, settings) -> Cast:
    """柳河村 with four lessons and 青山村 with one hold the star, 东湾村 does not; a deputy sits at the city's desk too."""
    settings.DEMO = True
    for unit in (cast.village, cast.neighbour, cast.other_village):
        income(unit)
    for month in (1, 2, 3, 4):
        lesson(cast.village, month)
    lesson(cast.neighbour)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))
    return cast


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.locator(f"form[action*='/{username}/'] button").click()
    expect(page).to_have_url(re.compile("/desk/$"))


def fill(page: Page, label: str, value: str) -> None:
    """Fill in a number, and wait until the page has come back with what it changes."""
    version = page.locator("#version").input_value()
    page.get_by_label(label, exact=True).fill(value)
    page.keyboard.press("Tab")
    expect(page.locator("#version")).not_to_have_value(version)


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_rules_are_changed_tried_and_published_for_the_next_period(page: Page, city: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "desk")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="评分细则").click()
    assert faults() == []
    page.get_by_role("link", name="起草下一期规则").click()
    assert faults() == []
    page.get_by_label("草案名称").fill("下一期细则")
    page.get_by_role("button", name="开始起草").click()
    expect(page.get_by_text("0 个单位失星")).to_be_visible()
    expect(page.get_by_text("验算样例都得出应有的结果")).to_be_visible()
    assert faults() == []

    fill(page, "产业兴旺 达星线", "80")
    expect(page.get_by_text("1 个单位失星")).to_be_visible()
    moves = page.locator("#moves")
    expect(moves.get_by_role("link", name="青山村")).to_be_visible()
    expect(moves.get_by_role("link", name="柳河村")).to_have_count(0)
    assert faults() == []

    # The keyboard goes on where it was, and the way back is one click.
    page.get_by_role("button", name="产业兴旺 达星线改回 70").click()
    expect(page.get_by_text("没有单位的星级变化")).to_be_visible()
    expect(page.get_by_label("产业兴旺 达星线", exact=True)).to_have_value("70")
    fill(page, "产业兴旺 达星线", "80")

    moves.get_by_role("link", name="为什么").click()
    expect(page.get_by_role("cell", name="达星 得分 70", exact=True)).to_be_visible()
    assert faults() == []
    page.go_back()

    fill(page, "收入得分 第 1 档标准", "200000")
    expect(page.get_by_text("够格")).to_have_count(2)
    accept = page.get_by_role("button", name=re.compile("按新规则改为"))
    for left in (1, 0):
        accept.first.click()
        expect(accept).to_have_count(left)
    expect(page.get_by_text("验算样例都得出应有的结果")).to_be_visible()

    page.get_by_role("link", name="修改对照表").click()
    expect(page.get_by_text("分数线由 70 分改为 80 分")).to_be_visible()
    assert faults() == []
    page.go_back()

    page.get_by_label("文号").fill("云组〔2099〕9号")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("须由另一位有发布权限的人核对后发布")).to_be_visible()
    assert faults() == []

    leave(page)
    sign_in(page, "deputy")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile("评分细则.*1 件待您发布")).click()
    page.get_by_role("link", name="下一期细则").click()
    expect(page.get_by_text("2 个单位失星")).to_be_visible()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("自 2100年1月1日 起适用于云溪市及全部下级")).to_be_visible()
    assert faults() == []

    page.goto(f"/units/{city.village.code}/")
    expect(page.get_by_text("一星").first).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_a_second_editor_is_told_and_loses_nothing(page: Page, city: Cast):
    sign_in(page, "desk")
    page.goto("/rules/new/")
    page.get_by_role("button", name="开始起草").click()
    expect(page.get_by_text("0 个单位失星")).to_be_visible()
    Draft.objects.update(version=5, edited_by="deputy", edited_by_title="创建办副手")
    page.get_by_label("产业兴旺 达星线", exact=True).fill("80")
    page.keyboard.press("Tab")
    expect(page.get_by_text("创建办副手刚刚改过这份草案")).to_be_visible()
    expect(page.get_by_label("产业兴旺 达星线", exact=True)).to_have_value("80")
