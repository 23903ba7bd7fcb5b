"""What waits on a phone: photos, a record changed meanwhile or there already, a session that ended, another user, several drafts."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from fanxing.audit.actors import SYSTEM
from fanxing.evidence.models import Evidence
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.models import Record
from tests.cast import NOW, Cast
from tests.evidence.conftest import FILES, stored
from tests.evidence.shots import shot
from tests.journeys.test_offline import NEW, away, fill, kill, on_phone, prepared, when
from tests.journeys.test_township import sign_in, township
from tests.journeys.visits import faults_of, leave
from tests.web.conftest import lesson, published

__all__ = ["away", "stored", "township"]

MEETING = FILES["records/meeting.yaml"].replace("recorded_by: [secretary]", "recorded_by: [secretary]\nidentity: [form, day]")


@pytest.fixture
def programme(cast: Cast) -> Publication:
    """Meetings that may be shown by photos, one of a form a day."""
    return published(cast, **{"records/meeting.yaml": MEETING})


def save(page: Page, name: str = "保存") -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="待发送")).to_be_visible()


def lose_the_answer(route: Route) -> None:
    """The server hears it, the phone does not hear the server."""
    route.fetch()
    route.abort()


def test_photos_wait_in_a_closed_browser_and_arrive_once(playwright: Playwright, base_url: str, township: Cast, tmp_path: Path):
    photos = [tmp_path / f"现场{number}.jpg" for number in (1, 2)]
    for number, path in enumerate(photos):
        path.write_bytes(shot(number))
    with on_phone(playwright, tmp_path / "phone", base_url) as phone:
        page = prepared(phone)
        phone.set_offline(True)
        page.goto(NEW)
        fill(page)
        page.get_by_label("现场照片").set_input_files(photos)
        save(page)
    with on_phone(playwright, tmp_path / "phone", base_url) as phone:
        phone.set_offline(True)
        page = phone.new_page()
        page.goto("/queue/")
        expect(page.locator(".queue-one .pill")).to_have_text("待发送")
        expect(page.locator(".queue-said")).to_contain_text("现场2.jpg")
        phone.route(f"**{NEW}", lose_the_answer)
        with phone.expect_event("requestfailed", lambda request: request.method == "POST"):
            phone.set_offline(False)
        expect(page.locator(".queue-one .pill")).to_have_text("已发出，还没有收到回执")
        phone.unroute(f"**{NEW}")
        page.reload()
        expect(page.locator(".queue-one .pill")).to_have_text("已收到")
        record = Record.objects.get(unit=township.village, kind="meeting")
        expect(page.get_by_text(f"编号 {record.reference}")).to_be_visible()
    assert sorted(Evidence.objects.filter(record=record).values_list("name", flat=True)) == ["现场1.jpg", "现场2.jpg"]


def corrected(record: Record) -> str:
    data = {"form": "lesson", "attended": 26, "topic": "学党章"}
    correct_record(record=record, occurred_on=date(2024, 3, 9), data=data, by=SYSTEM, at=NOW, reason="日期记错")
    return "2024年3月9日"


def withdrawn(record: Record) -> str:
    withdraw_record(record=record, reason="登错了村", by=SYSTEM, at=NOW)
    return "登错了村"


@pytest.mark.parametrize(
    ("change", "choice", "done"),
    [(corrected, "在现在的内容上再更正", "保存更正"), (withdrawn, "作为新的一条登记", "保存")],
)
def test_a_correction_that_somebody_came_before_is_shown_beside_what_holds_now(
    away: BrowserContext, township: Cast, change: Callable[[Record], str], choice: str, done: str
):
    record = lesson(township.village)
    page = prepared(away, f"/records/{record.pk}/correct/")
    away.set_offline(True)
    page.goto(f"/records/{record.pk}/correct/")
    page.get_by_label("到会人数").fill("31")
    page.get_by_label("更正原因").fill("数错了")
    save(page, "保存更正")
    theirs = change(record)
    away.set_offline(False)
    expect(page.locator(".queue-one .pill")).to_have_text("原记录已有变动")
    expect(page.locator(".queue-mine")).to_contain_text("31")
    expect(page.locator(".queue-now")).to_contain_text(theirs)
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=choice).click()
    expect(page.get_by_label("到会人数")).to_have_value("31")
    if change is corrected:
        expect(page.locator("[data-drafts]")).to_contain_text("到会人数 31（现在 26）")
    page.get_by_role("button", name=done, exact=True).click()
    expect(page.get_by_text("已更正会议。" if change is corrected else "已登记会议。")).to_be_visible()
    last = Record.objects.latest("pk")
    assert (last.data["attended"], last.supersedes_id is not None) == (31, change is corrected)
    assert Record.objects.filter(unit=township.village, kind="meeting").count() == 3


def test_the_same_record_twice_is_shown_and_sent_all_the_same_where_its_author_insists(away: BrowserContext, township: Cast):
    page = prepared(away)
    away.set_offline(True)
    page.goto(NEW)
    fill(page, "31")
    page.get_by_role("button", name="保存并再记一条").click()
    expect(page.get_by_text("刚才那一条已存在这台设备上")).to_be_visible()
    expect(page.get_by_label("到会人数")).to_have_value("")
    page.get_by_role("link", name="看待发送").click()
    lesson(township.village)
    away.set_offline(False)
    expect(page.locator(".queue-one .pill")).to_have_text("被退回")
    expect(page.locator(".queue-now")).to_contain_text("23 人")
    assert faults_of(page) == []
    page.get_by_role("button", name="仍要登记").click()
    expect(page.locator(".queue-one .pill")).to_have_text("已收到")
    assert [one.data["attended"] for one in Record.objects.filter(unit=township.village, kind="meeting")] == [23, 31]


def test_neither_an_ended_session_nor_another_user_sends_or_sees_what_waits(away: BrowserContext, township: Cast):
    meetings = Record.objects.filter(kind="meeting", unit=township.village)
    page = prepared(away)
    page.get_by_label("到会人数").fill("77")
    when(page, "async () => (await offline.all()).length == 1")
    away.set_offline(True)
    page.goto(NEW)
    fill(page)
    save(page)
    left_open = away.new_page()
    left_open.goto(NEW)
    away.clear_cookies()
    away.set_offline(False)
    page.get_by_text("登录已过期").wait_for()
    page.get_by_role("link", name="去登录").click()
    expect(page.get_by_text("没有发送的内容都在这台设备上")).to_be_visible()
    page.get_by_role("button", name="乡镇审核").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    fill(left_open, "25")
    save(left_open)
    page.goto("/queue/")
    expect(page.get_by_text("这台设备上另有 3 条由其他用户填写")).to_be_visible()
    expect(page.locator(".queue-one")).to_have_count(0)
    expect(page.get_by_role("button", name="导出备份")).to_be_hidden()
    assert meetings.count() == 0
    left_open.close()
    leave(page)
    sign_in(page, "支部书记")
    expect(page.get_by_role("heading", name="柳河村")).to_be_visible()
    page.goto("/queue/")
    expect(page.locator(".queue-one .pill")).to_have_text(["被退回", "已收到", "草稿"])
    assert [one.data["attended"] for one in meetings] == [24]


def test_a_device_that_is_full_says_so_and_what_was_typed_is_still_sent(away: BrowserContext, township: Cast):
    away.add_init_script("IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }")
    page = prepared(away)
    away.set_offline(True)
    page.goto(NEW)
    fill(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("这台设备存不下了")).to_be_visible()
    away.set_offline(False)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已登记会议。")).to_be_visible()
    assert Record.objects.get(unit=township.village, kind="meeting").data["attended"] == 24


def test_of_two_drafts_begun_at_once_a_killed_browser_keeps_both(playwright: Playwright, base_url: str, township: Cast, tmp_path: Path):
    with on_phone(playwright, tmp_path / "phone", base_url) as phone:
        page, other = prepared(phone), phone.new_page()
        other.goto(NEW)
        fill(page, "31")
        fill(other, "32")
        # Without a pause that a timer could wait for.
        other.get_by_label("议题").press_sequentially("学" * 15, delay=100)
        kill(tmp_path / "phone")
    with on_phone(playwright, tmp_path / "phone", base_url) as phone:
        page = phone.new_page()
        leave(page)  # a killed browser may have kept who was signed in
        sign_in(page, "支部书记")
        page.goto(NEW)
        expect(page.get_by_role("button", name="继续写")).to_have_count(2)
        page.get_by_role("button", name="32").click()
        expect(page.get_by_label("到会人数")).to_have_value("32")
        expect(page.get_by_label("议题")).to_have_value(re.compile("^学{9,15}$"))
        other = phone.new_page()
        other.goto(NEW)
        other.get_by_role("button", name="32").click()
        expect(other.get_by_text("在另一个窗口里开着")).to_be_visible()
