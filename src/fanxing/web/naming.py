"""What names a record, kind by kind, as its page shows it: so many records, what their figures come to, and the latest of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fanxing.records.models import Record
from fanxing.records.naming import is_named, named, naming
from fanxing.scheme.model import RecordKind
from fanxing.web.ledger import brief, said

ADDED_UP = ("count", "number", "money")
SHOWN = 8


@dataclass(frozen=True)
class Group:
    """The records of one kind that name another, the latest first; `sums` tells (title, in words) what they come to."""

    kind: RecordKind
    rows: Sequence[tuple[str, Record]]
    count: int
    sums: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Naming:
    """What a record is called, and what names it, in the order of the kinds."""

    name: str
    groups: Sequence[Group]


def naming_of(first: Record, record: Record, kind: RecordKind, kinds: Mapping[str, RecordKind]) -> Naming | None:
    """What names a record; None where nothing ever does."""
    if not is_named(kind, kinds.values()):
        return None
    one = named(first, record, kind)
    by_kind: dict[str, list[Record]] = {id: [] for id in kinds}
    for row in naming([one], kinds)[one.reference]:
        by_kind[row.kind].append(row)
    return Naming(one.name, [_group(kinds[id], rows, one.name) for id, rows in by_kind.items() if rows])


def _group(kind: RecordKind, rows: Sequence[Record], name: str) -> Group:
    return Group(kind, [(brief(kind, row.data, name), row) for row in rows[:SHOWN]], len(rows), list(_sums(kind, rows)))


def _sums(kind: RecordKind, rows: Sequence[Record]) -> Iterator[tuple[str, str]]:
    for field in kind.fields:
        values = [row.data[field.id] for row in rows if not field.personal and row.data.get(field.id) is not None]
        if values and field.type in ADDED_UP:
            yield field.title, said(field, sum(values))
        elif values and field.type == "yes/no":
            yield field.title, f"{sum(map(bool, values))} / {len(values)} 条"
