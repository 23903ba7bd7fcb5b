"""What is done to a column once it is computed: keep it within bounds, fill what is missing."""

from collections.abc import Callable, Sequence
from functools import cache, reduce
from math import inf

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
    return reduce(lambda column, change: change(column), changes, column)


def clipping(least: float | None, most: float | None) -> Change:
    """Keeps a column within bounds; what is missing stays missing."""
    if least is None and most is None:
        return lambda column: column
    low, high = np.asarray(-inf if least is None else least), np.asarray(inf if most is None else most)
    return lambda column: column.clip(low, high)


def filling(value: Column, type_: Type, reach: Range) -> Change:
    """Gives what is missing a value; `reach` is that of the whole column, this value included."""
    if type_ is not Type.NUMBER or value not in (reach.low, reach.high):
        return lambda column: np.where(missing(column), value, column)
    pick = np.fmax if value == reach.low else np.fmin  # of a number and NaN they give the number
    constant = _constant(float(value))
    return lambda column: pick(column, constant[: column.size] if column.size <= BLOCK else value)


@cache
def _constant(value: float) -> Column:
    """A column of one value: NumPy is three times faster on two columns than on a column and a scalar."""
    return np.full(BLOCK, value)
