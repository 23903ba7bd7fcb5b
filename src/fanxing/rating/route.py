"""The route to a star: the least work that earns it in the time left, and what stands in the way."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from fanxing.rating.facts import FactsError
from fanxing.rating.rate import Rating
from fanxing.rating.search import Found, Pick, Search, Term
from fanxing.rating.trials import STAYS
from fanxing.scheme.expressions import did_you_mean
from fanxing.scheme.model import Fact, Node, UnitKind, Value, Veto, reads
from fanxing.scheme.origins import unit_of
from fanxing.scheme.wording import POINTS, amount, value_word


@dataclass(frozen=True)
class Improvement:
    """One thing that a unit can better.

    before, after   the fact now (a missing one as what it counts as) and then; `words` says both
    along           other facts → by how much they rise with it, since they count the same records (yes: `True`)
    gain            the points of the star that it brings by itself
    days            of one person's work
    until           the last day on which it can be done
    owner           who answers for it; empty: the unit itself
    reported_by     who holds the figure and imports it, or judges; empty: the unit writes it down
    step            what to do, in words
    meets           the conditions of the star that it meets by itself, in words
    hindrance       why it cannot be done any more; empty: it can
    limit, assumes  why no more of it can be done; what is taken for granted, in words
    best            is it part of the least work?
    """

    fact: str
    title: str
    before: Value
    after: Value
    words: tuple[str, str]
    along: Mapping[str, float | bool]
    gain: float
    days: float
    until: date | None
    owner: str
    reported_by: str
    step: str
    meets: tuple[str, ...]
    hindrance: str
    limit: str
    assumes: str
    best: bool


@dataclass(frozen=True)
class Plan:
    """Improvements that together earn the star (or, where something else stands in the way, its points): the work they take, the score
    they lead to, and what they make of the facts, as `what_if` takes it."""

    improvements: tuple[Improvement, ...]
    days: float
    score: float
    changes: Mapping[str, Value]


@dataclass(frozen=True)
class Standing:
    """Where a unit stands with another star that the one it wants asks for."""

    star: str
    title: str
    held: bool | None
    score: float | None
    pass_mark: float


@dataclass(frozen=True)
class Block:
    """What stands in the way and no improvement removes.

    why    a `veto` in force (until a day, where it has one), a `need` not met, another `star` asked for, figures `missing`, or the
           `points` out of reach
    stars  those that are asked for and not held
    facts  titles of the figures that must be supplied
    """

    why: Literal["veto", "need", "star", "missing", "points"]
    title: str
    sentence: str
    until: date | None = None
    stars: tuple[Standing, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """A criterion that could give more, but that nothing the unit can do betters: others decide it, or its figure."""

    id: str
    title: str
    lost: float
    decided_by: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """How a unit comes to a star.

    held          None: not rated
    score         None where it cannot be computed; `margin` is how far it stands above the pass mark (below: negative)
    highest       the score that everything it can do would lead to (None where it holds the star, or the score is missing)
    feasible      can it be earned by its own work in the time left? (yes where it is held)
    exact         is it certain that no less work is enough, or that no work is? Otherwise the search was bounded
    best          the least work; where something blocks it, the least for the points alone; None where none is needed, or none enough
    alternatives  without one of the improvements of the best, by days of work
    improvements  all that can be done and brings something, best first; then what could have been done
    until         the last day of the period
    """

    unit: str
    kind: str
    star: str
    title: str
    as_of: date | None
    until: date | None
    held: bool | None
    score: float | None
    pass_mark: float
    highest: float | None = None
    feasible: bool = False
    exact: bool = True
    best: Plan | None = None
    alternatives: tuple[Plan, ...] = ()
    improvements: tuple[Improvement, ...] = ()
    blocks: tuple[Block, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def margin(self) -> float | None:
        """How far the score stands above the pass mark."""
        return None if self.score is None else round(self.score - self.pass_mark, 9)


def route(rating: Rating, unit: str, star: str, *, met_now: Collection[str] | None = None) -> Route:
    """The route of one unit of a rating to a star of its kind, in the time from the day of rating to the end of the period.

    An improvement changes a fact that has an effort, in whole steps (docs/scheme-language.md). None by itself takes the score away,
    lowers that of another star, or loses one. Where the score is a sum of criteria that read facts of their own the least work is found
    exactly, by dynamic programming over what the engine says of every step; levers that share a criterion are tried in all
    combinations, as far as there are not too many. Places in ranks stay what they are. What improvements cannot remove is told in
    `blocks`; `best` is then what it takes beside.

    met_now  the facts counted in weeks, months or quarters that have met the current one (see measures.met_now); None: not known
    Raises FactsError for a unit that is not in the facts, or a star that its kind has not.
    """
    kind_id = str(rating.facts.kinds[rating.facts.row(unit)])
    kind = rating.scheme.kinds.get(kind_id)
    if kind is None or star not in kind.stars:
        stars = list(kind.stars) if kind else []
        raise FactsError(f'unit {unit}: its kind {kind_id} has no star "{star}"{did_you_mean(star, stars)}')
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):  # as in rating: what is infinite is missing
        return _Told(rating, unit, kind, star, met_now).route()


class _Told:
    """What the search finds, told."""

    def __init__(self, rating: Rating, unit: str, kind: UnitKind, star: str, met_now: Collection[str] | None) -> None:
        self.rating, self.unit, self.kind, self.star = rating, unit, kind, star
        self.form = kind.star(star)
        self.search = Search(rating, unit, kind, star, met_now)
        self.values = self.search.values

    def route(self) -> Route:
        score, held = self.values[self.form.score.id], self.values[self.star]
        period = self.rating.scheme.period
        told = Route(
            unit=self.unit,
            kind=self.kind.id,
            star=self.star,
            title=self.kind.nodes[self.star].title,
            as_of=self.rating.as_of,
            until=period.end if period else None,
            held=None if held is None else bool(held),
            score=score if isinstance(score, float) else None,
            pass_mark=self.form.pass_mark,
        )
        if held:
            return replace(told, feasible=True)
        blocks = tuple(self._blocks())
        if told.score is None:
            return replace(told, blocks=(self._missing_score(), *blocks))
        return self._searched(told, self.search.found(), blocks)

    def _searched(self, told: Route, found: Found, blocks: tuple[Block, ...]) -> Route:
        blocks = (*blocks, *(self._block(place) for place in sorted(found.unmet)))
        if found.best is None and not found.unmet:
            blocks = (*blocks, self._out_of_reach(found))
        best = self._plan(found.best, found.best) if found.best and found.best.places else None
        return replace(
            told,
            highest=found.highest,
            feasible=not blocks,
            exact=found.exact,
            best=best,
            alternatives=tuple(self._plan(one, found.best) for one in found.alternatives),
            improvements=tuple(self._improvements(found.best)),
            blocks=blocks,
            elsewhere=tuple(self._elsewhere()),
        )

    # ---- improvements

    def _plan(self, pick: Pick, best: Pick | None) -> Plan:
        improvements = tuple(self._improvement(number, place, best) for number, place in pick.places.items())
        return Plan(improvements, pick.days, pick.score, changes(self.values, self.kind, improvements))

    def _improvements(self, best: Pick | None) -> Iterator[Improvement]:
        """Those of the best way first, then by days; then those that are too late."""
        found = []
        for number in range(len(self.search.levers)):
            place = self.search.recommended(number, best)
            if place is not None and place != STAYS:
                found.append(self._improvement(number, place, best))
        yield from sorted(found, key=lambda one: (bool(one.hindrance), not one.best, one.days))

    def _improvement(self, number: int, place: int, best: Pick | None) -> Improvement:
        lever = self.search.levers[number]
        fact, after = lever.fact, lever.values[place]
        source = fact.source
        kind = self.rating.scheme.records.get(source.kind) if source else None
        return Improvement(
            fact=fact.id,
            title=fact.title,
            before=lever.before,
            after=after,
            words=(_word(fact, lever.before), _word(fact, after)),
            along={id: self._rise(id, lever.records[place]) for id in lever.along},
            gain=self.search.gain(number, place),
            days=lever.days[place],
            until=lever.until,
            owner=fact.owner,
            reported_by=kind.held_by if kind else "",
            step=lever.effort.step,
            meets=tuple(self.search.conditions[one].sentence for one in self.search.newly_met(number, place)),
            hindrance=lever.hindrance,
            limit=lever.limit,
            assumes="" if lever.hindrance else lever.assumes,
            best=best is not None and best.places.get(number) == place,
        )

    def _rise(self, id: str, records: float) -> float | bool:
        return True if self.kind.facts[id].type == "yes/no" else records

    # ---- what stands in the way

    def _blocks(self) -> Iterator[Block]:
        """The conditions of the star that are not met, and that no improvement touches."""
        for place, condition in enumerate(self.search.conditions):
            if place in self.search.movable:
                continue
            rule = condition.rule
            undecided = condition.holds is None and not (isinstance(rule, Veto) and rule.if_undecided == "no")
            if undecided or condition.holds is isinstance(rule, Veto):
                yield self._block(place)

    def _block(self, place: int) -> Block:
        condition = self.search.conditions[place]
        rule, title = condition.rule, condition.rule.title or condition.sentence
        stars = self.search.stars_in(rule.when) if rule.when is not None else ()
        lacking = tuple(self._standing(star) for star in stars if not self.values[star])
        if lacking:
            return Block("star", title, condition.sentence, stars=lacking)
        if condition.holds is None:
            return Block("missing", title, condition.sentence, facts=self._absent(condition.facts))
        return Block("veto" if isinstance(rule, Veto) else "need", title, condition.sentence, until=condition.until)

    def _standing(self, star: str) -> Standing:
        held, score = self.values[star], self.values[self.kind.star(star).score.id]
        return Standing(
            star,
            self.kind.nodes[star].title,
            None if held is None else bool(held),
            score if isinstance(score, float) else None,
            self.kind.star(star).pass_mark,
        )

    def _missing_score(self) -> Block:
        score = self.form.score.id
        facts = self._absent((score,))
        return Block("missing", self.kind.rule(score).title, f"缺{'、'.join(facts)}，算不出得分" if facts else "算不出得分", facts=facts)

    def _absent(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The titles of the figures for want of which something is missing."""
        found: dict[str, None] = {}
        waiting = list(ids)
        while waiting:
            rule = self.kind.rule(waiting.pop(0))
            if self.values[rule.id] is not None:
                continue
            if isinstance(rule, Node):
                waiting += reads(rule)
            elif rule.if_missing is None:
                found[rule.title] = None
        return tuple(found)

    def _out_of_reach(self, found: Found) -> Block:
        title = self.kind.rule(self.form.score.id).title
        most, mark = amount(found.highest, POINTS), amount(self.form.pass_mark, POINTS)
        can = f"能做的都做到，{title}也只有" if found.exact else f"在找过的做法里，{title}最高"
        return Block("points", title, f"{can} {most}，不到 {mark}")

    def _elsewhere(self) -> Iterator[Elsewhere]:
        moved = frozenset(id for lever in self.search.levers for id in lever.facts)
        for term in self.search.terms:
            lost = self.search.lost(term)
            if lost > 0 and term.id and moved.isdisjoint(term.facts):
                yield Elsewhere(term.id, term.title, lost, tuple(self._deciders(term)))

    def _deciders(self, term: Term) -> dict[str, None]:
        """Who answers for the facts of a criterion, or holds their figures."""
        found: dict[str, None] = {}
        for fact in self.kind.facts.values():
            if fact.id in term.facts:
                kind = self.rating.scheme.records.get(fact.source.kind) if fact.source else None
                found[fact.owner or (kind.held_by if kind else "")] = None
        return {who: None for who in found if who}


def changes(values: Mapping[str, Value | date], kind: UnitKind, improvements: Iterable[Improvement]) -> dict[str, Value]:
    """What some improvements of one unit together make of its facts (`values`: as they came in), as `what_if` takes it."""
    made: dict[str, Value] = {}
    chosen = list(improvements)
    for one in chosen:
        made[one.fact] = one.after
    for one in chosen:
        for id, rise in one.along.items():
            now = made.get(id, _counted_as(values, kind.facts[id]))
            made[id] = rise or bool(now) if isinstance(rise, bool) else (now if isinstance(now, float) else 0.0) + rise
    return made


def _counted_as(values: Mapping[str, Value | date], fact: Fact) -> Value:
    value = values.get(fact.id)
    return fact.if_missing if value is None or isinstance(value, date) else value


def _word(fact: Fact, value: Value) -> str:
    return value_word(value, unit_of(fact), dict(fact.choices))
