"""Putting photos and files beside records, making them ready, taking them away."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.evidence.attaching import Sent, attach, delete_after_commit, erased, fault_of, files_of, made_anew
from fanxing.evidence.models import BANDS, DAYS_TO_EXPLAIN, Evidence, Likeness
from fanxing.evidence.queries import alike, first_version
from fanxing.inbox.actions import NewItem, close_item, open_items
from fanxing.inbox.queries import waiting_from
from fanxing.lib import clock
from fanxing.lib.pictures import PictureRefused
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.records.validation import RecordError, clean_reason
from fanxing.scheme.days import written_day
from fanxing.scheme.model import RecordKind

SOURCE = "evidence"
MOST_FILES = 6


class NotThere(Refused):
    """The photo or file was taken away meanwhile, or could not be read."""


def check_sent(kind: RecordKind, sent: Sequence[Sent], *, already: int = 0) -> None:
    """Raise RecordError with what is wrong with the photos and files sent for a record that has some `already`, by field."""
    faults: dict[str, str] = {}
    for one in sent:
        field = kind.field(one.field)
        if field is None or field.type not in ("photo", "file"):
            raise RecordError(kind, {one.field: f"“{kind.title}”的这一项不收照片和文件"})
        if fault := fault_of(field, one):
            faults[one.field] = f"{one.name}：{fault}"
    if sent and already + len(sent) > MOST_FILES:
        faults[sent[-1].field] = f"一条记录最多附 {MOST_FILES} 个照片和文件，现在会有 {already + len(sent)} 个"
    if faults:
        raise RecordError(kind, faults)


@transaction.atomic
def add_evidence(*, record: Record, sent: Sequence[Sent], by: Doer, at: datetime) -> list[Evidence]:
    """Put photos and files beside a record; what is there already is not put there twice. They are made ready in the background.

    Raises NotAllowed for who may neither enter nor correct such records there, RecordError with what is wrong with a file.
    """
    first = first_version(record)
    kind = record.kind_version.record_kind
    _require_recorder(kind, first, by, at)
    # Of two who add at once the second counts what the first has added.
    kept = list(Evidence.objects.kept().select_for_update().filter(record=first).values_list("digest", flat=True))
    new = {one.digest: one for one in sent}
    fresh = {digest: one for digest, one in new.items() if digest not in kept}
    check_sent(kind, list(fresh.values()), already=len(kept))
    added = [_add(first, kind, one, by, at) for one in fresh.values()]
    if added:
        _record("add_evidence", first, f"{first.unit.name}为一条{kind.title}附上 {len(added)} 个照片和文件", by, at)
    return added


def _add(record: Record, kind: RecordKind, one: Sent, by: Doer, at: datetime) -> Evidence:
    field = kind.field(one.field)
    evidence = Evidence(record=record)
    attach(evidence, one, is_picture=field is not None and field.type == "photo", by=by, at=at)
    transaction.on_commit(lambda: make_ready.enqueue(evidence.pk))
    return evidence


@task()
def make_ready(id: int) -> None:
    """Make what was sent ready to be looked at: a photo anew, a file as it is. Done once, however often it is asked for."""
    evidence = Evidence.objects.filter(pk=id, state=Evidence.State.WAITING).select_related("record__unit", "record__kind_version").first()
    if evidence is None:
        return
    try:
        made = _made(evidence)
    except PictureRefused as refusal:
        made = {"state": Evidence.State.REFUSED, "reason": str(refusal)}
    original = evidence.original.name
    with transaction.atomic():
        taken = Evidence.objects.filter(pk=id, state=Evidence.State.WAITING).update(original="", **made)
        evidence.refresh_from_db()
        if taken and evidence.is_ready:
            _note_likenesses(evidence, clock.now())
    if original != evidence.content.name:
        evidence.original.storage.delete(original)


def _made(evidence: Evidence) -> dict[str, object]:
    if not evidence.is_picture:
        return {"state": Evidence.State.READY, "content": evidence.original.name}
    values, picture = made_anew(evidence)
    quarters = [picture.mark[4 * band : 4 * band + 4] for band in range(BANDS)] if picture.mark else []
    return {**values, "mark": picture.mark, **{f"band_{number}": int(quarter, 16) for number, quarter in enumerate(quarters, start=1)}}


def _note_likenesses(evidence: Evidence, at: datetime) -> None:
    """Note which earlier photos this one is, and ask the unit about it."""
    found = [Likeness(evidence=evidence, other=other, differing=differing, found_at=at) for other, differing in alike(evidence)]
    if not found:
        return
    Likeness.objects.bulk_create(found)
    record = evidence.record
    item = NewItem(
        title="照片与另一条记录的相同，请核对",
        note=f"{written_day(record.occurred_on)}的{record.kind_version.record_kind.title}。可以换掉照片，或说明为什么相同；不影响计分。",
        due_on=timezone.localdate(at) + timedelta(days=DAYS_TO_EXPLAIN),
        about={"record": record.pk},
        key=_key(record),
    )
    if record.unit.closed_on is None:
        open_items(unit=record.unit, items=[item], source=SOURCE, by=SYSTEM, at=at)


@transaction.atomic
def remove_evidence(*, evidence: Evidence, reason: str, by: Doer, at: datetime) -> Evidence:
    """Take a photo or file away, for a reason; that it was there stays known. Raises NotAllowed, RecordError without a reason, NotThere."""
    record = evidence.record
    kind = record.kind_version.record_kind
    _require_recorder(kind, record, by, at)
    text = clean_reason(kind, reason, "请写明移除的原因")
    files = files_of(evidence)
    ended = {"state": Evidence.State.REMOVED, "reason": text, "ended_at": at, "ended_by_title": by.display_name}
    if not Evidence.objects.kept().filter(pk=evidence.pk).update(original="", content="", thumbnail="", **ended):
        raise NotThere("这个文件已经移除")
    _record("remove_evidence", record, f"{record.unit.name}移除一条{kind.title}的“{evidence.name}”", by, at, reason=text)
    delete_after_commit(files)
    _close_what_is_settled(record, at)
    evidence.refresh_from_db()
    return evidence


@transaction.atomic
def explain_likeness(*, likeness: Likeness, answer: str, by: Doer, at: datetime) -> Likeness:
    """Say why a photo rightly stands beside two records. Raises NotAllowed, RecordError without words, NotThere if it was said."""
    record = likeness.evidence.record
    kind = record.kind_version.record_kind
    _require_recorder(kind, record, by, at)
    told = {"answer": clean_reason(kind, answer, "请写明为什么相同"), "answered_at": at, "answered_by_title": by.display_name}
    if not Likeness.objects.filter(pk=likeness.pk, answered_at=None).update(**told):
        raise NotThere("已经说明过了，请刷新后查看")
    _record("explain_likeness", record, f"{record.unit.name}说明一张相同的照片", by, at, likeness=likeness.pk)
    _close_what_is_settled(record, at)
    likeness.refresh_from_db()
    return likeness


def _close_what_is_settled(record: Record, at: datetime) -> None:
    """The unit need no longer look at a record whose likenesses are all explained, or their photos taken away."""
    if Likeness.objects.filter(evidence__record=record, evidence__in=Evidence.objects.kept(), answered_at=None).exists():
        return
    for item in waiting_from(record.unit, SOURCE).filter(key=_key(record)):
        close_item(item=item, outcome="已核对", by=SYSTEM, at=at)


def _key(record: Record) -> str:
    return f"alike:{record.pk}"


@transaction.atomic
def erase_evidence(*, evidence: Sequence[Evidence], at: datetime) -> int:
    """Delete the files of evidence that was kept as long as its kind of record says; that it was there stays known."""
    ended = {**erased(at), "mark": ""}
    bands = {f"band_{number}": None for number in range(1, BANDS + 1)}
    for one in evidence:
        files = files_of(one)
        if Evidence.objects.kept().filter(pk=one.pk).update(**ended, **bands):
            delete_after_commit(files)
            _record("erase_evidence", one.record, f"{one.record.unit.name}的“{one.name}”到期清除", SYSTEM, at)
    return len(evidence)


def may_add_evidence(authority: Authority, kind: RecordKind, unit: Unit) -> bool:
    """May one who has this authority put photos and files beside such records of the unit? Whoever corrects them there."""
    return authority.may("record.correct", unit) and authority.holds((*kind.recorded_by, *kind.confirmed_by), unit)


def _require_recorder(kind: RecordKind, record: Record, by: Doer, at: datetime) -> None:
    if not may_add_evidence(authority_of(by, on=timezone.localdate(at)), kind, record.unit):
        raise NotAllowed(f"您的岗位不登记{record.unit.name}的这类台账")


def _record(action: str, record: Record, summary: str, by: Doer, at: datetime, **details: object) -> None:
    record_event(by=by, at=at, action=f"evidence.{action}", subject=record, unit_code=record.unit.code, summary=summary, details=details)
