"""What other deadlines would have changed: the stays of matters in their states, held against a procedure as it would be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Procedure, Term, Value


@dataclass(frozen=True)
class Stay:
    """That a matter was in a state: from a day to another (None: it still is there), until when it might be (None: without limit), and
    what it said then, for conditions."""

    state: str
    entered_on: date
    left_on: date | None
    due_on: date | None
    values: Mapping[str, Value] = field(default_factory=dict)

    def late_by(self, due: date | None, today: date) -> bool:
        """Whether it is past a day on which it was due."""
        return due is not None and (self.left_on or today) > due


@dataclass(frozen=True)
class Lateness:
    """Of the stays in a state: how many there were, how many were late, and how many would have been."""

    state: str
    stays: int
    late: int
    would_be_late: int


LastDay = Callable[[Term, date], date]


def rehearse_deadlines(stays: Iterable[Stay], procedure: Procedure, last_day: LastDay, today: date) -> tuple[Lateness, ...]:
    """For each state of the procedure in which matters were: how many were late, and how many would have been by its deadlines.
    `last_day` reckons the last day of a term that begins on a day."""
    by_state: dict[str, list[Stay]] = {}
    for stay in stays:
        by_state.setdefault(stay.state, []).append(stay)
    return tuple(_lateness(by_state[id], procedure, last_day, today) for id in procedure.states if id in by_state)


def _lateness(stays: list[Stay], procedure: Procedure, last_day: LastDay, today: date) -> Lateness:
    late = sum(one.late_by(one.due_on, today) for one in stays)
    terms = procedure.states[stays[0].state].within
    would = 0
    for stay in stays:
        term = next((one for one in terms if one.when is None or decide(one.when, stay.values) is True), None)
        would += stay.late_by(last_day(term, stay.entered_on) if term else None, today)
    return Lateness(stays[0].state, len(stays), late, would)
