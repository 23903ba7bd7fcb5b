"""Polars: the rules of the workload as lazy expressions; missing is null, which its logic knows as three-valued by itself."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from polars import Expr, col, lit, when
from workload import KINDS, REACHED, STARS, Indicator, Inputs, Results, Star, may_be_missing, rules

Rules = Mapping[str, Expr]
# Polars divides by a constant by multiplying with its inverse, so that 7,000 / 10,000 is above 0.7.
MARGIN = 1e-12


def prepare(inputs: Inputs) -> pl.DataFrame:
    columns = [pl.Series(name, column).fill_nan(None) for name, column in inputs.columns.items()]
    return pl.DataFrame([pl.Series("kind", inputs.kinds(), pl.Categorical), *columns]).with_row_index("row")


def run(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """A frame with all rules of each kind."""
    return [_of_kind(frame.lazy(), kind).collect() for kind in KINDS]


def results(frames: list[pl.DataFrame]) -> Results:
    names = ["row", "tier", "total", *(f"s{star}_score" for star in range(STARS))]
    table = pl.concat([frame.select(names) for frame in frames]).sort("row")
    columns = {name: table[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names[1:]}
    return Results(columns.pop("tier"), columns)


def _of_kind(frame: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    stars = rules(kind)
    filled = [col(f"f{fact}").fill_null(0.0) for fact in range(60) if not may_be_missing(fact)]
    frame = frame.filter(col("kind") == kind).with_columns(filled)
    parts = [FORMS[one.form](one) for star in stars for one in star.indicators]
    # Rules that read others come one step later.
    for step in range(max(len(part) for part in parts)):
        frame = frame.with_columns(**{name: rule for part in parts if step < len(part) for name, rule in part[step].items()})
    frame = frame.with_columns(
        **{star.score: rounded(pl.sum_horizontal(*(one.names[3] for one in star.indicators)), 100) for star in stars}
    )
    frame = frame.with_columns(**{star.id: _held(star) for star in stars if star.requires is None})
    frame = frame.with_columns(**{star.id: _held(star) for star in stars if star.requires is not None})
    return frame.with_columns(
        total=pl.sum_horizontal(*(star.score for star in stars)),
        tier=pl.sum_horizontal(*(col(star.id).cast(pl.Float64) for star in stars), ignore_nulls=False),
    )


def _held(star: Star) -> Expr:
    held = (col(star.score) >= star.pass_mark - 5e-11) & ~(col(star.veto) > 98.5).fill_null(False)
    if star.requires is not None:
        held = held & col(f"s{star.requires}")
    return held & ~(col(star.waits) > 99.5) if star.waits else held


def rounded(expression: Expr, parts: float) -> Expr:
    return (expression * (parts * REACHED) + 0.5).floor() / parts


def _banded(one: Indicator) -> list[Rules]:
    (x, y, z, w), (a, b, c, d), t = map(col, one.facts), one.names, one.shift
    steps = when(x >= 80 + t).then(4.0).when(x >= 60 + t).then(3.0).when(x >= 40 + t).then(2.0).when(x >= 20 + t).then(1.0).otherwise(0.0)
    ratio = when(y != 0).then(x / y)
    first, second = (x >= 50) & (z < 30), w > 90 - t
    chosen = when(first).then(2.0).when(first.is_null()).then(0.0).when(second).then(1.0).otherwise(0.0)
    return [
        {a: steps, b: rounded(ratio.clip(0, 2) * 2.5, 100).fill_null(0.0), c: chosen},
        {d: pl.min_horizontal(col(a) + col(b) + col(c), lit(9.0))},
    ]


def _counted(one: Indicator) -> list[Rules]:
    (x, y, _, _), (a, b, c, d), t = map(col, one.facts), one.names, one.shift
    each = pl.min_horizontal((x * (REACHED / (8 + t))).floor() * 0.5, lit(4.0))
    share = col(b)
    steps = when(share <= 0.3 + MARGIN).then(3.0).when(share <= 0.5 + MARGIN).then(2.0).when(share <= 0.7 + MARGIN).then(1.0).otherwise(0.0)
    return [
        {a: when(x.is_not_null()).then(each).otherwise(0.0), b: rounded(when(x + y != 0).then(x / (x + y)), 10_000)},
        {c: steps},
        {d: pl.min_horizontal(col(a) + col(c), lit(6.0))},
    ]


def _adjusted(one: Indicator) -> list[Rules]:
    (x, y, z, _), (a, b, c, d), t = map(col, one.facts), one.names, one.shift
    middle = 50 + t
    line = when(x < middle).then(x * (4 / middle)).otherwise(4 + (x - middle) * (2 / (100 - middle)))
    after = when(col(b)).then(col(a) + 1).otherwise(col(a))
    return [
        {a: line.fill_null(0.0), b: ~(x < 20) | (z > 80 + t)},
        {c: when(y > 95).then((after - 2).clip(lower_bound=0)).otherwise(after)},
        {d: rounded((col(a) + 3 * col(c)) / 4, 100)},
    ]


def _best(one: Indicator) -> list[Rules]:
    (x, y, _, _), (a, b, c, d), t = map(col, one.facts), one.names, one.shift
    apart = (x - y).round(9)
    steps = when(apart >= 50).then(3.0).when(apart >= 0).then(2.0).when(apart >= -50 - t).then(1.0).otherwise(0.0)
    most = when(x.is_not_null() & y.is_not_null()).then(pl.max_horizontal(x, y))
    return [
        {a: steps, b: rounded(most * 0.04, 100).fill_null(0.0)},
        {c: pl.max_horizontal(a, b)},
        {d: pl.min_horizontal(col(a) + col(c), lit(5.5))},
    ]


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}
