"""How much of a result hangs on the exact points: many draws of other points, and the share of them in which each star is held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.rating.columns import YES, Column, days, missing
from fanxing.rating.evaluate import Compute, Names, compile_expression
from fanxing.rating.facts import Facts
from fanxing.rating.forms import Compiler
from fanxing.rating.plan import Block, KindPlan, plan_of
from fanxing.rating.rate import NO_DAY, KindRating, Rating, rate, recoded
from fanxing.scheme.expressions import Name, Type
from fanxing.scheme.model import Combine, Node, Scheme, UnitKind, reads
from fanxing.scheme.ranges import Range, of_expression, ranges

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KindRobustness:
    """The units of one kind, in the order of their rows: for each star the share of draws in which they hold it; the share in which they
    have the tier that they have. `fixed` are the stars whose points were not drawn, having no criteria to weigh against each other."""

    rating: KindRating
    stars: Mapping[str, Floats]
    tier: Floats
    fixed: tuple[str, ...]


@dataclass(frozen=True)
class Robustness:
    """A rating, and what came of it under `draws` other sets of points, each up to `spread` away, drawn from `seed`."""

    rating: Rating
    draws: int
    spread: float
    seed: int
    kinds: Mapping[str, KindRobustness]

    def share(self, unit: str, star: str) -> float:
        """The share of draws in which a unit holds a star of its kind. Raises FactsError for a unit that is not there."""
        row = self.rating.facts.row(unit)
        kind = self.kinds[str(self.rating.facts.kinds[row])]
        return float(kind.stars[star][np.searchsorted(kind.rating.rows, row)])

    def table(self) -> pl.DataFrame:
        """One row a unit in the order of the facts: unit, kind, tier, tier.share, and held and share of each star."""
        result = self.rating.table()
        columns = [result["unit"], result["kind"], result["tier"], self._shares("tier", {id: kind.tier for id, kind in self.kinds.items()})]
        for star in dict.fromkeys(star for kind in self.kinds.values() for star in kind.stars):
            shares = {id: kind.stars[star] for id, kind in self.kinds.items() if star in kind.stars}
            columns += [result[f"{star}.held"], self._shares(star, shares)]
        return pl.DataFrame(columns)

    def _shares(self, name: str, shares: Mapping[str, Floats]) -> pl.Series:
        values = np.full(len(self.rating.facts), np.nan)
        for kind, share in shares.items():
            values[self.kinds[kind].rating.rows] = share
        return pl.Series(f"{name}.share", values, nan_to_null=True)


def robustness(
    scheme: Scheme, facts: Facts, as_of: date | None = None, *, draws: int = 1_000, spread: float = 0.25, seed: int = 1
) -> Robustness:
    """Rate all units by many schemes that differ from this one in the points of their criteria alone.

    The criteria of a star are the parts of the sum that is its score. A draw multiplies the points of each by a factor of its own,
    drawn evenly between 1 − spread and 1 + spread, and then all of them by what makes their full marks add up to what they did.
    A part that only takes points away is multiplied by its factor alone; what is outside the full mark (`extra`), pass marks, needs and
    vetoes stay; needs of other stars and tiers are judged anew in each draw. The factors of a star depend on the seed and its id alone.
    The spread is at least 0 and below 1. Raises RatingError.
    """
    if not 0 <= spread < 1 or draws < 1:
        raise ValueError(f"a spread is from 0 to below 1, and there is at least 1 draw; found {spread} and {draws}")
    rating = rate(scheme, facts, as_of, every_node=True)
    words = recoded(facts, rating.words)
    found = {}
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for id, one in rating.kinds.items():
            kind = _Kind(plan_of(scheme).kinds[id], one, words, rating.as_of)
            found[id] = kind.robustness(draws, spread, seed)
    return Robustness(rating, draws, spread, seed, found)


@dataclass(frozen=True)
class _Score:
    """The score of a star: its parts as columns, those to be weighed and their full marks, and the sum of other parts by its own rules."""

    parts: tuple[Column, ...]
    weighed: tuple[bool, ...]
    full: tuple[float, ...]
    sum: Compute

    def factors(self, random: Random, draws: int, spread: float) -> Floats:
        """For each draw a factor a part."""
        drawn = np.array([[random.uniform(1 - spread, 1 + spread) for _ in self.parts] for _ in range(draws)])
        full = np.array(self.full)
        scale = full.sum() / np.maximum(drawn @ full, np.finfo(float).tiny)
        drawn[:, full > 0] *= scale[:, None]
        drawn[:, ~np.array(self.weighed)] = 1.0
        return drawn

    def of(self, factors: Floats) -> Column:
        """The score under one draw."""
        return self.sum({_part(at): part * factors[at] for at, part in enumerate(self.parts)})


def _part(at: int) -> str:
    return f"part {at}"  # no id has a blank


class _Kind:
    """The units of one kind, and what must be reckoned again in each draw."""

    def __init__(self, plan: KindPlan, rating: KindRating, facts: Mapping[str, Column], as_of: date | None) -> None:
        self.plan, self.kind, self.rating, self.facts = plan, rating.kind, rating, facts
        self.today = np.asarray(days(as_of) if as_of else NO_DAY)
        self.base = self._block()
        self.scores = {star: score for star in self.kind.stars if (score := self._score(self.kind.star(star).score.id)) is not None}
        self.anew = tuple(_above({self.kind.star(star).score.id for star in self.scores}, self.kind))

    def _block(self) -> Block:
        return Block(len(self.rating.rows), self._fetch, self.today)

    def _fetch(self, id: str) -> Column:
        if id in self.rating.columns:
            return self.rating.columns[id]
        column = self.facts[id][self.rating.rows]
        return self.plan.fill[id](column) if id in self.plan.fill else column

    def _score(self, id: str) -> _Score | None:
        node = self.kind.nodes.get(id)
        if node is None or not isinstance(node.form, Combine) or node.form.how != "sum":
            return None
        weights = node.form.weights or (1.0,) * len(node.form.parts)
        inside, whole = ranges(self.kind, without_extra=True), ranges(self.kind)
        reach = [of_expression(part, inside) for part in node.form.parts]
        full = tuple(max(one.high * weight, 0.0) for one, weight in zip(reach, weights, strict=True))
        takes = [of_expression(part, whole).high <= 0 for part in node.form.parts]
        weighed = tuple(mark > 0 or taking for mark, taking in zip(full, takes, strict=True))
        if not np.isfinite(full).all() or sum(mark > 0 for mark in full) + sum(takes) < 2:
            return None
        parts = [np.broadcast_to(compile_expression(part, self.plan.names)(self.base), self.base.shape) for part in node.form.parts]
        return _Score(tuple(parts), weighed, full, self._sum(node, node.form))

    def _sum(self, node: Node, form: Combine) -> Compute:
        """The rule of a score over other columns in place of its parts."""
        known = self.plan.names
        names = [_part(at) for at in range(len(form.parts))]
        missing_ones = [of_expression(part, known.ranges).missing for part in form.parts]
        types = {**known.types, **dict.fromkeys(names, Type.NUMBER)}
        reach = {**known.ranges, **{name: Range(missing=one) for name, one in zip(names, missing_ones, strict=True)}}
        drawn = replace(node, form=replace(form, parts=tuple(map(Name, names))))
        return Compiler(Names(types, reach, known.words), {}).node(drawn)

    def robustness(self, draws: int, spread: float, seed: int) -> KindRobustness:
        kind, held = self.kind, {star: np.zeros(len(self.rating.rows)) for star in self.kind.stars}
        same = np.zeros(len(self.rating.rows))
        for columns in self._drawn(draws, spread, seed):
            for star, count in held.items():
                count += columns[star] == YES
            same += _alike(columns[kind.tier], self.base[kind.tier])
        shares = {star: count / draws for star, count in held.items()}
        return KindRobustness(self.rating, shares, same / draws, tuple(star for star in kind.stars if star not in self.scores))

    def _drawn(self, draws: int, spread: float, seed: int) -> Iterator[Block]:
        """The columns under each draw."""
        factors = {
            self.kind.star(star).score.id: (score, score.factors(_random(seed, self.kind.id, star), draws, spread))
            for star, score in self.scores.items()
        }
        for draw in range(draws):
            columns = self._block()
            for id in self.anew:
                if id in factors:
                    score, drawn = factors[id]
                    columns[id] = score.of(drawn[draw])
                else:
                    columns[id] = np.broadcast_to(self.plan.compiled[id](columns), columns.shape)
            yield columns


def _random(seed: int, kind: str, star: str) -> Random:
    return Random(f"{seed}/{kind}/{star}")  # noqa: S311  # draws that come out the same again, nothing secret


def _alike(one: Column, other: Column) -> NDArray[np.bool_]:
    return np.asarray((one == other) | (missing(one) & missing(other)))


def _above(scores: set[str], kind: UnitKind) -> Iterator[str]:
    """Some nodes and all that rest on them, in order."""
    moved = set(scores)
    for id, node in kind.nodes.items():
        if id in moved or not moved.isdisjoint(reads(node)):
            moved.add(id)
            yield id
