"""Many records at once: an import of what another body holds, or the demo."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import once, record_event
from fanxing.audit.models import Event
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Doer, authority_of
from fanxing.records.actions.ledger import append_rows, as_row, lock_heads
from fanxing.records.actions.permits import KindUnknown, Listed, awaits, checked
from fanxing.records.actions.reminders import remind
from fanxing.records.integrity import LOADED, ContentDigest
from fanxing.records.models import Record
from fanxing.records.references import References
from fanxing.records.texts import tokens_of
from fanxing.records.validation import RecordError
from fanxing.scheme.model import RecordKind


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record as a list gives it; `unit` is a code, `kind` the id of a kind."""

    unit: str
    kind: str
    occurred_on: date | None
    data: Mapping[str, object]


def load_records(*, rows: Iterable[RecordRow], by: Doer, at: datetime, source: str, key: str | None = None) -> int:
    """Enter all the records of a list, or none; return how many were written.

    The list is checked before the transaction begins, which then only inserts. With a `key`, the same list sent again writes
    nothing. Raises ListRefused with every fault, NotAllowed where the doer may not record one of the kinds.
    """
    wanted = list(rows)
    check = _Check(wanted, by, at, source)
    prepared, texts = check.prepared(wanted)
    written = 0

    def write() -> Event:
        nonlocal written
        heads = lock_heads(check.unit_ids)
        before = dict(heads)
        append_rows(prepared, texts, heads)
        written = len(prepared)
        positions = {str(unit): [before[unit] + 1, last] for unit, last in heads.items()}
        if check.awaited:
            remind(check.awaited, by=by, at=at)
        return record_event(
            by=by,
            at=at,
            action=LOADED,
            subject="records.Record",
            unit_code=wanted[0].unit if len(heads) == 1 else "",
            summary=f"批量登记 {written} 条台账",
            details={"source": source, "count": written, "digest": str(check.digest), "positions": positions},
        )

    if not prepared:
        return 0
    with transaction.atomic():
        if key is None:
            write()
        else:
            once(key=key, content={"rows": [(row.unit, row.kind, row.occurred_on, row.data) for row in wanted]}, by=by, at=at, write=write)
    return written


class _Check:
    """What the rows of a list are held against, each part of it read once."""

    def __init__(self, rows: Sequence[RecordRow], by: Doer, at: datetime, source: str) -> None:
        self.by, self.at, self.source, self.today = by, at, source, timezone.localdate(at)
        self.listed = Listed((row.unit for row in rows), self.today)
        self.unit_ids = {unit.pk for unit in self.listed.units.values()}
        self.authority = authority_of(by, on=self.today)
        self.permitted: dict[tuple[str, str], tuple[RecordKind, int, bool]] = {}
        self.awaited: set[int] = set()
        self.digest = ContentDigest()
        self.references = References(self._said(rows))

    def _said(self, rows: Sequence[RecordRow]) -> Iterator[tuple[RecordKind, Mapping[str, object]]]:
        """The rows whose kinds are known, with what they say."""
        for row in rows:
            with suppress(KindUnknown):
                yield self._permitted(row.unit, row.kind)[0], row.data

    def prepared(self, rows: Sequence[RecordRow]) -> tuple[list[list[Any]], list[str]]:
        """The rows as they are written, those of one unit together, all of them in the digest, and the tokens each is found by;
        raises ListRefused."""
        prepared: list[list[Any]] = []
        texts: list[str] = []
        faults: dict[int, str] = {}
        for number, row in sorted(enumerate(rows, start=1), key=lambda numbered: self.listed.order(numbered[1].unit)):
            try:
                record = self._record(row)
            except (KindUnknown, RecordError) as error:
                faults[number] = f"第 {number} 行：{error}"
            else:
                self.digest.add(record)
                prepared.append(as_row(record))
                texts.append(tokens_of(self._permitted(row.unit, row.kind)[0], record.data))
        if faults:
            raise ListRefused([faults[number] for number in sorted(faults)])
        return prepared, texts

    def _record(self, row: RecordRow) -> Record:
        kind, version, waits = self._permitted(row.unit, row.kind)
        unit = self.listed.units[row.unit]
        day, data = checked(kind, unit, row.occurred_on, row.data, today=self.today, references=self.references)
        if waits:
            self.awaited.add(unit.pk)
        return Record(
            unit=unit,
            kind=row.kind,
            kind_version_id=version,
            occurred_on=day,
            data=data,
            awaits=waits,
            source=self.source,
            recorded_at=self.at,
            recorded_by=self.by.username,
            recorded_by_title=self.by.display_name,
        )

    def _permitted(self, code: str, kind: str) -> tuple[RecordKind, int, bool]:
        place = code, kind
        if place not in self.permitted:
            unit = self.listed.unit(code)
            rules = self.listed.rules(unit)
            definition = rules.kind_to_add(kind, unit)
            rules.require_recorder(self.authority, "record.add", definition, unit)
            self.permitted[place] = definition, rules.versions[kind], awaits(self.authority, definition, unit)
        return self.permitted[place]
