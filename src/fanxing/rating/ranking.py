"""Places among all units of a kind."""

import numpy as np

from fanxing.rating.columns import NO_WORD, Column
from fanxing.rating.numbers import to_digits


def rank(of: Column, scopes: list[Column], only: Column | None, *, highest: bool, share: bool) -> Column:
    """The place (or share) of each row in its scope; missing where it is not ranked. `only`: the mask of those to rank."""
    ranked: Column = ~np.isnan(of)
    for scope in scopes:
        ranked &= scope != NO_WORD
    if only is not None:
        ranked &= only
    rows = np.flatnonzero(ranked)
    result = np.full(len(of), np.nan)
    if not len(rows):
        return result
    value = to_digits(of[rows])
    keys = [scope[rows] for scope in scopes]
    order = np.lexsort((-value if highest else value, *keys))
    new_group = _changes(keys, order)
    new_value = new_group | _changes([value], order)
    position = np.arange(len(rows))
    start = np.maximum.accumulate(np.where(new_group, position, 0))
    first_equal = np.maximum.accumulate(np.where(new_value, position, 0))
    place = (first_equal - start + 1).astype(np.float64)
    if share:
        group = np.cumsum(new_group) - 1
        place = place / np.bincount(group)[group]
    result[rows[order]] = place
    return result


def _changes(keys: list[Column], order: Column) -> Column:
    """Where, in this order, a row differs from the one before it; always at the first."""
    changed: Column = np.zeros(len(order), bool)
    changed[0] = True
    for key in keys:
        changed[1:] |= np.diff(key[order]) != 0
    return changed
