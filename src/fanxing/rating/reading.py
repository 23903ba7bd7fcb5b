"""Facts files in: .csv, .parquet and .xlsx; whatever is wrong is said with file, row and column."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl

from fanxing.rating.facts import Facts, FactsError
from fanxing.scheme.model import Scheme

HEADER_ROW = 1
ENDINGS = (".csv", ".parquet", ".xlsx")


def read_facts(scheme: Scheme, path: Path) -> Facts:
    """The facts of a file for a scheme. Raises FactsError."""
    return Facts.from_frame(scheme, read_table(path), path.name, first_row=HEADER_ROW + 1)


def read_table(path: Path) -> pl.DataFrame:
    """A table as it stands in a file: CSV and Excel cells as text, Parquet columns as they are. Raises FactsError."""
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {".csv": _csv, ".parquet": _parquet, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FactsError(f"{path.name}: a table is read from {', '.join(ENDINGS)}, not from “{path.suffix}”")
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
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise FactsError(f"{path.name}: row 1, column 1: this is not a whole Excel workbook (.xlsx); save it again ({reason})") from None
    cells = sheet.to_polars()
    if not len(cells):
        raise FactsError(f"{path.name}: row 1, column 1: the first sheet is empty; its first row must name the columns")
    names = ["" if name is None else str(name).strip() for name in cells.row(0)]
    named = [
        (column, name)
        for column, name in zip(cells.columns, names, strict=True)
        if name or cells[column].slice(1).null_count() < len(cells) - 1
    ]
    _check_header(path, [name for _, name in named])
    table = cells.slice(1).select([pl.col(column).alias(name) for column, name in named])
    return _without_blank_end(table)


def _csv(path: Path) -> pl.DataFrame:
    text = _decoded(path)
    header = next(csv.reader(io.StringIO(text)), [])
    header = [name.strip() for name in header]
    _check_header(path, header)
    try:
        table = pl.read_csv(io.BytesIO(text.encode()), has_header=False, skip_rows=0, infer_schema=False, new_columns=header)
    except pl.exceptions.PolarsError:
        _locate(path, text, len(header))
        raise FactsError(f"{path.name}: row 1, column 1: this cannot be read as comma-separated values") from None
    table = table.slice(1)
    if table[table.columns[-1]].null_count():
        _locate(path, text, len(header))
    return _without_blank_end(table)


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


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise FactsError(f"{path.name}: row 1, column 1: the first row is blank; it must name the columns")
    for number, name in enumerate(header, start=1):
        if not name:
            raise FactsError(f"{path.name}: row 1, column {number}: the column has no name")
        if name in header[: number - 1]:
            raise FactsError(f'{path.name}: row 1, column {number}: the column "{name}" stands twice')


def _locate(path: Path, text: str, width: int) -> None:
    """Raise for the first row that is not of the header's width; blank rows are let be."""
    reader = csv.reader(io.StringIO(text), strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if cells and len(cells) != width:
                column = min(len(cells), width) + 1
                raise FactsError(f"{path.name}: row {row}, column {column}: the row has {len(cells)} cells, but the header has {width}")
    except csv.Error as error:
        raise FactsError(f"{path.name}: row {row + 1}, column 1: {error}; mend the quotation marks") from None


def _without_blank_end(table: pl.DataFrame) -> pl.DataFrame:
    """The table without the blank rows that spreadsheets leave at the end."""
    filled = table.select(pl.any_horizontal([(pl.col(name).is_not_null() & (pl.col(name) != "")) for name in table.columns])).to_series()
    return table.slice(0, len(filled) - int(filled.reverse().arg_max() or 0) if filled.any() else 0)
