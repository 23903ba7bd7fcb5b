"""The search for the least work that earns a star: what the engine says of every step, put together by dynamic programming."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import inf, prod

import numpy as np
from numpy.typing import NDArray

from fanxing.rating.changes import Change, changed
from fanxing.rating.columns import YES, on_digits
from fanxing.rating.conditions import conditions
from fanxing.rating.evaluate import Compute, Condition, compile_condition, compile_expression
from fanxing.rating.frontier import DECIMALS, MARGIN, Frontier, cheapest, frontier
from fanxing.rating.levers import levers
from fanxing.rating.numbers import compare
from fanxing.rating.plan import plan_of
from fanxing.rating.rate import Rating
from fanxing.rating.trials import STAYS, Places, Trials
from fanxing.scheme.expressions import Expression, Name, Type, names
from fanxing.scheme.model import Combine, Need, Node, Rank, Star, UnitKind, Veto, reads
from fanxing.scheme.ranges import of_expression

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Levers that share a criterion are tried in all combinations, up to so many; beyond, each in fewer of its values.
MOST_COMBINATIONS = 8_192
MOST_CHECKED = 200
NEARLY = 0.8
HALVINGS = 50


@dataclass(frozen=True)
class Term:
    """A part that adds to a score what it is, times a weight, whatever the others are; and the facts it rests on."""

    compute: Compute
    weight: float
    facts: frozenset[str]
    most: float
    title: str
    id: str


@dataclass(frozen=True)
class Pick:
    """One way to the star: lever → the place of the value it is brought to; the work, and the score it leads to."""

    places: Mapping[int, int]
    days: float
    score: float


@dataclass(frozen=True)
class Found:
    """What a search found.

    best          the least work that is enough; None: none is
    alternatives  the least work without one of the levers of the best
    highest       the highest score that all work together leads to
    exact         is it certain that there is no better?
    unmet         the conditions of the star (their places) that no work meets
    """

    best: Pick | None
    alternatives: tuple[Pick, ...]
    highest: float
    exact: bool
    unmet: frozenset[int]


@dataclass(frozen=True)
class Group:
    """Levers that share a criterion or a condition, and what can be done with them: an option a row of `places`, the first of which is
    to do nothing. `met`: which options meet each condition that the levers touch. `whole`: are all options there?"""

    levers: tuple[int, ...]
    places: Places
    days: Floats
    gains: Floats
    met: Mapping[int, Booleans]
    whole: bool

    def only(self, rows: Booleans) -> "Group":
        """Some of the options."""
        met = {condition: one[rows] for condition, one in self.met.items()}
        return replace(self, places=self.places[rows], days=self.days[rows], gains=self.gains[rows], met=met)

    def without(self, lever: int) -> "Group":
        """The options in which a lever is not moved."""
        return self.only(self.places[:, self.levers.index(lever)] == STAYS) if lever in self.levers else self


class Search:
    """The levers of one unit, and what they do for a star of its kind that it does not hold and of which the score is there."""

    def __init__(self, rating: Rating, unit: str, kind: UnitKind, star: str, met_now: Collection[str] | None) -> None:
        self.one, self.kind, self.star = rating.again([rating.facts.row(unit)]), kind, star
        self.values = self.one.values(unit)
        self.plan = plan_of(rating.scheme).kinds[kind.id]
        self.form = kind.star(star)
        self.rules: tuple[Need | Veto, ...] = (*self.form.needs, *self.form.vetoes)
        self.conditions = conditions(self.one, unit)[star]
        self.below = _facts_below(kind)
        self.read = self.of([self.form.score, *(rule.when for rule in self.rules if rule.when is not None)])
        found = levers(rating.scheme, kind, self.values, rating.as_of, met_now, self.read)
        self.levers = tuple(lever for lever in found if lever.values)

    def of(self, expressions: Iterable[Expression]) -> frozenset[str]:
        """The facts that expressions rest on, without those that other stars rest on."""
        return frozenset().union(*(self.below[name] for expression in expressions for name in names(expression)))

    # ---- what is looked at

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The score as a sum of terms; the whole score where it is no sum."""
        return tuple(self._terms(self.form.score, 1.0, is_score=True))

    def _terms(self, part: Expression, weight: float, *, is_score: bool = False) -> Iterator[Term]:
        node = self.kind.nodes.get(part.id) if isinstance(part, Name) else None
        if node is not None and self._adds_up(node, is_score=is_score):
            assert isinstance(node.form, Combine)
            for one, its in zip(node.form.parts, node.form.weights or (1.0,) * len(node.form.parts), strict=True):
                yield from self._terms(one, weight * its)
        else:
            reach = of_expression(part, self.plan.names.ranges)
            compute = compile_expression(part, self.plan.names)
            rule = self.kind.rule(part.id) if isinstance(part, Name) else None
            yield Term(compute, weight, self.of([part]), reach.high, rule.title if rule else "", rule.id if rule else "")

    def _adds_up(self, node: Node, *, is_score: bool) -> bool:
        """Is it a plain sum? The tail of the score itself is reckoned at the end."""
        form = node.form
        sums = isinstance(form, Combine) and form.how == "sum" and form.missing == "not rated" and node.if_missing is None
        return sums and (is_score or not self.plan.compiler.tail(node, Type.NUMBER))

    @cached_property
    def _tail(self) -> list[Change]:
        """What becomes of the sum of the terms."""
        node = self.kind.nodes.get(self.form.score.id)
        return self.plan.compiler.tail(node, Type.NUMBER) if node is not None and self._adds_up(node, is_score=True) else []

    @cached_property
    def movable(self) -> Mapping[int, tuple[Condition, bool]]:
        """The conditions that levers touch, by place: whether they hold, and whether they should. One that asks for another star is not
        among them: that star has a route of its own."""
        moved = frozenset(id for lever in self.levers if not lever.hindrance for id in lever.facts)
        return {
            place: (compile_condition(rule.when, self.plan.names), isinstance(rule, Need))
            for place, rule in enumerate(self.rules)
            if rule.when is not None and not self.stars_in(rule.when) and not moved.isdisjoint(self.of([rule.when]))
        }

    def stars_in(self, expression: Expression) -> tuple[str, ...]:
        """The stars that a condition asks for, through whatever nodes."""
        found: dict[str, None] = {}
        waiting = list(names(expression))
        while waiting:
            node = self.kind.nodes.get(waiting.pop(0))
            if node is not None and isinstance(node.form, Star):
                found[node.id] = None
            elif node is not None:
                waiting += reads(node)
        return tuple(found)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The other stars that the levers touch."""
        moved = frozenset(id for lever in self.levers for id in lever.facts)
        return tuple(star for star in self.kind.stars if star != self.star and not moved.isdisjoint(self.below_star(star)))

    def below_star(self, star: str) -> frozenset[str]:
        return frozenset().union(*(self.below[name] for name in reads(self.kind.nodes[star])))

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The nodes that trials are read for."""
        expressions = [self.form.score, *(rule.when for rule in self.rules if rule.when is not None)]
        read = {name for expression in expressions for name in names(expression)}
        read |= {name for node in self._sums() for name in reads(node)}
        read |= {id for star in self.others for id in (star, self.kind.star(star).score.id)}
        return frozenset(read & self.kind.nodes.keys())

    def _sums(self) -> Iterator[Node]:
        """The sums of which the terms are parts."""
        waiting: list[tuple[str, bool]] = [(self.form.score.id, True)]
        while waiting:
            id, is_score = waiting.pop()
            node = self.kind.nodes.get(id)
            if node is not None and self._adds_up(node, is_score=is_score):
                yield node
                waiting += ((name, False) for name in reads(node))

    # ---- trials

    def tried(self, places: Mapping[int, Places], count: int) -> Trials:
        """The unit with some levers moved, a row a supposition."""
        return Trials(self.one, self.kind.id, self.levers, places, count, self.wanted)

    def sums(self, trials: Trials) -> Floats:
        """The sum of the terms in each row; NaN where one is missing."""
        total = np.zeros(trials.count)
        for term in self.terms:
            total = total + term.weight * term.compute(trials)
        return total

    @cached_property
    def as_it_is(self) -> Trials:
        return self.tried({}, 1)

    @cached_property
    def start(self) -> float:
        """The sum of the terms now."""
        return float(self.sums(self.as_it_is)[0])

    @cached_property
    def gap(self) -> float:
        """What the sum of the terms must gain for the score to reach the pass mark, or may lose where it has more; its rounding may make
        it a little less."""
        wanted = self.form.pass_mark - self.start
        low, high = min(wanted, 0.0), max(wanted, 0.0)
        if self._is_enough(low):
            return low
        for _ in range(HALVINGS if self._tail else 0):
            middle = (low + high) / 2
            low, high = (low, middle) if self._is_enough(middle) else (middle, high)
        return high

    def _is_enough(self, gain: float) -> bool:
        return bool(compare(">=", changed(np.array([self.start + gain]), self._tail), np.array([self.form.pass_mark]))[0])

    def gains(self, trials: Trials) -> Floats:
        """What each row brings; −∞ where the score is missing, or another star would lose."""
        gains = np.round(self.sums(trials) - self.start, DECIMALS)
        return np.where(np.isnan(gains) | ~self.spares_others(trials), -inf, gains)

    def spares_others(self, trials: Trials) -> Booleans:
        """Where no other star is lost, or has less points than now."""
        spared = np.ones(trials.count, bool)
        for star in self.others:
            score = self.kind.star(star).score.id
            now, then = self.as_it_is[score], trials[score]
            spared &= np.isnan(now) | compare(">=", then, np.repeat(now, trials.count))
            spared &= (self.as_it_is[star] != YES) | (trials[star] == YES)
        return spared

    def meets(self, place: int, trials: Trials) -> Booleans:
        """Where a condition is as the star wants it."""
        condition, wanted = self.movable[place]
        rule = self.rules[place]
        if wanted:
            met = condition.holds(trials)
        else:
            lenient = isinstance(rule, Veto) and rule.if_undecided == "no"
            met = ~condition.holds(trials) if lenient else condition.fails(trials)
        return np.array(np.broadcast_to(met, trials.count))

    # ---- groups of levers

    @cached_property
    def alone(self) -> tuple[Group, ...]:
        """Each lever by itself, those that are hindered among them."""
        counts = [len(lever.values) + 1 for lever in self.levers]
        ends = np.cumsum(counts)
        rows = sum(counts)
        places = {}
        for number, (count, end) in enumerate(zip(counts, ends, strict=True)):
            places[number] = np.full(rows, STAYS)
            places[number][end - count : end] = np.arange(STAYS, count - 1)
        trials = self.tried(places, rows)
        gains, met = self.gains(trials), {place: self.meets(place, trials) for place in self.movable}
        found = []
        for number, (count, end) in enumerate(zip(counts, ends, strict=True)):
            own = slice(end - count, end)
            found.append(self._group((number,), places[number][own, None], gains[own], {place: one[own] for place, one in met.items()}))
        return tuple(found)

    def _group(self, numbers: tuple[int, ...], places: Places, gains: Floats, met: Mapping[int, Booleans], whole: bool = True) -> Group:
        days = sum(
            (np.array([*self.levers[number].days, 0.0])[places[:, at]] for at, number in enumerate(numbers)), start=np.zeros(len(places))
        )
        touched = {place: one for place, one in met.items() if not self._condition_facts(place).isdisjoint(self._moved_by(numbers))}
        return Group(numbers, places, np.round(days, DECIMALS), gains, touched, whole).only(np.isfinite(gains))

    def _moved_by(self, numbers: Iterable[int]) -> frozenset[str]:
        return frozenset(id for number in numbers for id in self.levers[number].facts)

    def _condition_facts(self, place: int) -> frozenset[str]:
        when = self.rules[place].when
        return self.of([when]) if when is not None else frozenset()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The levers that can be moved, together where a term or a condition rests on several of them."""
        return tuple(self.alone[one[0]] if len(one) == 1 else self._together(one) for one in self._sharing())

    def _sharing(self) -> list[tuple[int, ...]]:
        cells = [term.facts for term in self.terms] + [self._condition_facts(place) for place in self.movable]
        sets: list[set[int]] = [{number} for number, lever in enumerate(self.levers) if not lever.hindrance]
        for cell in cells:
            touching = [one for one in sets if not cell.isdisjoint(self._moved_by(one))]
            if len(touching) > 1:
                sets = [one for one in sets if one not in touching] + [set().union(*touching)]
        return sorted(tuple(sorted(one)) for one in sets)

    def _together(self, numbers: tuple[int, ...], most_days: float = inf) -> Group:
        """All combinations of what some levers can do by themselves for so much work, or as many as there is time for."""
        choices = [self.alone[number].places[self.alone[number].days <= most_days, 0] for number in numbers]
        whole = prod(len(one) for one in choices) <= MOST_COMBINATIONS
        if not whole:
            each = max(int(MOST_COMBINATIONS ** (1 / len(numbers))), 2)
            choices = [self._fewer(number, each, most_days) for number in numbers]
        places = np.stack([one.ravel() for one in np.meshgrid(*choices, indexing="ij")], axis=1)
        trials = self.tried({number: places[:, at] for at, number in enumerate(numbers)}, len(places))
        return self._group(numbers, places, self.gains(trials), {place: self.meets(place, trials) for place in self.movable}, whole)

    def _fewer(self, number: int, count: int, most_days: float) -> Places:
        """So many values of a lever: to leave it, the least work for each gain, evenly chosen."""
        group = self.alone[number].only(self.alone[number].days <= most_days)
        _, first = np.unique(group.gains, return_index=True)
        places = np.unique(group.places[first, 0])
        places = places[places != STAYS]
        chosen = places[np.unique(np.linspace(0, len(places) - 1, min(count - 1, len(places))).astype(int))] if len(places) else places
        return np.concatenate([[STAYS], chosen])

    # ---- the search

    def found(self) -> Found:
        """The least work that is enough."""
        groups, unmet = self._meeting(self.groups)
        best, certain = self._least(groups, unmet)
        highest = self._highest(groups)
        if best is not None and not all(group.whole for group in groups):
            # What takes more work than a way that is found need not be looked at, and the rest may be few enough.
            groups, unmet = self._meeting(group if group.whole else self._together(group.levers, best.days + MARGIN) for group in groups)
            best, certain = self._least(groups, unmet)
        exact = certain and not self._ranked and self._all_looked_at(groups, best, unmet)
        alternatives = self._alternatives(groups, unmet, best) if best else ()
        return Found(best, alternatives, highest, exact, unmet)

    def _meeting(self, groups: Iterable[Group]) -> tuple[list[Group], frozenset[int]]:
        """Only options that meet the conditions their levers touch; and the conditions that no option meets."""
        found, unmet = [], set()
        for group in groups:
            for place in group.met:
                if group.met[place].any():
                    group = group.only(group.met[place])
                else:
                    unmet.add(place)
            found.append(group)
        return found, frozenset(unmet)

    def _least(self, groups: Sequence[Group], unmet: frozenset[int]) -> tuple[Pick | None, bool]:
        """The least work that is enough, if any is; and whether it is certain."""
        ordered = sorted(groups, key=lambda group: len(group.days))
        options = [(group.days, group.gains) for group in ordered]
        way = cheapest(options, self.gap)
        if way is None:
            return None, True
        if self._checked(ordered, way, np.zeros(1, np.int64), unmet)[0]:
            return self._pick(ordered, way, 0), way.whole
        # Together they do otherwise than each by itself.
        ways = frontier(options, inf)
        rows = np.flatnonzero(ways.gains >= self.gap)[:MOST_CHECKED]
        checked = self._checked(ordered, ways, rows, unmet)
        return self._pick(ordered, ways, int(rows[np.argmax(checked)])) if checked.any() else None, False

    def _checked(self, groups: Sequence[Group], ways: Frontier, rows: Places, unmet: frozenset[int]) -> Booleans:
        """Which ways really are enough, as the engine rates them."""
        places = {
            number: group.places[ways.picks[rows, at], column]
            for at, group in enumerate(groups)
            for column, number in enumerate(group.levers)
        }
        trials = self.tried(places, len(rows))
        enough = compare(">=", trials[self.form.score.id], np.full(len(rows), self.form.pass_mark)) & self.spares_others(trials)
        for place in self.movable.keys() - unmet:
            enough &= self.meets(place, trials)
        return enough

    def _pick(self, groups: Sequence[Group], ways: Frontier, row: int) -> Pick:
        chosen = {
            number: int(group.places[ways.picks[row, at], column])
            for at, group in enumerate(groups)
            for column, number in enumerate(group.levers)
        }
        places = {number: np.array([place]) for number, place in chosen.items()}
        score = float(self.tried(places, 1)[self.form.score.id][0])
        moved = {number: place for number, place in sorted(chosen.items()) if place != STAYS}
        return Pick(moved, on_digits(float(ways.days[row])), on_digits(score))

    def _alternatives(self, groups: Sequence[Group], unmet: frozenset[int], best: Pick) -> tuple[Pick, ...]:
        found = []
        for number in best.places:
            others = [group.without(number) for group in groups]
            other = self._least(others, unmet)[0] if all(len(group.days) for group in others) else None
            if other is not None and other not in found:
                found.append(other)
        return tuple(sorted(found, key=lambda pick: pick.days))

    def _highest(self, groups: Iterable[Group]) -> float:
        most = self.start + sum(float(group.gains.max()) for group in groups)
        return on_digits(float(changed(np.array([most]), self._tail)[0]))

    def _all_looked_at(self, groups: Iterable[Group], best: Pick | None, unmet: frozenset[int]) -> bool:
        """Has nothing been left out that could be better?"""
        if not all(group.whole for group in groups):
            return False
        return all(
            self.levers[number].edge >= (best.days if best else inf) or (self._saturated(group) and unmet.isdisjoint(group.met))
            for group in groups
            for number in group.levers
        )

    def _saturated(self, group: Group) -> bool:
        """Does a group bring all that its terms can give?"""
        moved = self._moved_by(group.levers)
        touched = [term for term in self.terms if not moved.isdisjoint(term.facts)]
        return sum(self.lost(term) for term in touched) <= float(group.gains.max()) + MARGIN

    def lost(self, term: Term) -> float:
        """What a term could give beyond what it gives now."""
        now = float(np.broadcast_to(term.compute(self.as_it_is), 1)[0])
        return on_digits(term.weight * (term.most - now))

    @cached_property
    def _ranked(self) -> bool:
        """Do levers touch a place among other units, which trials leave as it is?"""
        moved = frozenset(id for lever in self.levers for id in lever.facts)
        waiting = [*self.wanted]
        while waiting:
            node = self.kind.nodes.get(waiting.pop())
            if node is not None and isinstance(node.form, Rank) and not moved.isdisjoint(self.below[node.id]):
                return True
            waiting += [name for name in reads(node) if name in self.kind.nodes] if node and not isinstance(node.form, Star) else []
        return False

    # ---- one lever by itself

    def recommended(self, number: int, best: Pick | None) -> int | None:
        """The place of the value to which a lever is best brought by itself: as the best way does; else to the first that is enough; else
        as far as a day of work brings nearly as much as at its best; else to where it meets a condition. None where it brings nothing."""
        if best is not None and number in best.places:
            return best.places[number]
        group = self.alone[number]
        moved = group.days > 0
        rate = np.divide(group.gains, group.days, out=np.zeros(len(moved)), where=moved)
        if self.gap > 0 and (group.gains >= self.gap - MARGIN).any():
            useful = group.gains >= self.gap - MARGIN
        elif rate.max() > 0:
            worth = rate >= NEARLY * rate.max()
            useful = worth & (group.gains == group.gains[worth].max())
        else:
            useful = reduce(np.bitwise_or, [met & ~met[0] for met in group.met.values()], np.zeros(len(moved), bool))
        rows = np.flatnonzero(useful)
        return int(group.places[rows[np.argmin(group.days[rows])], 0]) if len(rows) else None

    def gain(self, number: int, place: int) -> float:
        """What a lever brings by itself."""
        group = self.alone[number]
        return on_digits(float(group.gains[group.places[:, 0] == place][0]))

    def newly_met(self, number: int, place: int) -> tuple[int, ...]:
        """The conditions that a lever meets by itself, and that are not met now."""
        group = self.alone[number]
        row = int(np.argmax(group.places[:, 0] == place))
        return tuple(one for one, met in group.met.items() if met[row] and not met[0])


def _facts_below(kind: UnitKind) -> dict[str, frozenset[str]]:
    """The facts that each fact and node rests on; those behind another star are that star's."""
    below = {id: frozenset({id}) for id in kind.facts}
    for id, node in kind.nodes.items():
        star = isinstance(node.form, Star)
        below[id] = frozenset() if star else frozenset().union(*(below[name] for name in reads(node)))
    return below
