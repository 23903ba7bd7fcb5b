"""Plain Python: the rules of the workload unit by unit; missing is None."""

from math import floor, isnan

import numpy as np
from workload import REACHED, STARS, Indicator, Inputs, Results, Star, may_be_missing, rules

Row = dict[str, float | bool | None]


def prepare(inputs: Inputs) -> list[tuple[str, Row]]:
    names = list(inputs.columns)
    values = zip(*(column.tolist() for column in inputs.columns.values()), strict=True)
    rows = ({name: None if isnan(value) else value for name, value in zip(names, row, strict=True)} for row in values)
    return list(zip(inputs.kinds(), rows, strict=True))


def run(units: list[tuple[str, Row]]) -> list[Row]:
    """A row with all rules for each unit."""
    of_kind: dict[str, tuple[Star, ...]] = {}
    return [_rate(of_kind.get(kind) or of_kind.setdefault(kind, rules(kind)), facts) for kind, facts in units]


def results(rows: list[Row]) -> Results:
    def column(name: str) -> np.ndarray:
        return np.array([np.nan if row[name] is None else row[name] for row in rows], float)

    return Results(column("tier"), {name: column(name) for name in ("total", *(f"s{star}_score" for star in range(STARS)))})


def _rate(stars: tuple[Star, ...], facts: Row) -> Row:
    row = {name: 0.0 if value is None and not may_be_missing(place) else value for place, (name, value) in enumerate(facts.items())}
    for star in stars:
        for one in star.indicators:
            FORMS[one.form](one, row)
        row[star.score] = rounded(sum(row[one.names[3]] for one in star.indicators), 100)
    for star in stars:
        row[star.id] = _held(star, row)
    row["total"] = sum(row[star.score] for star in stars)
    held = [row[star.id] for star in stars]
    row["tier"] = None if None in held else float(sum(held))
    return row


def _held(star: Star, row: Row) -> bool | None:
    veto = row[star.veto]
    if row[star.score] < star.pass_mark - 5e-11 or (veto is not None and veto > 98.5):
        return False
    if star.requires is not None and not row[f"s{star.requires}"]:
        return False
    if not star.waits:
        return True
    waits = row[star.waits]
    return None if waits is None else not waits > 99.5


def rounded(value: float | None, parts: float) -> float | None:
    return None if value is None else floor(value * (parts * REACHED) + 0.5) / parts


def _banded(one: Indicator, row: Row) -> None:
    (x, y, z, w), (a, b, c, d), t = (row[fact] for fact in one.facts), one.names, one.shift
    row[a] = 0.0 if x is None else 4.0 if x >= 80 + t else 3.0 if x >= 60 + t else 2.0 if x >= 40 + t else 1.0 if x >= 20 + t else 0.0
    row[b] = 0.0 if x is None or y is None or y == 0 else rounded(min(max(x / y, 0), 2) * 2.5, 100)
    first = both(None if x is None else x >= 50, None if z is None else z < 30)
    if first:
        row[c] = 2.0
    elif first is None or w is None:
        row[c] = 0.0
    else:
        row[c] = 1.0 if w > 90 - t else 0.0
    row[d] = min(row[a] + row[b] + row[c], 9)


def both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _counted(one: Indicator, row: Row) -> None:
    (x, y, _, _), (a, b, c, d), t = (row[fact] for fact in one.facts), one.names, one.shift
    row[a] = 0.0 if x is None else min(floor(x * (REACHED / (8 + t))) * 0.5, 4)
    share = None if x is None or y is None or x + y == 0 else rounded(x / (x + y), 10_000)
    row[b] = share
    row[c] = 0.0 if share is None else 3.0 if share <= 0.3 else 2.0 if share <= 0.5 else 1.0 if share <= 0.7 else 0.0
    row[d] = min(row[a] + row[c], 6)


def _adjusted(one: Indicator, row: Row) -> None:
    (x, y, z, _), (a, b, c, d), t = (row[fact] for fact in one.facts), one.names, one.shift
    middle = 50 + t
    row[a] = 0.0 if x is None else x * (4 / middle) if x < middle else 4 + (x - middle) * (2 / (100 - middle))
    none_is_enough = both(None if x is None else x < 20, None if z is None else z <= 80 + t)
    row[b] = None if none_is_enough is None else not none_is_enough
    after = row[a] + 1 if row[b] else row[a]
    row[c] = max(after - 2, 0) if y is not None and y > 95 else after
    row[d] = rounded((row[a] + 3 * row[c]) / 4, 100)


def _best(one: Indicator, row: Row) -> None:
    (x, y, _, _), (a, b, c, d), t = (row[fact] for fact in one.facts), one.names, one.shift
    if x is None or y is None:
        row[a] = row[b] = 0.0
    else:
        apart = round(x - y, 9)
        row[a] = 3.0 if apart >= 50 else 2.0 if apart >= 0 else 1.0 if apart >= -50 - t else 0.0
        row[b] = rounded(max(x, y) * 0.04, 100)
    row[c] = max(row[a], row[b])
    row[d] = min(row[a] + row[c], 5.5)


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}
