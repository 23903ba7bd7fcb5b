"""What makes two rows the same record, and which records of the ledger are the same as some rows."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.records.identity import Key, identity_key
from fanxing.records.models import Record
from fanxing.records.validation import Value
from fanxing.scheme.model import IDENTITY_DAYS, RecordKind

UNITS_ASKED = 500


@dataclass(frozen=True, slots=True)
class InForce:
    """A record of the ledger that counts, or will once it is confirmed."""

    id: int
    position: int
    day: date
    data: Mapping[str, Value]
    awaits: bool


def key_of(kind: RecordKind, unit_id: int, day: date, data: Mapping[str, object]) -> Key:
    """The same for two records of a unit only if they are the same one; where the kind does not say what makes them so, all of it."""
    return (unit_id, *(identity_key(kind, day, data) or (day, json.dumps(data, sort_keys=True))))


def in_force(kind: RecordKind, units: Collection[int], days: Collection[date]) -> dict[Key, list[InForce]]:
    """The records of the kind in some units that could be the same as some of these days, by what makes them the same, oldest first."""
    found: defaultdict[Key, list[InForce]] = defaultdict(list)
    for unit_id, id, position, day, data, awaits in _rows(kind, sorted(units), days):
        found[key_of(kind, unit_id, day, data)].append(InForce(id, position, day, data, awaits))
    return found


def _rows(kind: RecordKind, units: list[int], days: Collection[date]) -> Iterator[tuple[int, int, int, date, Mapping[str, Value], bool]]:
    standing = Record.objects.filter(kind=kind.id).standing().order_by("unit_id", "position")
    if days and (not kind.identity or "day" in kind.identity):
        standing = standing.filter(occurred_on__range=(min(days), max(days)))
    elif days and not set(IDENTITY_DAYS).isdisjoint(kind.identity):
        standing = standing.filter(occurred_on__range=(date(min(days).year, 1, 1), date(max(days).year, 12, 31)))
    for start in range(0, len(units), UNITS_ASKED):
        some = standing.filter(unit__in=units[start : start + UNITS_ASKED])
        yield from some.values_list("unit_id", "id", "position", "occurred_on", "data", "awaits").iterator()
