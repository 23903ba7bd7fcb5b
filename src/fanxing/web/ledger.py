"""How records are written on a page."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from fanxing.lib.spreadsheets import Cell
from fanxing.records.models import Record
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.wording import amount
from fanxing.web.formats import day, percent

WORDS_OF_A_LINE = 60
SOURCES = {"typed": "填写", "demo": "演示"}
IMPORTED = "import:"


def source_words(source: str) -> str:
    """Where a record came from: typed, or brought in by whoever holds the fact."""
    return f"导入（{source.removeprefix(IMPORTED)}）" if source.startswith(IMPORTED) else SOURCES.get(source, source)


def said(field: Field, value: object) -> str:
    """What a record says in one field, as it is read."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "choice":
        return dict(field.choices).get(str(value), str(value))
    if field.type == "share" and isinstance(value, int | float):
        return percent(value)
    if field.type == "date":
        return day(date.fromisoformat(str(value)))
    return amount(value, field.unit) if isinstance(value, int | float) else str(value)


def entries_of(kind: RecordKind, data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(title, what is said) of every field that is filled, in the order of the kind."""
    return ((field.title, said(field, data[field.id])) for field in kind.fields if field.id in data)


def line(kind: RecordKind, data: Mapping[str, object]) -> str:
    """A record in one line: choices and texts by themselves, numbers with their titles."""
    words = "，".join(_words(kind, data))
    return words if len(words) <= WORDS_OF_A_LINE else words[: WORDS_OF_A_LINE - 1] + "…"


def _words(kind: RecordKind, data: Mapping[str, object]) -> Iterator[str]:
    for field in kind.fields:
        if field.id not in data:
            continue
        words = said(field, data[field.id])
        if field.type in ("choice", "text"):
            yield words
        else:
            yield f"{field.title}{'：' if field.type == 'yes/no' else ' '}{words}"


Line = tuple[int, date, str, str, str, datetime, str, str]


def lines(records: Iterable[Record], kinds: Mapping[str, RecordKind]) -> Iterator[Line]:
    """(id, day, kind, line, who, when, unit, source) of each record; asks for `unit` to be selected with them.

    Kinds only grow, so today's reads what was written under an earlier version; a kind that is no longer among them is read
    from the version that the record names.
    """
    for record in records:
        kind = kinds.get(record.kind) or record.kind_version.record_kind
        words, who = line(kind, record.data), record.recorded_by_title or record.recorded_by
        yield record.pk, record.occurred_on, kind.title, words, who, record.recorded_at, record.unit.name, source_words(record.source)


def cells(records: Iterable[Record], kinds: Mapping[str, RecordKind]) -> Iterator[list[Cell]]:
    """The records as rows of a workbook."""
    return ([on, kind, words, who, at, source, unit] for _, on, kind, words, who, at, unit, source in lines(records, kinds))
