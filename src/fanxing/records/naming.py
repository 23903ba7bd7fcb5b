"""Records that name another: by a link to it, or by its name in what was typed; what a brand carried, what a team did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from fanxing.lib.passages import passage_sought
from fanxing.records.models import Record
from fanxing.records.texts import fields_sought
from fanxing.scheme.model import RecordKind

# A shorter name stands in too many words by chance.
SHORTEST_NAME = 3


@dataclass(frozen=True)
class Named:
    """A record as others name it: by the reference of its first version, and by what it is called, both within its unit."""

    unit: int
    kind: str
    reference: str
    name: str


def named(first: Record, record: Record, kind: RecordKind) -> Named:
    """How others name a record: `first` is its first version, and its first text is its name."""
    texts = (record.data.get(field.id) for field in kind.fields if field.type == "text" and not field.personal)
    return Named(record.unit_id, record.kind, first.reference, next((str(text) for text in texts if text), ""))


def is_named(kind: RecordKind, kinds: Iterable[RecordKind]) -> bool:
    """Whether records of some kind link to those of this one, or needs say who of them took them on."""
    return any(_links(one, kind.id) or (one.meets is not None and one.meets.teams == kind.id) for one in kinds)


def naming(some: Iterable[Named], kinds: Mapping[str, RecordKind]) -> dict[str, list[Record]]:
    """Reference → the counting records of the unit that name it, the latest first; as many queries for many as for one."""
    some = list(some)
    found: dict[str, list[Record]] = {one.reference: [] for one in some}
    asked = [*_linking(some, kinds), *filter(None, map(_mentioning, some))]
    if not asked:
        return found
    rows = Record.objects.filter(reduce(or_, asked), unit__in={one.unit for one in some}).counting().select_related("unit")
    by_unit: dict[int, list[Named]] = {}
    for one in some:
        by_unit.setdefault(one.unit, []).append(one)
    for row in rows.order_by("-occurred_on", "-pk"):
        for one in by_unit[row.unit_id] if row.kind in kinds else ():
            if _names(row, kinds[row.kind], one):
                found[one.reference].append(row)
    return found


def _links(kind: RecordKind, to: str) -> list[str]:
    return [field.id for field in kind.fields if field.type == "record" and field.links == to]


def _linking(some: Iterable[Named], kinds: Mapping[str, RecordKind]) -> list[Q]:
    references: dict[str, list[str]] = {}
    for one in some:
        references.setdefault(one.kind, []).append(one.reference)
    return [
        Q(kind=kind.id, **{f"data__{field}__in": asked})
        for kind in kinds.values()
        for to, asked in references.items()
        for field in _links(kind, to)
    ]


def _mentioning(one: Named) -> Q | None:
    tokens = passage_sought(one.name) if len(one.name) >= SHORTEST_NAME else ()
    return Q(unit=one.unit, text__search_text__holds=tokens) & ~Q(kind=one.kind) if tokens else None


def _names(row: Record, kind: RecordKind, one: Named) -> bool:
    if any(row.data.get(field) == one.reference for field in _links(kind, one.kind)):
        return True
    mentioned = len(one.name) >= SHORTEST_NAME and row.kind != one.kind
    return mentioned and any(one.name in str(row.data.get(field) or "") for field in fields_sought(kind))
