"""What stands in a cell, as the value it means: what people type, and what spreadsheets make of it."""

import re
from collections.abc import Mapping

from fanxing.lib.table_files import ERROR
from fanxing.lib.typed_text import MIDNIGHT, day_of
from fanxing.records.validation import read_texts
from fanxing.scheme.model import Field, RecordKind

WHOLE = re.compile(r"(-?\d+)\.0+")
FAILED = "公式出错（{}），请改成数值，没有的留空"


def failure(text: str) -> str:
    """What is wrong with a cell that shows a failed formula; blank where it shows none."""
    return FAILED.format(text) if ERROR.fullmatch(text) else ""


def values_of(kind: RecordKind, texts: Mapping[str, str]) -> dict[str, object]:
    """The values of a row's cells by field; what cannot be read stays text, for the ledger to say what would be right."""
    fields = {field.id: field for field in kind.fields}
    return read_texts(kind, {id: _plain(fields[id], text) for id, text in texts.items()})


def _plain(field: Field, text: str) -> str:
    """The text without what a spreadsheet added to it."""
    if field.type == "date":
        day = day_of(text)
        return day.isoformat() if day else text
    if field.type == "period" and (found := MIDNIGHT.fullmatch(text)):
        return _period(field, found[1])
    if field.type in ("count", "period", "yes/no", "choice") and (found := WHOLE.fullmatch(text)):
        return found[1]
    return text


def _period(field: Field, day: str) -> str:
    """The period in which a day lies: a cell that says 2025年3月 is kept as the first of March."""
    year, month = day[:4], int(day[5:7])
    return {"year": year, "quarter": f"{year}-Q{(month + 2) // 3}", "month": day[:7]}[field.every]
