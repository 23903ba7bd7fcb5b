"""Writes a table as an Excel workbook, for the export that every list offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TypeAlias
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = str | int | float | Decimal | date | datetime | bool | None

ROWS_OF_A_SHEET = 1_048_576
CHARACTERS_OF_A_CELL = 32_767
WORDS_FOR_FLAGS = {True: "是", False: "否"}
FORMATS = {
    "head": {"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
}


class TooManyRows(Exception):
    """The table does not fit on one sheet."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, and its width in characters (a Chinese one counts as two)."""

    title: str
    width: float = 16


def workbook(*, sheet: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], zone: ZoneInfo) -> bytes:
    """The table as an .xlsx file: a frozen head with filters, text as text, dates as dates in the zone given.

    Text is never read as a formula, number or link, so that `=HYPERLINK(…)` typed into a name does nothing
    and 411002 as a code keeps its zeros. Raises TooManyRows past the 1,048,576 rows of a sheet.
    """
    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with Workbook(file, {"constant_memory": True, **options}) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        page = book.add_worksheet(sheet)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
            page.write_string(0, index, column.title, formats["head"])
        page.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last >= ROWS_OF_A_SHEET:
                raise TooManyRows(f"一张工作表最多 {ROWS_OF_A_SHEET - 1} 行，请先筛选")
            for index, cell in enumerate(row):
                _write(page, last, index, cell, formats, zone)
        page.autofilter(0, 0, last, len(columns) - 1)
    return file.getvalue()


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
