"""The cheapest ways to more points: choices from groups that do not touch each other, put together by dynamic programming."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

MOST_POINTS = 20_000
# Sums that differ further on are the same: binary arithmetic, not work, tells them apart.
DECIMALS = 11
MARGIN = 1e-9


@dataclass(frozen=True)
class Frontier:
    """What can be gained for how much work, each way better than all that take less: days and gains rise together.

    picks  for each way the place of the option chosen in each group so far
    whole  is no way left out?
    """

    days: Floats
    gains: Floats
    picks: Places
    whole: bool = True


NOTHING_DONE = Frontier(np.zeros(1), np.zeros(1), np.zeros((1, 0), np.int64))


def frontier(groups: Sequence[tuple[Floats, Floats]], enough: float) -> Frontier:
    """The ways through all groups, of each of which one option (days, gain) must be taken. More than `enough` is worth no more, and than
    what the groups that follow may take from it."""
    found = NOTHING_DONE
    for number, (days, gains) in enumerate(groups):
        found = _joined(found, days, gains, enough + _taken(groups[number + 1 :]))
    return found


def _taken(groups: Sequence[tuple[Floats, Floats]]) -> float:
    """The most points that some groups can take away."""
    return sum(max(-float(gains.min(initial=0.0)), 0.0) for _, gains in groups)


def cheapest(groups: Sequence[tuple[Floats, Floats]], enough: float) -> Frontier | None:
    """The way that gains enough for the least work, as a frontier of one; None where none does. The last group, which is best the
    largest, is not joined but looked up."""
    if not groups:
        return NOTHING_DONE if enough <= 0 else None
    rest, (days, gains) = frontier(groups[:-1], enough + MARGIN + _taken(groups[-1:])), groups[-1]
    at = np.searchsorted(rest.gains, enough - MARGIN - gains)
    whole_days = np.where(at < len(rest.days), days + rest.days[np.minimum(at, len(rest.days) - 1)], np.inf)
    option = int(np.argmin(np.round(whole_days, DECIMALS)))
    if np.isinf(whole_days[option]):
        return None
    row = int(at[option])
    picks = np.array([[*rest.picks[row], option]])
    return Frontier(whole_days[[option]], rest.gains[[row]] + gains[[option]], picks, rest.whole)


def _joined(so_far: Frontier, days: Floats, gains: Floats, enough: float) -> Frontier:
    options = best(days, gains)
    all_days = np.round(so_far.days[:, None] + days[options], DECIMALS).ravel()
    all_gains = np.minimum(np.round(so_far.gains[:, None] + gains[options], DECIMALS), enough).ravel()
    kept = best(all_days, all_gains)
    whole = so_far.whole and len(kept) <= MOST_POINTS
    kept = kept[:MOST_POINTS]
    before, option = np.divmod(kept, len(options))
    picks = np.concatenate([so_far.picks[before], options[option][:, None]], axis=1)
    return Frontier(all_days[kept], all_gains[kept], picks, whole)


def best(days: Floats, gains: Floats) -> Places:
    """The places of the ways that gain more than every way of less work, by days; of equal ones the first."""
    order = np.argsort(days, kind="stable")
    highest = np.maximum.accumulate(gains[order])
    rising = np.ones(len(order), bool)
    rising[1:] = highest[1:] > highest[:-1]
    return order[rising]
