"""What somebody picks from the route to a star, and what comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from fanxing.inbox.actions import NewItem
from fanxing.inbox.models import TITLE_LENGTH, WorkItem
from fanxing.lib.typed_text import read_day
from fanxing.scoring.routes import Improvement, Plan, Route
from fanxing.web.formats import day, number

# In the address: what is picked, that something was chosen at all, which plan is looked at (the least work, or the alternative of that
# number), and for each pick the day until which it is to be done.
PICK = "pick"
CHOSEN = "chosen"
PLAN = "plan"
DUE = "due-"
# Where the rules set no day.
USUALLY = timedelta(days=30)


@dataclass(frozen=True)
class Choice:
    """One thing that can be done, as the page offers it: picked or not, part of the plan that is looked at or not, until when, and the
    item by which it waits in the inbox already."""

    can: Improvement
    picked: bool
    planned: bool
    due: str
    last: date | None
    waiting: WorkItem | None = None
    fault: str = ""

    @property
    def id(self) -> str:
        """Its name in the address and in the inbox."""
        return self.can.fact

    @property
    def title(self) -> str:
        """What to do, in words."""
        return title_of(self.can)

    @property
    def from_to(self) -> str:
        """Which figure comes from where to where."""
        return from_to(self.can)

    @property
    def facts(self) -> Iterator[str]:
        """What else is to be known: until when, how much work, who answers for it, who writes it down."""
        if self.last:
            yield f"{day(self.last)}止"
        yield f"约 {number(round(self.can.days, 1))} 工日"
        if self.can.owner:
            yield f"负责：{self.can.owner}"
        if self.can.reported_by:
            yield f"{self.can.reported_by}一般会导入"

    @property
    def notes(self) -> list[str]:
        """What it meets beside points, why no more of it can be done, and what is taken for granted."""
        met = [f"满足必备条件：{words}" for words in self.can.meets]
        return [*met, *(one for one in (self.can.limit, self.can.assumes) if one)]

    def item(self, star: str) -> NewItem:
        """The choice as a dated task; its day was found right."""
        due_on = read_day(self.due)
        assert due_on
        about = {"star": star, "fact": self.can.fact, "from": self.can.before, "to": self.can.after}
        return NewItem(self.title[:TITLE_LENGTH], due_on, self.from_to, about, self.id)


def title_of(can: Improvement) -> str:
    """What to do, in words."""
    return can.step or f"{can.title}做到 {can.words[1]}"


def from_to(can: Improvement) -> str:
    """Which figure comes from where to where, the unit of measure once: 上党课的季度数 3 → 4 个季度."""
    before, after = can.words
    measure = after.lstrip("-0123456789.,")
    return f"{can.title} {before.removesuffix(measure) if measure != after else before} → {after}"


def plan_of(way: Route, sent: QueryDict) -> Plan | None:
    """The plan that is looked at: the least work, or the alternative that the address numbers from 1."""
    asked = sent.get(PLAN, "")
    number = int(asked) if asked.isascii() and asked.isdigit() else 0
    return way.alternatives[number - 1] if 0 < number <= len(way.alternatives) else way.best


def choices(way: Route, sent: QueryDict, waiting: Mapping[str, WorkItem], today: date) -> list[Choice]:
    """What can be done, that of the plan first, with what the address or the form says of it; at first the plan is picked."""
    plan = plan_of(way, sent)
    planned = {one.fact: one for one in plan.improvements} if plan else {}
    picked = set(sent.getlist(PICK)) if CHOSEN in sent else set(planned)
    others = [one for one in way.improvements if not one.hindrance and one.fact not in planned]
    return [_choice(one, one.fact in picked, sent, waiting, way, today, one.fact in planned) for one in (*planned.values(), *others)]


def _choice(
    can: Improvement, picked: bool, sent: QueryDict, waiting: Mapping[str, WorkItem], way: Route, today: date, planned: bool
) -> Choice:
    last, item = can.until or way.until, waiting.get(can.fact)
    usual = item.due_on if item else last or today + USUALLY
    due = sent.get(DUE + can.fact) or usual.isoformat()
    return Choice(can, picked, planned, due, last, item, _fault(due, today, last) if picked else "")


def _fault(due: str, today: date, last: date | None) -> str:
    due_on = read_day(due)
    if due_on is None:
        return "应为日期，如 2025-12-20"
    if due_on < today or (last and due_on > last):
        return f"应在 {day(today)}{f'至 {day(last)}之间' if last else '以后'}"
    return ""


def named(some: Sequence[Improvement]) -> str:
    """Some things to do in a line."""
    return "；".join(title_of(one) for one in some)
