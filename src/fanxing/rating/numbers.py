"""The one comparison and the one rounding: on floats, as if on 12 significant decimal digits, half away from zero."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from math import inf, nextafter

import numpy as np
from numpy.typing import NDArray

DIGITS = 12
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
_POWERS = np.array([10.0**power for power in range(-330, 309)])
# Two numbers further apart than this (relatively) differ on 12 digits too: each moves by at most half a unit of its 12th digit.
_CLOSE = 1.1e-11
# A difference below this share of its larger operand has lost digits: it is reckoned to the 12th digit of that operand.
CANCELLED = 0.01


def to_digits(values: Floats) -> Floats:
    """Each value rounded to 12 significant decimal digits; equal decimals become the same float. NaN stays NaN."""
    size = np.abs(values)
    exponent = _exponent(size)
    return np.copysign(_at_power(size, exponent - (DIGITS - 1)), values)


def _exponent(size: Floats) -> NDArray[np.int64]:
    """The power of ten of the first digit of each value (0 for 0 and NaN)."""
    known = np.where((size > 1e-300) & np.isfinite(size), size, 1.0)
    exponent = np.floor(np.log10(known)).astype(np.int64)
    exponent += known >= _POWERS[exponent + 331]
    exponent -= known < _POWERS[exponent + 330]
    return exponent


def _at_power(size: Floats, power: NDArray[np.int64]) -> Floats:
    """Sizes rounded to a whole multiple of 10**power, half up, as the float nearest to that decimal."""
    up = _POWERS[np.minimum(-power, 300) + 330]
    scaled = np.floor(size * np.where(power <= 0, up, 1.0) / np.where(power > 0, _POWERS[power + 330], 1.0) + 0.5)
    return np.asarray(np.where(power <= 0, scaled / up, scaled * _POWERS[power + 330]))


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


_PLAIN: dict[str, Callable[[Floats, Floats], Booleans]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def compare(op: str, left: Floats, right: Floats) -> Booleans:
    """`left op right` on 12 digits, elementwise; a NaN on either side compares as floats do (the caller knows what is missing)."""
    plain = np.asarray(_PLAIN[op](left, right))
    close = np.abs(left - right) <= np.maximum(np.abs(left), np.abs(right)) * _CLOSE
    if close.any():
        left, right, close = np.broadcast_arrays(left, right, close)
        plain = np.array(np.broadcast_to(plain, close.shape))
        plain[close] = _PLAIN[op](to_digits(left[close]), to_digits(right[close]))
    return plain


def compare_constant(op: str, value: float) -> Callable[[Floats], Booleans]:
    """A function for `x op value` on 12 digits: one plain comparison with the edge of the constant's band."""
    low, high = band(value)
    match op:
        case "<":
            return lambda x: x < low
        case "<=":
            return lambda x: x <= high
        case ">":
            return lambda x: x > high
        case ">=":
            return lambda x: x >= low
        case "==":
            return lambda x: (x >= low) & (x <= high)
        case _:
            return lambda x: (x < low) | (x > high)


def after_cancelling(result: Floats, largest: Floats) -> Floats:
    """A sum or difference, reckoned to the 12th digit of its largest operand where it cancelled to less than 1/100 of it."""
    lost = (np.abs(result) < largest * CANCELLED) & (result != 0)
    if not lost.any():
        return result
    result = np.array(result)
    power = _exponent(np.broadcast_to(largest, result.shape)[lost]) - (DIGITS - 1)
    result[lost] = np.copysign(_at_power(np.abs(result[lost]), power), result[lost])
    return result


def whole_below(values: Floats, per: float) -> Floats:
    """How many full `per` each value holds (values from 0 upwards), a value that reaches one on 12 digits having reached it."""
    portions = values / per
    whole = np.floor(portions)
    return _corrected(values, per, portions, whole, 0.0)


def round_to(values: Floats, step: float, *, negative: bool = True) -> Floats:
    """Values rounded to a multiple of `step`, half away from zero, on 12 digits. `negative`: can there be values below 0?"""
    size = np.abs(values) if negative else values
    inverse = round(1 / step)
    decimal = step < 1 and abs(inverse * step - 1) < 1e-12
    halves = size * inverse if decimal else size / step
    halves = halves + 0.5
    whole = _corrected(size, step, halves, np.floor(halves), 0.5)
    result = whole / inverse if decimal else whole * step
    return np.copysign(result, values) if negative else result


def _corrected(values: Floats, step: float, shifted: Floats, whole: Floats, shift: float) -> Floats:
    """`whole`, one more where the value reaches the next multiple on 12 digits though its float falls just short."""
    short = np.floor(shifted * (1 + _CLOSE)) > whole
    if not short.any():
        return whole
    exact = to_digits(values[short]) / step + shift
    whole = np.array(whole)  # what reads no fact is a scalar
    whole[short] = np.where(np.isnan(exact), np.nan, np.floor(exact * (1 + 4e-16 * 8)))
    return whole
