"""A reviewer follows a star down to a record; a secretary makes it move, and moves it back."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast
from tests.journeys.visits import leave
from tests.web.conftest import income, lesson, programme

__all__ = ["programme"]

TARGETS = ".tabs a, .chip, .btn, .form-control, .form-select, .option span, .rule > summary, .gains a, .kind, .feed a"
HEIGHTS = """targets => [...document.querySelectorAll(targets)].filter(one => one.checkVisibility())
    .map(one => Math.round(one.getBoundingClientRect().height))"""


@pytest.fixture
def township(cast: Cast, programme: Publication, settings) -> Cast:
    """柳河村 one lesson short of its star, 青山村 with it."""
    settings.DEMO = True
    for unit in (cast.village, cast.neighbour):
        income(unit)
    lesson(cast.neighbour)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    return cast


def sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name=role).click()


def test_a_reviewer_follows_a_star_down_to_the_record(page: Page, township: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "乡镇审核")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name=re.compile("^一星 ")).click()
    expect(page).to_have_url(re.compile(r"/units/\?under=990101&tier=1$"))
    assert faults() == []

    page.get_by_role("link", name="青山村").click()
    expect(page.get_by_role("heading", name="青山村")).to_be_visible()
    assert faults() == []

    page.get_by_role("main").get_by_role("link", name="产业兴旺").click()
    expect(page.get_by_text("达星线 70 分")).to_be_visible()
    assert faults() == []

    page.get_by_role("main").get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_role("heading", name="计入的记录")).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name="会议").click()
    expect(page.get_by_role("heading", name="这条记录计入")).to_be_visible()
    expect(page.get_by_text("学党史").first).to_be_visible()
    assert faults() == []


@pytest.mark.smoke
def test_a_secretary_sees_a_star_move_and_move_back(page: Page, township: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "支部书记")
    expect(page.get_by_role("heading", name="柳河村")).to_be_visible()
    expect(page.get_by_text("差 20 分", exact=True)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="产业兴旺").last.click()

    page.get_by_role("main").get_by_role("link", name="记一笔").click()
    assert faults() == []
    page.get_by_role("link", name="会议").click()
    page.get_by_label("日期").fill("2024-03-08")
    page.get_by_label("到会人数").fill("许多")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("有 2 处要改，请看下面标出的地方。")
    assert faults() == []

    page.get_by_label("党课").check()
    page.get_by_label("到会人数").fill("23")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page).to_have_url(re.compile(r"/scores/industry/#lesson_points$"))
    expect(page.get_by_text("党课 0 → 1")).to_be_visible()
    expect(page.get_by_text("产业兴旺 50 → 70 分，达星")).to_be_visible()
    expect(page.locator("#lesson_points .points").first).to_have_text("20 / 50")
    expect(page.locator(".verdict-state")).to_contain_text("达星")
    page.evaluate("scrollTo(0, 0)")  # what the bar at the top half covers would be measured as too small
    assert faults() == []

    page.get_by_role("main").get_by_role("link", name="1", exact=True).first.click()
    page.get_by_role("link", name="会议", exact=True).click()
    page.get_by_role("link", name="撤回").click()
    assert faults() == []
    page.get_by_label("撤回原因").fill("记错了村")
    page.get_by_role("button", name="撤回这条记录").click()
    expect(page.get_by_text("党课 1 → 0")).to_be_visible()
    expect(page.get_by_text("产业兴旺 70 → 50 分，未达星")).to_be_visible()
    expect(page.get_by_text("没有计入的记录")).to_be_visible()


def test_a_record_is_corrected_and_both_versions_stay(page: Page, township: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "支部书记")
    page.goto(f"/records/{lesson(township.village).pk}/")
    page.get_by_role("link", name="更正").click()
    page.get_by_label("议题").fill("学习党章")
    page.get_by_label("更正原因").fill("议题记错了")
    assert faults() == []
    page.get_by_role("button", name="保存更正").click()
    expect(page.get_by_text("已更正会议。")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="学习党章")).to_be_visible()
    expect(page.get_by_text("2024年3月8日，党课，到会人数 23 人，学党史")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"])
def test_every_list_and_score_sheet_comes_out_as_excel(page: Page, township: Cast, tmp_path: Path):
    sign_in(page, "乡镇审核")
    pages = {
        "/units/": "导出 Excel",
        "/units/990101202/": "得分表",
        "/units/990101202/records/": "导出 Excel",
    }
    tables = []
    for address, name in pages.items():
        page.goto(address)
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        tables.append((path.stem.split()[0], pl.read_excel(path).height))
    assert tables == [("单位星级", 2), ("青山村得分表", 7), ("青山村台账", 2)]


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_ledger_is_filtered_without_leaving_the_page(page: Page, township: Cast, faults: Callable[[], list[str]]):
    sign_in(page, "乡镇审核")
    page.goto("/units/990101202/records/")
    expect(page.get_by_text("共 2 条记录")).to_be_visible()
    page.get_by_label("类型").select_option("meeting")
    expect(page.get_by_text("共 1 条记录")).to_be_visible()
    expect(page).to_have_url(re.compile(r"kind=meeting"))
    assert faults() == []


@pytest.mark.parametrize("screen", ["phone"])
def test_on_a_phone_nothing_runs_off_the_screen_and_every_target_is_a_thumb_wide(page: Page, township: Cast):
    sign_in(page, "支部书记")
    record = lesson(township.village)
    village = "/units/990101201/"
    for address in ("", "scores/industry/", "scores/tier/", "figures/lessons/", "records/", "records/new/", "records/new/meeting/"):
        check_fit(page, village + address)
    for address in ("", "correct/", "withdraw/"):
        check_fit(page, f"/records/{record.pk}/{address}")
    leave(page)
    sign_in(page, "市级专班")
    for address in ("/", "/desk/", "/units/", "/units/?closed=yes", "/units/990101/", "/tree/", "/tree/990101201/", "/unit-lists/"):
        check_fit(page, address)


def check_fit(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    sizes = page.evaluate(HEIGHTS, TARGETS)
    assert min(sizes) >= 40, address
