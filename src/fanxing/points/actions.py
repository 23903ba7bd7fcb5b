"""Turning points on and off, naming who took part, objecting, answering and taking an entry away."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.evidence.queries import first_version
from fanxing.inbox.actions import NewItem, remind_units, settle_units
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import Person, Unit
from fanxing.points.models import Participation, PointsObjection, PointsReversal, PointsSwitch
from fanxing.points.queries import account_of, is_on, keeps, outdated, rules_of
from fanxing.records.models import Record

LONGEST = 500
# The source of the item that asks for answers, and its key there: one waits for a branch, however many objections do.
OBJECTIONS = "points_objection"
TITLE = "答复党员积分异议"
# A week, today among its days.
TERM = timedelta(days=6)


class PointsRefused(Refused):
    """The state of a branch's points does not allow it."""


def turn_on(*, unit: Unit, by: Doer, at: datetime) -> PointsSwitch:
    """Let a branch keep points from today on. Raises NotAllowed, PointsRefused if it does already."""
    _require_keeper(unit, by, at)
    try:
        with transaction.atomic():
            switch = PointsSwitch.objects.create(unit=unit, since=clock.today(at), turned_on_by=by.username)
            _note("turn_on", unit, f"{unit.name}开启党员积分", by, at)
    except IntegrityError:
        raise PointsRefused("党员积分已经开启") from None
    return switch


@transaction.atomic
def turn_off(*, unit: Unit, by: Doer, at: datetime) -> None:
    """Let a branch keep points no more; what there is stays with the members. Raises NotAllowed, PointsRefused."""
    _require_keeper(unit, by, at)
    if not PointsSwitch.objects.filter(unit=unit, until=None).update(until=clock.today(at), turned_off_by=by.username):
        raise PointsRefused("党员积分没有开启")
    _note("turn_off", unit, f"{unit.name}停用党员积分", by, at)


def add_participation(*, record: Record, person: Person, amount: float | None, by: Doer, at: datetime) -> Participation:
    """Name a member who took part in what a record says. Raises NotAllowed, PointsRefused."""
    unit = record.unit
    _require_keeper(unit, by, at)
    first = first_version(record)
    if not is_on(unit):
        raise PointsRefused("本支部没有开启党员积分")
    if person.unit_id != unit.pk:
        raise PointsRefused("只能登记本单位的人员")
    if not _stands(first):
        raise PointsRefused("这条记录已撤回")
    if amount is not None and not 0 <= amount < float("inf"):
        raise PointsRefused("数量应为不小于 0 的数")
    try:
        with transaction.atomic():
            taken = Participation.objects.create(record=first, person=person, amount=amount, added_at=at, added_by=by.username)
            _note("add_participation", unit, f"{unit.name}为记录 {first.reference} 登记一名参加人员", by, at)
    except IntegrityError:
        raise PointsRefused(f"{person.name}已经登记") from None
    return taken


@transaction.atomic
def remove_participation(*, participation: Participation, reason: str, by: Doer, at: datetime) -> None:
    """Take back that a member took part, for a reason. Raises NotAllowed, PointsRefused."""
    first = participation.record
    _require_keeper(first.unit, by, at)
    ended = {"removed_at": at, "removed_by": by.username, "reason": _said(reason, "请写明移除的原因")}
    if not Participation.objects.filter(pk=participation.pk, removed_at=None).update(**ended):
        raise PointsRefused("这名参加人员已经移除")
    _note("remove_participation", first.unit, f"{first.unit.name}移除记录 {first.reference} 的一名参加人员", by, at)


def object_to(*, person: Person, record: Record, rule: str, text: str, by: Doer, at: datetime) -> PointsObjection:
    """Object to an entry of one's own account. Raises NotAllowed, PointsRefused."""
    if person.user is None or by != person.user:
        raise NotAllowed("只能对本人的积分提出异议")
    _require_entry(person, record, rule, at)
    words = _said(text, "请写明异议")
    try:
        with transaction.atomic():
            objection = PointsObjection.objects.create(record=record, person=person, rule=rule, text=words, raised_at=at)
            _note("object_to", person.unit, f"{person.unit.name}一名党员对积分提出异议", by, at)
            # It says that one waits, never whose: the inbox of a branch is read above it too.
            item = NewItem(TITLE, clock.today(at) + TERM, key=OBJECTIONS)
            remind_units(units=[person.unit], item=item, source=OBJECTIONS, by=SYSTEM, at=at)
    except IntegrityError:
        raise PointsRefused("这一项的异议正等待答复") from None
    return objection


@transaction.atomic
def answer_objection(*, objection: PointsObjection, answer: str, by: Doer, at: datetime) -> None:
    """Answer an objection. Raises NotAllowed, PointsRefused if it was answered or without words."""
    unit = objection.record.unit
    _require_keeper(unit, by, at)
    said = {"answer": _said(answer, "请写明答复"), "answered_at": at, "answered_by": by.username}
    if not PointsObjection.objects.filter(pk=objection.pk, answered_at=None).update(**said):
        raise PointsRefused("这项异议已经答复")
    _note("answer_objection", unit, f"{unit.name}答复一项积分异议", by, at)
    if not PointsObjection.objects.filter(record__unit=unit, answered_at=None).exists():
        settle_units(units=[unit], key=OBJECTIONS, source=OBJECTIONS, outcome="都已答复", by=by, at=at)


def reverse_entry(*, person: Person, record: Record, rule: str, reason: str, by: Doer, at: datetime) -> PointsReversal:
    """Take an entry of a member's account away, for a reason. Raises NotAllowed, PointsRefused."""
    _require_keeper(person.unit, by, at)
    _require_entry(person, record, rule, at)
    words = _said(reason, "请写明撤销的原因")
    try:
        with transaction.atomic():
            found = PointsReversal.objects.create(
                record=record, person=person, rule=rule, reason=words, reversed_at=at, reversed_by=by.username
            )
            _note("reverse_entry", person.unit, f"{person.unit.name}撤销记录 {record.reference} 的一项积分", by, at)
    except IntegrityError:
        raise PointsRefused("这一项已经撤销") from None
    return found


def note_export(*, unit: Unit, by: Doer, at: datetime) -> None:
    """Note that the points of a branch were taken out for its yearly assessment. Raises NotAllowed."""
    _require_keeper(unit, by, at)
    _note("note_export", unit, f"{unit.name}导出党员积分", by, at)


@transaction.atomic
def forget_what_is_past_its_time(*, unit: Unit, at: datetime) -> int:
    """Delete who took part in what is older than the rules keep, with the objections and reversals of it; return of how many records."""
    old = outdated(unit, clock.today(at))
    if old:
        for model in (PointsReversal, PointsObjection, Participation):
            model.objects.filter(record__in=old).delete()
        _note("forget", unit, f"{unit.name}的 {len(old)} 条记录的党员积分到期清除", SYSTEM, at)
    return len(old)


def _require_keeper(unit: Unit, by: Doer, at: datetime) -> None:
    today = clock.today(at)
    if not keeps(authority_of(by, on=today), unit, rules_of(unit, today)):
        raise NotAllowed(f"{unit.name}的党员积分只由本支部负责积分的岗位管理")


def _require_entry(person: Person, record: Record, rule: str, at: datetime) -> None:
    if not any(one.record == record.pk and one.rule.id == rule for one in account_of(person, clock.today(at)).entries):
        raise PointsRefused("账户中没有这一项")


def _stands(first: Record) -> bool:
    """Whether a record was not withdrawn."""
    last = first
    while following := Record.objects.filter(supersedes=last).first():
        last = following
    return last.act != Record.Act.WITHDRAWAL


def _said(text: str, otherwise: str) -> str:
    words = text.strip()
    if not words:
        raise PointsRefused(otherwise)
    if len(words) > LONGEST:
        raise PointsRefused(f"最多 {LONGEST} 字")
    return words


def _note(action: str, unit: Unit, summary: str, by: Doer, at: datetime) -> None:
    record_event(by=by, at=at, action=f"points.{action}", subject=unit, summary=summary, unit_code=unit.code)
