"""What has a life, in the browser: a report by somebody without an account, a suggestion, a finding, a room and a request."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post, Unit
from fanxing.procedures.models import Matter
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from fanxing.scheme import read_folder
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint, found
from tests.journeys.test_decisions import BEGINS, take
from tests.journeys.visits import enter, leave

Faults = Callable[[], list[str]]


@pytest.fixture
def street(db: None, settings) -> Unit:
    """A street in the middle of June 2025, ruled by the programme that ships."""
    settings.DEMO, settings.TODAY = True, BEGINS
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    county = found("990100", "青川县", "county", city)
    unit = found("990101", "石桥街道", "township", county)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return unit


def place(street: Unit, kind: str, name: str, **posts: str) -> tuple[Unit, dict[str, User]]:
    """A unit of the street, and who holds which post there (post → username)."""
    unit = found(f"9901010{Unit.objects.count():02}", name, kind, street)
    return unit, {post: appoint(username, username, unit, Post.objects.get(pk=post)) for post, username in posts.items()}


def say(page: Page, **said: str) -> None:
    """Fill in the form of the page, by what its fields are called."""
    for label, words in said.items():
        option = page.locator("label.option", has_text=re.compile(f"^\\s*{words}\\s*$"))
        if option.count():
            option.first.click()
        else:
            page.get_by_label(label).first.fill(words)


def press(page: Page, matter: Matter, step: str) -> None:
    """Take a step that asks for nothing."""
    page.goto(f"/matters/{matter.pk}/")
    page.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text(f"已办理：{step}")).to_be_visible()


@pytest.mark.parametrize("screen", ["phone"])
def test_a_resident_reports_by_the_code_on_a_wall_and_rates_what_came_of_it(
    page: Page, context: BrowserContext, base_url: str, street: Unit, faults: Faults
):
    community, people = place(street, "community", "文昌社区", branch_secretary="secretary")
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 34.76312, "longitude": 113.64537, "accuracy": 20})
    page.goto(f"/open/report/{community.code}/?place=文化广场")
    expect(page.get_by_label("地点")).to_have_value("文化广场")
    say(page, 类别="公共设施", 情况="健身器材的螺丝松了")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_label("位置", exact=False).last).to_have_value("北纬 34.76312，东经 113.64537（约 20 米内）")
    assert faults() == []
    page.get_by_role("button", name="提交").click()
    code = page.locator("strong.code").inner_text()
    matter = Matter.objects.get()
    enter(context, base_url, people["branch_secretary"])
    take(page, matter, "受理转办")
    take(page, matter, "报办结", 办理结果="已紧固")
    press(page, matter, "核验通过")
    assert Record.objects.get(kind="report").data["place"] == "文化广场"
    leave(page)
    page.goto("/follow/")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("已紧固")).to_be_visible()
    page.locator("summary", has_text="评价").click()
    page.locator("details.way[open] label.option", has_text=re.compile("^\\s*是\\s*$")).click()
    page.locator("details.way[open]").get_by_role("button", name="评价").click()
    expect(page.get_by_text("已收到，谢谢。")).to_be_visible()
    assert faults() == []
    assert Matter.objects.get().data["satisfied"] is True


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_suggestion_is_adopted_put_right_and_valued(page: Page, context: BrowserContext, base_url: str, street: Unit, faults: Faults):
    company, people = place(street, "enterprise", "云溪饲料", branch_secretary="secretary", finance_officer="finance")
    enter(context, base_url, people["branch_secretary"])
    page.goto(f"/units/{company.code}/matters/new/suggestion/")
    say(page, 建议="边角料分类回收", 类别="降本")
    page.get_by_role("button", name="提出").click()
    matter = Matter.objects.get()
    take(page, matter, "采纳", 由哪个部门或班组落实="仓储组")
    take(page, matter, "报落实", 怎样落实的="设了三个回收箱")
    enter(context, base_url, people["finance_officer"])
    take(page, matter, "核定价值", 核定的价值="12000")
    assert faults() == []
    assert Record.objects.get(kind="suggestion").data == {"about": "cost", "adopted": True, "put_right": True, "value": 12000}
    enter(context, base_url, people["branch_secretary"])
    page.goto(f"/units/{company.code}/records/?kind=suggestion")
    expect(page.get_by_text("1.2 万元").first).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_finding_gets_an_owner_and_a_term_is_put_right_and_struck_off(
    page: Page, context: BrowserContext, base_url: str, street: Unit, faults: Faults
):
    community, people = place(street, "community", "文昌社区", branch_secretary="secretary")
    reviewer = appoint("reviewer", "reviewer", street, Post.objects.get(pk="township_reviewer"))
    enter(context, base_url, reviewer)
    page.goto(f"/units/{community.code}/matters/new/problem/")
    say(page, 问题="活动室灭火器压力不足", 怎么发现的="联合走访", 轻重="有危险、马上改")
    page.get_by_role("button", name="提出").click()
    matter = Matter.objects.get()
    assert matter.is_urgent
    enter(context, base_url, people["branch_secretary"])
    page.goto("/inbox/")
    expect(page.get_by_text("活动室灭火器压力不足").first).to_be_visible()
    take(page, matter, "认领", 谁来改="支部副书记")
    take(page, matter, "报整改完成", 改的结果="已更换")
    enter(context, base_url, reviewer)
    press(page, matter, "销号")
    assert faults() == []
    assert (Matter.objects.get().state, Matter.objects.get().was_late) == ("struck", False)


@pytest.mark.parametrize("screen", ["phone"])
def test_a_resident_books_a_room_and_asks_for_a_service_and_the_window_handles_both(
    page: Page, context: BrowserContext, base_url: str, street: Unit, faults: Faults
):
    community, people = place(street, "community", "文昌社区", branch_secretary="secretary")
    page.goto(f"/open/booking/{community.code}/week/")
    page.get_by_role("link", name=re.compile("预约 议事室 · 晚上")).last.click()
    say(page, 做什么用="书法课")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("strong.code")).to_be_visible()
    booking = Matter.objects.get(procedure_id="booking")
    page.goto(f"/open/booking/{community.code}/week/")
    expect(page.get_by_text("已约")).to_be_visible()
    page.goto(f"/open/service_request/{community.code}/")
    say(page, 办什么事="居住证明", 哪一类="证明盖章")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("strong.code")).to_be_visible()
    asked = Matter.objects.get(procedure_id="service_request")
    assert faults() == []
    enter(context, base_url, people["branch_secretary"])
    press(page, booking, "同意")
    press(page, asked, "受理")
    take(page, asked, "办好了", 办理结果="已开具")
    assert Matter.objects.get(pk=asked.pk).entered_on == clock.today()
