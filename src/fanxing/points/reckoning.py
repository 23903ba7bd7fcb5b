"""From what members took part in to the entries of their accounts: the same whatever order it was entered in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fanxing.scheme.days import months_after
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import MemberPoints, PointRule

# Enough for any share of an hour, and none of the noise of binary fractions.
DECIMALS = 6


@dataclass(frozen=True)
class Taking:
    """That a person took part in a record that counts, here as it stands now; `shares` is how many have no amount of their own, and
    `left` what the others leave them of each number in the record."""

    person: int
    record: int
    position: int
    version: int
    kind: str
    on: date
    data: Mapping[str, object]
    rules: MemberPoints
    amount: float | None
    shares: int
    taken: float


@dataclass(frozen=True)
class Entry:
    """One line of an account: the points of a record by a rule, what counts of them today, and why less."""

    record: int
    version: int
    position: int
    on: date
    rule: PointRule
    full: float
    points: float
    expires: date | None
    why: str = ""


@dataclass(frozen=True)
class Account:
    """The entries of a member, the latest first, and what they make together."""

    entries: Sequence[Entry]

    @property
    def total(self) -> float:
        return round(sum(entry.points for entry in self.entries), DECIMALS)

    def reaches(self, rules: MemberPoints) -> bool:
        """Whether the qualifying mark is reached; it is where there is none."""
        return rules.mark is None or self.total >= rules.mark


def accounts(takings: Iterable[Taking], reversed_: Collection[tuple[int, int, str]], today: date) -> dict[int, Account]:
    """The account of each person; `reversed_` are the (record, person, rule) that were taken away."""
    of_person: dict[int, list[Taking]] = defaultdict(list)
    for taking in takings:
        of_person[taking.person].append(taking)
    return {person: Account(list(reversed(list(_entries(some, reversed_, today))))) for person, some in of_person.items()}


def _entries(takings: Sequence[Taking], reversed_: Collection[tuple[int, int, str]], today: date) -> Iterator[Entry]:
    """The entries in the order of days: what came first fills the caps first."""
    spent: dict[tuple[object, ...], float] = defaultdict(float)
    # The larger first within a day, so that the order of entry decides nothing.
    found = [(taking, rule, full) for taking in takings for rule in taking.rules.rules.values() if (full := _full(taking, rule)) > 0]
    for taking, rule, full in sorted(found, key=lambda one: (one[0].on, one[1].id, -one[2], one[0].position)):
        expires = months_after(taking.on, rule.lasts) if rule.lasts is not None else None
        if (taking.record, taking.person, rule.id) in reversed_:
            yield Entry(taking.record, taking.version, taking.position, taking.on, rule, full, 0.0, expires, "已撤销")
            continue
        points, why = _capped(rule, taking.on, full, spent)
        if expires is not None and expires <= today:
            points, why = 0.0, "已过期"
        yield Entry(taking.record, taking.version, taking.position, taking.on, rule, full, points, expires, why)


def _full(taking: Taking, rule: PointRule) -> float:
    """What a rule gives for a record before any cap; nothing where its condition does not hold or cannot be judged."""
    if not fits(rule, taking.kind, taking.on, taking.data):
        return 0.0
    if not rule.of:
        return rule.points
    return round(_units(taking, taking.data.get(rule.of)) / rule.per * rule.points, DECIMALS)


def fits(rule: PointRule, kind: str, on: date, data: Mapping[str, object]) -> bool:
    """Whether a rule reads what a record of that kind and day says."""
    values = {**data, "occurred_on": on.isoformat()}
    return rule.record == kind and (rule.where is None or decide(rule.where, values) is True)  # type: ignore[arg-type]  # data is valid for its kind


def _units(taking: Taking, value: object) -> float:
    """How much of a field is the person's: what was said, else an equal share of what the others leave; all together never more than
    the record says."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        return 0.0
    if taking.amount is None:
        return max(value - taking.taken, 0.0) / taking.shares
    return taking.amount if taking.taken <= value else taking.amount * value / taking.taken


def _capped(rule: PointRule, on: date, full: float, spent: dict[tuple[object, ...], float]) -> tuple[float, str]:
    month, year = (rule.id, on.year, on.month), (rule.id, on.year)
    points, why = full, ""
    for key, most, words in ((month, rule.most_a_month, "超出每月上限"), (year, rule.most_a_year, "超出每年上限")):
        if most is not None and points > most - spent[key]:
            points, why = max(most - spent[key], 0.0), words
    points = round(points, DECIMALS)
    spent[month] += points
    spent[year] += points
    return points, why
