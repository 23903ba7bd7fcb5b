"""How well each unit does in each star, so that the engine gives it the stars it was drawn to have."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from fanxing.demo.chronicle import chronicle, today
from fanxing.demo.dice import Numbers, Truths, Whole
from fanxing.demo.plan import VETOED_STAR, Crowd, Story, capstone
from fanxing.rating import Rating, rate
from fanxing.rating.measures import facts_from_records
from fanxing.scheme.model import Scheme, UnitKind
from fanxing.scoring.ledger import fields_read

ROUNDS = 9
ATTEMPTS = 60
RANGE = (-0.25, 1.25)
ON_THE_WRONG_SIDE = 1000.0


class NotAsDrawn(Exception):
    """The scheme does not give some units the stars they were drawn to have, whatever their records."""


@dataclass(frozen=True)
class Tuned:
    """Some units with the chances and the levels at which the engine gives them what was drawn."""

    crowd: Crowd
    levels: Mapping[str, Numbers]


@dataclass
class Search:
    """The levels of one star of some units: halved in, for the points that come nearest to the target on its side of the mark."""

    target: Numbers
    pass_mark: float
    low: Numbers
    high: Numbers
    nearest: Numbers
    found: Numbers

    @classmethod
    def begun(cls, target: Numbers, pass_mark: float) -> "Search":
        low, high = (np.full(len(target), one) for one in RANGE)
        return cls(target, pass_mark, low, high, np.full(len(target), np.inf), np.full(len(target), 0.5))

    @property
    def level(self) -> Numbers:
        return (self.low + self.high) / 2

    def learn(self, points: Numbers) -> None:
        """What the present levels gave. No points at all are no news: the star that lacks a figure keeps the level in the middle."""
        level, told = self.level, ~np.isnan(points)
        on_this_side = (points >= self.pass_mark) == (self.target >= self.pass_mark)
        distance = np.where(told, np.abs(points - self.target) + np.where(on_this_side, 0, ON_THE_WRONG_SIDE), np.inf)
        nearer = distance < self.nearest
        self.nearest, self.found = np.where(nearer, distance, self.nearest), np.where(nearer, level, self.found)
        below = points < self.target
        self.low, self.high = np.where(told & below, level, self.low), np.where(told & ~below, level, self.high)


def tune(scheme: Scheme, crowd: Crowd) -> list[Tuned]:
    """For each unit the chances and levels at which the engine gives it, of these records, the stars that were drawn.

    What comes back are parts of the crowd: those found at the first attempt, at the second, and so on.
    """
    found: list[Tuned] = []
    waiting = np.arange(len(crowd))
    for attempt in range(ATTEMPTS):
        some = crowd.only(waiting, attempt=attempt)
        levels = _search(scheme, some)
        good = is_as_drawn(scheme, rated(scheme, some, levels), some)
        for former, heir in some.heir.items():
            good[former] = good[heir]
        rows = np.flatnonzero(good)
        if len(rows):
            # The chances are anew already.
            found.append(Tuned(some.only(rows), {star: one[_with_former(some, rows)] for star, one in levels.items()}))
        waiting = waiting[~good]
        if not len(waiting):
            return found
    raise NotAsDrawn("、".join(crowd.places[row].name for row in waiting.tolist()))


def _with_former(some: Crowd, rows: Whole) -> Whole:
    return np.append(rows, [former for former, heir in some.heir.items() if heir in rows and former not in rows]).astype(np.int64)


def _search(scheme: Scheme, some: Crowd) -> dict[str, Numbers]:
    kind = scheme.kinds[some.kind]
    searches = {star: Search.begun(some.targets[star], kind.star(star).pass_mark) for star in kind.stars}
    for _ in range(ROUNDS):
        levels = _of_heirs(some, {star: search.level for star, search in searches.items()})
        table = rated(scheme, some, levels).table()
        for star, search in searches.items():
            search.learn(_padded(table[f"{star}.points"], len(some)))
    return _of_heirs(some, {star: search.found for star, search in searches.items()})


def _padded(points: pl.Series, count: int) -> Numbers:
    """The points of units that are rated; those merged away, at the end, have none."""
    values = points.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.append(values, np.full(count - len(values), np.nan))


def _of_heirs(some: Crowd, levels: dict[str, Numbers]) -> dict[str, Numbers]:
    """Who was merged away did as well as who took over."""
    for one in levels.values():
        for former, heir in some.heir.items():
            one[former] = one[heir]
    return levels


def rated(scheme: Scheme, some: Crowd, levels: Mapping[str, Numbers]) -> Rating:
    """The engine's rating of what happened in some units, on the day on which the demo stands."""
    return rating_of(scheme, some, chronicle(scheme, some, levels, _fields(scheme)))


def rating_of(scheme: Scheme, some: Crowd, tables: Mapping[str, pl.DataFrame]) -> Rating:
    """The engine's rating of some tables of events."""
    codes = pl.Series([place.code for place in some.places])
    frames = {id: table.with_columns(codes.gather(table["row"]).alias("unit")) for id, table in tables.items()}
    units = [(place.code, some.kind) for row, place in enumerate(some.places) if row not in some.heir]
    former = {some.places[row].code: some.places[heir].code for row, heir in some.heir.items()}
    facts = facts_from_records(scheme, units, frames, today(scheme), former)
    return rate(scheme, facts, today(scheme))


_fields = cache(fields_read)


def is_as_drawn(scheme: Scheme, rating: Rating, some: Crowd) -> Truths:
    """Where the engine gives the stars that were drawn, and the story is told."""
    kind, table = scheme.kinds[some.kind], rating.table()
    count, there = len(some), len(table)
    good = np.zeros(count, bool)
    good[:there] = True
    waits = some.has(Story.WAITING)[:there]
    for star in kind.stars:
        held = table[f"{star}.held"]
        right = (held == pl.Series(some.stars[star][:there])).fill_null(value=False).to_numpy()
        good[:there] &= right | waits
    unrated = table["tier"].is_null().to_numpy()
    good[:there] &= unrated == waits
    return good & _is_told(kind, table, some)


def _is_told(kind: UnitKind, table: pl.DataFrame, some: Crowd) -> Truths:
    good = np.ones(len(some), bool)
    last = capstone(kind)
    if last:
        points, mark = _padded(table[f"{last}.points"], len(some)), kind.star(last).pass_mark
        good &= ~some.has(Story.ONE_MARK_SHORT) | ((points < mark) & (points >= mark - 1))
        good &= ~some.has(Story.FIGURE_MISSING) | np.isnan(points)
    if VETOED_STAR in kind.stars:
        points, mark = _padded(table[f"{VETOED_STAR}.points"], len(some)), kind.star(VETOED_STAR).pass_mark
        good &= ~some.has(Story.VETOED) | (points >= mark)
    return good
