"""A secretary picks steps of the route to the next star; they become dated tasks, are done, and the star moves."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, open_items
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, TODAY, Cast
from tests.journeys.test_township import check_fit, sign_in
from tests.web.conftest import income, lesson
from tests.web.test_route import TWO_WAYS, publish_with

VILLAGE = "/units/990101201/"
ROUTE = f"{VILLAGE}scores/industry/route/"


@pytest.fixture
def village(cast: Cast, settings) -> Cast:
    """柳河村 one lesson, or one members' meeting, short of its star."""
    settings.DEMO, settings.TODAY = True, TODAY
    publication = publish_with(cast, TWO_WAYS)
    income(cast.village)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    return cast


@pytest.mark.parametrize("screen", ["phone"])
def test_picked_steps_become_tasks_that_are_done_and_the_star_moves(page: Page, village: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "支部书记")
    expect(page.get_by_text("没有待办。")).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name="怎么成星").click()
    expect(page.get_by_text("还差 20 分")).to_be_visible()
    expect(page.locator(".sum-words")).to_have_text(re.compile(r"选这些后\s*70 分\s*达星"))
    assert faults() == []

    page.get_by_role("checkbox", name="上一次党课").uncheck()
    expect(page.locator(".sum-words")).to_have_text(re.compile(r"一件也不做\s*50 分\s*还差 20 分"))
    page.get_by_role("checkbox", name="党员大会").check()
    expect(page.locator(".sum-words")).to_have_text(re.compile(r"选这些后\s*70 分\s*达星"))
    expect(page).to_have_url(re.compile(r"pick=members"))
    page.get_by_role("checkbox", name="党员大会").uncheck()
    page.get_by_role("checkbox", name="上一次党课").check()
    expect(page.locator(".sum-facts")).to_contain_text("1 件，约 0.5 工日")

    page.get_by_label("上一次党课").last.fill("2026-06-20")
    page.get_by_role("button", name="列为待办（1 件）").click()
    expect(page.get_by_text("待办：新列入 1 件。")).to_be_visible()
    expect(page.get_by_role("heading", name="上一次党课")).to_be_visible()
    expect(page.get_by_text(re.compile(r"还剩 [34] 个工作日"))).to_be_visible()
    expect(page.get_by_text("0/1", exact=True)).to_be_visible()
    expect(page.get_by_label("底部导航").get_by_role("link", name=re.compile("待办.*1 件将到期"))).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name="记一笔会议").click()
    page.get_by_label("党课").check()
    page.get_by_label("到会人数").fill("23")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("产业兴旺 50 → 70 分，达星")).to_be_visible()
    expect(page.get_by_text("已达到 1/1，可以办结")).to_be_visible()
    assert faults() == []

    page.get_by_role("button", name="办结 ：上一次党课").click()
    expect(page.get_by_text("现在没有待办")).to_be_visible()
    page.get_by_role("link", name="最近办结").click()
    expect(page.get_by_role("button", name="恢复待办")).to_be_visible()
    assert faults() == []

    page.goto(ROUTE)
    expect(page.get_by_text("这颗星已经达到")).to_be_visible()
    assert faults() == []


@pytest.fixture
def plain(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    yield context.new_page()
    context.close()


def test_a_route_is_reckoned_without_script_too(plain: Page, village: Cast):
    sign_in(plain, "支部书记")
    plain.goto(ROUTE)
    plain.get_by_role("checkbox", name="上一次党课").uncheck()
    plain.get_by_role("button", name="按所选的算一算").click()
    expect(plain.locator(".sum-words")).to_have_text(re.compile(r"一件也不做\s*50 分\s*还差 20 分"))
    plain.get_by_role("checkbox", name="上一次党课").check()
    plain.get_by_role("button", name="按所选的算一算").click()
    plain.get_by_role("button", name="列为待办（1 件）").click()
    expect(plain.get_by_role("heading", name="上一次党课")).to_be_visible()


def test_a_task_gets_another_day_or_is_dropped_with_a_reason(page: Page, village: Cast, faults: Callable[[], list[str]]):
    new = [NewItem("修水渠", TODAY), NewItem("清沟", TODAY)]
    open_items(unit=village.village, items=new, source="typed", by=SYSTEM, at=NOW)
    sign_in(page, "支部书记")
    page.goto("/inbox/")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="修水渠"))
    card.get_by_text("改期").first.click()
    assert faults() == []
    card.get_by_label("新的期限").fill("2026-06-30")
    card.get_by_role("button", name="改期", exact=True).click()
    expect(page.get_by_text(re.compile(r"还剩 1[01] 个工作日"))).to_be_visible()

    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="清沟"))
    card.get_by_text("改期").first.click()
    card.get_by_label("不再办的原因").fill("已由镇里清了")
    card.get_by_role("button", name="不再办").click()
    expect(page.get_by_role("heading", name="清沟")).to_have_count(0)
    page.get_by_role("link", name="最近办结").click()
    expect(page.get_by_text("已由镇里清了")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_several_things_are_done_by_keyboard(page: Page, village: Cast, faults: Callable[[], list[str]]):
    new = [NewItem(title, TODAY) for title in ("修水渠", "清沟", "查电")]
    open_items(unit=village.village, items=new, source="typed", by=SYSTEM, at=NOW)
    sign_in(page, "支部书记")
    page.goto("/inbox/")
    for key in ("j", "x", "j", "j", "k", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("（2）")).to_be_visible()
    assert faults() == []
    page.locator("#bulk").get_by_role("button", name="办结").click()
    expect(page.get_by_text("办结 2 件。")).to_be_visible()
    expect(page.locator(".task-title")).to_have_text(["查电"])


def test_a_thing_is_added_and_a_blocked_route_says_by_what(page: Page, cast: Cast, settings, faults: Callable[[], list[str]]):
    settings.DEMO, settings.TODAY = True, TODAY
    publish_with(cast, TWO_WAYS)
    sign_in(page, "支部书记")
    page.goto("/inbox/")
    page.get_by_role("link", name="加一件事").click()
    page.get_by_role("button", name="列入待办").click()
    expect(page.get_by_text("应为日期，如 2025-12-20")).to_be_visible()
    assert faults() == []
    page.get_by_label("事项").fill("修水渠")
    page.get_by_label("期限").fill("2026-07-01")
    page.get_by_role("button", name="列入待办").click()
    expect(page.get_by_role("heading", name="修水渠")).to_be_visible()

    page.goto(ROUTE)
    expect(page.get_by_text("要先有：集体收入")).to_be_visible()
    assert faults() == []


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_reviewer_finds_what_waits_by_unit(page: Page, village: Cast, faults: Callable[[], list[str]]):
    for unit in (village.village, village.neighbour):
        open_items(unit=unit, items=[NewItem(f"{unit.name}的事", TODAY)], source="typed", by=SYSTEM, at=NOW)
    sign_in(page, "乡镇审核")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="待办").click()
    page.get_by_role("link", name="所及单位的").click()
    expect(page.get_by_role("heading", name="柳河村的事")).to_be_visible()
    page.get_by_label("事项或单位名称").fill("青山")
    expect(page.get_by_role("heading", name="柳河村的事")).to_have_count(0)
    expect(page.get_by_role("heading", name="青山村的事")).to_be_visible()
    assert faults() == []


@pytest.mark.parametrize("screen", ["phone"])
def test_on_a_phone_nothing_runs_off_the_screen_and_every_target_is_a_thumb_wide(page: Page, village: Cast):
    lesson(village.neighbour)
    open_items(unit=village.village, items=[NewItem("修水渠", TODAY)], source="typed", by=SYSTEM, at=NOW)
    sign_in(page, "支部书记")
    for address in (VILLAGE, ROUTE, f"{ROUTE}?chosen=1", "/inbox/", f"{VILLAGE}inbox/new/"):
        check_fit(page, address)
