"""From facts to points, stars and tiers, for all units at once; the one way in which the product rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.rating.columns import MAYBE, NO_WORD, YES, Column, days, decode, missing, spelled
from fanxing.rating.facts import Facts
from fanxing.rating.numbers import shown
from fanxing.rating.plan import KindPlan, plan_of
from fanxing.scheme.model import Scheme, Star, UnitKind, Value, reads

NO_DAY = float("nan")


class RatingError(ValueError):
    """A rating that cannot be made, and what is missing for it."""


@dataclass(frozen=True)
class KindRating:
    """The units of one kind: their rows in the facts, and the columns computed for them."""

    kind: UnitKind
    rows: NDArray[np.int64]
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Rating:
    """What came out.

    scheme, facts, as_of   what it was made from (`as_of` None where no rule asks for the day)
    kinds                  a KindRating for each kind of unit that occurs; units of an unknown kind are in none
    words                  what the codes of texts stand for
    every_node             are the columns of every node there, or only those of results and ranks?
    """

    scheme: Scheme
    facts: Facts
    as_of: date | None
    kinds: Mapping[str, KindRating]
    words: tuple[str, ...]
    every_node: bool

    def value(self, unit: str, id: str) -> Value | date:
        """The value of one node (or fact, as it came in) for one unit; None: missing, or not rated."""
        return self.values(unit).get(id)

    def values(self, unit: str) -> dict[str, Value | date]:
        """Every fact (as it came in) and node of one unit; None: missing. Nodes are reckoned again, ranks are those of this rating."""
        row = self.facts.row(unit)
        kind = str(self.facts.kinds[row])
        if kind not in self.kinds:
            return {}
        one = self.again([row])
        types = self._plan(kind).types
        # The facts speak of texts in the codes of their own words, the nodes in those of the rating.
        facts = {id: decode(one.facts.columns[id][0], types[id], one.facts.words) for id in self.kinds[kind].kind.facts}
        return facts | {id: decode(column[0], types[id], one.words) for id, column in one.kinds[kind].columns.items()}

    def again(self, rows: Sequence[int]) -> "Rating":
        """These rows alone, with every node; ranks as they were among all."""
        chosen = np.array(rows, np.int64)
        facts, kinds = self.facts.only(chosen), {}
        for id, rated in self.kinds.items():
            where = np.minimum(np.searchsorted(rated.rows, chosen), len(rated.rows) - 1)
            own = np.flatnonzero(rated.rows[where] == chosen)
            if len(own):
                kinds[id] = KindRating(rated.kind, own, {node: column[where[own]] for node, column in rated.columns.items()})
        if self.every_node:
            return replace(self, facts=facts, kinds=kinds)
        ranks = {id: {rank: rated.columns[rank] for rank in self._plan(id).ranks} for id, rated in kinds.items()}
        return rate_again(self, facts, ranks)

    def _plan(self, kind: str) -> KindPlan:
        return plan_of(self.scheme).kinds[kind]

    def table(self) -> pl.DataFrame:
        """One row a unit in the order of the facts: unit, kind, tier, total (where there is one), points and held of each star, reason."""
        kinds = self.scheme.kinds
        columns = [self.facts.units.alias("unit"), self.facts.kinds.alias("kind"), self.tiers()]
        if any(kind.total for kind in kinds.values()):
            columns.append(self._numbers("total", {id: kind.total for id, kind in kinds.items() if kind.total}))
        for star in dict.fromkeys(star for kind in kinds.values() for star in kind.stars):
            scores = {id: kind.star(star).score.id for id, kind in kinds.items() if star in kind.stars}
            columns += [self._numbers(f"{star}.points", scores), self.held(star)]
        reasons = self.reasons()
        told = pl.Series("reason", reasons.values(), pl.String)
        columns.append(pl.repeat(None, len(self.facts), dtype=pl.String, eager=True).alias("reason").scatter(list(reasons), told))
        return pl.DataFrame(columns)

    def tiers(self) -> pl.Series:
        """The tier of each unit as it is spelled; missing: not rated."""
        spelling: list[str | None] = [None]
        places = np.zeros(len(self.facts), np.int32)
        for id, rated in self.kinds.items():
            column, type_ = rated.columns[rated.kind.tier], self._plan(id).types[rated.kind.tier]
            distinct = pl.Series(column).unique().sort().to_numpy()
            places[rated.rows] = np.searchsorted(distinct, column) + len(spelling)
            spelling += [spelled(decode(value, type_, self.words)) or None for value in distinct]
        return pl.Series("tier", spelling, pl.String)[places]

    def _numbers(self, name: str, ids: Mapping[str, str]) -> pl.Series:
        values = np.full(len(self.facts), np.nan)
        for kind, id in ids.items():
            if kind in self.kinds:
                rated = self.kinds[kind]
                values[rated.rows] = shown(rated.columns[id] if id in rated.columns else self.facts.columns[id][rated.rows])
        return pl.Series(name, values, nan_to_null=True)

    def held(self, star: str) -> pl.Series:
        """Which units hold a star; missing: not rated, or of a kind without this star."""
        values = np.full(len(self.facts), MAYBE)
        for rated in self.kinds.values():
            if star in rated.kind.stars:
                values[rated.rows] = rated.columns[star]
        held = pl.Series(f"{star}.held", values == YES)
        return held.set(pl.Series(values == MAYBE), None)

    def reasons(self) -> dict[int, str]:
        """Why a unit is not rated, in words, by its row."""
        reasons: dict[int, str] = {}
        known = np.zeros(len(self.facts), bool)
        for id, rated in self.kinds.items():
            known[rated.rows] = True
            unrated = rated.rows[missing(rated.columns[rated.kind.tier])].tolist()
            if unrated:
                reasons |= zip(unrated, why_missing(self.again(unrated), id), strict=True)
        return reasons | {int(row): f"评定方案没有这一类单位：{self.facts.kinds[int(row)] or '（空白）'}" for row in np.flatnonzero(~known)}


def rate(scheme: Scheme, facts: Facts, as_of: date | None = None, *, every_node: bool = False) -> Rating:
    """Rate all units.

    as_of       the day of rating, for vetoes that run from a date; default: the last day of the scheme's period
    every_node  keep the column of every node (otherwise results and ranks; the rest is reckoned again when asked for)
    Raises RatingError where a rule needs the day and neither `as_of` nor a period says it.
    Source of the rules: docs/scheme-language.md; docs/rating.md shows them at work.
    """
    day = as_of or (scheme.period.end if scheme.period else None)
    if day is None and plan_of(scheme).asks_for_the_day:
        raise RatingError(
            "a veto of this scheme runs from a date, so the day of rating must be given (--as-of), or a period in scheme.yaml"
        )
    return _rate(scheme, facts, day, every_node=every_node, ranks={})


def _rate(scheme: Scheme, facts: Facts, day: date | None, *, every_node: bool, ranks: Mapping[str, Mapping[str, Column]]) -> Rating:
    plan = plan_of(scheme)
    words = tuple(dict.fromkeys((*plan.words, *facts.words)))
    columns = recoded(facts, words)
    kinds = {}
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for id, one in plan.kinds.items():
            rows = facts.of_kind(id)
            if len(rows):
                stages = one.every_node if every_node else one.results_only
                result = one.run(stages, columns, rows, days(day) if day else NO_DAY, ranks.get(id, {}))
                kinds[id] = KindRating(one.kind, rows, result)
    return Rating(scheme, facts, day, kinds, words, every_node)


def rate_again(rating: Rating, facts: Facts, ranks: Mapping[str, Mapping[str, Column]]) -> Rating:
    """Other facts by the rules and on the day of a rating, with every node. `ranks`: kind → rank → places to be taken as they are."""
    return _rate(rating.scheme, facts, rating.as_of, every_node=True, ranks=ranks)


def recoded(facts: Facts, words: Sequence[str]) -> Mapping[str, Column]:
    """The columns of the facts, the texts as places in another list of words."""
    if facts.words == words[: len(facts.words)]:
        return facts.columns
    places = {word: place for place, word in enumerate(words)}
    code = np.array([places[word] for word in facts.words] + [NO_WORD], np.int32)
    return {id: code[column] if column.dtype == np.int32 else column for id, column in facts.columns.items()}


def why_missing(rating: Rating, kind: str) -> list[str]:
    """For each unit of a kind, all rated with every node: what its tier lacks, in words."""
    rated = rating.kinds[kind]
    nodes, facts = rated.kind.nodes, rated.kind.facts
    absent = {id: missing(column) for id, column in rated.columns.items()}
    for id, fact in facts.items():
        here = missing(rating.facts.columns[id][rated.rows])
        absent[id] = here if fact.if_missing is None else np.zeros(len(here), bool)
    blamed = {rated.kind.tier: absent[rated.kind.tier]}
    reasons: dict[str, NDArray[np.bool_]] = {}
    for id in reversed(list(nodes)):
        if id not in blamed:
            continue
        passed_on = np.zeros(len(rated.rows), bool)
        for name in _inputs(rated.kind, id):
            here = blamed[id] & absent[name]
            passed_on |= here
            blamed[name] = blamed.get(name, here) | here
        reasons[f"算不出{nodes[id].title or id}"] = blamed[id] & ~passed_on
    for id, fact in facts.items():
        if id in blamed:
            reasons[f"缺{fact.title}"] = blamed[id]
    order = [reason for reason in reasons if reason.startswith("缺")] + [reason for reason in reasons if not reason.startswith("缺")]
    matrix = np.array([reasons[reason] for reason in order])
    patterns, place = np.unique(matrix, axis=1, return_inverse=True)
    texts = ["；".join(reason for reason, applies in zip(order, pattern, strict=True) if applies) for pattern in patterns.T]
    return [texts[one] for one in place.ravel()]


def _inputs(kind: UnitKind, id: str) -> list[str]:
    """What a node reads and whose absence can make it missing: the date of a veto is not among them."""
    form = kind.nodes[id].form
    since = {veto.since for veto in form.vetoes} if isinstance(form, Star) else set()
    return [name for name in reads(kind.nodes[id]) if name not in since]
