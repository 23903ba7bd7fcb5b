"""Excel workbooks in."""

import zipfile
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from fanxing.lib.spreadsheets import Column, Page, document, workbook
from fanxing.lib.workbook_rows import MOST_BYTES, NotAWorkbook, rows_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_cells_are_text_without_space_at_their_ends():
    content = workbook(sheet="x", columns=[Column("代码"), Column("数")], rows=[("007", 990101201001), (" 柳河村 ", None)], zone=SHANGHAI)
    assert rows_of(content) == [["代码", "数"], ["007", "990101201001"], ["柳河村", ""]]


@pytest.mark.parametrize("content", [b"", b"none", b"x" * (MOST_BYTES + 1)])
def test_what_is_no_workbook_is_refused(content: bytes):
    with pytest.raises(NotAWorkbook):
        rows_of(content)


def test_a_workbook_that_swells_is_refused():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(5):
            book.writestr(f"xl/media/{number}", bytes(50_000_000))
    with pytest.raises(NotAWorkbook, match="太大"):
        rows_of(file.getvalue())


def test_a_printed_sheet_has_its_title_notes_head_and_rows():
    page = Page(
        "村", "一览表", ("共 2 个",), ("序号", "上级", "单位"), [[1, "石桥镇", "甲村"], [2, "石桥镇", "乙村"]], (6, 12, 20), 1, [(0, 2)]
    )
    assert rows_of(document([page])) == [
        ["一览表", "", ""],
        ["共 2 个", "", ""],
        ["序号", "上级", "单位"],
        ["1", "石桥镇", "甲村"],
        ["2", "", "乙村"],
    ]


def test_a_document_without_pages_can_be_opened():
    assert document([])[:2] == b"PK"
