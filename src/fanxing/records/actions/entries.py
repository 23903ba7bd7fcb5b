"""Records entered, corrected, confirmed or withdrawn, one at a time or a few together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event, written_once
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.records.actions.announcing import follow
from fanxing.records.actions.ledger import append, lock_heads
from fanxing.records.actions.permits import Rules, awaits, checked, rules_for
from fanxing.records.actions.personal import drop_personal, write_personal
from fanxing.records.actions.reminders import remind
from fanxing.records.identity import identity_key, records_alike
from fanxing.records.models import Record
from fanxing.records.queries import may_confirm, needs_reason
from fanxing.records.validation import clean_reason, reason_faults, taken_apart
from fanxing.scheme.model import RecordKind

NOTHING_APART: Mapping[str, object] = {}


class NotAwaiting(Refused):
    """The record awaits nobody's confirmation, or no longer."""


class SameRecord(Refused):
    """By the identity of its kind the record is the same as one in force (`record`), which may be opened, corrected, or entered beside."""

    def __init__(self, kind: RecordKind, record: Record) -> None:
        self.record = record
        same = "、".join(kind.called(one) for one in kind.identity)
        super().__init__(f"{record.unit.name}已有一条{same}相同的“{kind.title}”（{record.occurred_on}），由{record.recorded_by_title}登记")


class NotStanding(Refused):
    """The record no longer counts: it was corrected or withdrawn meanwhile, or is itself a withdrawal."""


def add_record(
    *,
    unit: Unit,
    kind: str,
    occurred_on: date | None,
    data: Mapping[str, object],
    by: Doer,
    at: datetime,
    source: str = "typed",
    key: str | None = None,
    beside: bool = False,
) -> Record:
    """Enter what happened in a unit on a day, by a kind of record of the programme that rules it now.

    `source` is `typed`, `import:<body>`, `procedure:<id>` or `demo`. Where somebody of the unit must confirm what others enter, and the
    doer is not one of them, the record awaits that (代录) and does not count until then. What `data` says in personal fields is written
    apart (see `PersonalValue`). With a `key`, the same form sent again gives the first record. Raises NotAllowed, KindUnknown, RecordError
    with every fault (no day at all is one of them), or SameRecord unless it is to stand `beside` it.
    """
    definition, version, waits = permitted(unit, kind, "record.add", by, at)
    said, personal, faults = taken_apart(definition, data)
    day, cleaned = checked(definition, unit, occurred_on, said, today=timezone.localdate(at), more=faults)

    def write() -> Record:
        record = Record(
            unit=unit,
            kind=kind,
            kind_version_id=version,
            occurred_on=day,
            data=cleaned,
            awaits=waits,
            source=source,
            recorded_at=at,
            recorded_by=by.username,
            recorded_by_title=by.display_name,
        )
        heads = lock_heads([unit.pk])
        # Only now: while the ledger is locked nobody else enters the same.
        if not beside:
            _require_new(record, definition)
        append(record, definition, heads)
        apart = write_personal(record, personal, at)
        _record("add_record", record, f"{unit.name}登记{definition.title}，日期 {day}", by, at, apart)
        if waits:
            remind([unit.pk], by=by, at=at)
        follow(record, definition, at=at)
        return record

    # Of the form only a digest is kept, for some days, salted by its random key.
    content = {"unit": unit.code, "kind": kind, "on": day, "data": cleaned, "personal": personal}
    return written_once(key=key, content=content, by=by, at=at, model=Record, write=write)


def supposed_record(*, unit: Unit, kind: str, occurred_on: date | None, data: Mapping[str, object], by: Doer, at: datetime) -> Record:
    """The record that `add_record` would write, to see what it would move; nothing is written. Raises as `add_record`, not SameRecord."""
    definition, version, waits = permitted(unit, kind, "record.add", by, at)
    said, _, faults = taken_apart(definition, data)
    day, cleaned = checked(definition, unit, occurred_on, said, today=timezone.localdate(at), more=faults)
    return Record(unit=unit, kind=kind, kind_version_id=version, occurred_on=day, data=cleaned, awaits=waits, recorded_at=at)


def correct_record(
    *,
    record: Record,
    occurred_on: date | None,
    data: Mapping[str, object],
    reason: str = "",
    by: Doer,
    at: datetime,
    key: str | None = None,
) -> Record:
    """Put a new version in the place of a record, with its whole data and why; the old row stays. Of personal fields only what is said
    anew is written, in the place of what it corrects; a blank one stays as it is.

    Only a slip of one's own needs no reason (`needs_reason`). Raises NotStanding when it no longer counts, and what `add_record` raises
    but SameRecord.
    """
    unit = record.unit
    definition, version, waits = permitted(unit, record.kind, "record.correct", by, at)
    required = "请写明更正的原因" if needs_reason(record, by.username, at) else ""
    said, personal, faults = taken_apart(definition, data)
    more = faults | reason_faults(reason, required)
    day, cleaned = checked(definition, unit, occurred_on, said, today=timezone.localdate(at), more=more)
    text = clean_reason(definition, reason, required)

    def write() -> Record:
        correction = _supersede(record, Record.Act.CORRECTION, definition, version, day, cleaned, text, by, at, awaits=waits)
        apart = write_personal(correction, personal, at)
        _record("correct_record", correction, f"{unit.name}更正{definition.title}，日期 {day}", by, at, apart)
        follow(correction, definition, at=at)
        return correction

    content = {"record": record.pk, "on": day, "data": cleaned, "reason": text, "personal": personal}
    return written_once(key=key, content=content, by=by, at=at, model=Record, write=write)


def withdraw_record(*, record: Record, reason: str, by: Doer, at: datetime, key: str | None = None) -> Record:
    """Let a record no longer count, for a reason; the row stays, what is personal is erased. Returns the row that says so. Raises as
    `correct_record`."""
    unit = record.unit
    definition, version, _ = permitted(unit, record.kind, "record.withdraw", by, at)
    text = clean_reason(definition, reason, "请写明撤回的原因")

    def write() -> Record:
        withdrawal = _supersede(record, Record.Act.WITHDRAWAL, definition, version, record.occurred_on, {}, text, by, at)
        apart = drop_personal(withdrawal, definition, at, why="记录已撤回")
        _record("withdraw_record", withdrawal, f"{unit.name}撤回{definition.title}，日期 {record.occurred_on}", by, at, apart)
        follow(withdrawal, definition, at=at)
        return withdrawal

    content = {"record": record.pk, "reason": text}
    return written_once(key=key, content=content, by=by, at=at, model=Record, write=write)


def confirm_records(*, records: Sequence[Record], by: Doer, at: datetime) -> list[Record]:
    """Let records that others entered for a unit count, all of them or none; returns the rows that say so.

    Raises NotAllowed where the doer is not one of those who confirm, NotAwaiting where one of them counts already or no longer stands.
    """
    today = timezone.localdate(at)
    authority = authority_of(by, on=today)
    units = {record.unit_id: record.unit for record in records}
    rules = {id: rules_for(unit, today) for id, unit in units.items()}
    for record in records:
        kind = rules[record.unit_id].kind(record.kind)
        if not may_confirm(authority, kind, record.unit):
            raise NotAllowed(f"您不是{record.unit.name}确认“{kind.title}”的岗位")
    with transaction.atomic():
        heads = lock_heads(units)
        later = {row.supersedes_id for row in Record.objects.filter(supersedes__in=records)}
        rows = [_confirm(record, rules[record.unit_id], heads, later, by, at) for record in records]
        remind(units, by=by, at=at)
        for row in rows:
            follow(row, rules[row.unit_id].kind(row.kind), at=at)
        return rows


def permitted(unit: Unit, kind: str, permission: str, by: Doer, at: datetime) -> tuple[RecordKind, int, bool]:
    """The kind, its version's key, and whether what is entered awaits confirmation, where the doer may do this with it."""
    today = timezone.localdate(at)
    authority = authority_of(by, on=today)
    rules = rules_for(unit, today)
    definition = rules.kind_to_add(kind, unit) if permission == "record.add" else rules.kind(kind)
    rules.require_recorder(authority, permission, definition, unit)
    return definition, rules.versions[kind], awaits(authority, definition, unit)


def _confirm(record: Record, rules: Rules, heads: dict[int, int], later: Collection[int | None], by: Doer, at: datetime) -> Record:
    if not record.awaits or record.pk in later:
        raise NotAwaiting(f"{record.unit.name} {record.occurred_on} 的这条记录已经确认、更正或撤回，请刷新后再看")
    row = _following(record, Record.Act.CONFIRMATION, record.kind_version_id, record.occurred_on, record.data, "", by, at)
    append(row, rules.kind(record.kind), heads)
    _record("confirm_record", row, f"{record.unit.name}确认{rules.kind(record.kind).title}，日期 {record.occurred_on}", by, at)
    return row


def _supersede(
    record: Record,
    act: str,
    kind: RecordKind,
    version: int,
    occurred_on: date,
    data: Mapping[str, object],
    reason: str,
    by: Doer,
    at: datetime,
    *,
    awaits: bool = False,
) -> Record:
    heads = lock_heads([record.unit_id])
    # Only now: while the ledger is locked nobody else supersedes the record.
    _require_standing(record)
    row = _following(record, act, version, occurred_on, data, reason, by, at, awaits=awaits)
    append(row, kind, heads)
    if record.awaits or row.awaits:
        remind([record.unit_id], by=by, at=at)
    return row


def _following(
    record: Record,
    act: str,
    version: int,
    occurred_on: date,
    data: Mapping[str, object],
    reason: str,
    by: Doer,
    at: datetime,
    *,
    awaits: bool = False,
) -> Record:
    """The row that comes after a record, not yet written."""
    return Record(
        unit=record.unit,
        kind=record.kind,
        kind_version_id=version,
        occurred_on=occurred_on,
        data=data,
        act=act,
        supersedes=record,
        awaits=awaits,
        reason=reason,
        source="typed",
        recorded_at=at,
        recorded_by=by.username,
        recorded_by_title=by.display_name,
    )


def _require_new(record: Record, kind: RecordKind) -> None:
    key = identity_key(kind, record.occurred_on, record.data)
    if key is not None and (alike := records_alike(kind, {record.unit_id: [key]})):
        raise SameRecord(kind, next(iter(alike.values())))


def _require_standing(record: Record) -> None:
    if record.act == Record.Act.WITHDRAWAL:
        raise NotStanding("这是一条撤回，不能再更正或撤回；如撤回有误，请重新登记")
    later = Record.objects.filter(supersedes=record).first()
    if later:
        day = timezone.localdate(later.recorded_at)
        raise NotStanding(f"这条记录已于 {day} 由{later.recorded_by_title}{later.get_act_display()}，请刷新后查看现在的记录")


def _record(action: str, record: Record, summary: str, by: Doer, at: datetime, apart: Mapping[str, object] = NOTHING_APART) -> None:
    record_event(
        by=by,
        at=at,
        action=f"records.{action}",
        subject=record,
        unit_code=record.unit.code,
        summary=summary,
        details={"kind": record.kind, "position": record.position, "supersedes": record.supersedes_id, **apart},
        rows=[record],
    )
