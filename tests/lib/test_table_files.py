"""Files as people send them, read as rows of text."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlwt

from fanxing.lib.table_files import NotATable, rows_of
from tests.records.ingest.sheets import csv, xlsx

ROWS = [["日期", "人数", "备注"], ["2025-03-08", "12", "学习"], ["2025-03-09", "3", ""]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_common_encoding_and_separator(encoding: str, separator: str):
    assert rows_of(csv(*ROWS, encoding=encoding, separator=separator)) == ROWS


def test_a_quoted_cell_may_hold_separators_and_line_breaks():
    assert rows_of('甲,乙\n"一,二\n三",4\n'.encode()) == [["甲", "乙"], ["一,二\n三", "4"]]


def test_days_flags_and_failed_formulas_of_a_workbook_are_told_apart():
    read = rows_of(xlsx(["日期", "人数", "率", "有", "出错"], [date(2025, 3, 8), 12, 0.861, True, "#N/A"]))
    assert read == [["日期", "人数", "率", "有", "出错"], ["2025-03-08 00:00:00", "12", "0.861", "true", "#N/A"]]


def test_cells_keep_their_places_where_the_table_begins_further_in():
    read = rows_of(xlsx([], [], ["", "", "日期", "出错"], ["", "", "三月", "#REF!"]))
    assert read == [["", "", "", ""], ["", "", "", ""], ["", "", "日期", "出错"], ["", "", "三月", "#REF!"]]


def test_an_old_workbook_is_read_as_a_new_one():
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for row, cells in enumerate([["日期", "人数", "有", "率"], [datetime(2025, 3, 8), 12, True, 0.861]]):  # noqa: DTZ001  # no zone
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell, *([xlwt.easyxf(num_format_str="yyyy-mm-dd")] if isinstance(cell, datetime) else []))
    file = BytesIO()
    book.save(file)
    assert rows_of(file.getvalue()) == [["日期", "人数", "有", "率"], ["2025-03-08 00:00:00", "12", "true", "0.861"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 not a workbook", "不是完整的 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "不是完整的 Excel 文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是表格文件"),
        (b"\n<table><tr><td>\xc8\xd5</td></tr></table>", "这是网页或 XML，不是 Excel 文件"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "这是网页或 XML，不是 Excel 文件"),
        (b"%PDF-1.4", "这是 PDF"),
        (b"\xff\xfe\x00", "不是表格文件"),
        (b"a" * 20_000_001, "文件超过 20 MB"),
        (b"a\n" * 200_001, "表格超过 200,000 行"),
        (b"," * 300 + b"a", "表格超过 200 列"),
        (xlsx([]), "第一张工作表是空的"),
    ],
    ids=[
        "empty",
        "broken xlsx",
        "broken xls",
        "picture",
        "page",
        "xml",
        "pdf",
        "half a letter",
        "too large",
        "too long",
        "too wide",
        "blank",
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, words: str):
    with pytest.raises(NotATable, match=words):
        rows_of(content)


def test_a_workbook_that_swells_is_refused():
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as book:
        for number in range(7):
            book.writestr(f"xl/media/{number}", bytes(50_000_000))
    with pytest.raises(NotATable, match="太大"):
        rows_of(file.getvalue())
