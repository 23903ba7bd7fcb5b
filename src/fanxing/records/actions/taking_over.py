"""A ledger that was kept elsewhere, with everything that it says of its own past."""

import json
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.canonical import canonical_json
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Doer, may
from fanxing.organisations.models import Unit
from fanxing.records.actions.ledger import lock_heads, move_heads, new_ids, write_rows, write_texts
from fanxing.records.actions.permits import KindUnknown, Listed, checked, day_fault
from fanxing.records.integrity import LOADED
from fanxing.records.models import Record
from fanxing.records.references import References
from fanxing.records.texts import tokens_of
from fanxing.records.validation import RecordError, clean_reason
from fanxing.scheme.model import RecordKind

Act = Record.Act
COLUMNS = (
    *("id", "unit_id", "position", "kind", "kind_version_id", "occurred_on", "data", "act", "supersedes_id", "awaits", "reason"),
    *("source", "recorded_at", "recorded_by", "recorded_by_title"),
)
ID, UNIT, POSITION, DATA, SUPERSEDES = (COLUMNS.index(name) for name in ("id", "unit_id", "position", "data", "supersedes_id"))
# What stands for the id of a superseded row until it has one.
NOT_YET = "\0"
# What stands before a label until the row of that name has a position: a character that nobody types.
NAMED = "\ue000"


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row of a ledger kept elsewhere: what it says, and who entered it when.

    unit        a code
    act         entry, correction, confirmation or withdrawal; a withdrawal has no data but a `reason`, a correction may have one
    supersedes  the place in the list, from 0, of the earlier row that this one corrects or withdraws
    label       a name under which later rows of the unit link to this one; no other row has it
    links       field → label of the earlier row that it names
    """

    unit: str
    kind: str
    occurred_on: date
    data: Mapping[str, object]
    source: str
    at: datetime
    by: str
    title: str
    act: str = Act.ENTRY
    supersedes: int | None = None
    reason: str = ""
    awaits: bool = False
    label: str = ""
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """The row that bears a label: its unit's code, its kind, and the reference by which others name it."""

    unit: str
    kind: str
    reference: str


@dataclass(slots=True)
class _Line:
    """A row as it is written, its content as the digest takes it, and what it is found by; `number` is its place in the list."""

    number: int
    row: PastRow
    cells: list[Any]
    content: str
    supersedes: int | None
    text: str


def take_over_records(*, rows: Sequence[PastRow], by: Doer, at: datetime, labels: MutableMapping[str, Named] | None = None) -> int:
    """Take over all rows of a ledger kept elsewhere, or none, in their order; return how many.

    The rows of a unit come in the order in which they were entered there; corrections and withdrawals follow what they name.
    All of it is checked as what is entered here is, against the rules that hold at `at`; the transaction then only inserts.
    A ledger that comes in several parts hands `labels` from one to the next: the rows that bear them are added to it.
    Raises ListRefused with every fault; NotAllowed for everybody but the system, since what comes in names others as writers.
    """
    if not may(by, "record.add", None, on=timezone.localdate(at)):
        raise NotAllowed("只有系统可以整本承接别处的台账：其中写明了各条由谁登记")
    known = {} if labels is None else labels
    lines = _Reading(rows, at, known).lines()
    if not lines:
        return 0
    with transaction.atomic():
        heads = lock_heads({line.cells[UNIT] for line in lines})
        before = dict(heads)
        digest = _placed(lines, heads, known)
        move_heads(heads)
        write_rows(COLUMNS, [line.cells for line in lines])
        write_texts((line.cells[ID], line.text) for line in lines)
        positions = {str(unit): [before[unit] + 1, last] for unit, last in heads.items()}
        record_event(
            by=by,
            at=at,
            action=LOADED,
            subject="records.Record",
            unit_code=rows[0].unit if len(heads) == 1 else "",
            summary=f"承接 {len(lines)} 条台账",
            details={"source": "taken over", "count": len(lines), "digest": digest, "positions": positions},
        )
    return len(lines)


def _placed(lines: Sequence[_Line], heads: dict[int, int], labels: MutableMapping[str, Named]) -> str:
    """Give every line its id, its position, the id of what it supersedes and the references it makes; the digest of all contents."""
    ids = dict(zip((line.number for line in lines), new_ids(len(lines)), strict=True))
    digest = sha256()
    for line in lines:
        unit = line.cells[UNIT]
        heads[unit] += 1
        line.cells[ID], line.cells[POSITION] = ids[line.number], heads[unit]
        if line.supersedes is not None:
            line.cells[SUPERSEDES] = ids[line.supersedes]
            line.content = line.content.replace(json.dumps(NOT_YET), str(ids[line.supersedes]), 1)
        if line.row.label:
            labels[line.row.label] = Named(line.row.unit, line.row.kind, f"{line.row.unit}-{heads[unit]}")
        for label in line.row.links.values():
            line.cells[DATA] = line.cells[DATA].replace(json.dumps(NAMED + label), json.dumps(labels[label].reference))
            line.content = line.content.replace(canonical_json(NAMED + label), canonical_json(labels[label].reference))
        digest.update(line.content.encode() + b"\n")
    return digest.hexdigest()


class _Reading:
    """Reads the rows of a list; whatever many rows say alike is checked and spelled once."""

    def __init__(self, rows: Sequence[PastRow], at: datetime, labels: Mapping[str, Named]) -> None:
        self.rows, self.today = rows, timezone.localdate(at)
        self.listed = Listed((row.unit for row in rows), self.today)
        self.kinds: dict[tuple[str, str], tuple[RecordKind, int, str]] = {}
        self.contents: dict[tuple[str, str], tuple[str, str, str]] = {}
        self.spelled = cache(canonical_json)
        self.moments = cache(connection.ops.adapt_datetimefield_value)
        self.days = cache(connection.ops.adapt_datefield_value)
        self.local_days = cache(timezone.localdate)
        self.labels = dict(labels)
        self.references = References(self._said())

    def lines(self) -> list[_Line]:
        """The lines, those of one unit together, in the order of units; raises ListRefused."""
        found: list[_Line] = []
        faults: dict[int, str] = {}
        for number, row in sorted(enumerate(self.rows), key=lambda numbered: self.listed.order(numbered[1].unit)):
            try:
                found.append(self._line(number, row))
            except (KindUnknown, RecordError) as error:
                faults[number] = f"第 {number + 1} 行：{error}"
        if faults:
            raise ListRefused([faults[number] for number in sorted(faults)])
        return found

    def _line(self, number: int, row: PastRow) -> _Line:
        place = row.unit, row.kind
        if place not in self.kinds:
            self.kinds[place] = self._permitted(*place)
        kind, version, head = self.kinds[place]
        unit = self.listed.units[row.unit]
        self._check_place(number, row, kind)
        self._promise(row, unit)
        if fault := day_fault(unit, row.occurred_on, self.local_days(row.at)):
            raise RecordError(kind, {"occurred_on": fault})
        data, spelled, text = self._content(row, kind, unit)
        supersedes = "null" if row.supersedes is None else json.dumps(NOT_YET)
        waits = '"awaits":true,' if row.awaits else ""
        content = (
            f'{{"act":{self.spelled(row.act)},{waits}"data":{spelled},{head},"occurred_on":{self.spelled(row.occurred_on)},'
            f'"reason":{self.spelled(row.reason)},"recorded_at":{self.spelled(row.at)},"recorded_by":{self.spelled(row.by)},'
            f'"recorded_by_title":{self.spelled(row.title)},"source":{self.spelled(row.source)},"supersedes_id":{supersedes},'
            f'"unit_id":{unit.pk}}}'
        )
        cells = [
            *(0, unit.pk, 0, row.kind, version, self.days(row.occurred_on), data, str(row.act), None, row.awaits, row.reason),
            *(row.source, self.moments(row.at), row.by, row.title),
        ]
        return _Line(number, row, cells, content, row.supersedes, text)

    def _permitted(self, code: str, kind: str) -> tuple[RecordKind, int, str]:
        unit = self.listed.unit(code)
        rules = self.listed.rules(unit)
        definition, version = rules.kind_to_add(kind, unit), rules.versions[kind]
        return definition, version, f'"kind":{canonical_json(kind)},"kind_version_id":{version}'

    def _check_place(self, number: int, row: PastRow, kind: RecordKind) -> None:
        if row.supersedes is None:
            if row.act != Act.ENTRY:
                raise RecordError(kind, {"supersedes": "更正和撤回要指明前面哪一行"})
            return
        named = self.rows[row.supersedes] if 0 <= row.supersedes < number else None
        if row.act == Act.ENTRY or named is None or (named.unit, named.kind) != (row.unit, row.kind):
            raise RecordError(kind, {"supersedes": "只有更正和撤回指明前面的一行，且须是同一单位同一类型的记录"})

    def _said(self) -> Iterator[tuple[RecordKind, Mapping[str, object]]]:
        """The rows of kinds that name units or records, where the kind is known."""
        for row in self.rows:
            place = row.unit, row.kind
            with suppress(KindUnknown):
                if place not in self.kinds:
                    self.kinds[place] = self._permitted(*place)
                if any(one.type in ("unit", "record") for one in self.kinds[place][0].fields):
                    yield self.kinds[place][0], row.data

    def _promise(self, row: PastRow, unit: Unit) -> None:
        """Let the row link to the labelled rows before it, and those after it to the row."""
        for label in row.links.values():
            if label in self.labels:
                named = self.labels[label]
                self.references.records[NAMED + label] = Record(unit_id=self.listed.units[named.unit].pk, kind=named.kind, act=Act.ENTRY)
        if row.label:
            self.labels[row.label] = Named(row.unit, row.kind, "")

    def _content(self, row: PastRow, kind: RecordKind, unit: Unit) -> tuple[str, str, str]:
        """The data as the database takes it, as the digest does, and what the record is found by."""
        if row.act == Act.WITHDRAWAL:
            clean_reason(kind, row.reason, "请写明撤回的原因")
            return "{}", "{}", ""
        # The spelling tells 1 from true, as equality does not.
        key = row.kind, repr(row.data) + repr(row.links)
        if key not in self.contents:
            said = {**row.data, **{id: NAMED + label for id, label in row.links.items()}}
            _, data = checked(kind, unit, row.occurred_on, said, today=self.local_days(row.at), references=self.references)
            self.contents[key] = json.dumps(data), canonical_json(data), tokens_of(kind, data)
        return self.contents[key]
