"""How long what happened on a day stays in force."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from math import inf, isnan

import numpy as np

from fanxing.rating.columns import EPOCH, Column, days


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


def months_after(day: date, count: int) -> date:
    """The same day so many months later; the last day of a month stands for days that a month has not."""
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
