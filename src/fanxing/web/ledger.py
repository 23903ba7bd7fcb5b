"""How records are written on a page."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from fanxing.lib.spreadsheets import Cell
from fanxing.organisations.models import Unit
from fanxing.programme.models import KindVersion
from fanxing.records.lateness import days_late
from fanxing.records.lists import latest_named
from fanxing.records.models import Record
from fanxing.records.queries import chain
from fanxing.records.references import record_named
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.wording import amount
from fanxing.scoring.doubtful import Doubt, doubts
from fanxing.web.formats import day, percent
from fanxing.web.listing import batched

WORDS_OF_A_LINE = 60
# Said by themselves, without the title of the field.
BY_THEMSELVES = ("choice", "text", "long text", "place")
BRIEF = ("choice", "text")
NOT_IN_A_LINE = ("photo", "file")
NAMING = ("record", "unit")
WITH_A_COLON = ("yes/no", *NAMING)
NO_NAMES: Mapping[str, str] = {}
WORDS_OF_A_NAME = 24
# A kind that names no columns shows so many of its fields.
COLUMNS_OF_A_KIND = 5
ROWS_AT_ONCE = 500
SOURCES = {"typed": "填写", "demo": "演示"}
IMPORTED, FOLLOWED = "import:", "procedure:"


def source_words(source: str) -> str:
    """Where a record came from: typed, or brought in by whoever holds the fact."""
    if source.startswith(FOLLOWED):
        return "办理事项时生成"
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


def entries_of(kind: RecordKind, data: Mapping[str, object]) -> Iterator[tuple[str, str, int | None]]:
    """(title, what is said, the record that is named) of every field that is filled, in the order of the kind."""
    for field in kind.fields:
        if field.id in data:
            named = record_named(str(data[field.id])) if field.type == "record" else None
            yield field.title, line_now(named) if named else said(field, data[field.id]), named.pk if named else None


def line_now(record: Record) -> str:
    """A record, given by its first version, in a line as it says now; of one withdrawn, what it said."""
    versions = chain(record)
    gone = versions[-1].act == Record.Act.WITHDRAWAL
    last = versions[-2 if gone else -1]
    return line(last.kind_version.record_kind, last.data) + ("（已撤回）" if gone else "")


def line(kind: RecordKind, data: Mapping[str, object], names: Mapping[str, str] = NO_NAMES) -> str:
    """A record in one line: choices and texts by themselves, numbers with their titles, and what the records and units that it names are
    called; a record of which that is not known is left out."""
    words = "，".join(_words(kind, data, names))
    return words if len(words) <= WORDS_OF_A_LINE else words[: WORDS_OF_A_LINE - 1] + "…"


def brief(kind: RecordKind, data: Mapping[str, object], without: str = "") -> str:
    """What a record is about: its choices and texts alone, but for one that is told already; its kind where it has none."""
    fields = [field for field in kind.fields if field.type in BRIEF and not field.personal and data.get(field.id)]
    return "，".join(said(field, data[field.id]) for field in fields if data[field.id] != without) or kind.title


def _words(kind: RecordKind, data: Mapping[str, object], names: Mapping[str, str]) -> Iterator[str]:
    for field in kind.fields:
        if field.id not in data or field.type in NOT_IN_A_LINE or (field.type == "record" and data[field.id] not in names):
            continue
        words = names.get(str(data[field.id])) if field.type in NAMING else None
        words = words or said(field, data[field.id])
        if field.type in BY_THEMSELVES:
            yield words
        else:
            yield f"{field.title}{'：' if field.type in WITH_A_COLON else ' '}{words}"


Line = tuple[int, date, str, str, str, datetime, str, str]


def lines(records: Iterable[Record], kinds: Mapping[str, RecordKind]) -> Iterator[Line]:
    """(id, day, kind, line, who, when, unit, source) of each record; asks for `unit` to be selected with them.

    Kinds only grow, so today's reads what was written under an earlier version; a kind that is no longer among them is read
    from the version that the record names.
    """
    read = [(record, kinds.get(record.kind) or record.kind_version.record_kind) for record in records]
    names = called((kind, record.data) for record, kind in read)
    for record, kind in read:
        words, who = line(kind, record.data, names), record.recorded_by_title or record.recorded_by
        yield record.pk, record.occurred_on, kind.title, words, who, record.recorded_at, record.unit.name, source_words(record.source)


# What a row is made of, after the id.
COLUMNS = (
    *("occurred_on", "kind", "data", "act", "awaits", "source", "recorded_at", "recorded_by", "recorded_by_title"),
    *("position", "unit__code", "unit__name", "kind_version_id"),
)


class Row(NamedTuple):
    """A record as lists show it. `cells`: what it says in each of the columns of its kind, where one kind is listed."""

    id: int
    on: date
    kind: str
    words: str
    cells: list[str]
    who: str
    at: datetime
    unit: str
    code: str
    source: str
    marks: list[tuple[str, str]]
    doubts: tuple[Doubt, ...]


def columns_of(kind: RecordKind) -> list[Field]:
    """The fields that a list of one kind shows: those that the kind names, or the first that fit."""
    named = [field for id in kind.columns if (field := kind.field(id))]
    fitting = (field for field in kind.fields if not field.personal and field.type not in ("long text", "record", *NOT_IN_A_LINE))
    return named or list(fitting)[:COLUMNS_OF_A_KIND]


def called(read: Iterable[tuple[RecordKind, Mapping[str, object]]]) -> dict[str, str]:
    """What units and earlier records that some records name are called, by their codes and references: units by their names, records
    by the first that a list of their kind shows. As many queries as for one."""
    named: dict[str, set[str]] = {naming: set() for naming in NAMING}
    for kind, data in read:
        for field in kind.fields:
            if field.type in named and data.get(field.id):
                named[field.type].add(str(data[field.id]))
    units = dict(Unit.objects.filter(code__in=named["unit"]).values_list("code", "name")) if named["unit"] else {}
    records = latest_named(named["record"]) if named["record"] else {}
    return units | {reference: _name_of(record) for reference, record in records.items()}


def _name_of(record: Record) -> str:
    kind = record.kind_version.record_kind
    told = [field for field in columns_of(kind) if field.id in record.data]
    first = next((field for field in told if field.type in ("text", "place")), None)
    words = "，".join(said(field, record.data[field.id]) for field in ([first] if first else told[:2])) or day(record.occurred_on)
    return words if len(words) <= WORDS_OF_A_NAME else words[: WORDS_OF_A_NAME - 1] + "…"


def rows_of(found: Iterable[tuple[Any, ...]], kinds: Mapping[str, RecordKind], one: RecordKind | None = None) -> Iterator[Row]:
    """Records, given by their id and COLUMNS, as rows; where all are of one kind, with its columns."""
    rows = list(found)
    older = _kinds_no_longer({row[-1] for row in rows if row[2] not in kinds})
    columns = columns_of(one) if one else []
    read = [kinds.get(row[2]) or older[row[-1]] for row in rows]
    names = called(zip(read, (row[3] for row in rows), strict=True))
    for kind, row in zip(read, rows, strict=True):
        id, on, _, data, act, awaits, source, at, by, title, _, code, name, _ = row
        cells = [names.get(str(data[field.id])) or said(field, data[field.id]) if field.id in data else "" for field in columns]
        marks = list(_marks(kind, on, act, awaits, at))
        words, who = line(kind, data, names), title or by
        yield Row(id, on, kind.title, words, cells, who, at, name, code, source_words(source), marks, doubts(kind, data))


def _kinds_no_longer(versions: set[int]) -> dict[int, RecordKind]:
    return {one.pk: one.record_kind for one in KindVersion.objects.filter(pk__in=versions)} if versions else {}


def _marks(kind: RecordKind, on: date, act: str, awaits: bool, at: datetime) -> Iterator[tuple[str, str]]:
    """(word, tone) of what is to be known of a record at a glance."""
    if awaits:
        yield "待确认", "alarm"
    if act == Record.Act.CORRECTION:
        yield "更正过", ""
    if act == Record.Act.ENTRY and (late := days_late(kind, on, at)):
        yield f"迟录 {late} 天", ""


def line_cells(found: Iterable[tuple[Any, ...]], kinds: Mapping[str, RecordKind]) -> Iterator[list[Cell]]:
    """Records of any kinds as rows of a workbook, each in one line."""
    for some in batched(found, ROWS_AT_ONCE):
        positions = {one[0]: f"{one[11]}-{one[10]}" for one in some}
        for row in rows_of(some, kinds):
            marks = "，".join(word for word, _ in row.marks) or None
            yield [row.on, row.kind, row.words, row.who, row.at, row.source, row.unit, row.code, marks, positions[row.id]]


# What stands beside the fields in a workbook of one kind; none of it is read again.
BESIDE = ("所属", "登记人", "登记时间", "登记来源", "状态", "编号")


def beside_in_a_sheet(kind: RecordKind) -> list[str]:
    """What stands beside the fields in a workbook of one kind; what records and units they name are called, too."""
    return [*BESIDE, *(f"所指：{field.title}" for field in fields_in_a_sheet(kind) if field.type in NAMING)]


def sheet_rows(found: Iterable[tuple[Any, ...]], kind: RecordKind) -> Iterator[list[Cell]]:
    """Records as rows of a workbook that can be imported again: the unit's code, the day, a cell a field, then what is known of each."""
    fields = fields_in_a_sheet(kind)
    naming = [field for field in fields if field.type in NAMING]
    for some in batched(found, ROWS_AT_ONCE):
        names = called((kind, row[3]) for row in some)
        for row in some:
            yield [*_sheet_row(row, kind, fields), *(names.get(str(row[3].get(field.id))) for field in naming)]


def _sheet_row(row: tuple[Any, ...], kind: RecordKind, fields: Iterable[Field]) -> Iterator[Cell]:
    _, on, _, data, act, awaits, source, at, by, title, position, code, name, _ = row
    marks = "，".join(word for word, _ in _marks(kind, on, act, awaits, at))
    yield from (code, on)
    yield from (cell_of(field, data.get(field.id)) for field in fields)
    yield from (name, title or by, at, source_words(source), marks or None, f"{code}-{position}")


def fields_in_a_sheet(kind: RecordKind) -> list[Field]:
    """The fields that a workbook has a column for."""
    return [field for field in kind.fields if field.type not in ("photo", "file") and not field.personal]


def cell_of(field: Field, value: Any) -> Cell:
    """What a record says in one field, as a spreadsheet holds it and an import reads it."""
    if value is None or isinstance(value, bool):
        return value
    if field.type == "choice":
        return dict(field.choices).get(str(value), str(value))
    if field.type == "share":
        return f"{value * 100:.12g}%"
    if field.type == "date":
        return date.fromisoformat(value)
    return value if isinstance(value, int | float) else str(value)
