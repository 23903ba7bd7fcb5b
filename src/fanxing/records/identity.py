"""What makes two records the same one: the fields, and parts of the date, that their kind names as its `identity`."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from fanxing.records.models import Record
from fanxing.scheme.model import IDENTITY_DAYS, RecordKind

Key: TypeAlias = tuple[object, ...]

UNITS_AT_ONCE = 500


def identity_key(kind: RecordKind, occurred_on: date, data: Mapping[str, object]) -> Key | None:
    """What a record has in common only with itself; None where its kind does not say, or the record says nothing of it.

    `data` as `validate` returns it. Texts that differ only in width, case or spaces are alike.
    """
    key = tuple(_part(one, occurred_on, data) for one in kind.identity)
    return key if any(part is not None for part in key) else None


def records_alike(kind: RecordKind, keys: Mapping[int, Collection[Key]]) -> dict[tuple[int, Key], Record]:
    """The records in force that have the wanted keys (unit id → keys), by unit id and key; of several the newest.

    One query for 500 units, whatever the number of keys; those that await confirmation are among them.
    """
    units = sorted(unit for unit, wanted in keys.items() if wanted)
    found: dict[tuple[int, Key], Record] = {}
    for start in range(0, len(units), UNITS_AT_ONCE):
        some = {unit: set(keys[unit]) for unit in units[start : start + UNITS_AT_ONCE]}
        for record in _of(kind, some):
            key = identity_key(kind, record.occurred_on, record.data)
            if key in some[record.unit_id]:
                found[record.unit_id, key] = record
    return found


def _of(kind: RecordKind, keys: Mapping[int, Collection[Key]]) -> Iterator[Record]:
    """The records that come into question, oldest first."""
    records = Record.objects.filter(unit__in=keys, kind=kind.id).standing()
    if years := _years(kind, keys):
        records = records.filter(occurred_on__gte=date(years[0], 1, 1), occurred_on__lte=date(years[-1], 12, 31))
    return records.order_by("pk").iterator()


def _years(kind: RecordKind, keys: Mapping[int, Collection[Key]]) -> list[int]:
    """The years in which records with these keys lie, in order; none where the date is no part of the identity."""
    place = next((number for number, part in enumerate(kind.identity) if part in IDENTITY_DAYS), None)
    if place is None:
        return []
    return sorted({int(str(key[place])[:4]) for wanted in keys.values() for key in wanted})


def _part(name: str, occurred_on: date, data: Mapping[str, object]) -> object:
    match name:
        case "day":
            return occurred_on.isoformat()
        case "month":
            return f"{occurred_on:%Y-%m}"
        case "quarter":
            return f"{occurred_on.year}-Q{(occurred_on.month + 2) // 3}"
        case "year":
            return str(occurred_on.year)
    value = data.get(name)
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split()) if isinstance(value, str) else value
