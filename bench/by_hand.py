"""NumPy by hand: the rules of the workload as somebody at home in NumPy would write them, whole columns at a time."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from workload import KINDS, REACHED, STARS, Indicator, Inputs, Results, Star, may_be_missing, rules

Column = NDArray[np.float64]


def prepare(inputs: Inputs) -> Inputs:
    return inputs


def run(inputs: Inputs) -> list[tuple[NDArray[np.int64], dict[str, Column]]]:
    """For each kind its rows, and the columns of all rules (they stay, so that every unit can be explained)."""
    kept = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for code, kind in enumerate(KINDS):
            rows = np.flatnonzero(inputs.codes == code)
            columns = _facts(inputs, rows)
            _rate(rules(kind), columns)
            kept.append((rows, columns))
    return kept


def results(kept: list[tuple[NDArray[np.int64], dict[str, Column]]]) -> Results:
    count = sum(len(rows) for rows, _ in kept)
    found = {name: np.empty(count) for name in ("tier", "total", *(f"s{star}_score" for star in range(STARS)))}
    for rows, columns in kept:
        for name, column in found.items():
            column[rows] = columns[name]
    return Results(found.pop("tier"), found)


def _facts(inputs: Inputs, rows: NDArray[np.int64]) -> dict[str, Column]:
    columns = {}
    for place, (name, column) in enumerate(inputs.columns.items()):
        column = column[rows]
        if not may_be_missing(place):
            column[np.isnan(column)] = 0.0
        columns[name] = column
    return columns


def _rate(stars: tuple[Star, ...], columns: dict[str, Column]) -> None:
    for star in stars:
        for one in star.indicators:
            FORMS[one.form](one, columns)
        columns[star.score] = rounded(sum(columns[one.names[3]] for one in star.indicators), 100)
    for star in stars:
        columns[star.id] = _held(star, columns)
    columns["total"] = sum(columns[star.score] for star in stars)
    columns["tier"] = sum(columns[star.id] for star in stars)


def _held(star: Star, columns: Mapping[str, Column]) -> Column:
    """1, 0, or NaN: not to be decided."""
    held = (columns[star.score] >= star.pass_mark - 5e-11) & ~(columns[star.veto] > 98.5)
    if star.requires is not None:
        held &= columns[f"s{star.requires}"] == 1
    if not star.waits:
        return held.astype(np.float64)
    waits = columns[star.waits]
    held &= ~(waits > 99.5)
    return np.where(held & np.isnan(waits), np.nan, held)


def rounded(column: Column, parts: float) -> Column:
    """Rounded to 1/parts, half up; values are not below 0."""
    return np.floor(column * (parts * REACHED) + 0.5) / parts


def _banded(one: Indicator, columns: dict[str, Column]) -> None:
    (x, y, z, w), (a, b, c, d) = (columns[fact] for fact in one.facts), one.names
    t = one.shift
    columns[a] = a_ = ((x >= 20 + t).view(np.int8) + (x >= 40 + t) + (x >= 60 + t) + (x >= 80 + t)).astype(np.float64)
    scaled = rounded(np.clip(x / y, 0, 2) * 2.5, 100)
    scaled[np.isnan(scaled) | ((x != 0) & (y == 0))] = 0.0
    columns[b] = scaled
    first = (x >= 50) & (z < 30)
    # Undecided where the first condition is, or, after a "no" of the first, the second.
    undecided = (np.isnan(x) & ~(z >= 30)) | (np.isnan(z) & ~(x < 50)) | np.isnan(w)
    columns[c] = c_ = np.where(first, 2.0, np.where(undecided, 0.0, w > 90 - t))
    columns[d] = np.minimum(a_ + scaled + c_, 9)


def _counted(one: Indicator, columns: dict[str, Column]) -> None:
    (x, y, _, _), (a, b, c, d) = (columns[fact] for fact in one.facts), one.names
    each = np.minimum(np.floor(x * (REACHED / (8 + one.shift))) * 0.5, 4)
    each[np.isnan(each)] = 0.0
    columns[a] = each
    columns[b] = share = rounded(x / (x + y), 10_000)
    banded = 3.0 - ((share > 0.3).view(np.int8) + (share > 0.5) + (share > 0.7))
    banded[np.isnan(share)] = 0.0
    columns[c] = banded
    columns[d] = np.minimum(each + banded, 6)


def _adjusted(one: Indicator, columns: dict[str, Column]) -> None:
    (x, y, z, _), (a, b, c, d) = (columns[fact] for fact in one.facts), one.names
    middle = 50 + one.shift
    scaled = np.interp(x, (0, middle, 100), (0, 4, 6))
    scaled[np.isnan(x)] = 0.0
    columns[a] = scaled
    enough, much = x >= 20, z > 80 + one.shift
    undecided = (np.isnan(x) & ~much) | (np.isnan(z) & ~enough)
    either = enough | much
    columns[b] = np.where(undecided, np.nan, either)
    after = np.where(either & ~undecided, scaled + 1, scaled)
    columns[c] = c_ = np.where(y > 95, np.maximum(after - 2, 0), after)
    columns[d] = rounded((scaled + 3 * c_) / 4, 100)


def _best(one: Indicator, columns: dict[str, Column]) -> None:
    (x, y, _, _), (a, b, c, d) = (columns[fact] for fact in one.facts), one.names
    apart = np.round(x - y, 9)
    banded = ((apart >= -50 - one.shift).view(np.int8) + (apart >= 0) + (apart >= 50)).astype(np.float64)
    columns[a] = banded
    most = rounded(np.maximum(x, y) * 0.04, 100)
    most[np.isnan(most)] = 0.0
    columns[b] = most
    columns[c] = highest = np.maximum(banded, most)
    columns[d] = np.minimum(banded + highest, 5.5)


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}
