"""How a matter went: written as if it had been walked, by the same tables and the same clock, many at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.audit.references import reference
from fanxing.demo.calendar import SHANGHAI
from fanxing.lib.canonical import digest
from fanxing.lib.search_text import search_text
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.posting import SOURCE, notice_lines
from fanxing.procedures.actions.walking import leaves_late
from fanxing.procedures.clock import ends_on, last_day
from fanxing.procedures.models import TITLE_LENGTH, Count, Matter, MatterNotice, MatterPersonal, MatterRecord, MatterStep, Seat
from fanxing.procedures.parties import seats_of
from fanxing.procedures.wording import title_of
from fanxing.public_notices.models import Notice
from fanxing.records.models import Record
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Procedure, PublicNotice, Value
from fanxing.workdays.calendars import Calendar

OPENING_HOUR = time(9, 20)
AT_ONCE = 1_000


@dataclass(frozen=True)
class Went:
    """One step of a course: its verb, how many days after the step before, who took it, what its form said, and why; `votes` the papers
    that were counted in the state it leaves: in favour, against, abstaining. `personal` are the texts of its form that are kept apart,
    `after_some` how many steps before it are still to be written, by what names another matter."""

    verb: str
    after: int = 0
    by: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""
    votes: tuple[int, int, int] | None = None
    personal: Mapping[str, str] = field(default_factory=dict)
    after_some: int = 0


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


@dataclass(frozen=True)
class Walked:
    """A matter that is over, with all that is written beside it."""

    matter: Matter
    course: Course
    procedure: Procedure
    steps: list[MatterStep] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    notices: list[MatterNotice] = field(default_factory=list)


def write_courses(courses: Iterable[Course], rules: Rules) -> int:
    """Write matters that are over, with their steps and the records they left; returns how many. No inbox, and in the log only the digests
    of what is kept apart: what is past waits for nobody, and the ledger has its own."""
    walked = [_walk(course, rules) for course in courses]
    Matter.objects.bulk_create([one.matter for one in walked], batch_size=AT_ONCE)
    MatterStep.objects.bulk_create([step for one in walked for step in one.steps], batch_size=AT_ONCE)
    Count.objects.bulk_create([count for one in walked for count in one.counts], batch_size=AT_ONCE)
    posted = [notice for one in walked for notice in one.notices]
    for hung in posted:
        hung.notice.key = str(hung.matter.pk)
    Notice.objects.bulk_create([hung.notice for hung in posted], batch_size=AT_ONCE)
    MatterNotice.objects.bulk_create(posted, batch_size=AT_ONCE)
    left = [MatterRecord(matter=one.matter, row=_row_left(one), record=one.course.record) for one in walked if one.course.record]
    MatterRecord.objects.bulk_create(left, batch_size=AT_ONCE)
    MatterPersonal.objects.bulk_create([text for one in walked for text in _kept_apart(one)], batch_size=AT_ONCE)
    Seat.objects.bulk_create([seat for one in walked for seat in _seats(one)], batch_size=AT_ONCE)
    return len(walked)


def _kept_apart(walked: Walked) -> list[MatterPersonal]:
    """The personal texts of a matter, each by its digest in the log."""
    matter, about = walked.matter, reference(walked.matter)
    said = zip(walked.course.steps, walked.steps[1:], strict=True)
    texts = [
        MatterPersonal(matter=matter, field=field, written_at=step.taken_at).put(text, about)
        for went, step in said
        for field, text in went.personal.items()
    ]
    if texts:
        record_event(
            by=SYSTEM,
            at=texts[-1].written_at,
            action="procedures.take_step",
            subject=matter,
            unit_code=matter.unit.code,
            summary=f"{matter.unit.name}“{walked.procedure.title}”{matter.number} 号：登记个人信息",
            details={"personal": [one.digest for one in texts]},
        )
    return texts


def _row_left(walked: Walked) -> int:
    """The number of the first record of the end in which it is."""
    states = list(walked.procedure.states.values())
    return sum(len(one.records) for one in states[: states.index(walked.procedure.states[walked.matter.state])])


def _seats(walked: Walked) -> Iterator[Seat]:
    """Who still sees what only those in the case see."""
    for unit, post in seats_of(walked.procedure, walked.procedure.seen_by or (), walked.matter):
        yield Seat(matter=walked.matter, unit=unit, post_id=post, is_turn=False)


def _walk(course: Course, rules: Rules) -> Walked:
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
    matter.term_on = ends_on(procedure.within, matter.data, course.opened_on, rules.calendar)
    _set_due(matter, procedure, rules.calendar)
    walked = Walked(matter, course, procedure)
    walked.steps.append(_row(matter, "open", "", procedure.begins, Went("open", by=course.by, data=course.data), at, late=False))
    _post(walked, rules.calendar)
    day = course.opened_on
    for number, went in enumerate(course.steps, start=1):
        day += timedelta(days=went.after)
        _step(walked, went, day, number, rules.calendar)
    return walked


def _step(walked: Walked, went: Went, day: date, number: int, calendar: Calendar) -> None:
    matter, procedure = walked.matter, walked.procedure
    step = procedure.step(matter.state, went.verb)
    assert step is not None, (procedure.id, matter.state, went.verb)
    late = leaves_late(matter, procedure.states[matter.state], day)
    matter.data = {**matter.data, **went.data, **dict(step.sets)}
    matter.turn += went.after_some
    matter.was_late = matter.was_late or late
    if step.assigns:
        matter.assigned = walked.course.assigned or matter.unit
    # Minutes apart, so that two of one day stand in their order.
    at = datetime.combine(day, OPENING_HOUR, SHANGHAI) + timedelta(minutes=17 * number)
    walked.steps.append(_row(matter, step.id, step.source, step.target, went, at, late=late))
    if went.votes:
        in_favour, against, abstaining = went.votes
        count = Count(matter=matter, round=matter.round, is_paper=True, in_favour=in_favour, against=against, abstaining=abstaining)
        walked.counts.append(count)
    matter.turn += 1
    if step.target != step.source:
        matter.state, matter.entered_on, matter.round = step.target, day, matter.turn
        target = procedure.states[step.target]
        matter.ended_on = day if target.ends else None
        _set_due(matter, procedure, calendar)
        _post(walked, calendar)


def _post(walked: Walked, calendar: Calendar) -> None:
    """The notice of the state into which it came, where it has one."""
    matter, state = walked.matter, walked.procedure.states[walked.matter.state]
    if isinstance(state.step, PublicNotice):
        lines = [[name, words] for name, words in notice_lines(matter, walked.procedure, state.step)]
        notice = Notice(
            unit=matter.unit,
            title=f"{walked.procedure.title}：{state.title}",
            lines=lines,
            digest=digest(lines),
            begins_on=matter.entered_on,
            ends_on=last_day(state.step.days, matter.entered_on, calendar),
            source=SOURCE,
            put_up_at=datetime.combine(matter.entered_on, OPENING_HOUR, SHANGHAI),
            put_up_by_title=SYSTEM.display_name,
        )
        walked.notices.append(MatterNotice(matter=matter, round=matter.round, notice=notice))


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
    matter.due_on = None if state.ends else ends_on(state.within, matter.data, matter.entered_on, calendar)
