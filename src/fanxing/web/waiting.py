"""What waits, as it is told on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fanxing.evidence.actions import SOURCE as ALIKE
from fanxing.inbox.announcing import TERMS
from fanxing.inbox.models import TYPED, WorkItem
from fanxing.inbox.queries import waiting_at
from fanxing.lib import clock
from fanxing.points.actions import OBJECTIONS
from fanxing.records.actions.announcing import DUES
from fanxing.records.actions.reminders import AWAITING
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.scheme.model import RecordKind
from fanxing.web.confirming import awaiting_by_unit
from fanxing.web.goals import ROUTE, Goal, goals
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit

# Days, today among them, in which something is due soon.
SOON = 7
SOURCES = {
    ROUTE: "成星路径",
    TYPED: "自行安排",
    DUES: "到期提醒",
    AWAITING: "代录",
    TERMS: "任期",
    ALIKE: "照片核对",
    OBJECTIONS: "积分异议",
}


@dataclass(frozen=True)
class Task:
    """An item as the page shows it: how late it is, what it is to bring about, and the kind of record by which the person can do so;
    of one that asks for confirmation, how many records await it."""

    item: WorkItem
    today: date
    goal: Goal | None = None
    kind: RecordKind | None = None
    mine: bool = False
    awaiting: int = 0

    @property
    def asks_answers(self) -> bool:
        """Whether members object to their points."""
        return self.item.source == OBJECTIONS

    @property
    def term(self) -> str:
        """Which stretch of time it falls in: what the page's headings say."""
        days = (self.item.due_on - self.today).days
        return "已逾期" if days < 0 else f"{SOON} 天内到期" if days < SOON else "以后"

    @property
    def due_words(self) -> str:
        """还有 3 天；今天到期；逾期 2 天。"""
        days = (self.item.due_on - self.today).days
        if days < 0:
            return f"逾期 {-days} 天"
        return ("今天到期", "明天到期")[days] if days < 2 else f"还有 {days} 天"

    @property
    def tone(self) -> str:
        """How the badge of the day is drawn."""
        days = (self.item.due_on - self.today).days
        return "alarm" if days < 0 else "blue" if days < SOON else ""

    @property
    def source(self) -> str:
        """Where it came from, in words: of what somebody asked for, who did."""
        return f"{self.item.opened_by_title}提出" if self.item.source == TYPED else SOURCES.get(self.item.source, "")


def tasks_of(request: SignedInRequest, items: Iterable[WorkItem], today: date) -> list[Task]:
    """Items as the page shows them, with their goals as they stand now."""
    rows = list(items)
    found, authority, code = goals(rows), authority_in(request), own_unit(request)
    # Only for one's own unit: for many the rules of each would have to be read.
    ours = next((item.unit for item in rows if item.unit.code == code), None)
    kinds = {kind.id: kind for kind in recordable_kinds(request.user, ours)} if ours and found else {}
    awaiting = _awaiting(rows)
    return [_task(item, today, found.get(item.pk), kinds, authority.may("work.plan", item.unit), awaiting) for item in rows]


def _awaiting(rows: Iterable[WorkItem]) -> dict[int, tuple[int, datetime]]:
    """Unit → how many records await confirmation, of the units that are asked to confirm."""
    units = {item.unit_id for item in rows if item.source == AWAITING and item.is_open}
    return awaiting_by_unit(Record.objects.filter(unit__in=units).awaiting()) if units else {}


def _task(
    item: WorkItem,
    today: date,
    goal: Goal | None,
    kinds: Mapping[str, RecordKind],
    mine: bool,
    awaiting: Mapping[int, tuple[int, datetime]],
) -> Task:
    count = awaiting[item.unit_id][0] if item.source == AWAITING and item.unit_id in awaiting else 0
    return Task(item, today, goal, kinds.get(goal.kind) if goal else None, mine, count)


def due_soon(request: SignedInRequest) -> int:
    """How many things are overdue or due soon in the very units in which the person holds a post: the number in the navigation."""
    last = clock.today() + timedelta(days=SOON - 1)
    return waiting_at(authority_in(request)).due_by(last).count()
