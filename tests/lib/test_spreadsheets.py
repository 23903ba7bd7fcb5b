"""Tables as Excel workbooks."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import fastexcel
import pytest

from fanxing.lib import spreadsheets
from fanxing.lib.spreadsheets import Column, Page, TooManyRows, document, workbook
from fanxing.lib.table_files import rows_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = [Column("代码", 14), Column("名称", 24), Column("得分")]


def table(rows: list[tuple], columns: list[Column] = COLUMNS) -> bytes:
    return workbook(sheet="单位", columns=columns, rows=rows, zone=SHANGHAI)


def read(file: bytes) -> list[tuple]:
    return fastexcel.read_excel(file).load_sheet(0, header_row=None).to_polars().rows()


def part(file: bytes, name: str) -> str:
    return ZipFile(BytesIO(file)).read(name).decode()


def test_the_table_reads_back_under_its_head():
    file = table([("0990101", "柳河村", Decimal("86.5")), ("0990102", "青山村", None)])
    frame = fastexcel.read_excel(file).load_sheet("单位").to_polars()
    assert frame.columns == ["代码", "名称", "得分"]
    assert frame.rows() == [("0990101", "柳河村", 86.5), ("0990102", "青山村", None)]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "https://example.com"])
def test_text_is_never_a_formula_a_number_or_a_link(text: str):
    file = table([(text, text, None)])
    sheet = part(file, "xl/worksheets/sheet1.xml")
    assert read(file)[1][:2] == (text, text)
    assert ("<f>" in sheet, "<hyperlink" in sheet) == (False, False)


def test_a_moment_is_shown_in_the_zone_and_a_flag_in_words():
    moment = datetime(2026, 6, 15, 18, 30, tzinfo=UTC)
    columns = [Column("登记时间"), Column("日期"), Column("已撤回")]
    file = table([(moment, date(2026, 6, 15), True), (moment, date(2026, 6, 15), False)], columns)
    frame = fastexcel.read_excel(file).load_sheet(0).to_polars()
    assert frame.rows() == [
        (datetime(2026, 6, 16, 2, 30), datetime(2026, 6, 15), "是"),  # noqa: DTZ001
        (datetime(2026, 6, 16, 2, 30), datetime(2026, 6, 15), "否"),  # noqa: DTZ001
    ]


def test_the_head_stays_in_sight_and_has_filters():
    sheet = part(table([("1", "甲", 1)]), "xl/worksheets/sheet1.xml")
    assert ('state="frozen"' in sheet, '<autoFilter ref="A1:C2"/>' in sheet) == (True, True)


def test_an_empty_table_is_still_a_workbook():
    assert read(table([])) == [("代码", "名称", "得分")]


def test_text_longer_than_a_cell_is_cut_rather_than_lost():
    assert len(read(table([("长" * 40_000, "", 0)]))[1][0]) == 32_767


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spreadsheets, "ROWS_OF_A_SHEET", 3)
    with pytest.raises(TooManyRows, match="最多 2 行"):
        table([("1", "甲", 1)] * 3)


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
