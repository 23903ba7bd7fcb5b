"""What stands in a workbook, whatever kind of file it was: sheets of texts, merged cells, widths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_SHEETS = 40
MOST_ROWS = 3_000
MOST_COLUMNS = 60
MOST_MERGES = 20_000
MOST_CHARACTERS = 5_000  # of one cell
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\u200b]")


class Unreadable(ValueError):
    """A workbook that cannot be read; the text says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, counted from 0, its last row and column included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """As Excel calls it: A5, A5:F6."""
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    def cells(self) -> Iterator[tuple[int, int]]:
        """(row, column) of each of its cells."""
        return ((row, column) for row in range(self.top, self.bottom + 1) for column in range(self.left, self.right + 1))


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows` of texts, all of one length, an empty cell is ""; only the first cell of a merged area holds its text."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Area, ...] = ()
    widths: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def areas(self) -> dict[tuple[int, int], Area]:
        """The merged area that a cell belongs to."""
        return {cell: area for area in self.merged for cell in area.cells()}

    def area(self, row: int, column: int) -> Area:
        """The merged area of a cell, or the cell alone."""
        return self.areas.get((row, column), Area(row, column, row, column))

    def text(self, row: int, column: int) -> str:
        """What one reads in a cell: in a merged area, everywhere the same."""
        area = self.areas.get((row, column))
        return self.rows[area.top][area.left] if area else self.rows[row][column]

    def line(self, row: int) -> tuple[str, ...]:
        """What one reads in a row."""
        return tuple(self.text(row, column) for column in range(self.width))


@dataclass(frozen=True)
class Book:
    """A workbook: its visible sheets that hold anything."""

    sheets: tuple[Sheet, ...]


def cell_name(row: int, column: int) -> str:
    """A cell as Excel calls it, from numbers that begin with 0."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """A column as Excel calls it: 0 is A."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def as_text(value: object) -> str:
    """The value of a cell as one reads it: whole numbers without a decimal point, yes and no as words."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float():
            return f"{value:.12g}"
        case _:
            # Excel keeps a carriage return as _x000D_ where a file came from elsewhere.
            text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
            return _UNSEEN.sub("", text).strip()[:MOST_CHARACTERS]


def sheet_of(name: str, cells: dict[tuple[int, int], str], merged: list[Area], widths: dict[int, float]) -> Sheet | None:
    """A sheet from its filled cells; None where there is none. Merged areas are cut to what is filled."""
    filled = {place: text for place, text in cells.items() if text}
    if not filled:
        return None
    height, width = max(row for row, _ in filled) + 1, max(column for _, column in filled) + 1
    if height > MOST_ROWS or width > MOST_COLUMNS:
        corner = cell_name(height - 1, width - 1)
        raise Unreadable(
            f"工作表“{name}”一直写到 {corner}，超出 {MOST_ROWS} 行、{MOST_COLUMNS} 列；请删去表格以外的内容，只留评分细则，再上传。"
        )
    if len(merged) > MOST_MERGES:
        raise Unreadable(f"工作表“{name}”有 {len(merged)} 处合并单元格，超出 {MOST_MERGES} 处，请简化后再上传。")
    # What is merged may reach past the last filled cell, where a group's last rows are empty but for it.
    height = min(MOST_ROWS, max([height, *(area.bottom + 1 for area in merged if (area.top, area.left) in filled)]))
    width = min(MOST_COLUMNS, max([width, *(area.right + 1 for area in merged if (area.top, area.left) in filled)]))
    cut = [Area(one.top, one.left, min(one.bottom, height - 1), min(one.right, width - 1)) for one in merged]
    kept = tuple(sorted((one for one in cut if one.top < height and one.left < width), key=lambda one: (one.top, one.left)))
    rows = tuple(tuple(filled.get((row, column), "") for column in range(width)) for row in range(height))
    return Sheet(name, rows, kept, tuple(widths.get(column, 0.0) for column in range(width)))
