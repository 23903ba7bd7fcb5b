"""J11: a county adds a kind of record from a workbook, without a programmer, and a village uses it the same minute."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fanxing.records.models import Record
from tests.cast import Cast
from tests.journeys.conftest import SCREENS
from tests.journeys.test_rules import city, sign_in
from tests.journeys.visits import leave
from tests.scheme.test_xlsform import book
from tests.web.conftest import programme

__all__ = ["city", "programme"]

ROWS = [
    ["字段名称", "类型", "单位", "必填", "选项", "填写说明"],
    ["走访形式", "单选", "", "是", "上门、电话、座谈", ""],
    ["走访户数", "整数", "户", "是", "", "当天走访的户数"],
    ["反映的事", "多选", "", "", "农田水利、道路、其他", ""],
    ["到会人数", "整数", "人", "", "", ""],
    ["情况说明", "长文字", "", "", "", ""],
    ["照片", "照片", "", "", "", ""],
]
KIND = [["项目", "内容"], ["名称", "入户走访"], ["说明", "走访当天填，不写姓名。"], ["哪些单位登记", "村"], ["每年登记几次", "12"]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The table as the office has it."""
    path = tmp_path / "入户走访.xlsx"
    path.write_bytes(book(填报项=ROWS, 台账=KIND))
    return path


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_a_county_adds_a_kind_of_record_and_a_village_uses_it_the_same_minute(
    page: Page, city: Cast, file: Path, faults: Callable[[], list[str]]
):
    sign_in(page, "desk")
    page.goto("/rules/")
    page.get_by_role("link", name="本级台账").click()
    page.get_by_role("link", name="加一种台账").click()
    assert faults() == []
    page.get_by_label("工作簿").set_input_files(file)
    page.get_by_role("button", name="读取").click()

    # What it would be, what it adds, what is known already, what is refused.
    expect(page.get_by_role("heading", name="入户走访")).to_be_visible()
    expect(page.get_by_text("还有 2 处要改")).to_be_visible()
    expect(page.get_by_text("这 6 项中有 1 项台账里已有")).to_be_visible()
    expect(page.get_by_text("每登记一次要填 6 项（连日期），每年约 12 次")).to_be_visible()
    assert faults() == []

    # The refused field is mended, what is known is left out, who records it is chosen.
    refused = page.locator(".kind-wrong")
    expect(refused).to_contain_text("类型“多选”不收")
    refused.get_by_label("类型").select_option("单选")
    refused.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="删去，用已有的").click()
    page.get_by_role("group", name="由谁登记").get_by_text("支部书记").click()
    page.get_by_role("button", name="保存基本信息").click()
    expect(page.get_by_text("处要改")).to_have_count(0)
    assert faults() == []
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请由另一位有发布权限的人核对后发布")).to_be_visible()

    # A second person signs it.
    leave(page)
    sign_in(page, "deputy")
    page.goto("/rules/kinds/")
    page.get_by_role("link", name="入户走访").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("已发布，现在就可以登记")).to_be_visible()
    assert faults() == []

    # And the secretary of a village records one, on a phone.
    leave(page)
    page.set_viewport_size(SCREENS["phone"])
    page.goto("/sign-in/?next=/units/990101201/records/new/")
    page.locator("form[action*='/secretary/'] button").click()
    expect(page.get_by_role("heading", name="柳河村")).to_be_visible()
    page.goto("/units/990101201/records/new/")
    page.get_by_role("link", name="入户走访").click()
    page.get_by_role("radio", name="上门").check()
    page.get_by_label("走访户数").fill("3")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已登记入户走访")).to_be_visible()
    record = Record.objects.get(kind__startswith="own_")
    assert (record.unit, record.data) == (city.village, {"item_1": "上门", "item_2": 3})
