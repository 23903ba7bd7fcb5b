"""J2: a clerk imports a village's meetings of the year, corrects the two rows that are wrong; the secretary confirms on a phone."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.records.models import Record
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast
from tests.journeys.conftest import SCREENS
from tests.journeys.visits import enter
from tests.programme.small import FILES
from tests.records.ingest.sheets import xlsx
from tests.web.conftest import LONG, income, published

MEETING = FILES["records/meeting.yaml"].replace("recorded_by: [secretary]", "recorded_by: [secretary, clerk]\nconfirmed_by: [secretary]")
SCHEME = LONG.replace("  team: {", "  clerk: {title: 党建办干事, permissions: township_clerk}\n  team: {")
HEAD = ("开会日期", "开什么会", "到会人数", "议题", "记录人")
SHEET = (
    ["柳河村2024年会议登记"],
    HEAD,
    [date(2024, 1, 8), "党课", "23人", "学党史", "略"],
    ["2024年2月30日", "党课", 21, "新年第一课", ""],
    [date(2024, 3, 8), "党员大会", "二十", "发展党员", ""],
    ["2024.4.9", "党课", 25, "乡村振兴", ""],
)


@pytest.fixture
def village(cast: Cast) -> Publication:
    """柳河村 with its income and no lesson: 20 points short of its star."""
    publication = published(cast, **{"scheme.yaml": SCHEME, "records/meeting.yaml": MEETING})
    income(cast.village)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    return publication


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_a_years_meetings_are_imported_for_a_village_and_confirmed_there(
    page: Page, browser: Browser, base_url: str, cast: Cast, village: Publication, faults: Callable[[], list[str]], tmp_path: Path
):
    sheet = tmp_path / "柳河村会议.xlsx"
    sheet.write_bytes(xlsx(*SHEET))
    enter(page.context, base_url, cast.clerk)
    page.goto(f"/units/{cast.village.code}/records/new/")
    page.get_by_role("link", name="从表格导入").click()
    assert faults() == []
    page.get_by_label("类型").select_option(label="会议")
    page.get_by_label("表格文件").set_input_files(sheet)
    page.get_by_role("button", name="上传并检查").click()

    expect(page.get_by_text("还没有对上必填的列：会议类型。")).to_be_visible()
    assert faults() == []
    page.get_by_label("“开什么会”这一列是").select_option(label="会议类型（必填）")
    page.get_by_role("button", name="按这样对应，重新检查").click()
    expect(page.get_by_role("heading", name="2 行有误，什么都还没有写入")).to_be_visible()
    expect(page.get_by_text("应为日期，如 2025-03-08")).to_be_visible()
    expect(page.get_by_text("应为数字，如 12")).to_be_visible()
    assert (faults(), Record.objects.filter(kind="meeting").count()) == ([], 0)

    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载标出问题的表").click()
    returned = tmp_path / "改好.xlsx"
    downloading.value.save_as(returned)
    put_right(returned)
    page.get_by_role("link", name="换一张表").click()
    page.get_by_label("表格文件").set_input_files(returned)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("其中 4 条是代录")).to_be_visible()
    page.get_by_role("button", name="确认，导入 4 行").click()
    expect(page.get_by_text("已导入 4 条。")).to_be_visible()
    expect(page.get_by_text("等柳河村确认后计入。")).to_be_visible()
    assert faults() == []

    confirm_on_a_phone(browser, base_url, cast)
    assert Record.objects.filter(kind="meeting").counting().count() == 4


def put_right(path: Path) -> None:
    """The two cells that are marked, each with what its note asks for."""
    book = openpyxl.load_workbook(path)
    marked = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert [(cell.coordinate, cell.value) for cell in marked] == [("A4", "2024年2月30日"), ("C5", "二十")]
    marked[0].value, marked[1].value = "2024-02-29", 20
    book.save(path)


def confirm_on_a_phone(browser: Browser, base_url: str, cast: Cast) -> None:
    """The secretary finds what waits, confirms it, and sees which star moved and why."""
    phone = browser.new_context(base_url=base_url, viewport=SCREENS["phone"], is_mobile=True, has_touch=True, locale="zh-CN").new_page()
    enter(phone.context, base_url, cast.secretary)
    phone.goto("/inbox/")
    expect(phone.get_by_role("heading", name="确认代录的台账")).to_be_visible()
    phone.goto(f"/units/{cast.village.code}/records/confirm/")
    expect(phone.get_by_text("石桥镇党建办干事").first).to_be_visible()
    phone.get_by_role("link", name="全选").tap()
    phone.get_by_role("button", name="确认所选").tap()
    expect(phone.get_by_role("heading", name=re.compile("已确认 4 条"))).to_be_visible()
    expect(phone.get_by_role("link", name="产业兴旺").first).to_be_visible()
    expect(phone.get_by_text(re.compile("党课得分"))).to_be_visible()
    phone.context.close()


def test_departments_figures_are_found_where_they_are_missing(
    page: Page, base_url: str, cast: Cast, village: Publication, faults: Callable[[], list[str]]
):
    enter(page.context, base_url, cast.desk)
    page.goto("/figures/")
    expect(page.get_by_text("1 / 3")).to_be_visible()
    assert faults() == []
    page.get_by_role("link", name="2 个未报").click()
    expect(page.get_by_role("heading", name="经济数据：2 个单位未报")).to_be_visible()
    expect(page.get_by_role("link", name="青山村")).to_be_visible()
    assert faults() == []
    page.goto("/imports/")
    expect(page.get_by_role("heading", name="还没有上传过")).to_be_visible()
    assert faults() == []
