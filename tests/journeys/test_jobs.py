"""Work that is sought and offered, in the browser: posted, put together, taken up, kept and counted; and the goals of a branch."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from fanxing.records.models import Record
from fanxing.scoring.queries import account
from tests.journeys.test_circulars import enter
from tests.journeys.test_decisions import take
from tests.journeys.test_matters import Faults, place, press, say, street

__all__ = ["street"]

SHOP, HOME = "0099-2610001", "0099-2610002"


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_company_and_whoever_seeks_work_are_put_together_and_it_counts(
    page: Page, context: BrowserContext, base_url: str, street: Unit, settings, faults: Faults
):
    company, bosses = place(street, "enterprise", "云溪饲料", branch_secretary="boss")
    community, people = place(street, "community", "文昌社区", branch_secretary="secretary")
    enter(context, base_url, bosses["branch_secretary"])
    page.goto(f"/units/{company.code}/matters/new/vacancy/")
    page.get_by_label("工种").select_option(label="仓储配送")
    say(page, 用人单位="云溪饲料", 用人一方="企业", 时间="全天", 报酬="每月 4200 元，缴社保", 招几人="1", 联系电话=SHOP)
    page.get_by_role("button", name="提出").click()
    wanted = Matter.objects.get(procedure_id="vacancy")
    press(page, wanted, "核对无误，公开")

    enter(context, base_url, people["branch_secretary"])
    page.goto(f"/units/{community.code}/matters/new/job_seeker/")
    page.get_by_label("工种").select_option(label="仓储配送")
    say(page, 时间="时间灵活", 会做什么="有叉车证", 联系电话=HOME)
    page.get_by_role("button", name="提出").click()
    seeker = Matter.objects.get(procedure_id="job_seeker")
    page.get_by_role("link", name="去对接").click()
    expect(page.get_by_text("同在石桥街道、工种相符（仓储配送）、时间相符（时间灵活）")).to_be_visible()
    expect(page.get_by_text(SHOP)).to_have_count(0)
    page.get_by_role("button", name="对接 仓储配送").click()
    expect(page.get_by_text("已对接")).to_be_visible()
    page.goto(f"/matters/{seeker.pk}/")
    expect(page.get_by_role("heading", name="已对接：招聘")).to_be_visible()
    expect(page.get_by_text(SHOP)).to_have_count(0)
    page.get_by_role("button", name="看联系方式").click()
    expect(page.get_by_text(SHOP)).to_be_visible()

    enter(context, base_url, bosses["branch_secretary"])
    page.goto(f"/matters/{wanted.pk}/")
    page.get_by_role("button", name="看联系方式").click()
    expect(page.get_by_text(HOME)).to_be_visible()

    enter(context, base_url, people["branch_secretary"])
    today = clock.today()
    take(page, seeker, "约面试", 面试日期=f"{today + timedelta(days=1):%Y-%m-%d}")
    take(page, seeker, "谈成，上岗", 上岗日期=f"{today + timedelta(days=2):%Y-%m-%d}")
    enter(context, base_url, bosses["branch_secretary"])
    take(page, wanted, "结束招聘", 另外自己招到的="0")
    assert Record.objects.get(kind="job").data == {"employer": "firm", "wanted": 1, "hired": 1}
    found = account(company)
    assert found
    assert [found.explanation.find(id).value for id in ("jobs_wanted", "jobs_hired")] == [1, 1]

    settings.TODAY = today + timedelta(days=92)
    wind(at=clock.now())
    enter(context, base_url, people["branch_secretary"])
    page.goto("/inbox/")
    expect(page.get_by_role("heading", name="求职：三个月回访")).to_be_visible()
    press(page, seeker, "仍在岗")
    assert faults() == []
    assert Matter.objects.get(pk=seeker.pk).state == "stayed"


@pytest.mark.parametrize("screen", ["phone"])
def test_a_goal_is_measured_by_the_ledger_from_its_plan_to_the_sheet_of_the_branch(
    page: Page, context: BrowserContext, base_url: str, street: Unit, faults: Faults
):
    company, people = place(street, "enterprise", "云溪饲料", branch_secretary="secretary")
    enter(context, base_url, people["branch_secretary"])
    page.goto(f"/units/{company.code}/matters/new/goal/")
    say(page, 课题="建议落实", 用哪个指标看="采纳的合理化建议", 目标值="1", 计划检查日=f"{date(2025, 9, 1)}")
    page.get_by_role("button", name="提出").click()
    goal = Matter.objects.get()
    take(page, goal, "定对策", 原因和对策="每周收一次")
    take(page, goal, "报实施", 实施情况="收了四周")
    expect(page.get_by_text("采纳的合理化建议 0 条")).to_be_visible()
    take(page, goal, "检查")
    take(page, goal, "固化或再来", 遗留问题和下一步="换成每半月收一次")
    page.goto(f"/units/{company.code}/party-sheet/")
    expect(page.get_by_text("支部目标 1 项，达到 0 项")).to_be_visible()
    assert faults() == []
    assert Record.objects.get(kind="improvement").data["met"] is False
