"""A workbook's bytes to its sheets: .xlsx with openpyxl, .xls with xlrd, everything else refused in words."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
import xlrd
from openpyxl.utils import column_index_from_string

from fanxing.scheme.workbook.sheets import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_UNPACKED,
    Area,
    Book,
    Sheet,
    Unreadable,
    as_text,
    sheet_of,
)

MOST_MERGED_CELLS = 200_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BROKEN = "这个文件不是完整的 Excel 工作簿；请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
LOCKED = "这个工作簿设了打开密码；请去掉密码，另存后再上传。"
NO_EXCEL = "这个文件的内容是网页或文本，只是名字像 Excel；请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\sref=\"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})\"")
PLACE = re.compile(rb"<(?:\w+:)?c\b[^>]*\sr=\"([A-Z]{1,3})([0-9]{1,7})\"")


def read_book(content: bytes) -> Book:
    """The sheets of a workbook (.xlsx, .xlsm or .xls); formulas give the value last shown. Raises Unreadable."""
    if not content:
        raise Unreadable("这个文件是空的，请重新选择。")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB；请删去图片和无关的工作表，再上传。")
    sheets = tuple(one for one in _sheets(content) if one is not None)
    if not sheets:
        raise Unreadable("工作簿里没有内容：各工作表都是空的，或都被隐藏。")
    return Book(sheets)


def _sheets(content: bytes) -> list[Sheet | None]:
    try:
        if content.startswith(ZIP):
            _refuse_bombs(content)
            return list(_new_sheets(content))
        if content.startswith(OLE):
            if "EncryptedPackage".encode("utf-16-le") in content:
                raise Unreadable(LOCKED)
            return list(_old_sheets(content))
    except Unreadable:
        raise
    except Exception as error:  # on files that are not whole the two readers raise whatever comes to hand, IndexError among it
        locked = any(word in str(error).lower() for word in ("encrypted", "password"))
        raise Unreadable(LOCKED if locked else BROKEN) from None
    raise Unreadable(BROKEN if b"\0" in content[:512] else NO_EXCEL)


# ---- .xlsx


def _refuse_bombs(content: bytes) -> None:
    """Refuse what would not fit into memory, before the reader, which believes everything, opens it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if any(one.flag_bits & 1 for one in parts.infolist()):
            raise Unreadable(LOCKED)
        if "xl/workbook.xml" not in parts.namelist():
            raise Unreadable(NO_EXCEL)
        room = MOST_UNPACKED
        for part in parts.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            text = parts.open(part).read(room + 1)  # what the directory says about sizes may be a lie
            room -= len(text)
            if room < 0:
                raise Unreadable(f"工作簿展开后超过 {MOST_UNPACKED // 1024 // 1024} MB；请只留评分细则，另存后再上传。")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Unreadable(BROKEN)
            if part.filename.startswith("xl/worksheets/"):
                _refuse_expanse(text)


def _refuse_expanse(text: bytes) -> None:
    """Refuse a sheet whose merged cells, or whose filled ones, are too many: the reader makes an object of each."""
    merged = sum(
        (int(bottom) - int(top) + 1) * (column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1)
        for left, top, right, bottom in MERGE.findall(text)
    )
    if merged > MOST_MERGED_CELLS:
        raise Unreadable("合并单元格跨得太远（整行、整列合并）；请取消表格以外的合并，再上传。")
    if sum(1 for _ in PLACE.finditer(text)) > MOST_ROWS * MOST_COLUMNS * 4:
        raise Unreadable("单元格太多；请只留评分细则，再上传。")


def open_xlsx(content: bytes, *, data_only: bool) -> Any:
    """A workbook that `read_book` has read before, as openpyxl holds it."""
    with catch_warnings():
        simplefilter("ignore")  # what it leaves out (drawings, validation of newer versions) is no text
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def _new_sheets(content: bytes) -> Iterator[Sheet | None]:
    book = open_xlsx(content, data_only=True)
    if len(book.worksheets) > MOST_SHEETS:
        raise Unreadable(f"工作簿有 {len(book.worksheets)} 个工作表，超出 {MOST_SHEETS} 个；请只留评分细则，再上传。")
    for page in book.worksheets:
        if page.sheet_state != "visible":
            continue
        # Walking the whole rectangle would not come back from a cell in the last row.
        there = [cell for cell in page._cells.values() if cell.value is not None]
        cells = {(cell.row - 1, cell.column - 1): _new_text(cell) for cell in there}
        merged = [Area(one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1) for one in page.merged_cells.ranges]
        widths = {column_index_from_string(name) - 1: float(one.width) for name, one in page.column_dimensions.items()}
        yield sheet_of(page.title, cells, merged, widths)


def _new_text(cell: Any) -> str:
    if cell.data_type == "e":
        return ""
    return _percent(cell.value) if isinstance(cell.value, int | float) and cell.number_format.endswith("%") else as_text(cell.value)


def _percent(value: float) -> str:
    return f"{value * 100:.12g}%"


# ---- .xls


def _old_sheets(content: bytes) -> Iterator[Sheet | None]:
    log = io.StringIO()  # xlrd would print its remarks
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=log)
    if book.nsheets > MOST_SHEETS:
        raise Unreadable(f"工作簿有 {book.nsheets} 个工作表，超出 {MOST_SHEETS} 个；请只留评分细则，再上传。")
    for page in book.sheets():
        if page.visibility:
            continue
        cells = {(row, column): _old_text(page.cell(row, column), book) for row in range(page.nrows) for column in range(page.row_len(row))}
        merged = [Area(top, left, bottom - 1, right - 1) for top, bottom, left, right in page.merged_cells]
        widths = {column: one.width / 256 for column, one in page.colinfo_map.items()}
        yield sheet_of(page.name, cells, merged, widths)


def _old_text(cell: Any, book: xlrd.Book) -> str:
    match cell.ctype:
        case xlrd.XL_CELL_BOOLEAN:
            return as_text(bool(cell.value))
        case xlrd.XL_CELL_DATE:
            return str(xlrd.xldate_as_datetime(cell.value, book.datemode).date())
        case xlrd.XL_CELL_ERROR:
            return ""
        case xlrd.XL_CELL_NUMBER:
            look = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
            return _percent(cell.value) if look.endswith("%") else as_text(cell.value)
        case _:
            return as_text(cell.value)
