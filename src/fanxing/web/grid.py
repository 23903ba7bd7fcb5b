"""A grid in which several records of one kind are typed: a column a field, a row a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fanxing.records.actions.several import RowsRefused
from fanxing.records.models import Record
from fanxing.scheme.model import RecordKind
from fanxing.web.entries import DAY, Choices, Control, controls
from fanxing.web.ledger import line

# So many rows at first, and each time more are asked for.
STEP = 5
# Browsers may send 1,000 fields: rows beyond these come in a sheet.
ROWS, FIELDS = 50, 900
BESIDE = "beside"


@dataclass(frozen=True)
class Column:
    """What one field of every row says: `offered` are (value, words) that its cells may be chosen from."""

    name: str
    title: str
    required: bool
    unit: str
    note: str
    control: str
    offered: Choices


@dataclass(frozen=True)
class Row:
    """A row as it was typed, from 1 on: its texts and faults by column, and what it is the same as."""

    number: int
    texts: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    beside: bool = False
    same: Record | None = None
    same_line: str = ""
    twice: int = 0

    @property
    def is_filled(self) -> bool:
        """Whether it says anything."""
        return any(self.texts.values())


def columns(kind: RecordKind, named: Mapping[str, Choices]) -> list[Column]:
    """The day and every field of the kind that can be typed; photos, files and what is personal are added to a record once it is there."""
    return [
        Column(one.name, one.title, one.required, one.unit, one.note if one.name != DAY else "", one.control, _offered(one, kind))
        for one in controls(kind, {}, {}, named)
        if not one.personal
    ]


def _offered(one: Control, kind: RecordKind) -> Choices:
    """What a cell may be chosen from: the words where they can be read, the references of records with what these say."""
    named = kind.field(one.name)
    if named is not None and named.type == "record":
        return one.choices
    return one.offered or tuple((word, "") for _, word in one.choices)


def longest(kind: RecordKind) -> int:
    """How many rows of the kind are taken at once."""
    return min(ROWS, FIELDS // (len(kind.fields) + 2))


def blank(count: int, after: int = 0) -> list[Row]:
    """Rows in which nothing was typed yet."""
    return [Row(number, {}) for number in range(after + 1, after + count + 1)]


def rows_sent(kind: RecordKind, names: list[str], sent: Mapping[str, str]) -> list[Row]:
    """The rows of the form as they were typed."""
    told = sent.get("rows", "")
    count = min(int(told) if told.isascii() and told.isdigit() else 0, longest(kind))
    return [
        Row(
            number,
            {name: sent.get(f"{number}-{name}", "").strip() for name in names},
            beside=f"{number}-{BESIDE}" in sent,
        )
        for number in range(1, count + 1)
    ]


def judged(kind: RecordKind, rows: list[Row], refusal: RowsRefused) -> list[Row]:
    """The rows with what is wrong with each; the refusal counts those alone that say anything."""
    filled = [row for row in rows if row.is_filled]
    places = {row.number: place for place, row in enumerate(filled)}
    return [_judged(kind, row, places[row.number], filled, refusal) if row.is_filled else row for row in rows]


def _judged(kind: RecordKind, row: Row, place: int, filled: list[Row], refusal: RowsRefused) -> Row:
    same = refusal.same.get(place)
    return replace(
        row,
        faults=refusal.faults.get(place, {}),
        same=same,
        same_line=line(kind, same.data) if same else "",
        twice=filled[refusal.twice[place]].number if place in refusal.twice else 0,
    )
