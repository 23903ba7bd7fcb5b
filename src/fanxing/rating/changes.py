"""What is done to a column once it is computed: keep it within bounds, fill what is missing."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from fanxing.rating.columns import BLOCK, Column, missing
from fanxing.rating.evaluate import Compute
from fanxing.scheme.expressions import Type
from fanxing.scheme.ranges import Range

Change = Callable[[Column], Column]


def after(compute: Compute, changes: Sequence[Change]) -> Compute:
    """A function for a column that is then changed."""
    if not changes:
        return compute
    if len(changes) == 1:
        change = changes[0]
        return lambda columns: change(compute(columns))
    return lambda columns: changed(compute(columns), changes)


def changed(column: Column, changes: Sequence[Change]) -> Column:
    """A column after some changes."""
    for change in changes:
        column = change(column)
    return column


def clipping(least: float | None, most: float | None, reach: Range) -> list[Change]:
    """Keeps a column within bounds, each only where the column can reach beyond it; what is missing stays missing."""
    least = None if least is None or reach.low >= least else least
    most = None if most is None or reach.high <= most else most
    if least is not None and most is not None:
        low, high = np.asarray(least), np.asarray(most)
        return [lambda column: column.clip(low, high)]
    if least is not None:
        return [_picking(np.maximum, least)]
    return [] if most is None else [_picking(np.minimum, most)]


def filling(value: Column, type_: Type, reach: Range) -> Change:
    """Gives what is missing a value; `reach` is that of the whole column, this value included."""
    if type_ is not Type.NUMBER or value not in (reach.low, reach.high):
        return lambda column: np.where(missing(column), value, column)
    return _picking(np.fmax if value == reach.low else np.fmin, float(value))  # of a number and NaN they give the number


def _picking(pick: np.ufunc, value: float) -> Change:
    constant = _constant(value)
    return lambda column: pick(column, constant[: column.size] if column.size <= BLOCK else value)


@cache
def _constant(value: float) -> Column:
    """A column of one value: NumPy is three times faster on two columns than on a column and a scalar."""
    return np.full(BLOCK, value)
