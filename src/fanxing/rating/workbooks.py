"""Excel workbooks (.xlsx) in: the cells of the first sheet as text, cells that hold an error among them."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import fastexcel
import polars as pl

CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*\st=\"e\"[^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"")
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\sref=\"[A-Z]+[0-9]+:([A-Z]+)([0-9]+)\"")
MOST_CELLS = 100_000_000
PLACE = re.compile(r"([A-Z]+)([0-9]+)")


class WorkbookError(ValueError):
    """A workbook that cannot be read, and why."""


def read_cells(path: Path) -> pl.DataFrame:
    """All cells of the first sheet as text, from its first row on. Raises WorkbookError."""
    try:
        reader = fastexcel.read_excel(path)
        with zipfile.ZipFile(path) as book:
            content = _part(book, _first_sheet(book))
        _refuse_expanse(content)
        sheet = reader.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error) as error:
        raise WorkbookError(f"this is not a whole Excel workbook (.xlsx); save it again ({str(error).splitlines()[0]})") from None
    cells, at = sheet.to_polars(), {column.absolute_index: column.index for column in sheet.selected_columns}
    # The reader leaves them out, as if the figure were missing.
    for row, column, text in _errors(content):
        if column in at and row < len(cells):
            cells[row, at[column]] = text
    return cells


def _refuse_expanse(content: bytes) -> None:
    """Refuse a sheet with something so far out that the reader, which keeps every cell up to there, would not come back."""
    corner = DIMENSION.search(content, 0, 10_000)
    if corner and (_column(corner[1].decode()) + 1) * int(corner[2]) > MOST_CELLS:
        end = f"{corner[1].decode()}{corner[2].decode()}"
        raise WorkbookError(f"the first sheet reaches to cell {end}; delete what stands beyond the table, or save it as CSV")


def _errors(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Row, column (both from 0) and text of each cell that holds an error, such as #DIV/0!."""
    for attributes, inner in CELL.findall(content) if b't="e"' in content else ():
        place, value = PLACE.fullmatch(_attributes(attributes).get("r", "")), VALUE.search(inner)
        if place:
            yield int(place[2]) - 1, _column(place[1]), value[1].decode() if value else "#N/A"


def _first_sheet(book: zipfile.ZipFile) -> str:
    """The file of the first sheet inside the workbook."""
    sheets = re.findall(rb"<(?:\w+:)?sheet\b([^>]*)>", _part(book, "xl/workbook.xml"))
    wanted = next((value for key, value in _attributes(sheets[0]).items() if key.endswith(":id")), "") if sheets else ""
    for relation in re.findall(rb"<Relationship\b([^>]*)>", _part(book, "xl/_rels/workbook.xml.rels")):
        one = _attributes(relation)
        if one.get("Id") == wanted:
            return str(PurePosixPath("/xl", one.get("Target", ""))).lstrip("/")
    return ""


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    return book.read(name) if name in book.namelist() else b""


def _attributes(text: bytes) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in ATTRIBUTE.findall(text)}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
