"""Gives the last tasks of an organ and of a company milestones, entered in the order in which they were set and reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from fanxing.audit.actors import System
from fanxing.demo.calendar import SHANGHAI, next_workday
from fanxing.demo.chronicle import last_day
from fanxing.demo.drawn import Drawn
from fanxing.demo.neighbourhood import flagship
from fanxing.demo.plan import Story
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from fanxing.records.queries import chain

STORIES = (Story.IN_THE_PROVINCE, Story.PIONEERS)
TASKS_A_UNIT = 5
TASK, MILESTONE, REACHED = "task", "milestone", "milestone_done"
NAMES = ("摸清情况、列出清单", "定下方案和责任人", "完成过半", "全部完成", "验收交账")
# Days between the plan and what came of it: one in five is late.
APART = (-2, 0, -1, 3, -1)


@dataclass(frozen=True)
class Entered:
    """That a milestone of a task was set, or, where its day is known, reached."""

    task: Record
    name: str
    planned: date
    reached: date | None = None

    @property
    def on(self) -> date:
        return self.reached or self.task.occurred_on

    @property
    def at(self) -> datetime:
        """When it was entered: on the workday after."""
        return datetime.combine(next_workday(self.on + timedelta(days=1)), time(10), SHANGHAI)


def add_milestones(drawn: Drawn) -> int:
    """The milestones of the last tasks of both; return how many."""
    body = drawn.scheme.records[MILESTONE].held_by
    by, source = System("demo", body), f"import:{body}"
    some = [one for story in STORIES for one in _entered(flagship(drawn, story), last_day(drawn.scheme))]
    names: dict[tuple[int, str], str] = {}
    for one in sorted(some, key=lambda one: (one.at, one.reached is not None)):
        key = (one.task.pk, one.name)
        if one.reached:
            kind, data = REACHED, {"milestone": names[key]}
        else:
            kind, data = MILESTONE, {"task": chain(one.task)[0].reference, "name": one.name, "planned_on": one.planned.isoformat()}
        record = add_record(unit=one.task.unit, kind=kind, occurred_on=one.on, data=data, by=by, at=one.at, source=source)
        names.setdefault(key, record.reference)
    return len(names)


def _entered(code: str, last: date) -> Iterator[Entered]:
    tasks = Record.objects.standing().filter(unit__code=code, kind=TASK, data__has_key="due_on").select_related("unit")
    # What was closed long before its term tells of no days that are still to come.
    past = Q(data__closed=False) | Q(data__due_on__lte=last.isoformat())
    for turn, task in enumerate(tasks.filter(past).order_by("-occurred_on", "-pk")[:TASKS_A_UNIT]):
        for number, (name, planned) in enumerate(_planned(task, NAMES[turn % 3 :])):
            yield Entered(task, name, planned)
            reached = max(planned + timedelta(days=APART[(turn + number) % len(APART)]), task.occurred_on)
            if reached < last:
                yield Entered(task, name, planned, reached)


def _planned(task: Record, names: Sequence[str]) -> Iterator[tuple[str, date]]:
    """Milestones at even distances from the day on which the task was given to its term."""
    term = date.fromisoformat(task.data["due_on"]) - task.occurred_on
    for number, name in enumerate(names, start=1):
        yield name, task.occurred_on + term * number // len(names)
