"""Many records at once: an import of what another body holds, or the demo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import once, record_event
from fanxing.audit.models import Event
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.programme.queries import rulings
from fanxing.records.actions.ledger import append, lock_heads
from fanxing.records.actions.permits import KindUnknown, Rules, checked, rules_of
from fanxing.records.integrity import LOADED, content_digest
from fanxing.records.models import Record
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
    records = _Check(wanted, by, at).records(wanted, source)
    records.sort(key=lambda record: record.unit_id)
    content = content_digest(records)
    written = 0

    def write() -> Event:
        nonlocal written
        heads = lock_heads(record.unit_id for record in records)
        before = dict(heads)
        append(records, heads)
        written = len(records)
        return record_event(
            by=by,
            at=at,
            action=LOADED,
            subject="records.Record",
            unit_code=records[0].unit.code if len(heads) == 1 else "",
            summary=f"批量登记 {written} 条台账",
            details={
                "source": source,
                "count": written,
                "digest": content,
                "positions": {str(unit): [before[unit] + 1, last] for unit, last in heads.items()},
            },
        )

    if not records:
        return 0
    with transaction.atomic():
        if key is None:
            write()
        else:
            once(key=key, content={"rows": [(row.unit, row.kind, row.occurred_on, row.data) for row in wanted]}, by=by, at=at, write=write)
    return written


class _Check:
    """What the rows of a list are held against, each part of it read once."""

    def __init__(self, rows: Sequence[RecordRow], by: Doer, at: datetime) -> None:
        self.by, self.at, self.today = by, at, timezone.localdate(at)
        self.units: dict[str, Unit] = Unit.objects.in_bulk({row.unit for row in rows}, field_name="code")
        self.authority: Authority = authority_of(by, on=self.today)
        self.rulings = rulings(self.today)
        self.rules: dict[int, Rules] = {}
        self.permitted: dict[tuple[str, str], tuple[RecordKind, int]] = {}

    def records(self, rows: Sequence[RecordRow], source: str) -> list[Record]:
        """The records to be written; raises ListRefused."""
        records: list[Record] = []
        faults: list[str] = []
        for number, row in enumerate(rows, start=1):
            try:
                records.append(self._record(row, source))
            except (KindUnknown, RecordError) as error:
                faults.append(f"第 {number} 行：{error}")
        if faults:
            raise ListRefused(faults)
        return records

    def _record(self, row: RecordRow, source: str) -> Record:
        place = row.unit, row.kind
        if place not in self.permitted:
            self.permitted[place] = self._permitted(*place)
        kind, version = self.permitted[place]
        unit = self.units[row.unit]
        day, data = checked(kind, unit, row.occurred_on, row.data, today=self.today)
        return Record(
            unit=unit,
            kind=row.kind,
            kind_version_id=version,
            occurred_on=day,
            data=data,
            source=source,
            recorded_at=self.at,
            recorded_by=self.by.username,
            recorded_by_title=self.by.display_name,
        )

    def _permitted(self, code: str, kind: str) -> tuple[RecordKind, int]:
        if code not in self.units:
            raise KindUnknown(f"没有代码为“{code}”的单位")
        unit = self.units[code]
        publication = self.rulings.of(unit)
        rules = self._rules_of(publication, unit)
        definition = rules.kind(kind)
        rules.require_recorder(self.authority, "record.add", definition, unit)
        return definition, rules.versions[kind]

    def _rules_of(self, publication: Publication | None, unit: Unit) -> Rules:
        if publication is None:
            return rules_of(None, unit)
        if publication.pk not in self.rules:
            self.rules[publication.pk] = rules_of(publication, unit)
        return self.rules[publication.pk]
