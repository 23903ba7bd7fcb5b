"""pandas: the rules of the workload as operations on series; missing is NaN."""

import numpy as np
import pandas as pd
from workload import KINDS, REACHED, STARS, Indicator, Inputs, Results, Star, may_be_missing, rules

Columns = dict[str, pd.Series]


def prepare(inputs: Inputs) -> pd.DataFrame:
    return pd.DataFrame({"kind": pd.Categorical.from_codes(inputs.codes, KINDS), **inputs.columns})


def run(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """A frame with all rules of each kind."""
    return [_of_kind(frame[frame["kind"] == kind], kind) for kind in KINDS]


def results(frames: list[pd.DataFrame]) -> Results:
    names = ["tier", "total", *(f"s{star}_score" for star in range(STARS))]
    table = pd.concat([frame[names] for frame in frames]).sort_index()
    columns = {name: table[name].to_numpy() for name in names}
    return Results(columns.pop("tier"), columns)


def _of_kind(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    stars = rules(kind)
    columns = {f"f{fact}": frame[f"f{fact}"] if may_be_missing(fact) else frame[f"f{fact}"].fillna(0.0) for fact in range(60)}
    for star in stars:
        for one in star.indicators:
            FORMS[one.form](one, columns)
        columns[star.score] = rounded(sum(columns[one.names[3]] for one in star.indicators), 100)
    for star in stars:
        columns[star.id] = _held(star, columns)
    columns["total"] = sum(columns[star.score] for star in stars)
    columns["tier"] = sum(columns[star.id] for star in stars)
    return pd.DataFrame(columns)


def _held(star: Star, columns: Columns) -> pd.Series:
    """1, 0, or NaN: not to be decided."""
    held = (columns[star.score] >= star.pass_mark - 5e-11) & ~(columns[star.veto] > 98.5)
    if star.requires is not None:
        held &= columns[f"s{star.requires}"] == 1
    if not star.waits:
        return held.astype(float)
    waits = columns[star.waits]
    held &= ~(waits > 99.5)
    return held.astype(float).mask(held & waits.isna())


def rounded(column: pd.Series, parts: float) -> pd.Series:
    return np.floor(column * (parts * REACHED) + 0.5) / parts


def _banded(one: Indicator, columns: Columns) -> None:
    (x, y, z, w), (a, b, c, d), t = (columns[fact] for fact in one.facts), one.names, one.shift
    columns[a] = (x >= 20 + t).astype(float) + (x >= 40 + t) + (x >= 60 + t) + (x >= 80 + t)
    columns[b] = rounded((x / y).mask(y == 0).clip(0, 2) * 2.5, 100).fillna(0.0)
    first = (x >= 50) & (z < 30)
    undecided = (x.isna() & ~(z >= 30)) | (z.isna() & ~(x < 50)) | w.isna()
    columns[c] = (w > 90 - t).astype(float).mask(undecided, 0.0).mask(first, 2.0)
    columns[d] = (columns[a] + columns[b] + columns[c]).clip(upper=9)


def _counted(one: Indicator, columns: Columns) -> None:
    (x, y, _, _), (a, b, c, d), t = (columns[fact] for fact in one.facts), one.names, one.shift
    columns[a] = (np.floor(x * (REACHED / (8 + t))) * 0.5).clip(upper=4).fillna(0.0)
    columns[b] = share = rounded(x / (x + y), 10_000)
    columns[c] = (3.0 - (share > 0.3) - (share > 0.5) - (share > 0.7)).mask(share.isna(), 0.0)
    columns[d] = (columns[a] + columns[c]).clip(upper=6)


def _adjusted(one: Indicator, columns: Columns) -> None:
    (x, y, z, _), (a, b, c, d), t = (columns[fact] for fact in one.facts), one.names, one.shift
    middle = 50 + t
    columns[a] = line = (x * (4 / middle)).where(x < middle, 4 + (x - middle) * (2 / (100 - middle))).fillna(0.0)
    enough, much = x >= 20, z > 80 + t
    either, undecided = enough | much, (x.isna() & ~much) | (z.isna() & ~enough)
    columns[b] = either.astype(float).mask(undecided)
    after = line.mask(either & ~undecided, line + 1)
    columns[c] = after.mask(y > 95, (after - 2).clip(lower=0))
    columns[d] = rounded((line + 3 * columns[c]) / 4, 100)


def _best(one: Indicator, columns: Columns) -> None:
    (x, y, _, _), (a, b, c, d), t = (columns[fact] for fact in one.facts), one.names, one.shift
    apart = (x - y).round(9)
    columns[a] = (apart >= -50 - t).astype(float) + (apart >= 0) + (apart >= 50)
    columns[b] = rounded(np.maximum(x, y) * 0.04, 100).fillna(0.0)
    columns[c] = np.maximum(columns[a], columns[b])
    columns[d] = (columns[a] + columns[c]).clip(upper=5.5)


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}
