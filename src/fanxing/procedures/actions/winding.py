"""What the clock does with matters: steps that follow when the time is over, notices that end, and who is told of what is late."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem
from fanxing.lib.refusals import Refused
from fanxing.procedures.actions.asking import (
    LATE,
    UNLIMITED,
    ask_anew,
    ask_each,
    asked_in_vain,
    asking_each,
    key_of,
    tell,
    turn_of,
    unasked,
)
from fanxing.procedures.actions.balloting import close_ballot
from fanxing.procedures.actions.conferring import conclude
from fanxing.procedures.actions.following import follow
from fanxing.procedures.actions.walking import hand_over, locked
from fanxing.procedures.models import Matter, MatterNotice
from fanxing.procedures.parties import seats_of
from fanxing.procedures.queries import in_states
from fanxing.public_notices.queries import unanswered
from fanxing.scheme.model import Ballot, Committee, Procedure, PublicNotice, State

log = logging.getLogger(__name__)


def wind(*, at: datetime) -> int:
    """Let every matter whose time is over go on, or tell that it is late, and ask whoever came since; returns how many moved.

    Each in a transaction of its own: one that cannot go on keeps no other waiting, and is tried again. Done again it changes nothing.
    """
    today = timezone.localdate(at)
    due = dict.fromkeys((*_late(today), *_with_notices_over(today), *_in_closed_units(today)))
    moved = sum(_wind_one(pk, at) for pk in due)
    for pk, terms in asked_in_vain(today).items():
        with _alone(pk), _held(pk) as (matter, procedure, state):
            ask_anew(matter, procedure, state, terms, at)
    for one in asking_each():
        with _alone(one.pk):
            # Of most nobody is to be asked: they are not held.
            if unasked(one, one.procedure, one.procedure.states[one.state], today):
                with _held(one.pk) as (matter, procedure, state):
                    ask_each(matter, procedure, state, at)
    return moved


@contextmanager
def _alone(pk: int) -> Iterator[None]:
    """What goes wrong with one matter stops the clock of no other: it is logged, and tried again the next time."""
    try:
        yield
    except Refused as refused:
        log.warning("matter %s stays where it is: %s", pk, refused)
    except Exception:
        log.exception("matter %s stays where it is", pk)


@contextmanager
def _held(pk: int) -> Iterator[tuple[Matter, Procedure, State]]:
    """A matter, held in a transaction of its own, with the state in which it is."""
    with transaction.atomic():
        matter = locked(Matter(pk=pk))
        procedure = matter.procedure
        yield matter, procedure, procedure.states[matter.state]


def _late(today: date) -> Iterable[int]:
    """Late ones of which nobody was told, and those that were told of but whose state goes on by itself when its own time is over."""
    late = Matter.objects.late(today)
    told = late.filter(told_late_on__isnull=False, due_on__lt=today)
    return [pk for some in (late.filter(told_late_on=None), in_states(told, _runs_out)) for pk in some.values_list("pk", flat=True)]


def _runs_out(state: State) -> bool:
    return bool(state.then) or isinstance(state.step, Ballot | Committee)


def _with_notices_over(today: date) -> Iterable[int]:
    over = MatterNotice.objects.filter(
        round=F("matter__round"), notice__ends_on__lt=today, notice__taken_down_at=None, matter__ended_on=None
    )
    return over.values_list("matter", flat=True)


def _in_closed_units(today: date) -> Iterable[int]:
    """Those whose turn it is in a unit that is closed."""
    return Matter.objects.open().filter(seats__unit__closed_on__lte=today).values_list("pk", flat=True)


def _wind_one(pk: int, at: datetime) -> bool:
    with _alone(pk), _held(pk) as (matter, procedure, state):
        return _go_on(matter, procedure, state, at)
    # What should have gone on by itself and could not is late like anything else.
    with _alone(pk), _held(pk) as (matter, procedure, state):
        return _told_stuck(matter, procedure, state, at)
    return False


def _told_stuck(matter: Matter, procedure: Procedure, state: State, at: datetime) -> bool:
    if not matter.is_late(timezone.localdate(at)) or matter.told_late_on is not None:
        return False
    tell_late(matter, procedure, state, at)
    return True


def _go_on(matter: Matter, procedure: Procedure, state: State, at: datetime) -> bool:
    today = timezone.localdate(at)
    over = matter.due_on is not None and matter.due_on < today
    moved = _seats_moved(matter, procedure, state, at)
    match state.step:
        case PublicNotice():
            # A notice ends only when its days are over and all is answered: `then` does not cut it short.
            if end_notice(matter, state.step, at):
                return True
            over = False
        case Committee() if over and conclude(matter, procedure, state.step, at):
            return True
        case Ballot() if over and not state.then:
            close_ballot(matter=matter, by=SYSTEM, at=at)
            return True
    if over and state.then:
        follow(matter, state.then, at=at, reason="期限已到，自动进行")
        return True
    if matter.is_late(today) and matter.told_late_on is None:
        tell_late(matter, procedure, state, at)
        return True
    return moved


def _seats_moved(matter: Matter, procedure: Procedure, state: State, at: datetime) -> bool:
    """Put a matter before the unit that goes on as one that was closed; whether there was one to put it before."""
    closed = {one.unit_id for one in matter.seats.filter(unit__closed_on__isnull=False)}
    now = {unit.pk for unit, _ in seats_of(procedure, turn_of(state), matter) if unit.closed_on is None}
    if not closed or not now - {one.unit_id for one in matter.seats.all()}:
        return False
    hand_over(matter, procedure, state, "单位已撤并，转由承接的单位办理", SYSTEM, at)
    return True


def end_notice(matter: Matter, step: PublicNotice, at: datetime) -> bool:
    """Let a matter that is locked go on once the days of its notice are over and every objection is answered; whether it did."""
    today = timezone.localdate(at)
    one = MatterNotice.objects.filter(matter=matter, round=matter.round).select_related("notice").first()
    if one is None or one.notice.ends_on >= today or one.notice.taken_down_at is not None or unanswered(one.notice):
        return False
    follow(matter, step.passes, at=at, reason="公示期满，没有成立的异议" if step.upheld else "期满，意见都已答复")
    return True


def tell_late(matter: Matter, procedure: Procedure, state: State, at: datetime) -> None:
    """Put a late matter before those who are told, once for each stay in a state."""
    today = timezone.localdate(at)
    matter.told_late_on = today
    matter.was_late = True
    matter.save(update_fields=["told_late_on", "was_late"])
    item = NewItem(f"已超期：{procedure.title}，{state.title}", today + UNLIMITED, key=key_of(matter, LATE), urgent=True)
    tell(matter, procedure, [state.late_to] if state.late_to else [], item, at)
