"""What a change of the rules would do: who gains which star and who loses it, and the counts before and after."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from fanxing.rating.columns import DTYPES, MISSING, Column, spelled
from fanxing.rating.facts import Facts, bounds, facts_of
from fanxing.rating.rate import Rating, rate
from fanxing.rating.tally import highest_first
from fanxing.scheme.model import Fact, Scheme

Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Counted:
    """How many units, before and after."""

    before: int
    after: int

    @property
    def more(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class TierCount(Counted):
    """The units of one tier (None: not rated); `word` is what people call it."""

    tier: str | None
    word: str


@dataclass(frozen=True)
class StarCount(Counted):
    """The units that hold a star; how many of them gain it, and how many lose it."""

    star: str
    title: str
    gained: int
    lost: int


@dataclass(frozen=True)
class KindRehearsal:
    """The units of one kind. `known` says whether the old and the new rules know the kind; who does not rates none of it."""

    kind: str
    title: str
    units: int
    known: tuple[bool, bool]
    rated: Counted
    tiers: tuple[TierCount, ...]
    stars: tuple[StarCount, ...]


@dataclass(frozen=True)
class Move:
    """A unit whose tier or stars move. Tiers as they are spelled in results; None: not rated."""

    unit: str
    kind: str
    before: str | None
    after: str | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Rehearsal:
    """Two versions of the rules on the same facts.

    before, after  the two ratings
    kinds          the kinds that occur, in the order of the new rules; `unknown`: units of a kind that neither version knows
    moves          the units that move, in the order of the facts
    without        facts that the new rules read and nobody has supplied: they count as missing
    refused        fact → how many of its values the new rules do not allow: they count as missing too
    """

    before: Rating
    after: Rating
    kinds: tuple[KindRehearsal, ...]
    unknown: int
    moves: tuple[Move, ...]
    without: tuple[str, ...]
    refused: Mapping[str, int]

    @property
    def gainers(self) -> tuple[Move, ...]:
        """The units that gain a star."""
        return tuple(move for move in self.moves if move.gained)

    @property
    def losers(self) -> tuple[Move, ...]:
        """The units that lose a star."""
        return tuple(move for move in self.moves if move.lost)


def rehearse(old: Scheme, new: Scheme, facts: Facts, as_of: date | None = None, *, facts_by_new: Facts | None = None) -> Rehearsal:
    """Rate the same units by two versions of the rules.

    facts         the facts as the old rules count them; facts of one id serve both. `facts_by_new`: of the same units in the same
                  order, where the new rules count records otherwise
    as_of         the day of rating for both; default: for each the last day of its period
    A star is held, or not: one that is not rated counts as not held. Stars are matched by their ids. Raises RatingError.
    """
    fitted, without, refused = _fitted(facts_by_new or facts, new)
    before, after = rate(old, facts, as_of), rate(new, fitted, as_of)
    kinds = [id for id in dict.fromkeys((*new.kinds, *old.kinds)) if len(facts.of_kind(id))]
    compared = [_Kind(id, before, after) for id in kinds]
    moves = sorted((move for kind in compared for move in kind.moves()), key=lambda one: one[0])
    known = sum(len(kind.rows) for kind in compared)
    return Rehearsal(
        before,
        after,
        tuple(kind.counted() for kind in compared),
        len(facts) - known,
        tuple(move for _, move in moves),
        without,
        refused,
    )


def _fitted(facts: Facts, scheme: Scheme) -> tuple[Facts, tuple[str, ...], Mapping[str, int]]:
    """The facts in the columns that a scheme reads; what is not there, or not allowed by it, is missing."""
    columns: dict[str, Column] = {}
    without, refused = [], {}
    for id, fact in facts_of(scheme).items():
        column = facts.columns.get(id)
        if column is None or column.dtype != DTYPES[fact.value_type]:
            without.append(id)
            column = np.full(len(facts), MISSING[fact.value_type], DTYPES[fact.value_type])
        outside = _outside(fact, column)
        if outside.any():
            refused[id] = int(outside.sum())
            column = np.where(outside, np.nan, column)
        columns[id] = column
    return replace(facts, columns=columns), tuple(without), refused


def _outside(fact: Fact, column: Column) -> Booleans:
    """Where a number is one that the fact cannot be."""
    if column.dtype != np.float64 or fact.type == "date":
        return np.zeros(len(column), bool)
    low, high = bounds(fact)
    outside: Booleans = (column < low) | (column > high)
    return outside | (np.floor(column) < column) if fact.type == "count" else outside


class _Kind:
    """The units of one kind under both versions."""

    def __init__(self, id: str, before: Rating, after: Rating) -> None:
        self.id, self.ratings = id, (before, after)
        self.rows = before.facts.of_kind(id)
        self.kinds = tuple(rating.scheme.kinds.get(id) for rating in self.ratings)
        self.kind = next(kind for kind in reversed(self.kinds) if kind is not None)
        self.stars = tuple(dict.fromkeys(star for kind in reversed(self.kinds) if kind for star in kind.stars))
        self.tiers = tuple(rating.tiers()[self.rows] for rating in self.ratings)
        self.held = {
            star: tuple(rating.held(star)[self.rows].fill_null(False).to_numpy() for rating in self.ratings) for star in self.stars
        }

    def counted(self) -> KindRehearsal:
        rated = [int(tiers.is_not_null().sum()) for tiers in self.tiers]
        return KindRehearsal(
            kind=self.id,
            title=self.kind.title,
            units=len(self.rows),
            known=(self.kinds[0] is not None, self.kinds[1] is not None),
            rated=Counted(rated[0], rated[1]),
            tiers=tuple(self._tier_counts()),
            stars=tuple(self._star_counts()),
        )

    def _tier_counts(self) -> Iterator[TierCount]:
        counts = [dict(tiers.value_counts().iter_rows()) for tiers in self.tiers]
        met = {tier for count in counts for tier in count}
        for tier in (*highest_first(met - {None}), *({None} & met)):
            yield TierCount(counts[0].get(tier, 0), counts[1].get(tier, 0), tier, self._word(tier))

    def _word(self, tier: str | None) -> str:
        if tier is None:
            return "不评"
        labels = {spelled(value): word for kind in self.kinds if kind for value, word in kind.nodes[kind.tier].labels}
        return labels.get(tier, tier)

    def _star_counts(self) -> Iterator[StarCount]:
        for star, (before, after) in self.held.items():
            yield StarCount(
                int(before.sum()), int(after.sum()), star, self._title(star), int((after & ~before).sum()), int((before & ~after).sum())
            )

    def _title(self, star: str) -> str:
        return next(kind.nodes[star].title for kind in reversed(self.kinds) if kind and star in kind.stars)

    def moves(self) -> Iterator[tuple[int, Move]]:
        """The units that move, each with its row."""
        before, after = self.tiers
        moved = before.ne_missing(after).to_numpy()
        for was, now in self.held.values():
            moved = moved | (was != now)
        units = self.ratings[0].facts.units
        for at in np.flatnonzero(moved).tolist():
            gained = tuple(star for star, (was, now) in self.held.items() if now[at] and not was[at])
            lost = tuple(star for star, (was, now) in self.held.items() if was[at] and not now[at])
            row = int(self.rows[at])
            yield row, Move(units[row], self.id, before[at], after[at], gained, lost)
