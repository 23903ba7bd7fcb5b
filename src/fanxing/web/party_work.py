"""Tasks with their milestones, and brands with what rests on them, as their pages show them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings, rulings
from fanxing.records.actions.announcing import DUES
from fanxing.records.dues import State
from fanxing.records.lists import latest_named
from fanxing.records.models import Record, RecordQuerySet
from fanxing.records.naming import named, naming
from fanxing.records.promises import Promise, promises
from fanxing.records.queries import with_first
from fanxing.scheme.model import PartyWork, RecordKind
from fanxing.web.ledger import brief, said

Roles = Mapping[str, str]
# By year: each record in words.
Years = Sequence[tuple[int, Sequence[tuple[str, Record]]]]
OVERDUE, AT_WORK, LATE, IN_TIME, DONE = "overdue", "at_work", "late", "done", "closed"
STATES = {OVERDUE: "超期未办结", AT_WORK: "办理中", LATE: "超期办结", IN_TIME: "按时办结", DONE: "已办结"}
TONES = {OVERDUE: "alarm", AT_WORK: "blue", LATE: "alarm", IN_TIME: "good", DONE: "good"}


def has_sheet(unit: Unit) -> bool:
    """Whether the part of the branch in the yearly appraisal has a page, by the rules of some unit of its kind."""
    return any(scheme.party_work and unit.kind in scheme.party_work.sheets for scheme in rulings().schemes)


@dataclass(frozen=True)
class Milestone:
    """A milestone: when it was to be done and when it was; `planned_on` None where no day was said."""

    record: Record
    reference: str
    title: str
    planned_on: date | None
    done_on: date | None
    is_late: bool

    @property
    def word(self) -> str:
        """How it stands."""
        if self.done_on:
            return "晚于计划" if self.is_late else "按时完成"
        return "逾期未完成" if self.is_late else "未完成"

    @property
    def tone(self) -> str:
        return "alarm" if self.is_late else "good" if self.done_on else ""


@dataclass(frozen=True)
class Shown:
    """A record as a page of tasks or brands shows it: its fields by the roles that the rules give them."""

    record: Record
    first: Record
    kind: RecordKind
    roles: Roles

    def value(self, role: str) -> object:
        """What the field of a role says; None where the kind has none or it is empty."""
        return self.record.data.get(self.roles.get(role, ""))

    def words(self, role: str) -> str:
        """The same as it is read."""
        field, value = self.kind.field(self.roles.get(role, "")), self.value(role)
        return said(field, value) if field and value is not None else ""

    @property
    def reference(self) -> str:
        return self.first.reference

    @property
    def title(self) -> str:
        return self.words("name") or self.kind.title


@dataclass(frozen=True)
class Task(Shown):
    """A task with its milestones, as it stands on a day."""

    milestones: Sequence[Milestone]
    today: date

    @property
    def due_on(self) -> date | None:
        value = self.value("due")
        return date.fromisoformat(value) if isinstance(value, str) and value else None

    @property
    def state(self) -> str:
        """How it stands: by what the record says, and by its term; one without a term is never in time."""
        is_late = self.value("late") is True
        if self.value("done") is True:
            return LATE if is_late else IN_TIME if self.due_on or self.value("late") is False else DONE
        return OVERDUE if is_late or (self.due_on is not None and self.today > self.due_on) else AT_WORK

    @property
    def word(self) -> str:
        return STATES[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def late_count(self) -> int:
        """How many of its milestones are late, or were."""
        return sum(one.is_late for one in self.milestones)

    @property
    def done_count(self) -> int:
        return sum(one.done_on is not None for one in self.milestones)

    @property
    def confirmer(self) -> str:
        """Who confirmed the value; empty where nobody did."""
        if self.value("confirmed") is not True:
            return ""
        return self.words("confirmed_by") or f"{self.record.recorded_by_title}于 {timezone.localdate(self.record.recorded_at)} 登记"


def works(ruling: Rulings) -> list[tuple[PartyWork, Mapping[str, RecordKind]]]:
    """What the rules that hold anywhere say of tasks and brands, each with its kinds of record."""
    return [(scheme.party_work, scheme.records) for scheme in ruling.schemes if scheme.party_work]


def tasks(units: QuerySet[Unit], ruling: Rulings, today: date) -> list[Task]:
    """The tasks of some units, the latest first."""
    found: dict[int, Task] = {}
    for work, kinds in works(ruling):
        for id, roles in work.tasks.items():
            milestones = _milestones(units, kinds, roles.get("milestone", ""), today)
            for first, record in with_first(_of_kind(units, id)):
                found[record.pk] = Task(record, first, kinds[id], roles, milestones.get(first.reference, ()), today)
    return sorted(found.values(), key=lambda one: (one.record.occurred_on, one.record.pk), reverse=True)


def brands(units: QuerySet[Unit], ruling: Rulings) -> list[Shown]:
    """The brands and methods of some units, by unit."""
    found: dict[int, Shown] = {}
    for work, kinds in works(ruling):
        for id, roles in work.brands.items():
            for first, record in with_first(_of_kind(units, id)):
                found[record.pk] = Shown(record, first, kinds[id], roles)
    return sorted(found.values(), key=lambda one: (one.record.unit.code, one.record.occurred_on, one.record.pk))


def carried(some: Sequence[Shown], ruling: Rulings) -> dict[int, Years]:
    """Brand → what was said of it and what names it, by year, the latest first; as many queries for many as for one."""
    found: dict[int, Years] = {}
    for work, kinds in works(ruling):
        own = [one for one in some if one.kind.id in work.brands]
        resting = naming([named(one.first, one.record, one.kind) for one in own], kinds)
        for one in own:
            rows = ((f"{kinds[row.kind].title}：{brief(kinds[row.kind], row.data, one.title)}", row) for row in resting[one.reference])
            found[one.record.pk] = _by_year([*rows, *_versions(one.first, one.record)])
    return found


def task_pages(items: Iterable[WorkItem]) -> dict[int, str]:
    """The pages of the tasks whose milestones some items announce, by the id of the item; in as many queries for one as for many."""
    ours = {item.pk: str(item.about.get("promise")) for item in items if item.source == DUES}
    if not ours:
        return {}
    milestones = dict(
        roles["milestone"].split(".") for work, _ in works(rulings()) for roles in work.tasks.values() if "milestone" in roles
    )
    named = latest_named(ours.values()) if milestones else {}
    found = ((pk, named[reference]) for pk, reference in ours.items() if reference in named and named[reference].kind in milestones)
    return {pk: _page_named(str(record.data.get(milestones[record.kind]))) for pk, record in found}


def _page_named(task: str) -> str:
    code, _, position = task.rpartition("-")
    return reverse("party_task", args=[code, position])


def _of_kind(units: QuerySet[Unit], id: str) -> RecordQuerySet:
    found: RecordQuerySet = Record.objects.filter(unit__in=units, kind=id).select_related("unit")
    return found


def _milestones(units: QuerySet[Unit], kinds: Mapping[str, RecordKind], named: str, today: date) -> dict[str, list[Milestone]]:
    """Reference of a task → its milestones in the order of their days."""
    id, _, by = named.partition(".")
    if id not in kinds or (expects := kinds[id].expects) is None:
        return {}
    found = defaultdict(list)
    for one in promises(units, [(kinds[id], expects)], today=today):
        found[str(one.record.data.get(by))].append(_milestone(one, today))
    return {task: sorted(some, key=lambda one: (one.planned_on or date.max, one.record.pk)) for task, some in found.items()}


def _milestone(promise: Promise, today: date) -> Milestone:
    due = promise.dues[0] if promise.dues else None
    if due is None:
        return Milestone(promise.record, promise.reference, promise.title, None, None, False)
    is_late = due.was_late or due.state(promise.expects, today) is State.OVERDUE
    return Milestone(promise.record, promise.reference, promise.title, due.due_on, due.met_on, is_late)


def _versions(first: Record, record: Record) -> Iterator[tuple[str, Record]]:
    """That it was registered, and when it was last put right."""
    yield "报备", first
    if record.pk != first.pk:
        yield "最近一次更新", record


def _by_year(some: Iterable[tuple[str, Record]]) -> list[tuple[int, list[tuple[str, Record]]]]:
    found = defaultdict(list)
    for words, row in some:
        year = timezone.localdate(row.recorded_at).year if row.supersedes_id else row.occurred_on.year
        found[year].append((words, row))
    return [(year, found[year]) for year in sorted(found, reverse=True)]
