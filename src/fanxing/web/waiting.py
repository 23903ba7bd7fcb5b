"""What waits, as it is told on a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from fanxing.circulars.actions import SOURCE as CIRCULAR
from fanxing.evidence.actions import SOURCE as ALIKE
from fanxing.inbox.announcing import TERMS
from fanxing.inbox.models import TYPED, WorkItem
from fanxing.inbox.queries import TERM, concerns, waiting_at
from fanxing.inbox.reminding import SOON
from fanxing.lib import clock
from fanxing.organisations.models import Assignment, in_force
from fanxing.points.actions import OBJECTIONS
from fanxing.procedures.actions.asking import SOURCE as MATTER
from fanxing.records.actions.announcing import DUES
from fanxing.records.actions.reminders import AWAITING
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.scheme.model import RecordKind
from fanxing.web.confirming import awaiting_by_unit
from fanxing.web.goals import ROUTE, Goal, goals
from fanxing.web.party_work import task_pages
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit
from fanxing.workdays.calendars import Calendar
from fanxing.workdays.queries import calendar

SOURCES = {
    ROUTE: "成星路径",
    TYPED: "自行安排",
    DUES: "到期提醒",
    AWAITING: "代录",
    TERMS: "任期",
    ALIKE: "照片核对",
    OBJECTIONS: "积分异议",
    MATTER: "事项",
    CIRCULAR: "通知",
}


@dataclass(frozen=True)
class Task:
    """An item as the page shows it: how late it is, what it is to bring about, and the kind of record by which the person can do so;
    of one that asks for confirmation, how many records await it; of one that announces a milestone, the page of its task."""

    item: WorkItem
    at: datetime
    calendar: Calendar
    goal: Goal | None = None
    kind: RecordKind | None = None
    mine: bool = False
    awaiting: int = 0
    may_take: bool = False
    taken: str = ""
    is_taker: bool = False
    task_page: str = ""

    @property
    def today(self) -> date:
        return clock.today(self.at)

    @property
    def asks_answers(self) -> bool:
        """Whether members object to their points."""
        return self.item.source == OBJECTIONS

    @property
    def days(self) -> int:
        """Days from today until it is due."""
        return (self.item.due_on - self.today).days

    @property
    def is_late(self) -> bool:
        return self.item.is_late(self.at)

    @property
    def term(self) -> str:
        """Which stretch of time it falls in: what the page's headings say."""
        if self.is_late:
            return "已超期"
        if self.item.is_urgent:
            return "紧急"
        return "今天到期" if self.days == 0 else f"{SOON} 天内到期" if self.days < SOON else "以后"

    @property
    def due_words(self) -> str:
        """还剩 3 个工作日；今天 17:00 到期；超期 2 天。"""
        hour = f" {timezone.localtime(self.item.due_at):%H:%M} " if self.item.due_at else ""
        if self.is_late:
            return f"超期 {-self.days} 天" if self.days else f"今天{hour}已到期"
        if self.days < 2:
            return f"{('今天', '明天')[self.days]}{hour}到期"
        left = self.calendar.count(self.today, self.item.due_on)
        return f"还剩 {left} 个工作日" if left else f"还剩 {self.days} 天，都是休息日"

    @property
    def guessed(self) -> str:
        """What must be said where the holidays until then are not announced."""
        known = self.days < 2 or self.calendar.is_announced(self.item.due_on.year)
        return "" if known else "按周一至周五推算"

    @property
    def tone(self) -> str:
        """How the badge of the day is drawn."""
        return "alarm" if self.is_late else "blue" if self.days < SOON else ""

    @property
    def source(self) -> str:
        """Where it came from, in words: of what somebody asked for, who did."""
        return f"{self.item.opened_by_title}提出" if self.item.source == TYPED else SOURCES.get(self.item.source, "")


def tasks_of(request: SignedInRequest, items: Iterable[WorkItem], at: datetime) -> list[Task]:
    """Items as the page shows them, with their goals as they stand now."""
    rows = list(items)
    if not rows:
        return []
    found, authority, code, days = goals(rows), authority_in(request), own_unit(request), calendar()
    # Only for one's own unit: for many the rules of each would have to be read.
    ours = next((item.unit for item in rows if item.unit.code == code), None)
    kinds = {kind.id: kind for kind in recordable_kinds(request.user, ours)} if ours and found else {}
    awaiting, takers, pages = _awaiting(rows), _takers(rows, at), task_pages(rows)

    def task(item: WorkItem) -> Task:
        goal, taker = found.get(item.pk), takers.get(item.taken_by_id or 0)
        return Task(
            item,
            at,
            days,
            goal,
            kinds.get(goal.kind) if goal else None,
            # What a matter or a circular waits for is done there, and closes itself.
            authority.may("work.plan", item.unit) and item.source not in (MATTER, CIRCULAR),
            awaiting[item.unit_id][0] if item.source == AWAITING and item.unit_id in awaiting else 0,
            # What waits for one person alone is theirs already.
            may_take=taker is None and item.is_open and not item.posts.startswith(f" {TERM}") and concerns(authority, item),
            taken=taker.post.title if taker else "",
            is_taker=taker is not None and taker.person.user_id == request.user.pk,
            task_page=pages.get(item.pk, ""),
        )

    return [task(item) for item in rows]


def _takers(rows: Iterable[WorkItem], at: datetime) -> dict[int, Assignment]:
    """Terms that still run in which some items were taken up."""
    terms = {item.taken_by_id for item in rows if item.taken_by_id}
    running = Assignment.objects.filter(in_force(clock.today(at)), pk__in=terms).select_related("post", "person")
    return {term.pk: term for term in running} if terms else {}


def _awaiting(rows: Iterable[WorkItem]) -> dict[int, tuple[int, datetime]]:
    """Unit → how many records await confirmation, of the units that are asked to confirm."""
    units = {item.unit_id for item in rows if item.source == AWAITING and item.is_open}
    return awaiting_by_unit(Record.objects.filter(unit__in=units).awaiting()) if units else {}


def due_soon(request: SignedInRequest) -> int:
    """How many things are overdue or due soon in the very units in which the person holds a post: the number in the navigation."""
    last = clock.today() + timedelta(days=SOON - 1)
    return waiting_at(authority_in(request)).due_by(last).count()
