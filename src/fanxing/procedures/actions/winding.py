"""What the clock does with matters: steps that follow when the time is over, notices that end, and who is told of what is late."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem
from fanxing.lib.refusals import Refused
from fanxing.procedures.actions.asking import LATE, UNLIMITED, ask_anew, ask_each, asked_in_vain, key_of, tell, turn_of, with_unasked
from fanxing.procedures.actions.balloting import close_ballot
from fanxing.procedures.actions.conferring import conclude
from fanxing.procedures.actions.following import follow
from fanxing.procedures.actions.walking import hand_over, locked
from fanxing.procedures.models import Matter, MatterNotice
from fanxing.procedures.parties import seats_of
from fanxing.public_notices.queries import unanswered
from fanxing.scheme.model import Ballot, Committee, Procedure, PublicNotice, State

log = logging.getLogger(__name__)


def wind(*, at: datetime) -> int:
    """Let every matter whose time is over go on, or tell that it is late; returns how many did.

    Each in a transaction of its own: one that cannot go on keeps no other waiting, and is tried again. Done again it changes nothing.
    """
    today = timezone.localdate(at)
    due = [*_late(today), *_with_notices_over(today), *_in_closed_units(today)]
    moved = sum(_wind_one(matter, at) for matter in {one.pk: one for one in due}.values())
    for pk, terms in asked_in_vain(today).items():
        _ask_anew(pk, terms, at)
    for pk in with_unasked(today):
        _ask_each(pk, at)
    return moved


@transaction.atomic
def _ask_anew(pk: int, terms: list[int], at: datetime) -> None:
    held = locked(Matter(pk=pk))
    procedure = held.procedure
    ask_anew(held, procedure, procedure.states[held.state], terms, at)


@transaction.atomic
def _ask_each(pk: int, at: datetime) -> None:
    held = locked(Matter(pk=pk))
    procedure = held.procedure
    ask_each(held, procedure, procedure.states[held.state], at)


def _late(today: date) -> list[Matter]:
    """Late ones of which nobody was told, and those that were told of but whose state goes on by itself when its own time is over."""
    late = Matter.objects.late(today).whole()
    return [one for one in late if one.told_late_on is None or (one.due_on and one.due_on < today and _runs_out(one))]


def _runs_out(matter: Matter) -> bool:
    state = matter.procedure.states[matter.state]
    return bool(state.then) or isinstance(state.step, Ballot | Committee)


def _with_notices_over(today: date) -> list[Matter]:
    over = MatterNotice.objects.filter(
        round=F("matter__round"), notice__ends_on__lt=today, notice__taken_down_at=None, matter__ended_on=None
    )
    return [one.matter for one in over.select_related("matter")]


def _in_closed_units(today: date) -> list[Matter]:
    """Those whose turn it is in a unit that is closed."""
    return list(Matter.objects.open().filter(seats__unit__closed_on__lte=today).distinct())


def _wind_one(matter: Matter, at: datetime) -> bool:
    try:
        with transaction.atomic():
            held = locked(matter)
            procedure = held.procedure
            return _go_on(held, procedure, procedure.states[held.state], at)
    except Refused as refused:
        log.warning("matter %s stays where it is: %s", matter.pk, refused)
    except Exception:
        # A fault in one matter must not stop the clock of all others.
        log.exception("matter %s stays where it is", matter.pk)
    return _tell_stuck(matter, at)


def _tell_stuck(matter: Matter, at: datetime) -> bool:
    """What should have gone on by itself and could not is late like anything else; whether somebody was told."""
    with transaction.atomic():
        held = locked(matter)
        if not held.is_late(timezone.localdate(at)) or held.told_late_on is not None:
            return False
        procedure = held.procedure
        tell_late(held, procedure, procedure.states[held.state], at)
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
