"""J21: a block copied from a spreadsheet becomes several records at once; what one entry would move is seen before it is saved."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fanxing.programme.models import Publication
from fanxing.records.models import Record
from tests.cast import Cast
from tests.web.conftest import programme

__all__ = ["programme"]

NEW = "/units/990101201/records/new/"
BLOCK = (
    '会议类型\t日期\t议题\n党课\t2024/3/8\t学党史\n党课\t2024/4/8\t"两行\n的""议题"""\n党员大会\t2024年5月8日\t选举\n党课\t明天\t讲规矩\n'
)
PASTE = """([cell, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.getElementById(cell).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def secretary(page: Page, cast: Cast, programme: Publication, settings) -> Page:
    """Signed in as the secretary of 柳河村."""
    settings.DEMO = True
    page.goto("/sign-in/")
    page.locator("form[action*='/secretary/'] button").click()
    expect(page).to_have_url(re.compile("/units/"))
    return page


@pytest.mark.parametrize("screen", ["desktop"], indirect=True)
def test_rows_of_a_spreadsheet_are_pasted_put_right_and_entered_together(secretary: Page, faults: Callable[[], list[str]]):
    page = secretary
    page.goto(f"{NEW}meeting/")
    page.get_by_role("radio", name="党课").check(force=True)
    page.get_by_label("日期").fill("2024-03-01")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator("#preview")).to_contain_text("党课 0 → 1")
    assert not Record.objects.exists()

    page.get_by_role("link", name="一次登记几条").click()
    assert faults() == []
    for _ in range(2):
        page.get_by_role("button", name="加行").click()
    expect(page.locator("[data-row]")).to_have_count(7)
    page.evaluate(PASTE, ["1-occurred_on", BLOCK])
    expect(page.get_by_role("status")).to_contain_text("已粘贴 4 行")
    expect(page.get_by_label("第 2 行，议题")).to_have_value('两行 的"议题"')
    page.get_by_role("button", name="全部登记").click()
    expect(page.get_by_text("有 1 行要改，一行也没有登记")).to_be_visible()
    expect(page.get_by_label("第 4 行，日期")).to_have_attribute("aria-invalid", "true")
    assert faults() == []

    page.get_by_label("第 3 行，日期").press("Enter")
    expect(page.get_by_label("第 4 行，日期")).to_be_focused()
    page.keyboard.press("Control+d")
    page.get_by_role("button", name="第 5 行照抄上一行").click()
    page.get_by_label("第 5 行，日期").fill("2024-06-08")
    page.get_by_role("button", name="全部登记").click()
    expect(page.get_by_text("已登记 5 条会议")).to_be_visible()
    told = [(str(one.occurred_on), one.data["form"], one.data["topic"]) for one in Record.objects.order_by("position")]
    assert told == [
        ("2024-03-08", "lesson", "学党史"),
        ("2024-04-08", "lesson", '两行 的"议题"'),
        ("2024-05-08", "members", "选举"),
        ("2024-05-08", "lesson", "讲规矩"),
        ("2024-06-08", "lesson", "讲规矩"),
    ]
