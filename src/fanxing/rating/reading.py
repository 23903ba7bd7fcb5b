"""Facts files in: .csv, .parquet and .xlsx; whatever is wrong is said with file, row and column."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.workbooks import WorkbookError, read_cells
from fanxing.scheme.model import Scheme

HEADER_ROW = 1
ENDINGS = (".csv", ".parquet", ".xlsx")


def read_facts(scheme: Scheme, path: Path, draft: Scheme | None = None) -> Facts:
    """The facts of a file for a scheme, and those that a draft of it reads beside, as far as they are there. Raises FactsError."""
    return Facts.from_frame(scheme, read_table(path), path.name, first_row=HEADER_ROW + 1, draft=draft)


def read_table(path: Path) -> pl.DataFrame:
    """A table as it stands in a file: CSV and Excel cells as text, Parquet columns as they are. Raises FactsError."""
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {".csv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FactsError(f"{path.name}: a table is read from {', '.join(ENDINGS)}, not from “{path.suffix}”")
    if path.is_dir():
        raise FactsError(f"{path}: this is a folder; name a file")
    if not path.is_file():
        raise FactsError(f"{path}: there is no such file")
    if path.stat().st_size == 0:
        raise FactsError(f"{path.name}: row 1, column 1: the file is empty; its first row must name the columns")
    try:
        return reader(path)
    except OSError as error:
        raise FactsError(f"{path.name}: cannot be read: {error.strerror or error}") from None


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise FactsError(f"{path.name}: row 1, column 1: this is not a whole Parquet file; write it again") from None


def _xlsx(path: Path) -> pl.DataFrame:
    try:
        cells = read_cells(path)
    except WorkbookError as error:
        raise FactsError(f"{path.name}: row 1, column 1: {error}") from None
    if not len(cells):
        raise FactsError(f"{path.name}: row 1, column 1: the first sheet is empty; its first row must name the columns")
    return _named(path, cells, ["" if name is None else str(name) for name in cells.row(0)])


def _csv(path: Path) -> pl.DataFrame:
    text = _decoded(path)
    text = text if "\n" in text else text.replace("\r", "\n")
    header = next(_rows(path, text), [])
    _check_header(path, header, [False] * len(header))
    if '"' in text:
        _locate(path, text, len(header))  # Polars lets some wrong quotation marks pass
    try:
        cells = pl.read_csv(io.BytesIO(text.encode()), has_header=False, infer_schema=False, new_columns=_numbered(header))
    except pl.exceptions.PolarsError:
        _locate(path, text, len(header))
        # A quotation mark inside a cell, which only the slower reader takes for a character.
        rows = [[cell or None for cell in row] or [None] * len(header) for row in _rows(path, text)]
        cells = pl.DataFrame(rows, schema=dict.fromkeys(_numbered(header), pl.String), orient="row")
    if len(cells) and cells[cells.columns[-1]].null_count():
        _locate(path, text, len(header))
    return _named(path, cells, header)


def _numbered(header: list[str]) -> list[str]:
    return [str(number) for number in range(len(header))]


def _rows(path: Path, text: str) -> Iterator[list[str]]:
    row = 1
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            yield cells
            row += 1
    except csv.Error as error:
        raise FactsError(f"{path.name}: row {row}, column 1: {error}; mend the quotation marks") from None


def _named(path: Path, cells: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    """The table below the header, without blank rows at the end and without columns that have neither name nor values."""
    table = _without_blank_end(cells.slice(1))
    names = [name.strip() for name in header]
    _check_header(path, names, [_filled(table[column]) for column in cells.columns])
    return table.select(pl.col(column).alias(name) for column, name in zip(cells.columns, names, strict=True) if name)


def _filled(cells: pl.Series) -> bool:
    return bool((cells.str.strip_chars() != "").any())


def _decoded(path: Path) -> str:
    """The text of a file in UTF-8 (with or without a mark) or GB18030."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:4096]:
        raise FactsError(f"{path.name}: row 1, column 1: this is not UTF-8 or GB18030 text; save it as “CSV UTF-8”")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf8 = error
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _not_text(path, raw, max(error.start, utf8.start)) from None
    if "\ufffd" in text or any(0x80 <= ord(character) < 0xA0 or 0xE000 <= ord(character) < 0xF900 for character in text):
        raise _not_text(path, raw, utf8.start)
    return text


def _not_text(path: Path, raw: bytes, at: int) -> FactsError:
    line_start = raw.rfind(b"\n", 0, at) + 1
    row, column = raw.count(b"\n", 0, at) + 1, raw.count(b",", line_start, at) + 1
    return FactsError(f"{path.name}: row {row}, column {column}: this is neither UTF-8 nor GB18030 text; save the file as “CSV UTF-8”")


def _check_header(path: Path, header: list[str], filled: list[bool]) -> None:
    if not any(header):
        raise FactsError(f"{path.name}: row 1, column 1: the first row is blank; it must name the columns")
    for number, name in enumerate(header, start=1):
        if not name and filled[number - 1]:
            raise FactsError(f"{path.name}: row 1, column {number}: the column has no name")
        if name and name in header[: number - 1]:
            raise FactsError(f'{path.name}: row 1, column {number}: the column "{name}" stands twice')


def _locate(path: Path, text: str, width: int) -> None:
    """Raise for the first row that is not of the header's width; blank rows are let be."""
    for row, cells in enumerate(_rows(path, text), start=1):
        if cells and len(cells) != width:
            column = min(len(cells), width) + 1
            raise FactsError(f"{path.name}: row {row}, column {column}: the row has {len(cells)} cells, but the header has {width}")


def _without_blank_end(table: pl.DataFrame) -> pl.DataFrame:
    """The table without the blank rows that spreadsheets leave at the end."""
    filled = table.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(False)).to_series()
    return table.slice(0, len(filled) - int(filled.reverse().arg_max() or 0) if filled.any() else 0)
