"""How long what happened on a day stays in force."""

from datetime import timedelta
from functools import cache
from math import inf, isnan

import numpy as np

from fanxing.rating.columns import EPOCH, Column, days
from fanxing.scheme.days import months_after


def in_force(since: Column, months: int, as_of: float) -> Column:
    """Is the day `as_of` within so many months from each day?"""
    return (since >= np.asarray(_first_in_force(months, as_of))) & (since <= np.asarray(as_of))


@cache
def _first_in_force(months: int, as_of: float) -> float:
    """The earliest day whose months have not run out: the later the day, the later they do."""
    if isnan(as_of):
        return inf
    today = EPOCH + timedelta(days=int(as_of))
    day = months_after(today, -months) - timedelta(days=3)
    while months_after(day, months) <= today:
        day += timedelta(days=1)
    return days(day)
