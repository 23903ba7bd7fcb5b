"""A branch turns points on, a confirmed record gives some, the member objects, and the secretary takes them away."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Person
from fanxing.programme.actions import publish
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.points.conftest import RULES


@pytest.fixture
def branch(cast: Cast, settings) -> Cast:
    """柳河村, for which the township has entered a lesson that awaits the secretary."""
    settings.DEMO, settings.TODAY = True, TODAY
    publish(files=RULES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    data = {"form": "lesson", "attended": 12, "topic": "学党史"}
    add_record(unit=cast.village, kind="meeting", occurred_on=TODAY, data=data, by=cast.clerk, at=NOW)
    return cast


def test_points_are_given_disputed_and_taken_away(page: Page, branch: Cast, faults: Callable[[], list[str]]):
    page.set_default_timeout(6000)
    code, name = branch.village.code, Person.objects.get(user=branch.secretary).name
    page.goto("/sign-in/")
    page.get_by_role("button", name="支部书记").click()
    page.goto(f"/units/{code}/points/")
    page.get_by_role("checkbox", name=re.compile("我已看过")).check()
    page.get_by_role("button", name="开启党员积分").click()
    expect(page.get_by_text("已开启党员积分。")).to_be_visible()
    assert faults() == []

    page.goto(f"/units/{code}/records/confirm/")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name=re.compile("^确认")).first.click()
    page.wait_for_url(re.compile("moved="))
    page.goto(f"/records/{Record.objects.latest('pk').pk}/")
    page.locator("summary").get_by_text("登记参加人员").click()
    page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已登记 1 人。")).to_be_visible()

    page.goto("/points/")
    expect(page.get_by_role("heading", name="现有积分 4")).to_be_visible()
    page.locator("summary").get_by_text(re.compile("^有异议")).click()
    page.get_by_label("哪里不对").fill("那天我请假")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("等待答复")).to_be_visible()
    assert faults() == []

    page.goto("/inbox/")
    page.get_by_role("link", name="去答复").click()
    page.get_by_role("textbox", name="答复").fill("属实，撤销")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("已答复。")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=name).click()
    page.locator("summary").get_by_text(re.compile("^撤销")).click()
    page.get_by_label("为什么撤销").fill("请假，没有到会")
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("已撤销", exact=True)).to_be_visible()
    assert faults() == []

    page.goto("/inbox/")
    expect(page.get_by_text("答复党员积分异议")).to_have_count(0)
