"""Several records of one kind entered at once: all of them, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from fanxing.audit.actions import record_event, written_once
from fanxing.lib.canonical import canonical_json
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.records.actions.announcing import follow
from fanxing.records.actions.entries import permitted
from fanxing.records.actions.ledger import append_rows, as_row, lock_heads
from fanxing.records.actions.permits import checked
from fanxing.records.actions.reminders import remind
from fanxing.records.identity import Key, identity_key, records_alike
from fanxing.records.models import Record
from fanxing.records.references import References
from fanxing.records.texts import tokens_of
from fanxing.records.validation import RecordError
from fanxing.scheme.model import RecordKind

NOTHING: Mapping[int, Any] = {}


@dataclass(frozen=True)
class Entry:
    """A record to be: `beside` where it is entered although it is the same as another."""

    occurred_on: date | None
    data: Mapping[str, object]
    beside: bool = False


class RowsRefused(Refused):
    """None was entered. By the place of each entry: what is wrong with its fields (`faults`), which record in force it repeats (`same`),
    which entry before it (`twice`)."""

    def __init__(
        self, faults: Mapping[int, Mapping[str, str]] = NOTHING, same: Mapping[int, Record] = NOTHING, twice: Mapping[int, int] = NOTHING
    ) -> None:
        self.faults, self.same, self.twice = faults, same, twice
        super().__init__(f"有 {len({*faults, *same, *twice})} 行要改，一行也没有登记")


def add_records(*, unit: Unit, kind: str, entries: Sequence[Entry], by: Doer, at: datetime, key: str | None = None) -> list[Record]:
    """Enter several records of one kind in a unit, in their order, with one event of the log.

    Each is judged as `add_record` judges it. With a `key`, the same form sent again gives the same records. Raises NotAllowed, KindUnknown,
    or RowsRefused with everything that is wrong with any of them.
    """
    definition, version, waits = permitted(unit, kind, "record.add", by, at)
    ready = _checked(definition, unit, entries, timezone.localdate(at))

    def write() -> Record:
        heads = lock_heads([unit.pk])
        # Only now: while the ledger is locked nobody else enters the same.
        _require_new(definition, unit, ready, entries)
        first = heads[unit.pk] + 1
        records = [
            Record(
                unit=unit,
                kind=kind,
                kind_version_id=version,
                occurred_on=day,
                data=data,
                awaits=waits,
                source="typed",
                recorded_at=at,
                recorded_by=by.username,
                recorded_by_title=by.display_name,
            )
            for day, data in ready
        ]
        append_rows([as_row(one) for one in records], [tokens_of(definition, one.data) for one in records], heads)
        written = _rows(unit, first, len(records))
        record_event(
            by=by,
            at=at,
            action="records.add_records",
            subject=written[0],
            unit_code=unit.code,
            summary=f"{unit.name}一次登记 {len(written)} 条{definition.title}",
            details={"kind": kind, "count": len(written), "position": first},
            rows=written,
        )
        if waits:
            remind([unit.pk], by=by, at=at)
        follow(written[0], definition, at=at)
        return written[0]

    content = {"unit": unit.code, "kind": kind, "rows": [{"on": day, "data": data} for day, data in ready]}
    first = written_once(key=key, content=content, by=by, at=at, model=Record, write=write)
    return _rows(unit, first.position, len(ready))


def _rows(unit: Unit, first: int, count: int) -> list[Record]:
    """The rows at so many positions of a ledger from one on: those written together follow each other."""
    return list(Record.objects.filter(unit=unit, position__range=(first, first + count - 1)).order_by("position"))


def _checked(kind: RecordKind, unit: Unit, entries: Sequence[Entry], today: date) -> list[tuple[date, Mapping[str, object]]]:
    """The days, and the data as it is stored."""
    if not entries:
        raise Refused("还没有填写任何一行")
    references = References((kind, one.data) for one in entries)
    ready: list[tuple[date, Mapping[str, object]]] = []
    faults: dict[int, Mapping[str, str]] = {}
    for place, one in enumerate(entries):
        try:
            ready.append(checked(kind, unit, one.occurred_on, one.data, today=today, references=references))
        except RecordError as error:
            faults[place] = error.faults
    if faults:
        raise RowsRefused(faults)
    return ready


def _require_new(kind: RecordKind, unit: Unit, ready: Sequence[tuple[date, Mapping[str, object]]], entries: Sequence[Entry]) -> None:
    """Raise RowsRefused where an entry is the same as a record in force, or as one before it, and is not to stand beside it."""
    keys = [identity_key(kind, day, data) for day, data in ready]
    alike = records_alike(kind, {unit.pk: [key for key in keys if key is not None]})
    same: dict[int, Record] = {}
    twice: dict[int, int] = {}
    before: dict[Key, int] = {}
    for place, ((day, data), key, one) in enumerate(zip(ready, keys, entries, strict=True)):
        # Where the kind does not say what makes two the same, rows that say the same are most likely one pasted twice.
        first = before.setdefault(key or (day, canonical_json(data)), place)
        if one.beside:
            continue
        if key is not None and (unit.pk, key) in alike:
            same[place] = alike[unit.pk, key]
        elif first != place:
            twice[place] = first
    if same or twice:
        raise RowsRefused(same=same, twice=twice)
