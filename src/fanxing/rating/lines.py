"""Straight lines through points."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from fanxing.rating.changes import Change
from fanxing.rating.columns import Column
from fanxing.rating.numbers import CANCELLED, settled


def lines_through(points: Sequence[tuple[float, float]]) -> Change:
    """From a column of x (not beyond the first and the last point) to the heights there."""
    lines = [_line(*start, *end) for start, end in pairwise(points)]
    turns = [np.asarray(x) for x, _ in points[1:-1]]

    def compute(x: Column) -> Column:
        column = lines[0](x)
        for turn, line in zip(turns, lines[1:], strict=True):
            column = np.where(x < turn, column, line(x))
        return column

    return compute


def _line(x0: float, y0: float, x1: float, y1: float) -> Change:
    start, height, rise = np.asarray(x0), np.asarray(y0), _difference(y1, y0)
    slope = np.asarray(rise / _difference(x1, x0))
    cancels = y0 * rise < 0 and (y0 * y1 <= 0 or abs(y1) < abs(y0) * 2 * CANCELLED)

    def compute(x: Column) -> Column:
        way = settled(x - start, start, x, either=abs(x0)) if x0 else x
        up = way * slope
        return np.asarray(settled(height + up, height, up, either=abs(y0)) if cancels else height + up)

    return compute


def _difference(a: float, b: float) -> float:
    return float(settled(np.asarray(a - b), np.asarray(a), np.asarray(b)))
