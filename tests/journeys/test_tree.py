"""A city desk finds a village, renames it, and brings the whole tree in line with an Excel."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from fanxing.lib.spreadsheets import Column, workbook
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from tests.cast import Cast
from tests.web.conftest import programme

__all__ = ["programme"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="市级专班").click()


@pytest.fixture
def city(cast: Cast, programme: Publication, settings) -> Cast:
    settings.DEMO = True
    return cast


@pytest.mark.parametrize("screen", ["desktop"])
def test_a_village_is_found_in_the_tree_and_renamed(page: Page, city: Cast, faults: Callable[[], list[str]]):
    sign_in(page)
    page.goto("/tree/")
    page.locator("summary", has_text="石桥镇").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="柳河村")).to_be_visible()
    assert faults() == []

    page.get_by_role("searchbox").fill("lhc")
    expect(page.get_by_role("link", name="在树中看")).to_have_count(1)
    page.get_by_role("link", name="柳河村").click()
    expect(page.get_by_role("heading", name="沿革")).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name="更名").click()
    page.get_by_label("新名称").fill("柳溪村")
    page.get_by_role("button", name="先看会怎样").click()
    expect(page.get_by_text("柳河村更名为柳溪村。")).to_be_visible()
    assert faults() == []

    page.get_by_role("button", name="确认更名").click()
    expect(page.get_by_role("heading", name="柳溪村")).to_be_visible()
    expect(page.get_by_text("更名：已办好，记入操作日志。")).to_be_visible()
    assert Unit.objects.get(code="990101201").name == "柳溪村"


@pytest.mark.parametrize("screen", ["desktop"])
def test_the_tree_is_changed_in_one_excel(page: Page, city: Cast, faults: Callable[[], list[str]], tmp_path: Path):
    sign_in(page)
    page.goto("/unit-lists/")
    assert faults() == []
    table = pl.read_excel(BytesIO(page.request.get("/unit-lists/990000.xlsx").body()))
    rows = [list(row) for row in table.rows()]
    rows[3][1] = "青峰村"
    rows.append(["990101203", "红旗村", rows[3][2], "990101", None])

    upload(page, tmp_path, table.columns, [*rows, ["990101204", "", "庄", "990101", None]])
    expect(page.get_by_role("heading", name="有 2 处要改，什么都还没有导入")).to_be_visible()
    assert faults() == []

    page.get_by_role("link", name="换一张表").click()
    upload(page, tmp_path, table.columns, rows)
    expect(page.get_by_role("heading", name="新设 1 个")).to_be_visible()
    assert faults() == []

    page.get_by_role("button", name="确认，按表更新").click()
    expect(page.get_by_text("设立 1 个，变更 1 个，撤销 0 个")).to_be_visible()
    assert Unit.objects.get(code="990101202").name == "青峰村"


def upload(page: Page, folder: Path, columns: list[str], rows: list[list[str | None]]) -> None:
    file = folder / "单位表.xlsx"
    file.write_bytes(workbook(sheet="单位", columns=[Column(one) for one in columns], rows=rows, zone=ZoneInfo("Asia/Shanghai")))
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并查看").click()
