"""Writes a table as an Excel workbook, for the export that every list offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, TypeAlias
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | float | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell that is wrong: what stands there, and as a note beside it what would be right."""

    value: Cell
    words: str


ROWS_OF_A_SHEET = 1_048_576
CHARACTERS_OF_A_CELL = 32_767
# A sheet with more notes than this opens slowly.
MOST_NOTES = 5_000
WORDS_FOR_FLAGS = {True: "是", False: "否"}
FORMATS = {
    "head": {"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
    "wrong": {"bg_color": "#FFE0B8", "border": 1, "border_color": "#B54708", "valign": "vcenter"},
}


class TooManyRows(Exception):
    """The table does not fit on one sheet."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, and its width in characters (a Chinese one counts as two)."""

    title: str
    width: float = 16


def workbook(*, sheet: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Marked]], zone: ZoneInfo) -> bytes:
    """The table as an .xlsx file: a frozen head with filters, text as text, dates as dates in the zone given.

    Text is never read as a formula, number or link, so that `=HYPERLINK(…)` typed into a name does nothing
    and 411002 as a code keeps its zeros. Raises TooManyRows past the 1,048,576 rows of a sheet.
    """
    file = BytesIO()
    write_workbook(file, sheet=sheet, columns=columns, rows=rows, zone=zone)
    return file.getvalue()


def write_workbook(
    file: IO[bytes], *, sheet: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Marked]], zone: ZoneInfo
) -> None:
    """The same, written into a file row by row: however many there are, memory stays small."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with Workbook(file, {"constant_memory": True, **options}) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        page = book.add_worksheet(sheet)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
            page.write_string(0, index, column.title, formats["head"])
        page.freeze_panes(1, 0)
        last = notes = 0
        for last, row in enumerate(rows, start=1):
            if last >= ROWS_OF_A_SHEET:
                raise TooManyRows(f"一张工作表最多 {ROWS_OF_A_SHEET - 1} 行，请先筛选")
            for index, cell in enumerate(row):
                if isinstance(cell, Marked):
                    _mark(page, last, index, cell, formats["wrong"], noted=notes < MOST_NOTES)
                    notes += 1
                else:
                    _write(page, last, index, cell, formats, zone)
        page.autofilter(0, 0, last, len(columns) - 1)


def _mark(page: Worksheet, row: int, index: int, cell: Marked, look: Format, *, noted: bool) -> None:
    if cell.value is None:
        page.write_blank(row, index, None, look)
    else:
        page.write_string(row, index, str(cell.value)[:CHARACTERS_OF_A_CELL], look)
    if noted:
        page.write_comment(row, index, cell.words, {"x_scale": 2})


def _write(page: Worksheet, row: int, index: int, cell: Cell, formats: dict[str, Format], zone: ZoneInfo) -> None:
    match cell:
        case None:
            return
        case bool():
            page.write_string(row, index, WORDS_FOR_FLAGS[cell])
        case str():
            page.write_string(row, index, cell[:CHARACTERS_OF_A_CELL])
        case int() | float() | Decimal():
            page.write_number(row, index, float(cell))
        case datetime():
            # Excel knows no time zones.
            page.write_datetime(row, index, cell.astimezone(zone).replace(tzinfo=None), formats["moment"])
        case date():
            page.write_datetime(row, index, datetime(cell.year, cell.month, cell.day), formats["date"])  # noqa: DTZ001  # Excel's dates have no zone


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet made to be printed: a title over the whole width, notes below it, a ruled table on A4 across, its head on every page.

    `merged` are the runs of rows, each (first, how many), whose cells of the column `column_merged` are one.
    """

    sheet: str
    title: str
    notes: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]
    column_merged: int = 0
    merged: Sequence[tuple[int, int]] = ()


A4 = 9
DOCUMENT_FORMATS = {
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
    "note": {"font_size": 10, "valign": "vcenter", "text_wrap": True},
    "head": {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#EEF1F6"},
    "cell": {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True},
    "text": {"border": 1, "valign": "vcenter", "text_wrap": True},
}


def document(pages: Iterable[Page]) -> bytes:
    """Sheets made to be printed, as an .xlsx file; one empty sheet where there is nothing."""
    file = BytesIO()
    with Workbook(file, {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}) as book:
        formats = {name: book.add_format(look) for name, look in DOCUMENT_FORMATS.items()}
        for page in pages:
            _lay_out(book.add_worksheet(page.sheet[:31]), page, formats)
        if not book.worksheets():
            book.add_worksheet()
    return file.getvalue()


def _lay_out(sheet: Worksheet, page: Page, formats: dict[str, Format]) -> None:
    last = len(page.head) - 1
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, last, page.title, formats["title"])
    sheet.set_row(0, 34)
    for row, note in enumerate(page.notes, start=1):
        sheet.merge_range(row, 0, row, last, note, formats["note"])
        sheet.set_row(row, 18)
    first = 1 + len(page.notes)
    for column, title in enumerate(page.head):
        sheet.write_string(first, column, title, formats["head"])
    for row, cells in enumerate(page.rows, start=first + 1):
        for column, cell in enumerate(cells):
            _write_ruled(sheet, row, column, cell, formats)
    for start, count in page.merged:
        if count > 1:
            top = first + 1 + start
            sheet.merge_range(
                top, page.column_merged, top + count - 1, page.column_merged, page.rows[start][page.column_merged], formats["cell"]
            )
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, first)
    sheet.freeze_panes(first + 1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _write_ruled(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format]) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, formats["cell"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:CHARACTERS_OF_A_CELL], formats["text" if len(cell) > 6 else "cell"])
    else:
        sheet.write_number(row, column, float(cell), formats["cell"])  # type: ignore[arg-type]  # numbers alone are written so
