"""J8: a community goes 一征三议两公开 from the opinions of its residents to the published result."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import docx
import pytest
from playwright.sync_api import Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post, Unit
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from fanxing.programme.actions import publish
from fanxing.public_notices.models import Notice
from fanxing.records.models import Record
from fanxing.scheme import read_folder
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, appoint, found

BEGINS = date(2025, 6, 16)


@pytest.fixture
def community(db: None, settings) -> Unit:
    """A community of which the secretary signs in, in the middle of June 2025."""
    settings.DEMO, settings.TODAY = True, BEGINS
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    county = found("990100", "青川县", "county", city)
    street = found("990101", "石桥街道", "township", county)
    unit = found("990101001", "文昌社区", "community", street)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    appoint("secretary", "secretary", unit, Post.objects.get(pk="branch_secretary"))
    return unit


@pytest.fixture
def pass_days(settings) -> Callable[[int], None]:
    """Lets days go by, and the clock act as it does every night."""

    def go_by(days: int) -> None:
        settings.TODAY += timedelta(days=days)
        wind(at=clock.now())

    return go_by


def take(page: Page, matter: Matter, step: str, **said: str) -> None:
    """Take a step on the page of a matter, by what its fields are called."""
    page.goto(f"/matters/{matter.pk}/")
    form = page.locator("details.way", has=page.locator("summary", has_text=re.compile(f"^{step}$")))
    form.locator("summary").click()
    for label, words in said.items():
        option = form.locator("label.option", has_text=re.compile(f"^\\s*{words}\\s*$"))
        if option.count():
            option.click()
        else:
            form.get_by_label(label).first.fill(words)
    form.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text(f"已办理：{step}")).to_be_visible()


def printed(page: Page, matter: Matter) -> str:
    """What the minutes say in Word."""
    answer = page.request.get(f"/matters/{matter.pk}/minutes.docx")
    paper = docx.Document(io.BytesIO(answer.body()))
    return "\n".join(
        [*(one.text for one in paper.paragraphs), *(cell.text for table in paper.tables for row in table.rows for cell in row.cells)]
    )


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_community_decides_from_opinions_to_the_published_result(
    page: Page, community: Unit, pass_days: Callable[[int], None], faults: Callable[[], list[str]]
):
    page.set_default_timeout(30_000)
    page.goto("/sign-in/")
    page.get_by_role("button", name="支部书记").click()
    page.goto(f"/units/{community.code}/matters/new/urban_discussions/")
    page.get_by_label("议题").fill("电动车充电棚选址")
    page.locator("label.option", has_text="老旧小区和公共设施").click()
    page.get_by_label("想征求的意见").fill("建在东门还是西门")
    assert faults() == []
    page.get_by_role("button", name="提出", exact=True).click()
    matter = Matter.objects.get()
    expect(page.get_by_text("征求意见").first).to_be_visible()

    # A resident says an opinion on the public page; it is answered; the days pass.
    page.goto(f"/notices/{Notice.objects.get().pk}/")
    page.get_by_role("textbox", name="您的意见").fill("东门离变压器近，省钱")
    page.get_by_role("button", name="提交意见").click()
    pass_days(8)
    assert Matter.objects.get().state == "asking"
    page.goto(f"/matters/{matter.pk}/")
    page.get_by_role("textbox", name=re.compile("^答复")).fill("采纳，写进方案")
    page.get_by_role("button", name="答复", exact=True).click()
    assert Matter.objects.get().state == "heard"

    take(
        page,
        matter,
        "党组织提议",
        征求到的意见="26",
        意见归纳="多数赞成东门",
        党组织提议日期="2025-06-24",
        提议的内容="建在东门，花八万元，从公共收益里出",
    )
    take(page, matter, "当面商议同意，登记会议", 两委会议日期="2025-06-24", 两委会议应到="9", 两委会议实到="8")
    take(page, matter, "开居民（代表）会议", 会议形式="居民代表会议", **{"居民（代表）会议应到": "45"})

    # Too few papers would fail; here two thirds are there, and most are in favour.
    page.goto(f"/matters/{matter.pk}/")
    page.get_by_text("录入纸质票").click()
    page.get_by_label("同意", exact=True).fill("33")
    page.get_by_label("不同意", exact=True).fill("4")
    page.get_by_role("button", name="保存票数").click()
    expect(page.get_by_text("应到 45 人，已投 37 票")).to_be_visible()
    assert faults() == []
    page.get_by_role("button", name="结束表决").click()
    expect(page.get_by_text("整理决议").first).to_be_visible()

    said = {
        "决议日期": "2025-06-24",
        "决议内容": "同意建在东门，造价不超过八万元",
        "负责的岗位或单位": "居委会副主任",
        "办理期限": "三个月",
    }
    take(page, matter, "公开决议", **said)
    expect(page.get_by_role("link", name="PDF").first).to_be_visible()
    assert faults() == []
    pass_days(7)
    assert Matter.objects.get().state == "decision_notice"
    pass_days(1)
    take(page, matter, "办完，公开结果", 办理结果="充电棚建成，花七万六千元")
    pass_days(8)

    page.goto(f"/matters/{matter.pk}/")
    expect(page.get_by_text("留下的台账")).to_be_visible()
    record = Record.objects.get(kind="decision")
    assert record.data == {"matter": "电动车充电棚选址", "about": "renewal", "in_order": True}
    words = printed(page, matter)
    for one in ("文昌社区议事记录", "应到 45 人，实到 37 人", "同意建在东门，造价不超过八万元", "采纳，写进方案"):
        assert one in words
    assert page.request.get(f"/matters/{matter.pk}/minutes.pdf").body().startswith(b"%PDF-")
    assert page.request.get(f"/matters/{matter.pk}/notice.docx").ok
