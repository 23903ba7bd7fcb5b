"""What records say of persons: written beside them, read under the eyes of the log, erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.audit.references import reference
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.records.models import PersonalValue, Record
from fanxing.records.personal import ERASED, WRITTEN
from fanxing.records.queries import chain
from fanxing.records.validation import clean_reason
from fanxing.scheme.model import RecordKind


class NothingKept(Refused):
    """The record has no personal texts, or no longer."""


def write_personal(record: Record, texts: Mapping[str, str], at: datetime) -> dict[str, object]:
    """Write the personal texts of a version of a record in the place of those it had; what the log says of that.

    Only in the transaction that writes the version.
    """
    if not texts:
        return {}
    first = chain(record)[0] if record.supersedes_id else record
    erased = PersonalValue.objects.filter(record=first, field__in=texts).erase(at=at, why="已更正")
    rows = [PersonalValue(record=first, field=id, written_at=at).put(text, reference(first)) for id, text in texts.items()]
    PersonalValue.objects.bulk_create(rows)
    return {WRITTEN: {row.field: row.digest for row in rows}} | ({ERASED: erased} if erased else {})


def drop_personal(record: Record, kind: RecordKind, at: datetime, *, why: str) -> dict[str, object]:
    """Erase the personal texts of a record whose kind may have any, in the transaction that ends it; what the log says of that."""
    if not any(field.personal for field in kind.fields):
        return {}
    erased = PersonalValue.objects.filter(record=chain(record)[0]).erase(at=at, why=why)
    return {ERASED: erased} if erased else {}


@transaction.atomic
def read_personal(*, record: Record, by: Doer, at: datetime) -> dict[str, str]:
    """The personal texts of a record in full, by field; that they were read is logged.

    Raises NotAllowed, or NothingKept where there are none.
    """
    first = _permitted(record, by, at)
    texts = {row.field: row.value for row in PersonalValue.objects.filter(record=first).kept().order_by("pk")}
    if not texts:
        raise NothingKept("这条记录没有留存的个人信息")
    _record("read_personal", first, f"查看{first.unit.name}编号 {first.reference} 的记录里的个人信息", by, at, {"fields": list(texts)})
    return texts


@transaction.atomic
def erase_personal(*, record: Record, reason: str, by: Doer, at: datetime) -> None:
    """Erase the personal texts of a record for good, for a reason; the record itself stays, and the log goes on verifying.

    Raises NotAllowed, RecordError without a reason, or NothingKept where there are none.
    """
    first = _permitted(record, by, at)
    why = clean_reason(record.kind_version.record_kind, reason, "请写明清除的原因")
    erased = PersonalValue.objects.filter(record=first).erase(at=at, why=why)
    if not erased:
        raise NothingKept("这条记录没有留存的个人信息，或刚刚已被清除")
    _record("erase_personal", first, f"清除{first.unit.name}编号 {first.reference} 的记录里的个人信息", by, at, {ERASED: erased})


@transaction.atomic
def erase_outdated(*, values: Sequence[PersonalValue], at: datetime) -> int:
    """Erase texts that were kept as long as their kinds of record say; returns how many. `values` come record by record."""
    count = 0
    for record, rows in groupby(values, key=lambda row: row.record):
        erased = PersonalValue.objects.filter(pk__in=[row.pk for row in rows]).erase(at=at, why="保存期满")
        count += len(erased)
        summary = f"{record.unit.name}编号 {record.reference} 的记录里的个人信息保存期满，已清除"
        _record("erase_personal", record, summary, SYSTEM, at, {ERASED: erased})
    return count


def _permitted(record: Record, by: Doer, at: datetime) -> Record:
    """The first version of a record whose personal texts the doer may read and erase."""
    require(by, "record.personal", record.unit, on=timezone.localdate(at))
    return chain(record)[0]


def _record(action: str, record: Record, summary: str, by: Doer, at: datetime, details: Mapping[str, object]) -> None:
    record_event(
        by=by,
        at=at,
        action=f"records.{action}",
        subject=record,
        unit_code=record.unit.code,
        summary=summary,
        details=details,
    )
