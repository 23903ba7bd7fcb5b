"""Columns: one NumPy array each, the missing value inside the array.

type      array     missing
number    float64   NaN (no computation turns it into a number; infinity is never stored)
date      float64   NaN (days since 1970-01-01)
yes/no    int8      MAYBE = 1, between NO = 0 and YES = 2: `and` is the minimum, `or` the maximum, `not` is 2 − x
text      int32     −1 (otherwise the place in the facts' list of words)
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanxing.scheme.expressions import Type
from fanxing.scheme.model import Value

Column = NDArray[Any]

NO, MAYBE, YES = np.int8(0), np.int8(1), np.int8(2)
NO_WORD = np.int32(-1)
# So many units are computed at a time: few enough for intermediate columns to stay in the processor's cache.
BLOCK = 16_384
EPOCH = date(1970, 1, 1)

DTYPES: dict[Type, type] = {Type.NUMBER: np.float64, Type.DATE: np.float64, Type.TRUTH: np.int8, Type.TEXT: np.int32}
MISSING: dict[Type, float | np.int8 | np.int32] = {Type.NUMBER: np.nan, Type.DATE: np.nan, Type.TRUTH: MAYBE, Type.TEXT: NO_WORD}


def missing(column: Column) -> NDArray[np.bool_]:
    """Where a column is missing."""
    if column.dtype == np.float64:
        return np.isnan(column)
    return np.asarray(column == (MAYBE if column.dtype == np.int8 else NO_WORD))


def days(day: date) -> float:
    """A day as it is stored in a column."""
    return float((day - EPOCH).days)


def encode(value: Value | date, type_: Type, words: dict[str, int]) -> Any:
    """A plain value as it is stored; a new word is added to `words`."""
    if value is None:
        return MISSING[type_]
    if type_ is Type.TRUTH:
        return YES if value else NO
    if type_ is Type.TEXT:
        return np.int32(words.setdefault(str(value), len(words)))
    if type_ is Type.DATE:
        return days(value if isinstance(value, date) else date.fromisoformat(str(value)))
    return float(value)  # type: ignore[arg-type]  # nothing but a number is left


def scalar(value: Value | date, type_: Type, words: dict[str, int]) -> Column:
    """A plain value as a column of no dimension, which spreads over any number of rows."""
    return np.asarray(encode(value, type_, words), DTYPES[type_])


def decode(stored: Any, type_: Type, words: tuple[str, ...]) -> Value | date:
    """A stored value as a plain one; numbers on 12 significant digits."""
    if type_ is Type.TRUTH:
        return None if stored == MAYBE else bool(stored == YES)
    if type_ is Type.TEXT:
        return None if stored < 0 else words[int(stored)]
    if np.isnan(stored):
        return None
    if type_ is Type.DATE:
        return EPOCH + timedelta(days=int(stored))
    return on_digits(float(stored))


def on_digits(value: float) -> float:
    """A number as it is shown and stored: on 12 significant digits, and never −0."""
    return float(f"{value:.12g}") + 0.0


def spelled(value: Value | date) -> str:
    """A value as text: whole numbers without a point; yes/no as true/false; missing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return str(value)
