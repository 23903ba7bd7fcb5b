"""Results out: .csv, .parquet and .xlsx, whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

ENDINGS = (".csv", ".parquet", ".xlsx")
# A code such as =1+1 is a text, never reckoned.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}
# Workbooks carry a date of making; a fixed one keeps the same result the same bytes.
MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)


class WritingError(ValueError):
    """A result that cannot be written, and why."""


def check_target(path: Path) -> None:
    """Refuse, before any work is done, a target that cannot be written."""
    if path.suffix.lower() not in ENDINGS:
        raise WritingError(f"{path}: a result is written to {', '.join(ENDINGS)}, not to “{path.suffix}”")
    if not path.parent.is_dir():
        raise WritingError(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise WritingError(f"{path}: this is a folder")


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table: to a file beside the target first, which then takes its place at once. Raises WritingError."""
    check_target(path)
    writers: dict[str, Callable[[pl.DataFrame, Path], object]] = {
        ".csv": lambda table, target: table.write_csv(target),
        ".parquet": lambda table, target: table.write_parquet(target),
        ".xlsx": _xlsx,
    }
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise WritingError(f"{path}: cannot be written: {error.strerror}") from None
    os.close(handle)
    try:
        writers[path.suffix.lower()](table, Path(name))
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        raise WritingError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _xlsx(table: pl.DataFrame, path: Path) -> None:
    with xlsxwriter.Workbook(path, PLAIN) as workbook:
        workbook.set_properties({"created": MADE_AT})
        table.write_excel(workbook, worksheet="result", autofilter=False, float_precision=4)
