"""What a unit can still better: the facts that carry an effort, how far each can move in the time left, and what moves with it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, inf

from fanxing.rating.columns import on_digits
from fanxing.rating.facts import bounds
from fanxing.scheme.expressions import All, Expression, Some, Type
from fanxing.scheme.model import PERIOD_VERBS, Effort, Fact, Period, Scheme, Source, UnitKind, Value

# So many values are looked at in each direction: a count has hundreds that matter at most, an amount goes in steps.
MOST_VALUES = 500
_ONLY_RISING = ("count", "sum", "any", "distinct", *PERIOD_VERBS)
_PAST = {"weeks": "过去的各周", "months": "过去的月份", "quarters": "过去的季度"}
_THIS = {"weeks": "本周", "months": "本月", "quarters": "本季度"}
_LEFT = {"weeks": "周", "months": "个月", "quarters": "个季度"}
_MONDAY = 7


@dataclass(frozen=True)
class Lever:
    """A fact that work can better.

    before     what it is now (what a missing one counts as)
    values     what it can be brought to, upwards and (where it can fall) downwards
    days       the work that each of these takes
    records    the new records that each of these takes; the facts `along` count them too, and rise by as many
    edge       there are values that take more work than this and are not among `values` (see MOST_VALUES)
    until      the last day on which the work can be done
    hindrance  why it cannot be moved now, in words; such a lever has the values that it would have otherwise
    limit      why it cannot be moved further, in words
    assumes    what is taken for granted, in words
    """

    fact: Fact
    before: Value
    values: tuple[Value, ...]
    days: tuple[float, ...]
    records: tuple[float, ...] = ()
    along: tuple[str, ...] = ()
    edge: float = inf
    until: date | None = None
    hindrance: str = ""
    limit: str = ""
    assumes: str = ""

    @property
    def effort(self) -> Effort:
        assert self.fact.effort is not None  # else it would be no lever
        return self.fact.effort

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it moves."""
        return (self.fact.id, *self.along)


def levers(
    scheme: Scheme,
    kind: UnitKind,
    values: Mapping[str, Value | date],
    as_of: date | None,
    met_now: Collection[str] | None,
    among: Set[str],
) -> Iterator[Lever]:
    """The levers of one unit that move one of some facts, in the order of the scheme. `values` are its facts as they came in; one that
    is missing and stays so is no lever: nobody knows where it would start."""
    for fact in kind.facts.values():
        value = values.get(fact.id)
        before = fact.if_missing if value is None else value
        if fact.effort is None or before is None or isinstance(before, date):
            continue
        along = tuple(_along(fact, kind))
        if not among.isdisjoint((fact.id, *along)):
            yield _lever(fact, fact.effort, before, along, scheme.period, as_of, met_now)


def _lever(
    fact: Fact,
    effort: Effort,
    before: Value,
    along: tuple[str, ...],
    period: Period | None,
    as_of: date | None,
    met_now: Collection[str] | None,
) -> Lever:
    until = effort.until(period)
    hindrance = _hindrance(period, as_of, until)
    most, limit, assumes = inf, "", ""
    if fact.source is not None and fact.source.verb in PERIOD_VERBS and as_of and until and period and isinstance(before, float):
        left, assumes = _periods_left(fact, before, period, as_of, until, met_now)
        most, verb = before + left, fact.source.verb
        limit = f"{_PAST[verb]}不能补，期限内还剩 {left} {_LEFT[verb]}" if left else f"{_PAST[verb]}不能补，期限内没有剩下的了"
        if not left and not hindrance:
            hindrance, most = limit, inf
    values, edge = _values(fact, effort, before, most)
    records = tuple(_new_records(fact.source, before, value) for value in values) if along and fact.source else ()
    days = tuple(_days(effort, before, value) for value in values)
    return Lever(fact, before, tuple(values), days, records, along, edge, until, hindrance, limit, assumes)


def _hindrance(period: Period | None, as_of: date | None, until: date | None) -> str:
    if as_of is None or until is None or as_of <= until:
        return ""
    return "考评期已经结束" if period and as_of > period.end else f"已过 {until.month} 月 {until.day} 日的期限"


# ---- how far -----------------------------------------------------------------------------------------------------


def _values(fact: Fact, effort: Effort, before: Value, most: float) -> tuple[list[Value], float]:
    falls = fact.source is None or fact.source.verb not in _ONLY_RISING
    if fact.value_type is Type.TEXT:
        return [word for word, _ in fact.choices if word != before], inf
    if isinstance(before, bool):
        return [not before] if falls or not before else [], inf
    assert isinstance(before, float)  # dates are no levers
    low, high = bounds(fact)
    up, more_above = _multiples(before, effort.by, min(high, most), 1)
    down, more_below = _multiples(before, effort.by, low, -1) if falls else ([], False)
    edges = [_days(effort, before, way[-1]) for way, more in ((up, more_above), (down, more_below)) if more]
    return [*up, *down], min(edges, default=inf)


def _days(effort: Effort, before: Value, after: Value) -> float:
    if isinstance(before, float) and isinstance(after, float):
        return on_digits(abs(after - before) / effort.by * effort.days)
    return effort.days


def _multiples(start: float, by: float, bound: float, way: int) -> tuple[list[float], bool]:
    """The multiples of `by` beyond a number, up (or down) to a bound, which is the last; and whether there are more."""
    steps = start / by
    first = floor(steps + 1e-9) + 1 if way > 0 else ceil(steps - 1e-9) - 1
    found: list[float] = []
    for step in range(MOST_VALUES):
        value = on_digits((first + way * step) * by)
        if (value - bound) * way >= 0:
            return [*found, bound] if (bound - start) * way > 0 else found, False
        found.append(value)
    return found, True


def _periods_left(fact: Fact, before: float, period: Period, as_of: date, until: date, met_now: Collection[str] | None) -> tuple[int, str]:
    """How many weeks, months or quarters can still be met, and what that takes for granted. The current one can, unless it is met:
    `met_now` says which facts have met it; where nobody says, it is met if none at all was missed, and otherwise taken to be open."""
    assert fact.source is not None  # the caller has looked
    number = _NUMBERED[fact.source.verb]
    left = max(number(until) - number(as_of) + 1, 0)
    if not left:
        return 0, ""
    if met_now is not None:
        return left - (fact.id in met_now), ""
    if before >= number(as_of) - number(period.start) + 1:
        return left - 1, ""
    return left, f"以{_THIS[fact.source.verb]}还没有计入为前提"


def _week(day: date) -> int:
    return (day - timedelta(days=day.weekday())).toordinal() // _MONDAY


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _quarter(day: date) -> int:
    return _month(day) // 3


_NUMBERED: Mapping[str, Callable[[date], int]] = {"weeks": _week, "months": _month, "quarters": _quarter}


# ---- what moves with it ------------------------------------------------------------------------------------------


def _along(fact: Fact, kind: UnitKind) -> Iterator[str]:
    """The facts that count every record which this one counts."""
    source = fact.source
    if source is None or source.verb in ("latest", "sum"):
        return
    for other in kind.facts.values():
        its = other.source
        if other.id == fact.id or its is None or its.kind != source.kind or its.years_ago:
            continue
        if its.verb in ("count", "any") and _implies(source.where, its.where):
            yield other.id


def _implies(one: Expression | None, other: Expression | None) -> bool:
    """Does the second condition hold wherever the first does? What cannot be told from how they are written counts as no."""
    if other is None or one == other:
        return True
    if isinstance(other, All):
        return all(_implies(one, part) for part in other.parts)
    if isinstance(one, Some):
        return all(_implies(part, other) for part in one.parts)
    if isinstance(other, Some) and any(_implies(one, part) for part in other.parts):
        return True
    return isinstance(one, All) and any(_implies(part, other) for part in one.parts)


def _new_records(source: Source, before: Value, after: Value) -> float:
    """How many records more it takes: each is counted wherever it counts."""
    if isinstance(before, float) and isinstance(after, float):
        return (after - before) * (source.at_least if source.verb in PERIOD_VERBS else 1)
    return 1.0
