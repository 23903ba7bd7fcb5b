"""A spreadsheet as people send it (.xlsx, .xls or .csv), as rows of text."""

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO, StringIO
from itertools import islice
from typing import Literal

import fastexcel
import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from fanxing.lib.refusals import Refused

MOST_BYTES = 20_000_000
MOST_UNPACKED = 300_000_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
CHARACTERS_OF_A_CELL = 6_000
# Two letters: 702 columns.
LETTERS_OF_A_COLUMN = 2
SEPARATORS = (",", "\t", ";", "，")
LINES_LOOKED_AT = 20
# What some systems hand out under the name of a workbook.
PAGE, PAPER = (b"<", b"\xef\xbb\xbf<"), b"%PDF"
TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKSHEET = re.compile(r"\Axl/worksheets/[^/]+\.xml\Z")
# The rows and the cells that a sheet says it has; a lone one far out would make the reader keep every cell up to there.
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=\"([0-9]+)\"")
CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=\"([A-Z]+)[0-9]+\"")
# One that holds something: the reader begins with the first column that has such a cell.
FILLED = re.compile(rb"<(?:\w+:)?c\b[^>/]*?\sr=\"([A-Z]+)[0-9]+\"[^>/]*>")
# A cell in which a formula failed: the reader leaves it blank, which would say something else.
FAILED = re.compile(rb"<(?:\w+:)?c\b([^>]*?\st=\"e\"[^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
AT = re.compile(rb"\sr=\"([A-Z]+)([0-9]+)\"")
FAILED_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
FIRST_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\s\w+:id=\"([^\"]+)\"")
TARGET = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
# What a failed formula shows in its cell.
ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)")

Rows = list[list[str]]


class NotATable(Refused):
    """A file that cannot be read as a table, and what to do about it."""


def rows_of(content: bytes) -> Rows:
    """The cells of the first sheet (or of the CSV) as text without space at their ends, from its first row on; all rows as wide as the
    widest. Days come as 2025-03-08 00:00:00, failed formulas as #N/A. Raises NotATable."""
    if len(content) > MOST_BYTES:
        raise NotATable(f"文件超过 {MOST_BYTES // 1_000_000} MB，请删去图片等与表格无关的内容，或分成几个文件再上传")
    if not content.strip():
        raise NotATable("文件是空的")
    rows = _read(content)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise NotATable(f"表格超过 {MOST_ROWS:,} 行，请分成几个文件再上传")
    width = max((_width(row) for row in rows), default=0)
    if width > MOST_COLUMNS:
        raise NotATable(f"表格超过 {MOST_COLUMNS} 列，请删去表格以外的列再上传")
    if not width:
        raise NotATable("第一张工作表是空的；请把要导入的表放在第一张")
    return [(row + [""] * (width - len(row)))[:width] for row in rows]


def _width(row: Sequence[str]) -> int:
    return next((index for index in range(len(row), 0, -1) if row[index - 1]), 0)


def _read(content: bytes) -> Rows:
    if content.startswith(ZIP):
        return _xlsx(content)
    if content.startswith(OLE):
        return _xls(content)
    if content.lstrip().startswith(PAGE):
        raise NotATable("这是网页或 XML，不是 Excel 文件（有的系统导出的 .xls 其实是网页）；请用 Excel 或 WPS 打开，另存为 .xlsx 再上传")
    if content.startswith(PAPER):
        raise NotATable("这是 PDF，不是表格文件；请上传 Excel（.xlsx、.xls）或 CSV 文件")
    return _csv(content)


def _xlsx(content: bytes) -> Rows:
    try:
        start, failed = _looked_over(content)
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        left = [""] * start
        rows = [left + [(cell or "").strip()[:CHARACTERS_OF_A_CELL] for cell in row] for row in sheet.to_polars().iter_rows()]
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise NotATable("不是完整的 Excel 文件；请用 Excel 或 WPS 打开，另存为 .xlsx 再上传") from error
    for row, column, words in failed:
        if row < len(rows):
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = words
    return rows


def _looked_over(content: bytes) -> tuple[int, list[tuple[int, int, str]]]:
    """The first column of the first sheet that holds anything, and where its formulas failed and what they show; refuses a workbook
    that would not fit into memory."""
    start, failed = 0, list[tuple[int, int, str]]()
    with zipfile.ZipFile(BytesIO(content)) as book:
        if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED:
            raise NotATable("文件展开后太大，请删去图片和与表格无关的内容后再上传")
        first = _first_sheet(book)
        for name in filter(WORKSHEET.match, book.namelist()):
            sheet = book.read(name)
            last = max(map(int, ROW.findall(sheet)), default=0)
            widest = max(map(len, set(CELL.findall(sheet))), default=0)
            if last > MOST_ROWS + LINES_LOOKED_AT or widest > LETTERS_OF_A_COLUMN:
                raise NotATable(f"表格超过 {MOST_ROWS:,} 行、{MOST_COLUMNS} 列，或很远的地方还有内容；请删去表格以外的行和列再上传")
            if name == first:
                start = min(map(_column, map(bytes.decode, set(FILLED.findall(sheet)))), default=0)
                failed = list(_failed_in(sheet)) if b't="e"' in sheet else []
    return start, failed


def _first_sheet(book: zipfile.ZipFile) -> str:
    """The part in which the first sheet stands."""
    named = FIRST_SHEET.search(book.read("xl/workbook.xml"))
    for relation in TARGET.findall(book.read("xl/_rels/workbook.xml.rels")) if named else ():
        if named and b'Id="' + named[1] + b'"' in relation and (target := re.search(rb'Target="([^"]+)"', relation)):
            name = target[1].decode().removeprefix("/")
            return name if name.startswith("xl/") else f"xl/{name}"
    return ""


def _failed_in(sheet: bytes) -> Iterator[tuple[int, int, str]]:
    for attributes, inside in FAILED.findall(sheet):
        place, value = AT.search(attributes), FAILED_VALUE.search(inside)
        if place:
            yield int(place[2]) - 1, _column(place[1].decode()), value[1].decode() if value else "#N/A"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _xls(content: bytes) -> Rows:
    try:
        with xlrd.open_workbook(file_contents=content, on_demand=True) as book:
            sheet = book.sheet_by_index(0)
            datemode: Literal[0, 1] = 1 if book.datemode else 0
            return [[_xls_text(sheet.cell(row, column), datemode) for column in range(sheet.ncols)] for row in range(sheet.nrows)]
    except (XLRDError, CompDocError, AssertionError, IndexError, ValueError, UnicodeDecodeError) as error:
        raise NotATable("不是完整的 Excel 文件；请用 Excel 或 WPS 打开，另存为 .xlsx 再上传") from error


def _xls_text(cell: xlrd.sheet.Cell, datemode: Literal[0, 1]) -> str:
    value = cell.value
    match cell.ctype:
        case xlrd.XL_CELL_DATE:
            with suppress(xlrd.xldate.XLDateError, ValueError):
                return str(datetime(*xlrd.xldate_as_tuple(float(value), datemode)))  # noqa: DTZ001  # Excel's dates have no zone
        case xlrd.XL_CELL_BOOLEAN:
            return "true" if value else "false"
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(int(value), "#N/A"))
    return str(value).strip()[:CHARACTERS_OF_A_CELL] if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _csv(content: bytes) -> Rows:
    text = _decoded(content)
    lines = list(islice((line for line in StringIO(text) if line.strip()), LINES_LOOKED_AT))
    separator = max(SEPARATORS, key=lambda one: sum(line.count(one) for line in lines))
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
        return [[cell.strip()[:CHARACTERS_OF_A_CELL] for cell in row] for row in islice(reader, MOST_ROWS + LINES_LOOKED_AT)]
    except csv.Error as error:
        raise NotATable("不是表格文件；请上传 Excel（.xlsx、.xls）或 CSV 文件") from error


def _decoded(content: bytes) -> str:
    if content.startswith(TWO_BYTES):
        with suppress(UnicodeDecodeError):
            return content.decode("utf-16")
    if b"\x00" in content:
        raise NotATable("不是表格文件；请上传 Excel（.xlsx、.xls）或 CSV 文件")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable("看不出文件的编码；请用 Excel 或 WPS 打开，另存为 .xlsx 再上传")
