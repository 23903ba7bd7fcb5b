"""Objections to the notice of a matter: raised by anyone, answered by whoever's turn it is; one that is upheld moves the matter."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fanxing.inbox.actions import NewItem
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer, authority_of
from fanxing.procedures.actions.asking import key_of, settle, tell
from fanxing.procedures.actions.following import follow
from fanxing.procedures.actions.walking import locked
from fanxing.procedures.actions.winding import end_notice
from fanxing.procedures.clock import last_day
from fanxing.procedures.models import Matter, MatterNotice
from fanxing.procedures.parties import takes_part
from fanxing.procedures.queries import notice_state
from fanxing.public_notices.actions import answer_objection, erase_objections, object_to
from fanxing.public_notices.models import Notice, Objection
from fanxing.scheme.model import Procedure, PublicNotice
from fanxing.workdays.queries import calendar

# Months after the end of a matter, where its procedure says nothing of what is personal.
OBJECTIONS_KEPT = 24


class NoNotice(Refused):
    """The matter does not stand in public now."""


@transaction.atomic
def raise_objection(*, notice: Notice, text: str, at: datetime) -> tuple[Objection, str]:
    """Say something against the notice of a matter; returns the code by which the answer is read. No name is asked, none is kept.

    Raises NoNotice, and what `public_notices.actions.object_to` raises.
    """
    matter, procedure, step = _at_notice(notice)
    today = timezone.localdate(at)
    due = last_day(step.answer, today, calendar())
    objection, receipt = object_to(notice=notice, text=text, due_on=due, at=at)
    words = "答复公示异议" if step.upheld else "答复群众意见"
    item = NewItem(f"{words}：{procedure.title}", due, key=key_of(matter, _named(objection)))
    tell(matter, procedure, procedure.states[matter.state].waits_for, item, at)
    return objection, receipt


@transaction.atomic
def settle_objection(*, objection: Objection, answer: str, upheld: bool, by: Doer, at: datetime) -> None:
    """Answer an objection; one that is upheld takes the notice down and moves the matter on, where the procedure says so.

    The last answer after the days are over ends the notice. Where the matter has gone on meanwhile, whoever objected is answered all the
    same, and nothing follows. Raises NoNotice, NotAllowed, and what `answer_objection` raises.
    """
    one = _matter_of(objection.notice)
    matter = locked(one.matter)
    procedure = matter.procedure
    state = notice_state(procedure, one)
    authority = authority_of(by, on=timezone.localdate(at))
    parties = [procedure.parties[id] for id in state.waits_for]
    if not any(takes_part(one, matter, by=by, authority=authority) for one in parties):
        raise NotAllowed(f"异议由{'、'.join(one.title for one in parties)}答复")
    answer_objection(objection=objection, answer=answer, upheld=upheld, by=by, at=at)
    settle(matter, "已答复", by, at, what=[_named(objection)])
    if matter.round != one.round or not isinstance(state.step, PublicNotice):
        return
    if upheld and state.step.upheld:
        follow(matter, state.step.upheld, at=at, reason="公示异议成立")
    else:
        end_notice(matter, state.step, at)


def erase_said_against(*, at: datetime) -> int:
    """Erase the objections to the notices of matters that ended longer ago than their procedure keeps what is personal, or than is usual;
    returns how many. Done again it changes nothing."""
    today = timezone.localdate(at)
    with_any = Objection.objects.kept().filter(notice__matter_notice__matter__ended_on__isnull=False).values("notice")
    posted = MatterNotice.objects.filter(notice__in=with_any).select_related("matter__version", "notice__unit")
    rows = posted.defer("matter__version__definition").iterator(chunk_size=1_000)
    over = [one.notice for one in rows if one.matter.is_forgotten(today, usual=OBJECTIONS_KEPT)]
    return sum(erase_objections(notice=notice, at=at) for notice in over)


def _named(objection: Objection) -> str:
    return f"objection-{objection.pk}"


def _matter_of(notice: Notice) -> MatterNotice:
    one = MatterNotice.objects.filter(notice=notice).select_related("matter").first()
    if one is None:
        raise NoNotice("这项公示没有对应的事项")
    return one


def _at_notice(notice: Notice) -> tuple[Matter, Procedure, PublicNotice]:
    """The matter of a notice, held, with its procedure and the state's step; raises NoNotice where it has gone on."""
    one = _matter_of(notice)
    matter = locked(one.matter)
    procedure = matter.procedure
    step = procedure.states[matter.state].step
    if matter.round != one.round or not isinstance(step, PublicNotice):
        raise NoNotice("这项公示已经结束，事项已进入下一环节")
    return matter, procedure, step
