"""Rules that give one of a few values: the place of the value in a table is computed, not the value."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import product
from math import inf, nextafter

import numpy as np

from fanxing.rating.columns import Column
from fanxing.rating.evaluate import Columns, Compute, Condition
from fanxing.rating.numbers import band
from fanxing.scheme.expressions import Const
from fanxing.scheme.model import Choose, Steps, Value

Fill = Callable[[Iterable[Value]], Column]
"""Values → the column of what a node gives for them."""

HOLDS = 1
# What can become of a condition that cannot be missing, and of one that can: fails, (cannot be judged,) holds.
DIGITS = ((0, HOLDS), (-1, 0, HOLDS))
# So many conditions have at most 3**5 outcomes, which int8 can number.
MOST_CONDITIONS = 5


def of_steps(form: Steps, of: Compute, fill: Fill, *, can_miss: bool) -> Compute:
    """Steps on a number: as many places into the table as edges are reached."""
    edges, given = _edges(form)
    table, rising = fill([*given, None]), np.array(edges)[:, None]
    if not can_miss or table[-1].tobytes() == table[0].tobytes():
        return lambda columns: table.take(_reached(of(columns), rising))

    def compute(columns: Columns) -> Column:
        x = of(columns)
        # What is missing reaches no edge; place −1 is the last of the table.
        return table.take(_reached(x, rising) - np.isnan(x).view(np.int8))

    return compute


def of_words(form: Steps, of: Compute, fill: Fill, code: Callable[[str], int]) -> Compute:
    """Steps on a text: a place for each word; the last but one for all other words, which have higher codes; the last for none (−1)."""
    given = {code(str(word)): value for word, value in form.rows}
    others = np.asarray(max(given) + 1, np.int32)
    table = fill([*(given.get(place, form.otherwise) for place in range(int(others))), form.otherwise, None])
    return lambda columns: table.take(np.minimum(of(columns), others))


def fits(form: Choose) -> bool:
    """Can a choose be a table: few conditions, and nothing to compute but them?"""
    return form.rows[0].when is not None and len(form.rows) <= MOST_CONDITIONS and all(isinstance(row.give, Const) for row in form.rows)


def of_choose(form: Choose, conditions: Sequence[Condition], fill: Fill) -> Compute:
    """A choose that `fits`: a place for every outcome of its conditions."""
    digits = [DIGITS[condition.can_miss] for condition in conditions]
    given = {_number(outcome, digits): _given(form, outcome, digits) for outcome in product(*digits)}
    # A number below 0 is a place counted from the end.
    table = fill(given[place] if place in given else given[place - len(given)] for place in range(len(given)))
    first, *others = (_digit(condition) for condition in conditions)
    following = [(np.asarray(len(possible), np.int8), digit) for possible, digit in zip(digits[1:], others, strict=True)]

    def compute(columns: Columns) -> Column:
        number = first(columns)
        for base, digit in following:
            number = number * base + digit(columns)
        return table.take(number)

    return compute


def _edges(form: Steps) -> tuple[list[float], list[Value]]:
    """Rising edges, and what is given below the first, from the first on, from the second on, … (x has reached an edge if x ≥ edge)."""
    rows = sorted((float(threshold), value) for threshold, value in form.rows)
    given = [value for _, value in rows]
    at = [band(threshold)[0] for threshold, _ in rows]
    above = [nextafter(band(threshold)[1], inf) for threshold, _ in rows]
    match form.comparison:
        case "at_least":
            return at, [form.otherwise, *given]
        case "more_than":
            return above, [form.otherwise, *given]
        case "below":
            return at, [*given, form.otherwise]
        case "up_to":
            return above, [*given, form.otherwise]
        case "equals":
            edges = [edge for pair in zip(at, above, strict=True) for edge in pair]
            return edges, [form.otherwise, *(one for value in given for one in (value, form.otherwise))]


def _reached(x: Column, edges: Column) -> Column:
    """How many of the edges (one a row) each value has reached."""
    holds = (x >= edges).view(np.int8)
    count: Column = holds[0] if len(edges) == 1 else np.add.reduce(holds, axis=0, dtype=np.int8 if len(edges) < 127 else np.int16)
    return count


def _given(form: Choose, outcome: Sequence[int], digits: Sequence[Sequence[int]]) -> Value:
    """What the first row gives that holds, unless one above it cannot be judged."""
    for digit, possible, row in zip((*outcome, HOLDS), (*digits, ()), form.rows, strict=False):
        if digit == HOLDS:
            assert isinstance(row.give, Const)  # it fits
            return row.give.value
        if digit != possible[0]:
            return None
    return None


def _digit(condition: Condition) -> Compute:
    holds, fails = condition.holds, condition.fails
    if condition.can_miss:
        return lambda columns: holds(columns).view(np.int8) - fails(columns).view(np.int8)
    return lambda columns: holds(columns).view(np.int8)


def _number(outcome: Sequence[int], digits: Sequence[Sequence[int]]) -> int:
    """The digits of an outcome read as one number."""
    return reduce(lambda number, more: number * len(more[0]) + more[1], zip(digits[1:], outcome[1:], strict=True), outcome[0])
