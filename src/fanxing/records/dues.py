"""What falls due under one record that expects answers, and how far it is met: pure functions over days and sums."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from fanxing.scheme.days import months_after
from fanxing.scheme.model import Expects

MONTHS = {"year": 12, "quarter": 3, "month": 1}
# Against a date mistyped by centuries: nobody follows more than these under one record.
MOST = 600
# A tenth of the smallest coin: sums are floats.
NOTHING_LEFT = 0.001


class State(StrEnum):
    """How far a due is met."""

    LATER = "later"
    SOON = "soon"
    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"


STATES: Mapping[State, str] = {
    State.OVERDUE: "逾期",
    State.DUE: "到期未收",
    State.SOON: "将到期",
    State.LATER: "未到期",
    State.MET: "已收齐",
}


@dataclass(frozen=True)
class Due:
    """What falls due on a day: how much of it was received, and when the last of it was (None: not all is there)."""

    due_on: date
    sum: float
    received: float = 0.0
    met_on: date | None = None

    @property
    def rest(self) -> float:
        """What is still to come."""
        return 0.0 if self.met_on else self.sum - self.received

    @property
    def was_late(self) -> bool:
        """Whether the last of it came after the day."""
        return self.met_on is not None and self.met_on > self.due_on

    def state(self, expects: Expects, today: date) -> State:
        """How it stands on a day."""
        if self.met_on:
            return State.MET
        if today > self.due_on + timedelta(days=expects.grace):
            return State.OVERDUE
        if today >= self.due_on:
            return State.DUE
        return State.SOON if today >= self.due_on - timedelta(days=expects.ahead) else State.LATER


@dataclass(frozen=True)
class Answer:
    """What was received on a day."""

    on: date
    amount: float


def dues(expects: Expects, data: Mapping[str, object], answers: Iterable[Answer], *, since: date, today: date) -> tuple[Due, ...]:
    """What fell due under a record from a day on, and what falls due next; what is received settles the oldest that is still open.

    Answers from before that day settled what is not followed. A record that is no longer in force has no dues, nor has one without a day.
    """
    if expects.while_ and data.get(expects.while_) is not True:
        return ()
    each = data.get(expects.sum) if expects.sum else 1.0
    if not isinstance(each, int | float) or each <= 0:
        return ()
    open_ = [Due(day, float(each)) for day in falling_days(expects, data, since=since, today=today)]
    return tuple(_settled(open_, sorted((one for one in answers if one.on >= since), key=lambda one: one.on)))


def falling_days(expects: Expects, data: Mapping[str, object], *, since: date, today: date) -> list[date]:
    """The days on which something falls due: those from `since` to today, and the next one."""
    first, until = _day(data.get(expects.due)), _day(data.get(expects.until)) if expects.until else None
    found: list[date] = []
    for day in _days(first, expects.every) if first else ():
        if until and day > until:
            break
        if day >= since:
            found.append(day)
        if day > today:
            break
    return found


def _days(first: date, every: str) -> Iterator[date]:
    for number in range(MOST if every else 1):
        yield months_after(first, number * MONTHS.get(every, 0))


def _settled(open_: Sequence[Due], answers: Iterable[Answer]) -> Iterator[Due]:
    waiting = list(open_)
    for answer in answers:
        left = answer.amount
        for number, due in enumerate(waiting):
            if due.met_on or left <= NOTHING_LEFT:
                continue
            taken = min(left, due.sum - due.received)
            left -= taken
            received = due.received + taken
            waiting[number] = replace(due, received=received, met_on=answer.on if due.sum - received <= NOTHING_LEFT else None)
    yield from waiting


def pressing(some: Sequence[Due]) -> Due | None:
    """Of the dues of one record the oldest that is not met, or the last one; None where nothing falls due."""
    return next((one for one in some if not one.met_on), some[-1] if some else None)


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
