"""The walker: every matter of every procedure moves here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import System
from fanxing.audit.references import reference
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.organisations.namesakes import Meant
from fanxing.procedures.actions.asking import put_before, seat, settle
from fanxing.procedures.actions.outcomes import appoint, write_records
from fanxing.procedures.actions.posting import post_notice, take_notice_down
from fanxing.procedures.clock import days_left, ends_on, put_off, term_that_holds
from fanxing.procedures.forms import Said
from fanxing.procedures.models import Matter, MatterPersonal, MatterStep
from fanxing.procedures.pairing import paired
from fanxing.procedures.routing import responsible_by_table
from fanxing.procedures.wording import field_words, said_in
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import ROUTE, Ballot, Procedure, State, Step, Value
from fanxing.workdays.calendars import Calendar
from fanxing.workdays.queries import calendar

REPLACED = "由新填的内容代替"
# What a move changes; what a matter is found by stays.
MOVED = [
    *("state", "assigned", "data", "turn", "round", "is_urgent", "entered_on", "due_on", "term_on", "stopped_on", "left", "was_late"),
    *("told_late_on", "ended_on", "duplicate_of"),
]


class StepTaken(Refused):
    """Somebody else has moved the matter meanwhile."""


class Clash(Refused):
    """Another open matter says the same in fields in which no two may agree."""


@dataclass(frozen=True)
class Move:
    """One move of a matter: the step, what its form says, and why.

    into   the matter that it joins
    meant  whom it appoints, of those of the name
    title  how the one who does it is called, where not by the account alone
    """

    step: Step
    said: Said
    reason: str
    by: Doer
    at: datetime
    into: Matter | None = None
    meant: Meant | None = None
    title: str = ""

    @property
    def doer(self) -> str:
        """How the one who does it is called."""
        return self.title or self.by.display_name

    @property
    def today(self) -> date:
        """The day in the office."""
        return timezone.localdate(self.at)


def locked(matter: Matter, turn: int | None = None) -> Matter:
    """The matter as it stands, held until the transaction ends; raises StepTaken where it is no longer at the turn that was looked at."""
    held = Matter.objects.whole().select_for_update(of=("self",)).get(pk=matter.pk)
    if turn is not None and held.turn != turn:
        last = MatterStep.objects.filter(matter=held).last()
        title = _title_of(held.procedure, last) if last else ""
        who = f"{last.taken_by_title}刚刚办理了“{title}”" if last else "这件事项刚刚变动"
        raise StepTaken(f"{who}，请刷新后再看，您填的内容没有写入")
    return held


def values_of(matter: Matter, procedure: Procedure, today: date, more: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """What conditions and records read: what the matter says, and how it was handled."""
    return {
        **matter.data,
        **(more or {}),
        "late": matter.was_late or matter.is_late(today),
        "days_open": (today - matter.opened_on).days,
        "times_reopened": _times_reopened(matter, procedure) if matter.turn else 0,
        "paired": paired(matter, procedure) if matter.turn else 0,
    }


def begin(matter: Matter, procedure: Procedure, said: Said, by: Doer, at: datetime) -> MatterStep:
    """Write a new matter with its first step, which is to open it; in the transaction of who opens it."""
    today, days = timezone.localdate(at), calendar()
    matter.data, matter.opened_on, matter.opened_at = said.data, today, at
    _require_free(matter, procedure)
    values = values_of(matter, procedure, today)
    matter.is_urgent = _is_urgent(procedure, values)
    matter.term_on = ends_on(procedure.within, values, today, days)
    state = procedure.states[procedure.begins]
    matter.entered_on, matter.due_on = today, ends_on(state.within, values, today, days)
    matter.stopped_on = today if state.stopped else None
    matter.state, matter.turn, matter.round = state.id, 1, 1
    matter.save(force_insert=True)
    opened = MatterStep.objects.create(
        matter=matter,
        number=1,
        verb="open",
        target=state.id,
        data=matter.data,
        taken_at=at,
        taken_by=by.username,
        taken_by_title=by.display_name,
    )
    record_event(
        by=by,
        at=at,
        action="procedures.open_matter",
        subject=matter,
        unit_code=matter.unit.code,
        summary=f"{matter.unit.name}收到“{procedure.title}”{matter.number} 号",
        details={"procedure": procedure.id, "version": matter.version_id, **_keep_apart(matter, said, at)},
        rows=[opened],
    )
    _arrive(matter, procedure, state, at)
    return opened


def move(matter: Matter, procedure: Procedure, made: Move) -> MatterStep:
    """Let a matter that is `locked` take a step which whoever asks may take; in the transaction of the caller.

    Clock, inbox, notice, records and assignment follow from the state it comes to.
    """
    step, today = made.step, made.today
    source, target = procedure.states[step.source], procedure.states[step.target]
    before = (matter.due_on, matter.entered_on)
    was_late = leaves_late(matter, source, today)
    matter.data = {**matter.data, **made.said.data, **dict(step.sets)}
    if not target.ends:
        _require_free(matter, procedure)
    if made.into is not None:
        matter.duplicate_of = made.into
    matter.was_late = matter.was_late or was_late
    if step.assigns:
        matter.assigned = _responsible(matter, procedure, step, made.said.data)
    row = MatterStep(
        matter=matter,
        number=matter.turn + 1,
        verb=step.id,
        source=source.id,
        target=target.id,
        data=dict(made.said.data),
        reason=made.reason,
        assigned=matter.assigned if step.assigns else None,
        due_on=before[0],
        entered_on=before[1],
        was_late=was_late,
        taken_at=made.at,
        taken_by=made.by.username,
        taken_by_title=made.doer,
    )
    row.save(force_insert=True)
    matter.turn += 1
    if target.id != source.id:
        _change_state(matter, procedure, source, target, made)
    else:
        matter.is_urgent = _is_urgent(procedure, values_of(matter, procedure, today))
    matter.save(update_fields=MOVED)
    # Before what follows: whom an end appoints may be named by this very form.
    apart = _keep_apart(matter, made.said, made.at)
    if target.id != source.id:
        _arrive(matter, procedure, target, made.at)
        if target.ends:
            write_records(matter, procedure, target, values_of(matter, procedure, today), made.at, anew=not source.ends)
            appoint(matter, target, made.meant, made.at)
    elif step.assigns and not target.ends:
        hand_over(matter, procedure, target, step_words(step), made.by, made.at)
    _record(matter, procedure, row, made, apart)
    return row


def leaves_late(matter: Matter, state: State, today: date) -> bool:
    """Whether a matter leaves a state late: where something follows by itself when the time is over, only the whole can be."""
    if not state.then and not isinstance(state.step, Ballot):
        return matter.is_late(today)
    return matter.term_on is not None and matter.stopped_on is None and matter.term_on < today


def _require_free(matter: Matter, procedure: Procedure) -> None:
    """Of two who want the same of a unit at once the second one finds what the first has taken: the unit is held meanwhile."""
    wanted = {id: matter.data.get(id) for id in procedure.clash}
    if not wanted or None in wanted.values():
        return
    Unit.objects.select_for_update().get(pk=matter.unit_id)
    others = Matter.objects.open().filter(unit=matter.unit_id, procedure_id=procedure.id).exclude(pk=matter.pk)
    if any(all(data.get(id) == value for id, value in wanted.items()) for data in others.values_list("data", flat=True)):
        words = "、".join(field_words(field, value) for field, value in said_in(procedure, matter.data) if field.id in wanted)
        raise Clash(f"“{words}”已经约出，请换一个")


def hand_over(matter: Matter, procedure: Procedure, state: State, outcome: str, by: Doer, at: datetime) -> None:
    """Let a matter that stays where it is wait for those whose turn it is now, and for nobody else."""
    settle(matter, f"{outcome}（{by.display_name}）", by, at)
    seat(matter, procedure, state, timezone.localdate(at))
    put_before(matter, procedure, state, at)


def _keep_apart(matter: Matter, said: Said, at: datetime) -> dict[str, list[str]]:
    """Write the personal texts of a form, each in the place of an older one; returns the digests by which the log knows them."""
    erased = MatterPersonal.objects.filter(matter=matter, field__in=said.personal).erase(at=at, why=REPLACED)
    about = reference(matter)
    texts = [MatterPersonal(matter=matter, field=field, written_at=at).put(text, about) for field, text in said.personal.items()]
    MatterPersonal.objects.bulk_create(texts)
    return {"personal": [one.digest for one in texts], **({"erased": erased} if erased else {})}


def _change_state(matter: Matter, procedure: Procedure, source: State, target: State, made: Move) -> None:
    today, days = made.today, calendar()
    values = values_of(matter, procedure, today)
    if source.stopped and not target.stopped:
        _go_on(matter, procedure, source, target, today, values, days)
    else:
        if target.stopped and not source.stopped:
            _stop(matter, source, today, values, days)
        matter.due_on = ends_on(target.within, values, today, days)
    if matter.ended_on and not target.ends:
        matter.ended_on, matter.term_on = None, ends_on(procedure.within, values, today, days)
    matter.is_urgent = _is_urgent(procedure, values)
    matter.state, matter.entered_on, matter.round, matter.told_late_on = target.id, today, matter.turn, None
    if target.ends:
        matter.ended_on = matter.ended_on or today
        matter.due_on = None
    # Not the reason that somebody typed: it would stand in the log for good.
    take_notice_down(matter, (isinstance(made.by, System) and made.reason) or step_words(made.step), made.by, made.at)
    settle(matter, f"{step_words(made.step)}（{made.doer}）", made.by, made.at)


def step_words(step: Step) -> str:
    """What a step is called."""
    return step.title or step.id


def _stop(matter: Matter, source: State, today: date, values: Mapping[str, Value], days: Calendar) -> None:
    """The clock of the whole stands still, and what is left of the state is remembered."""
    term = term_that_holds(source.within, values)
    matter.stopped_on = today
    matter.left = days_left(term, matter.due_on, today, days) if term and matter.due_on else None


def _go_on(
    matter: Matter, procedure: Procedure, source: State, target: State, today: date, values: Mapping[str, Value], days: Calendar
) -> None:
    """The whole is put off by the days it stood still; back where it was stopped, what was left of that state goes on."""
    assert matter.stopped_on  # it came from a state in which the clock stands still
    whole = term_that_holds(procedure.within, values)
    if whole and matter.term_on and matter.term_on >= matter.stopped_on:
        left = days_left(whole, matter.term_on, matter.stopped_on, days)
        matter.term_on = put_off(today, left, whole, days)
    term = term_that_holds(target.within, values)
    if term and matter.left is not None and target.id == _stopped_from(matter, procedure):
        matter.due_on = put_off(today, matter.left, term, days)
    else:
        matter.due_on = ends_on(target.within, values, today, days)
    matter.stopped_on, matter.left = None, None


def _stopped_from(matter: Matter, procedure: Procedure) -> str:
    """The state in which the clock was stopped, however many pauses followed each other since."""
    stopped = [one.id for one in procedure.states.values() if one.stopped]
    into = MatterStep.objects.filter(matter=matter, target__in=stopped).exclude(source__in=stopped).last()
    return into.source if into else ""


def _arrive(matter: Matter, procedure: Procedure, state: State, at: datetime) -> None:
    """What a state asks for once the matter is in it."""
    seat(matter, procedure, state, timezone.localdate(at))
    put_before(matter, procedure, state, at)
    post_notice(matter, procedure, state, at, calendar())


def _responsible(matter: Matter, procedure: Procedure, step: Step, said: Mapping[str, Value]) -> Unit:
    """The unit that the form names, or else the one that the table does."""
    named = said.get(step.assigns) if step.assigns != ROUTE else None
    if isinstance(named, str):
        return Unit.objects.get(code=named)
    return responsible_by_table(procedure, matter.unit, matter.data)


def _is_urgent(procedure: Procedure, values: Mapping[str, Value]) -> bool:
    return procedure.urgent is not None and bool(decide(procedure.urgent, values))


def _times_reopened(matter: Matter, procedure: Procedure) -> int:
    ends = [one.id for one in procedure.states.values() if one.ends]
    return MatterStep.objects.filter(matter=matter, source__in=ends).exclude(target__in=ends).count()


def _title_of(procedure: Procedure, taken: MatterStep) -> str:
    step = procedure.step(taken.source, taken.verb)
    return step_words(step) if step else "提出"


def _record(matter: Matter, procedure: Procedure, row: MatterStep, made: Move, apart: Mapping[str, list[str]]) -> None:
    step = made.step
    record_event(
        by=made.by,
        at=made.at,
        action="procedures.take_step",
        subject=matter,
        unit_code=matter.unit.code,
        summary=f"{matter.unit.name}“{procedure.title}”{matter.number} 号：{step_words(step)}",
        details={"verb": step.id, "from": step.source, "to": step.target, "turn": matter.turn, **apart},
        rows=[row],
    )
