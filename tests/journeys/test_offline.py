"""On a phone without a network: what is typed stays, waits, is sent and is answered; even when the browser is killed."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect

from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import Cast
from tests.journeys.test_township import sign_in, township
from tests.journeys.visits import faults_of
from tests.web.conftest import programme

__all__ = ["programme", "township"]

PHONE = {"width": 390, "height": 844}
READY = "async path => Boolean((await caches.match(path)) && (await navigator.serviceWorker.ready).active)"
NEW = "/units/990101201/records/new/meeting/"


@pytest.fixture
def away(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
    """A phone that may lose its network, of which the browser itself complains aloud."""
    context = browser.new_context(base_url=base_url, viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    yield context
    context.close()


@contextmanager
def on_phone(playwright: Playwright, profile: Path, base_url: str) -> Iterator[BrowserContext]:
    """A phone that keeps what its browser wrote when that is closed or killed."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox"],
        base_url=base_url,
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    try:
        yield context
    finally:
        with suppress(Error):  # one that was killed is closed already
            context.close()


def when(page: Page, condition: str, *arguments: str) -> None:
    """Wait until something is true on the page; the policy of ours forbids Playwright's own way."""
    deadline = monotonic() + 10
    while not page.evaluate(condition, *arguments):
        assert monotonic() < deadline, condition
        page.wait_for_timeout(50)


def prepared(context: BrowserContext, path: str = NEW) -> Page:
    """The secretary's phone, with a form kept on it."""
    page = context.new_page()
    sign_in(page, "支部书记")
    page.goto(path)
    when(page, READY, path)
    return page


def fill(page: Page, attended: str = "24") -> None:
    page.get_by_label("日期").fill("2024-03-08")
    page.get_by_label("党课").check()
    page.get_by_label("到会人数").fill(attended)


def kill(profile: Path) -> None:
    """End the browser of a profile as a phone that runs out of memory does."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(profile).encode() in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)
    for lock in profile.glob("Singleton*"):
        lock.unlink()


def test_what_was_saved_without_a_network_is_sent_once_there_is_one(
    away: BrowserContext, township: Cast, programme: Publication, tmp_path: Path
):
    before = Record.objects.count()
    page = prepared(away)
    away.set_offline(True)
    page.goto(NEW)
    fill(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="待发送")).to_be_visible()
    expect(page.locator(".queue-one .pill")).to_have_text("待发送")
    expect(page.locator(".queue-said")).to_contain_text("24")
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as kept:
        page.get_by_role("button", name="导出备份").click()
    kept.value.save_as(tmp_path / "kept.json")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删除").click()
    expect(page.locator(".queue-one")).to_have_count(0)
    page.locator("[data-import]").set_input_files(tmp_path / "kept.json")
    expect(page.get_by_text("导入了 1 条")).to_be_visible()
    assert Record.objects.count() == before

    away.set_offline(False)
    expect(page.locator(".queue-one .pill")).to_have_text("已收到")
    record = Record.objects.latest("pk")
    expect(page.get_by_text(f"编号 {record.reference}")).to_be_visible()
    assert (Record.objects.count(), record.data["attended"]) == (before + 1, 24)


def test_after_signing_out_nobody_opens_the_kept_pages(away: BrowserContext, township: Cast, programme: Publication):
    page = prepared(away)
    away.set_offline(True)
    page.locator("summary", has_text="账号菜单").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="没有网络，还没有退出")).to_be_visible()
    away.set_offline(False)
    page.get_by_role("link", name="看待发送").click()
    page.locator("summary", has_text="账号菜单").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/")
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("pages:")] == []
    away.set_offline(True)
    page.goto(NEW)
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
