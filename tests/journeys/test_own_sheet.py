"""J13: a county's own sheet becomes a draft, is completed in the browser, tried, taken out, and published by a second person."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fanxing.programme.models import Publication
from fanxing.programme.queries import scheme_of
from fanxing.scheme.workbook import read_book
from tests.cast import Cast
from tests.journeys.test_rules import city, sign_in
from tests.journeys.test_township import HEIGHTS
from tests.journeys.visits import leave
from tests.programme.test_sheets import workbook
from tests.web.conftest import programme

__all__ = ["city", "programme"]

ROWS = (
    ("产业兴旺（100分）", "收入", "集体收入", 60, "10万元以上得60分，其余不得分"),
    ("", "组织", "党课", 20, "每开展1次得5分，最高20分"),
    ("", "", "会议照片", 10, "每少上传一张扣1分"),
    ("", "", "产业规划", 10, "由专班综合评定"),
    ("", "", "学习教育", "", "每少一次扣2分"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The sheet as the office has it."""
    path = tmp_path / "云溪县细则.xlsx"
    path.write_bytes(workbook(ROWS))
    return path


def upload(page: Page, file: Path) -> None:
    page.goto("/rules/")
    page.get_by_role("link", name="导入评分细则表").click()
    page.get_by_label("评分细则工作簿").set_input_files(file)
    page.get_by_role("button", name="读取").click()
    expect(page.get_by_role("heading", name="云溪县细则")).to_be_visible()


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_a_sheet_of_rules_becomes_the_rules_of_the_next_period(
    page: Page, city: Cast, file: Path, tmp_path: Path, faults: Callable[[], list[str]]
):
    sign_in(page, "desk")
    page.goto("/rules/sheet/new/")
    assert faults() == []
    upload(page, file)
    expect(page.get_by_text("还有 1 行要定")).to_be_visible()
    expect(page.get_by_text("按照片、材料、留痕计分（规则三")).to_be_visible()
    expect(page.locator(".sheet-held")).to_contain_text("个得星，共 3 个")
    assert faults() == []

    # By keyboard to the row that is open, and its answer.
    page.get_by_role("link", name=re.compile("待定")).first.click()
    expect(page.locator(".sheet-line")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator(".sheet-open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="怎么算")).to_be_visible()
    assert faults() == []
    page.get_by_role("radio", name="按量加扣").check()
    page.get_by_label("用哪个数据").fill("党课")
    page.get_by_label("满分").fill("8")
    page.get_by_label("算哪一部分").select_option("below")
    page.get_by_label("要求的数").fill("4")
    expect(page.locator("#live")).to_contain_text("从 8 分起，加减各项：（4 − 党课每 1 扣 2 分，最多扣 8 分）")
    expect(page.locator("#live")).to_contain_text("3 个单位平均得 3.33 分，满分 1 个，0 分 1 个，缺数据 0 个")
    page.get_by_role("button", name="保存，看下一个待定的").click()
    expect(page.get_by_text("各行都已有着落")).to_be_visible()

    page.get_by_label("产业兴旺得星分数").fill("70")
    page.get_by_role("button", name="改", exact=True).first.click()
    expect(page.get_by_text("已改产业兴旺的得星分数")).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="按原表导出").click()
    waiting.value.save_as(tmp_path / "out.xlsx")
    [sheet, stars] = read_book((tmp_path / "out.xlsx").read_bytes()).sheets
    assert sheet.line(5)[5:8] == ("按量：每 1 扣 2；只计低于 4 的部分；满分 8", "党课", "已定")
    assert stars.line(2)[4] == "70"

    page.get_by_role("link", name="测算和提交").click()
    page.get_by_label("文号").fill("云组〔2099〕12号")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交，等第二个人核对后发布")).to_be_visible()

    leave(page)
    sign_in(page, "deputy")
    page.goto("/rules/")
    page.get_by_role("link", name="云溪县细则").click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已发布。评定时段开始后按新规则评定")).to_be_visible()
    scheme = scheme_of(Publication.objects.latest("pk"))
    assert (scheme.title, scheme.kinds["village"].star("industry").pass_mark) == ("云溪县细则", 70)


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
def test_on_a_phone_the_rows_are_cards_and_nothing_runs_off(page: Page, city: Cast, file: Path, faults: Callable[[], list[str]]):
    sign_in(page, "desk")
    upload(page, file)
    assert faults() == []
    fits(page)
    page.get_by_role("link", name=re.compile("学习教育")).click()
    expect(page.get_by_text("这项多少分？")).to_be_visible()
    assert faults() == []
    fits(page)
    page.goto("/rules/sheet/new/")
    fits(page)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert min(page.evaluate(HEIGHTS, ".main .btn, .main .chip, .main .form-control, .main .form-select, .main .option span")) >= 40
