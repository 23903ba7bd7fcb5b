"""Gives the last tasks of some units milestones, entered in the order in which they were set and reached."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.demo.calendar import SHANGHAI, next_workday
from fanxing.demo.chronicle import last_day, today
from fanxing.demo.drawn import Drawn
from fanxing.demo.names import COUNTY
from fanxing.demo.neighbourhood import flagship
from fanxing.demo.plan import Story
from fanxing.organisations.models import Unit
from fanxing.records.actions.announcing import announce_dues
from fanxing.records.actions.taking_over import PastRow, take_over_records
from fanxing.records.models import Record
from fanxing.records.promises import promises
from fanxing.records.queries import chain

STORIES = (Story.IN_THE_PROVINCE, Story.PIONEERS)
TASKS_A_UNIT = 5
# Elsewhere: how many tasks have milestones, in one of how many units of a kind in the county, and in how many outside it. There every
# one is reached in time, so that they give the points that a unit without any has, and no star moves.
TASKS_ELSEWHERE, BEYOND = 2, 2
ONE_OF = {"organ": 1, "organ_branch": 2, "enterprise": 4}
TASK, MILESTONE, REACHED = "task", "milestone", "milestone_done"
NAMES = ("摸清情况、列出清单", "定下方案和责任人", "完成过半", "全部完成", "验收交账")
# Days between the plan and what came of it: one in five is late.
APART = (-2, 0, -1, 3, -1)
EARLY = timedelta(days=1)


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


def add_milestones(drawn: Drawn, at: datetime) -> int:
    """The milestones of the last tasks of both flagships and of some others, taken over at a moment; return how many."""
    last, own = last_day(drawn.scheme), [flagship(drawn, story) for story in STORIES]
    some = [one for code in own for one in _entered(code, last, TASKS_A_UNIT)]
    some += [one for code in _others(drawn, own) for one in _in_time(_entered(code, last, TASKS_ELSEWHERE), last, today(drawn.scheme))]
    some.sort(key=lambda one: (one.at, one.reached is not None))
    body = drawn.scheme.records[MILESTONE].held_by
    references = {task.pk: chain(task)[0].reference for task in {one.task.pk: one.task for one in some}.values()}
    take_over_records(rows=[_row(one, references[one.task.pk], body) for one in some], by=SYSTEM, at=at)
    expecting = [(kind, kind.expects) for kind in drawn.scheme.records.values() if kind.expects]
    units = Unit.objects.filter(pk__in={one.task.unit_id for one in some})
    announce_dues(units=units, promised=promises(units, expecting, today=timezone.localdate(at)), at=at)
    return sum(one.reached is None for one in some)


def _row(one: Entered, task: str, body: str) -> PastRow:
    label, code, source = f"{MILESTONE}/{one.task.pk}/{one.name}", one.task.unit.code, f"import:{body}"
    if one.reached:
        return PastRow(code, REACHED, one.on, {}, source, one.at, "demo", body, links={"milestone": label})
    data = {"task": task, "name": one.name, "planned_on": one.planned.isoformat()}
    return PastRow(code, MILESTONE, one.on, data, source, one.at, "demo", body, label=label)


def _others(drawn: Drawn, own: Sequence[str]) -> Iterator[str]:
    """Beside the flagships: a share of the units of the county of each kind that keeps tasks, and a few outside it."""
    for kind, one_of in ONE_OF.items():
        codes = [place.code for place in drawn.tree.of_kind(kind) if place.code not in own]
        yield from [code for code in codes if code.startswith(COUNTY[0])][::one_of]
        yield from [code for code in codes if not code.startswith(COUNTY[0])][:BEYOND]


def _entered(code: str, last: date, most: int) -> Iterator[Entered]:
    tasks = Record.objects.standing().filter(unit__code=code, kind=TASK, data__has_key="due_on").select_related("unit")
    # What was closed long before its term tells of no days that are still to come.
    past = Q(data__closed=False) | Q(data__due_on__lte=last.isoformat())
    for turn, task in enumerate(tasks.filter(past).order_by("-occurred_on", "-pk")[:most]):
        for number, (name, planned) in enumerate(_planned(task, NAMES[turn % 3 :])):
            yield Entered(task, name, planned)
            reached = max(planned + timedelta(days=APART[(turn + number) % len(APART)]), task.occurred_on)
            if reached < last:
                yield Entered(task, name, planned, reached)


def _in_time(some: Iterable[Entered], last: date, on: date) -> Iterator[Entered]:
    """The same, every milestone that is due by a day reached before it."""
    for one in some:
        if one.reached:
            continue
        yield one
        if one.planned <= on:
            yield replace(one, reached=max(min(one.planned - EARLY, last), one.task.occurred_on))


def _planned(task: Record, names: Sequence[str]) -> Iterator[tuple[str, date]]:
    """Milestones at even distances from the day on which the task was given to its term."""
    term = date.fromisoformat(task.data["due_on"]) - task.occurred_on
    for number, name in enumerate(names, start=1):
        yield name, task.occurred_on + term * number // len(names)
