"""Putting something up in public, objecting to it, and answering."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.lib.canonical import digest
from fanxing.lib.receipts import new_receipt, receipt_digest
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.public_notices.models import ERASED, OBJECTION_LENGTH, TITLE_LENGTH, Notice, Objection

# So many objections to one notice on one day: whoever floods it is stopped, a village is not.
OBJECTIONS_A_DAY = 200


class NoticeFaulty(Refused):
    """A notice without words, or one that would end before it begins."""


class NotStanding(Refused):
    """The notice does not stand in public now."""


class ObjectionFaulty(Refused):
    """An objection or an answer without words, or with too many."""


class AnsweredAlready(Refused):
    """Somebody has answered the objection meanwhile."""


@transaction.atomic
def put_up(
    *,
    unit: Unit,
    title: str,
    lines: Sequence[tuple[str, str]],
    begins_on: date,
    ends_on: date,
    source: str,
    key: str,
    by: Doer,
    at: datetime,
) -> Notice:
    """Put something up in public from a day to another, both included; what stands there is never changed, only taken down.

    The stage above asks in its own transaction and has seen to whether the doer may. Raises NoticeFaulty.
    """
    if not title.strip() or not lines:
        raise NoticeFaulty("公示要有标题和内容")
    if ends_on < begins_on:
        raise NoticeFaulty(f"公示的截止日（{ends_on}）不能早于起始日（{begins_on}）")
    content = [[name, words] for name, words in lines]
    notice = Notice.objects.create(
        unit=unit,
        title=title[:TITLE_LENGTH],
        lines=content,
        digest=digest(content),
        begins_on=begins_on,
        ends_on=ends_on,
        source=source,
        key=key,
        put_up_at=at,
        put_up_by_title=by.display_name,
    )
    _record("put_up", notice, f"{unit.name}公示“{title}”，至 {ends_on}", {"digest": notice.digest}, by, at)
    return notice


@transaction.atomic
def take_down(*, notice: Notice, reason: str, by: Doer, at: datetime) -> None:
    """Take a notice down before its time, for a reason. Raises NotStanding where it is down already."""
    if not Notice.objects.filter(pk=notice.pk, taken_down_at=None).update(taken_down_at=at, taken_down_reason=reason):
        raise NotStanding(f"“{notice.title}”的公示已经撤下")
    _record("take_down", notice, f"{notice.unit.name}撤下公示“{notice.title}”", {"reason": reason}, by, at)


@transaction.atomic
def object_to(*, notice: Notice, text: str, due_on: date, at: datetime) -> tuple[Objection, str]:
    """Say something against a notice while it stands, with or without an account; returns the code by which the answer is read.

    Who speaks up is not noted. Raises NotStanding, ObjectionFaulty.
    """
    today = timezone.localdate(at)
    # Locked, so that the notice does not end by itself while somebody objects.
    held = Notice.objects.select_for_update().select_related("unit").get(pk=notice.pk)
    if not held.stands_on(today):
        raise NotStanding("这项公示已经结束，不再收异议；可以向上级反映")
    said = _sound(text, "异议")
    if Objection.objects.filter(notice=held, raised_at__date=today).count() >= OBJECTIONS_A_DAY:
        raise ObjectionFaulty("今天收到的异议太多，请明天再提，或向公示单位当面反映")
    receipt = new_receipt()
    objection = Objection.objects.create(notice=held, text=said, receipt=receipt_digest(receipt), raised_at=at, due_on=due_on)
    record_event(
        by=PUBLIC,
        at=at,
        action="public_notices.object_to",
        subject=objection,
        unit_code=held.unit.code,
        summary=f"有人对{held.unit.name}的公示“{held.title}”提出异议",
    )
    return objection, receipt


@transaction.atomic
def answer_objection(*, objection: Objection, answer: str, upheld: bool, by: Doer, at: datetime) -> None:
    """Answer an objection, and say whether it was right. Raises ObjectionFaulty; AnsweredAlready for all but the first of several."""
    said = _sound(answer, "答复")
    waiting = Objection.objects.filter(pk=objection.pk, answered_at=None)
    done = waiting.update(answer=said, is_upheld=upheld, answered_at=at, answered_by=by.username, answered_by_title=by.display_name)
    if not done:
        raise AnsweredAlready("这条异议已经有人答复，请刷新后查看")
    objection.refresh_from_db()
    notice = objection.notice
    word = "成立" if upheld else "不成立"
    _record("answer_objection", notice, f"{notice.unit.name}答复对“{notice.title}”的异议：{word}", {"objection": objection.pk}, by, at)


@transaction.atomic
def erase_objections(*, notice: Notice, at: datetime) -> int:
    """Erase what was said against a notice, and the answers: they may name people. That there were so many, and what became of each, stays.

    Done again it changes nothing. Returns how many. The stage above knows how long they are kept.
    """
    kept = Objection.objects.filter(notice=notice).kept()
    count = kept.filter(answered_at=None).update(text=ERASED) + kept.exclude(answered_at=None).update(text=ERASED, answer=ERASED)
    if count:
        _record("erase_objections", notice, f"{notice.unit.name}公示“{notice.title}”的异议到期清除", {"count": count}, SYSTEM, at)
    return count


def _sound(text: str, what: str) -> str:
    said = text.strip()
    if not said or len(said) > OBJECTION_LENGTH:
        raise ObjectionFaulty(f"{what}为 1 至 {OBJECTION_LENGTH} 个字")
    return said


def _record(action: str, notice: Notice, summary: str, details: dict[str, object], by: Doer, at: datetime) -> None:
    record_event(
        by=by, at=at, action=f"public_notices.{action}", subject=notice, unit_code=notice.unit.code, summary=summary, details=details
    )
