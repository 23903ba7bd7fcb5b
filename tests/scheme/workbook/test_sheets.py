"""Workbooks of either kind as sheets of texts; and files that are none."""

import io
import zipfile

import pytest
import xlsxwriter
import xlwt

from fanxing.scheme.workbook import Unreadable, read_book
from fanxing.scheme.workbook.reading import BROKEN, LOCKED, NO_EXCEL
from fanxing.scheme.workbook.sheets import Area, Sheet
from tests.scheme.workbook.offices import a_sheet_a_star, one_sheet


def new(write) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        write(book, book.add_worksheet("表"))
    return file.getvalue()


def test_merged_cells_say_the_same_everywhere_in_new_and_in_old_workbooks():
    [sheet] = read_book(one_sheet()).sheets
    assert [sheet.text(row, 1) for row in range(2, 7)] == ["支部过硬\n（100分）"] * 4 + ["产业兴旺\n（100分）"]
    assert sheet.line(0) == ("云溪县“五星”支部创建村级考评细则",) * 7
    assert sheet.widths[3] > 39
    old = read_book(a_sheet_a_star()).sheets[0]
    assert old.line(1) == ("序号", "考评项目", "考核内容", "分值设置", "分值设置", "扣分标准")
    assert old.line(2) == ("序号", "考评项目", "考核内容", "标准分", "权重", "扣分标准")
    assert old.widths[2] == 30


def test_a_formula_gives_the_value_last_shown_and_a_percentage_what_one_reads():
    def write(book, page):
        page.write_formula(0, 0, "=1+1", None, 2)
        page.write_number(0, 1, 0.15, book.add_format({"num_format": "0%"}))
        page.write_boolean(0, 2, True)
        page.write_number(0, 3, 0.1 + 0.2)
        page.write_string(0, 4, "上\r\n下")
        page.write_formula(0, 5, "=1/0", None, "#DIV/0!")

    assert read_book(new(write)).sheets[0].rows == (("2", "15%", "是", "0.3", "上\n下"),)


def test_the_same_values_in_an_old_workbook():
    book = xlwt.Workbook()
    page = book.add_sheet("表")
    page.write(0, 0, 0.15, xlwt.easyxf(num_format_str="0%"))
    page.write(0, 1, 12)
    page.write(0, 2, True)
    file = io.BytesIO()
    book.save(file)
    assert read_book(file.getvalue()).sheets[0].rows == (("15%", "12", "是"),)


def test_hidden_and_empty_sheets_are_left_aside():
    def write(book, page):
        page.write(0, 0, "看得见")
        hidden = book.add_worksheet("隐藏")
        hidden.write(0, 0, "看不见")
        hidden.hide()
        book.add_worksheet("空")

    assert [sheet.name for sheet in read_book(new(write)).sheets] == ["表"]


def test_a_merged_area_is_cut_to_what_is_filled():
    def write(book, page):
        page.merge_range(0, 0, 2, 1, "合并")
        page.write(1, 2, "旁")

    assert read_book(new(write)).sheets[0] == Sheet("表", (("合并", "", ""), ("", "", "旁"), ("", "", "")), (Area(0, 0, 2, 1),), (0.0,) * 3)


def repacked(content: bytes, change) -> bytes:
    """The workbook with its parts changed: name and bytes in, bytes out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for part in parts.namelist():
            out.writestr(part, change(part, parts.read(part)))
    return file.getvalue()


def sheet_xml(old: bytes, into: bytes):
    return lambda name, text: text.replace(old, into) if name.startswith("xl/worksheets/") else text


HOSTILE = {
    "nothing": (b"", "空的"),
    "a web page": (b"<html><table><tr><td>1</td></tr></table></html>", NO_EXCEL),
    "a text": ("序号,分值\n1,2".encode("gbk"), NO_EXCEL),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), BROKEN),
    "half a workbook": (one_sheet()[:3000], BROKEN),
    "an old one cut": (a_sheet_a_star()[:3000], BROKEN),
    "an old header alone": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), BROKEN),
    "a locked one": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "too large": (b"PK\x03\x04" + bytes(11 * 1024 * 1024), "超过 10 MB"),
    "empty sheets": (new(lambda book, page: None), "没有内容"),
    "a cell far out": (new(lambda book, page: page.write(1_048_575, 16_383, "远")), "XFD1048576"),
    "all merged": (
        repacked(one_sheet(), sheet_xml(b'ref="A1:G1"', b'ref="A1:XFD1048576"')),
        "合并单元格跨得太远",
    ),
    "a bomb": (
        repacked(one_sheet(), lambda name, text: text + b" " * (90 * 1024 * 1024) if name == "xl/styles.xml" else text),
        "展开后超过",
    ),
    "entities": (repacked(one_sheet(), lambda name, text: text.replace(b"<sst", b'<!DOCTYPE a [<!ENTITY a "b">]><sst')), BROKEN),
    "another zip": (repacked(one_sheet(), lambda name, text: text).replace(b"xl/workbook.xml", b"xl/workbooc.xml"), NO_EXCEL),
    "broken inside": (repacked(one_sheet(), sheet_xml(b"<sheetData>", b"<sheetDat")), BROKEN),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_workbook_is_refused_in_words(name: str):
    content, words = HOSTILE[name]
    with pytest.raises(Unreadable) as refusal:
        read_book(content)
    assert words in str(refusal.value)
