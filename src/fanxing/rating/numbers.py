"""The one comparison and the one rounding: on floats, as if on 12 significant decimal digits, half away from zero."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from math import inf, nextafter

import numpy as np
from numpy.typing import NDArray

from fanxing.rating.columns import on_digits

DIGITS = 12
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
# Two numbers further apart than this (relatively) differ on 12 digits too: each moves by at most half a unit of its 12th digit.
_CLOSE = 1.1e-11
_A_LITTLE_MORE, _AN_ULP_MORE = np.asarray(1 + _CLOSE), np.asarray(1 + 4e-16 * 8)
# A difference below this share of its larger operand has lost digits: it is reckoned to the 12th digit of that operand.
CANCELLED = 0.01
# Where |a + b| is below 1/100 of the larger of two operands, it is below this share of either.
_OF_EITHER = np.asarray(CANCELLED / (1 - CANCELLED) * 1.001)
_HALF = np.asarray(0.5)

# The powers of ten from 10**-330 (which is 0) on, and what the numbers from each on are to be multiplied by so that their 12th digit is the
# last before the point.
_POWERS = np.array([float(f"1e{power}") for power in range(-330, 309)])
_TO_UNITS = np.array([0.0, *(float(f"1e{min(DIGITS - 1 - power, 300)}") for power in range(-330, 309))])


def to_digits(values: Floats) -> Floats:
    """Each value rounded to 12 significant decimal digits; equal decimals become the same float. NaN stays NaN."""
    size = np.abs(values)
    return np.copysign(_to_twelfth_digit_of(size, size), values)


def _to_twelfth_digit_of(leader: Floats, size: Floats) -> Floats:
    """Sizes rounded, half up, to the 12th digit of their leaders."""
    up = _TO_UNITS[_POWERS.searchsorted(leader, side="right")]
    return np.asarray(np.floor(size * up + _HALF) / up)


def shown(values: Floats) -> Floats:
    """Each value as it is shown and stored: on 12 significant digits as Python writes them, and never −0."""
    size = np.abs(values)
    up = _TO_UNITS[_POWERS.searchsorted(size, side="right")]
    scaled = size * up
    whole = np.floor(scaled + _HALF)
    result: Floats = np.copysign(whole / up, values) + 0.0
    # Where binary arithmetic could go either way, and where a power of ten is not exact, Python's own word is taken.
    unsure = (np.abs(np.abs(scaled - whole) - 0.5) < 0.01) | ((size < 1e-9) & (size > 0)) | (size > 1e11)
    for row in unsure.nonzero()[0]:
        result[row] = on_digits(float(values[row]))
    return result


def band(value: float) -> tuple[float, float]:
    """The lowest and the highest float that equal `value` on 12 digits: x ≥ value there means x ≥ band(value)[0]."""
    if value == 0:
        return 0.0, 0.0
    if value < 0:
        low, high = band(-value)
        return -high, -low
    exact = _CONTEXT.create_decimal(Decimal(value))
    unit = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
    below = unit / 10 if exact == Decimal(1).scaleb(exact.adjusted()) else unit
    return _first_at_or_above(exact - below / 2), nextafter(_first_at_or_above(exact + unit / 2), -inf)


def _first_at_or_above(bound: Decimal) -> float:
    value = float(bound)
    return value if Decimal(value) >= bound else nextafter(value, inf)


def _differ(left: Floats, right: Floats) -> Booleans:
    return np.asarray((left < right) | (left > right))


# What is missing compares as no with everything.
_PLAIN: dict[str, Callable[[Floats, Floats], Booleans]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": _differ,
}


def compare(op: str, left: Floats, right: Floats) -> Booleans:
    """`left op right` on 12 digits, elementwise; no where either is missing."""
    plain = _PLAIN[op](left, right)
    close = np.abs(left - right) < np.abs(right) * _CLOSE
    if np.count_nonzero(close):
        close &= left != right
        if np.count_nonzero(close):
            left, right, close = np.broadcast_arrays(left, right, close)
            plain = np.array(np.broadcast_to(plain, close.shape))
            plain[close] = _PLAIN[op](to_digits(left[close]), to_digits(right[close]))
    return plain


Test = tuple[Callable[[Floats, Floats], Booleans], Floats]
"""What a column is compared by, and with."""


def comparing(op: str, value: float) -> Test:
    """How `x op value` is found on 12 digits: by a plain comparison with the edge of the constant's band; no where x is missing."""
    low, high = (np.asarray(edge) for edge in band(value))
    if op in ("==", "!="):
        return _inside if op == "==" else _outside, np.array([low, high])
    return _PLAIN[op], low if op in ("<", ">=") else high


def _inside(x: Floats, ends: Floats) -> Booleans:
    return np.asarray((x >= ends[0]) & (x <= ends[1]))


def _outside(x: Floats, ends: Floats) -> Booleans:
    return np.asarray((x < ends[0]) | (x > ends[1]))


def settled(result: Floats, *operands: Floats, either: Floats | float | None = None) -> Floats:
    """A sum (or difference) of operands, reckoned to the 12th digit of the largest where it cancelled to less than 1/100 of it.

    result  is the caller's to give away: it is changed in place
    either  of two operands the size (≥ 0) of the one that is the easier to have
    """
    if either is None:
        lost = np.abs(result) < reduce(np.maximum, [np.abs(one) for one in operands]) * CANCELLED
    else:
        lost = np.abs(result) < either * _OF_EITHER
    return _settle(result, lost, operands) if np.count_nonzero(lost) else result


def _settle(result: Floats, lost: Booleans, operands: Sequence[Floats]) -> Floats:
    if not result.ndim:
        return np.asarray(_settle(result[None], lost[None], operands)[0])
    rows = lost.nonzero()[0]
    left = result[rows]
    size = np.abs(left)
    largest = reduce(np.maximum, [np.abs(one[rows] if one.ndim else one) for one in operands])
    exact = np.copysign(_to_twelfth_digit_of(largest, size), left)
    result[rows] = np.where(size < largest * CANCELLED, exact, left)
    return result


def whole_below(values: Floats, per: float) -> Floats:
    """How many full `per` each value holds (values from 0 upwards), a value that reaches one on 12 digits having reached it."""
    return _floor(values / per, values, per, 0.0)


def rounding(step: float, *, negative: bool = True) -> Callable[[Floats], Floats]:
    """A function that rounds values to a multiple of `step`, half away from zero, on 12 digits. `negative`: can there be values below 0?"""
    inverse = round(1 / step)
    decimal = step < 1 and abs(inverse * step - 1) < 1e-12
    per, to_steps, back = (np.asarray(float(inverse)), np.multiply, np.divide) if decimal else (np.asarray(step), np.divide, np.multiply)

    def round_up_from_zero(values: Floats) -> Floats:
        steps = to_steps(values, per)
        steps += _HALF
        rounded: Floats = back(_floor(steps, values, step, 0.5), per)
        return rounded

    if not negative:
        return round_up_from_zero
    return lambda values: np.copysign(round_up_from_zero(np.abs(values)), values)


def _floor(steps: Floats, values: Floats, step: float, shift: float) -> Floats:
    """The whole part of `steps`, which is values ÷ step + shift: where it falls short of a whole number by so little that the value may
    reach it on 12 digits, reckoned again from those."""
    whole = np.floor(steps)
    steps *= _A_LITTLE_MORE
    short = np.floor(steps) > whole
    return _corrected(whole, short, values, step, shift) if np.count_nonzero(short) else whole


def _corrected(whole: Floats, short: Booleans, values: Floats, step: float, shift: float) -> Floats:
    if not whole.ndim:
        return np.asarray(_corrected(whole[None], short[None], values[None], step, shift)[0])
    rows = short.nonzero()[0]
    whole[rows] = np.floor((to_digits(values[rows]) / step + shift) * _AN_ULP_MORE)
    return whole
