"""How a matter went: written as if it had been walked, by the same tables and the same clock, many at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fanxing.demo.calendar import SHANGHAI
from fanxing.lib.search_text import search_text
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.walking import leaves_late
from fanxing.procedures.clock import last_day, term_that_holds
from fanxing.procedures.models import TITLE_LENGTH, Matter, MatterRecord, MatterStep
from fanxing.procedures.wording import title_of
from fanxing.records.models import Record
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Procedure, Value
from fanxing.workdays.calendars import Calendar

OPENING_HOUR = time(9, 20)
AT_ONCE = 1_000


@dataclass(frozen=True)
class Went:
    """One step of a course: its verb, how many days after the step before, who took it, what its form said, and why."""

    verb: str
    after: int = 0
    by: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Course:
    """A matter that was opened on a day and went these steps; `record` is the one that it left in the ledger, or None."""

    unit: Unit
    procedure: str
    opened_on: date
    data: Mapping[str, Value]
    by: str
    steps: tuple[Went, ...] = ()
    record: Record | None = None
    assigned: Unit | None = None


@dataclass(frozen=True)
class Rules:
    """What courses are written by: the procedures with the keys of their versions, and the working days."""

    procedures: Mapping[str, Procedure]
    versions: Mapping[str, int]
    calendar: Calendar


def write_courses(courses: Iterable[Course], rules: Rules) -> int:
    """Write matters that are over, with their steps and the records they left; returns how many. No inbox, no log: what is past waits for
    nobody, and the ledger has its own."""
    walked = [_walk(course, rules) for course in courses]
    Matter.objects.bulk_create([matter for matter, _, _ in walked], batch_size=AT_ONCE)
    MatterStep.objects.bulk_create([step for _, steps, _ in walked for step in steps], batch_size=AT_ONCE)
    left = [MatterRecord(matter=matter, row=0, record=course.record) for matter, _, course in walked if course.record]
    MatterRecord.objects.bulk_create(left, batch_size=AT_ONCE)
    return len(walked)


def _walk(course: Course, rules: Rules) -> tuple[Matter, list[MatterStep], Course]:
    procedure = rules.procedures[course.procedure]
    at = datetime.combine(course.opened_on, OPENING_HOUR, SHANGHAI)
    title = title_of(procedure, course.data)[:TITLE_LENGTH]
    matter = Matter(
        unit=course.unit,
        version_id=rules.versions[procedure.id],
        procedure_id=procedure.id,
        title=title,
        state=procedure.begins,
        data=dict(course.data),
        turn=1,
        round=1,
        is_private=procedure.seen_by is not None,
        is_urgent=procedure.urgent is not None and bool(decide(procedure.urgent, course.data)),
        opened_on=course.opened_on,
        opened_at=at,
        opened_by_title=course.by,
        entered_on=course.opened_on,
        search_text=search_text(title),
    )
    term = term_that_holds(procedure.within, matter.data)
    matter.term_on = last_day(term, course.opened_on, rules.calendar) if term else None
    _set_due(matter, procedure, rules.calendar)
    steps = [_row(matter, "open", "", procedure.begins, Went("open", by=course.by, data=course.data), at, late=False)]
    day = course.opened_on
    for number, went in enumerate(course.steps, start=1):
        day += timedelta(days=went.after)
        steps.append(_step(matter, procedure, went, day, number, rules.calendar, course))
    return matter, steps, course


def _step(matter: Matter, procedure: Procedure, went: Went, day: date, number: int, calendar: Calendar, course: Course) -> MatterStep:
    step = procedure.step(matter.state, went.verb)
    assert step is not None, (procedure.id, matter.state, went.verb)
    late = leaves_late(matter, procedure.states[matter.state], day)
    matter.data = {**matter.data, **went.data, **dict(step.sets)}
    matter.was_late = matter.was_late or late
    if step.assigns:
        matter.assigned = course.assigned or matter.unit
    # Minutes apart, so that two of one day stand in their order.
    at = datetime.combine(day, OPENING_HOUR, SHANGHAI) + timedelta(minutes=17 * number)
    row = _row(matter, step.id, step.source, step.target, went, at, late=late)
    matter.turn += 1
    if step.target != step.source:
        matter.state, matter.entered_on, matter.round = step.target, day, matter.turn
        target = procedure.states[step.target]
        matter.ended_on = day if target.ends else None
        _set_due(matter, procedure, calendar)
    return row


def _row(matter: Matter, verb: str, source: str, target: str, went: Went, at: datetime, *, late: bool) -> MatterStep:
    return MatterStep(
        matter=matter,
        number=matter.turn + 1 if source else 1,
        verb=verb,
        source=source,
        target=target,
        data=dict(went.data),
        reason=went.reason,
        assigned=matter.assigned,
        due_on=matter.due_on if source else None,
        entered_on=matter.entered_on if source else None,
        was_late=late,
        taken_at=at,
        taken_by="demo",
        taken_by_title=went.by,
    )


def _set_due(matter: Matter, procedure: Procedure, calendar: Calendar) -> None:
    state = procedure.states[matter.state]
    term = None if state.ends else term_that_holds(state.within, matter.data)
    matter.due_on = last_day(term, matter.entered_on, calendar) if term else None
