"""Parts put together: sums, means, the lowest and the highest, counts."""

from collections.abc import Callable, Sequence
from functools import reduce
from math import inf

import numpy as np

from fanxing.rating.columns import Column
from fanxing.rating.evaluate import Columns, Compute, finite
from fanxing.rating.numbers import settled
from fanxing.scheme.model import Combine
from fanxing.scheme.ranges import Range

Fold = Callable[[list[Column], Column], Column]
"""Parts, and the weights of those that count taken together → the whole."""

# What a part that is left out counts as, so that it changes nothing.
NEUTRAL = {"sum": 0.0, "mean": 0.0, "count": 0.0, "geometric": 1.0, "lowest": inf, "highest": -inf}


def combining(form: Combine, parts: Sequence[Compute], reach: Sequence[Range]) -> Compute:
    """A function for the whole of some parts (of a count: 1, 0 or missing each)."""
    fold, all_weights = _folding(form, reach), np.asarray(float(sum(form.weights) or len(parts)))
    if form.how in ("sum", "mean"):
        parts = [_times(part, weight) for part, weight in zip(parts, form.weights or [1.0] * len(parts), strict=True)]
    if form.missing != "not rated" and any(one.missing for one in reach):
        return _going_on(form, parts, reach, fold)
    return lambda columns: fold([part(columns) for part in parts], all_weights)


def _times(part: Compute, weight: float) -> Compute:
    factor = np.asarray(weight)
    return part if weight == 1 else lambda columns: part(columns) * factor


def _folding(form: Combine, reach: Sequence[Range]) -> Fold:
    cancels, bounded = any(part.low < 0 for part in reach), all(part.bounded for part in reach)
    weights = [np.asarray(weight) for weight in form.weights or [1.0] * len(reach)]
    match form.how:
        case "sum" | "count":
            return lambda parts, _: total(parts, cancels=cancels, bounded=bounded)
        case "mean":
            return lambda parts, counting: total(parts, cancels=cancels, bounded=bounded) / counting
        case "geometric":
            return lambda parts, counting: np.exp(
                reduce(np.add, [weight * np.log(part) for part, weight in zip(parts, weights, strict=True)]) / counting
            )
        case "lowest":
            return lambda parts, _: reduce(np.minimum, parts)
        case "highest":
            return lambda parts, _: reduce(np.maximum, parts)


def _going_on(form: Combine, parts: Sequence[Compute], reach: Sequence[Range], fold: Fold) -> Compute:
    """A combination that goes on without the parts that are missing."""
    leaving_out = form.missing == "leave out"
    stand_in = np.asarray(NEUTRAL[form.how] if leaving_out else 0.0)
    weights = [np.asarray(weight) for weight in form.weights or [1.0] * len(parts)]
    all_weights = np.asarray(float(sum(weights)))
    certain = sum(not one.missing for one in reach)
    need = max(form.need, 1 if leaving_out else 0)

    def compute(columns: Columns) -> Column:
        found = [part(columns) for part in parts]
        there = [~np.isnan(part) for part in found]
        counting = reduce(np.add, [one * weight for one, weight in zip(there, weights, strict=True)]) if leaving_out else all_weights
        whole = fold([np.where(one, part, stand_in) for one, part in zip(there, found, strict=True)], counting)
        if form.how == "sum" and form.weights and leaving_out:
            whole = whole * (all_weights / counting)
        if certain >= need:
            return whole
        return np.where(reduce(np.add, [one.astype(np.int32) for one in there]) >= need, whole, np.nan)

    return compute


def total(columns: Sequence[Column], *, cancels: bool, bounded: bool) -> Column:
    """The sum of columns, settled where they may cancel, finite where they may overflow."""
    found: Column = sum(columns[1:], columns[0])
    if len(columns) == 1:
        return found
    found = found if bounded else finite(found)
    return settled(found, *columns) if cancels else found
