"""What makes two rows the same record, and which records of the ledger are the same as some rows."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.records.models import Record
from fanxing.records.validation import Value
from fanxing.scheme.model import RecordKind

UNITS_ASKED = 500
PARTS: Mapping[str, Callable[[date], object]] = {
    "day": lambda day: day.isoformat(),
    "month": lambda day: (day.year, day.month),
    "quarter": lambda day: (day.year, (day.month + 2) // 3),
    "year": lambda day: day.year,
}

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """A record of the ledger that counts, or will once it is confirmed."""

    id: int
    position: int
    day: date
    data: Mapping[str, Value]


def key_of(kind: RecordKind, unit_id: int, day: date, data: Mapping[str, object]) -> Key:
    """The same for two records of a unit only if they are the same one; of a kind that does not say what makes two the same, all of it."""
    if not kind.identity:
        return unit_id, day, json.dumps(data, sort_keys=True)
    return (unit_id, *(PARTS[id](day) if id in PARTS else data.get(id) for id in kind.identity))


def in_force(kind: RecordKind, units: Collection[int], days: Collection[date]) -> dict[Key, list[InForce]]:
    """The records of the kind in some units that could be the same as some of these days, by what makes them the same, oldest first."""
    found: defaultdict[Key, list[InForce]] = defaultdict(list)
    for unit_id, id, position, day, data in _rows(kind, sorted(units), days):
        found[key_of(kind, unit_id, day, data)].append(InForce(id, position, day, data))
    return found


def _rows(kind: RecordKind, units: list[int], days: Collection[date]) -> Iterator[tuple[int, int, int, date, Mapping[str, Value]]]:
    standing = Record.objects.filter(kind=kind.id).standing().order_by("unit_id", "position")
    if days and (not kind.identity or "day" in kind.identity):
        standing = standing.filter(occurred_on__range=(min(days), max(days)))
    elif days and not PARTS.keys().isdisjoint(kind.identity):
        standing = standing.filter(occurred_on__range=(date(min(days).year, 1, 1), date(max(days).year, 12, 31)))
    for start in range(0, len(units), UNITS_ASKED):
        some = standing.filter(unit__in=units[start : start + UNITS_ASKED])
        yield from some.values_list("unit_id", "id", "position", "occurred_on", "data").iterator()
