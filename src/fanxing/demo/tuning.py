"""How well each village does in each star, so that the engine gives it the stars it was drawn to have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from fanxing.demo.chronicle import chronicle, chronicle_before_merger
from fanxing.demo.life import Event
from fanxing.demo.plan import NEEDS_OTHERS, VETOED_STAR, Story, Village, predecessor
from fanxing.rating import Rating, rate
from fanxing.rating.measures import facts_from_records
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import FIELD_TYPES, RecordKind, Scheme, UnitKind

ROUNDS = 9
ATTEMPTS = 60
RANGE = (-0.25, 1.25)
DTYPES = {Type.NUMBER: pl.Float64, Type.TRUTH: pl.Boolean, Type.TEXT: pl.String, Type.DATE: pl.Date}


@dataclass
class Search:
    """The level of one star of one village: halved in, for the points that come nearest to the target on its side of the mark."""

    target: float
    pass_mark: float
    low: float = RANGE[0]
    high: float = RANGE[1]
    found: tuple[float, float] = (float("inf"), 0.5)

    @property
    def level(self) -> float:
        return (self.low + self.high) / 2

    def learn(self, points: float) -> None:
        """What the present level gave."""
        on_this_side = (points >= self.pass_mark) is (self.target >= self.pass_mark)
        self.found = min(self.found, (abs(points - self.target) + (0 if on_this_side else 1000), self.level))
        if points < self.target:
            self.low = self.level
        else:
            self.high = self.level


@dataclass
class Tuned:
    """A village with the levels found for it."""

    village: Village
    attempt: int = 0
    levels: Mapping[str, float] = field(default_factory=dict)


class NotAsDrawn(Exception):
    """The scheme does not give some villages the stars they were drawn to have, whatever their records."""


def tune(scheme: Scheme, villages: Sequence[Village]) -> list[Tuned]:
    """For each village the levels at which the engine gives it, of these records, the stars that were drawn."""
    tuned = [Tuned(village) for village in villages]
    waiting = tuned
    for attempt in range(ATTEMPTS):
        _search(scheme, waiting, attempt)
        rating = rated(scheme, {one.village.code: lived(scheme, one) for one in waiting})
        waiting = [one for one in waiting if not is_as_drawn(scheme, rating, one.village)]
        if not waiting:
            return tuned
    raise NotAsDrawn(", ".join(one.village.name for one in waiting))


def _search(scheme: Scheme, tuned: Sequence[Tuned], attempt: int) -> None:
    stars = scheme.kinds["village"].stars
    searches = {
        one.village.code: {star: Search(one.village.targets[star], scheme.kinds["village"].star(star).pass_mark) for star in stars}
        for one in tuned
    }
    for _ in range(ROUNDS):
        for one in tuned:
            one.attempt, one.levels = attempt, {star: search.level for star, search in searches[one.village.code].items()}
        table = rated(scheme, {one.village.code: lived(scheme, one) for one in tuned}).table()
        for row in table.iter_rows(named=True):
            for star, search in searches[row["unit"]].items():
                # No points at all are no news: the star that lacks a figure keeps the level in the middle.
                if row[f"{star}.points"] is not None:
                    search.learn(row[f"{star}.points"])
    for one in tuned:
        one.levels = {star: search.found[1] for star, search in searches[one.village.code].items()}


def lived(scheme: Scheme, tuned: Tuned) -> list[Event]:
    """What counts for a village at its levels: its own two years, and those of the village merged into it."""
    own = chronicle(scheme, tuned.village, tuned.levels, tuned.attempt)
    if tuned.village.story is not Story.SUCCESSOR:
        return own
    return [*own, *chronicle_before_merger(scheme, predecessor(scheme), tuned.levels, tuned.attempt)]


def rated(scheme: Scheme, events: Mapping[str, Iterable[Event]]) -> Rating:
    """The engine's rating of what happened in some villages, by their codes."""
    assert scheme.period is not None
    units = [(code, "village") for code in events]
    facts = facts_from_records(scheme, units, frames(scheme, events), scheme.period.end)
    return rate(scheme, facts)


def frames(scheme: Scheme, events: Mapping[str, Iterable[Event]]) -> dict[str, pl.DataFrame]:
    """Events by code of village as the tables of records that the engine reads."""
    by_kind: dict[str, list[dict[str, object]]] = {}
    for code, some in events.items():
        for event in some:
            by_kind.setdefault(event.kind, []).append({"unit": code, "occurred_on": event.on, **event.values})
    return {id: pl.DataFrame(rows, schema=_columns(scheme.records[id])) for id, rows in by_kind.items()}


def _columns(kind: RecordKind) -> dict[str, type[pl.DataType]]:
    fields = {field.id: DTYPES[FIELD_TYPES[field.type]] for field in kind.fields}
    return {"unit": pl.String, "occurred_on": pl.Date, **fields}


def is_as_drawn(scheme: Scheme, rating: Rating, village: Village) -> bool:
    """Whether the engine gives the village the stars that were drawn, and its story is told."""
    values = rating.values(village.code)
    held = {star for star in scheme.kinds["village"].stars if values[star] is True}
    undecided = any(values[star] is None for star in scheme.kinds["village"].stars)
    return held == set(village.stars) and not undecided and _is_told(scheme, values, village)


def _is_told(scheme: Scheme, values: Mapping[str, object], village: Village) -> bool:
    kind = scheme.kinds["village"]
    match village.story:
        case Story.ONE_MARK_SHORT:
            return 0 < kind.star(NEEDS_OTHERS).pass_mark - _points(values, NEEDS_OTHERS, kind) <= 1
        case Story.VETOED:
            return _points(values, VETOED_STAR, kind) >= kind.star(VETOED_STAR).pass_mark
        case Story.FIGURE_MISSING:
            return values[kind.star(NEEDS_OTHERS).score.id] is None
    return True


def _points(values: Mapping[str, object], star: str, kind: UnitKind) -> float:
    points = values[kind.star(star).score.id]
    assert isinstance(points, float)
    return points
