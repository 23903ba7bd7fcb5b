"""Somebody is away: another stands in, sees what waits for the post and acts, and has nothing of it once the time is over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post, Unit
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.models import MatterStep
from tests.cast import appoint
from tests.journeys.test_decisions import BEGINS
from tests.journeys.test_matters import place, street
from tests.journeys.visits import enter, leave

__all__ = ["street"]
REPORT = {"what": "facility", "place": "文化广场", "detail": "健身器材的螺丝松了", "danger": False}


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
def test_who_stands_in_does_what_waits_until_the_leave_is_over(
    page: Page, context: BrowserContext, base_url: str, street: Unit, settings, faults: Callable[[], list[str]]
):
    village, users = place(street, "village", "柳河村", branch_secretary="secretary", committee_head="deputy")
    clerk = appoint("clerk", "赵敏", street, Post.objects.get(pk="township_clerk"))
    open_matter(unit=village, procedure="report", data=REPORT, by=SYSTEM, at=clock.now())
    away = users["branch_secretary"].person

    # The leave is entered by who keeps the people of the village.
    enter(context, base_url, clerk)
    page.goto(f"/people/{away.pk}/")
    page.get_by_role("link", name="代行").click()
    page.get_by_label("由谁代行").fill("deputy")
    page.get_by_label("止", exact=True).fill(str(BEGINS + timedelta(9)))
    page.get_by_role("button", name="先看会怎样").click()
    expect(page.get_by_text("由deputy代行柳河村支部书记（secretary）")).to_be_visible()
    page.get_by_role("button", name="确认代行").click()
    expect(page.get_by_role("link", name="提前结束")).to_be_visible()
    assert faults() == []
    leave(page)

    # Who stands in sees what waits for the post, and acts.
    enter(context, base_url, users["committee_head"])
    page.goto("/inbox/")
    expect(page.get_by_text("您代行柳河村支部书记（代 secretary）")).to_be_visible()
    assert faults() == []
    page.get_by_role("link", name="去办理").click()
    page.locator("summary", has_text="不予受理").click()
    page.get_by_label("原因").fill("不属于本村")
    page.get_by_role("button", name="不予受理").click()
    expect(page.get_by_text("柳河村村（居）委会主任（代支部书记）")).to_be_visible()
    assert MatterStep.objects.last().taken_by == "deputy"
    open_matter(unit=village, procedure="report", data=REPORT, by=SYSTEM, at=clock.now())
    page.goto("/inbox/")
    page.get_by_role("button", name="我来办").click()
    expect(page.get_by_text("您在办")).to_be_visible()

    # The leave is over: nothing of it is left, and the holder has it.
    settings.TODAY = BEGINS + timedelta(10)
    page.goto("/inbox/")
    expect(page.get_by_text("您代行")).to_have_count(0)
    expect(page.get_by_text("随手拍：待受理")).to_have_count(0)
    leave(page)
    enter(context, base_url, users["branch_secretary"])
    page.goto("/inbox/")
    expect(page.get_by_role("button", name="我来办")).to_be_visible()
