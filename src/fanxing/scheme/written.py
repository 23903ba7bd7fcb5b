"""Values that know where they are written, so that a rule can be read as a sentence and changed in its place.

A place is the file and the number of the scalar in it, `stars/village/industry.yaml:17`; of a number inside an expression, also
the number of the numeral: `stars/village/industry.yaml:17.0`. Places stay what they are when values change. In a sentence such a
value stands as a mark, which `blanks` finds again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
# What a mark begins and ends with reads like a digit.
MARKS = (_OPEN, _CLOSE)


class Written(float):
    """A number with its place; `negated` where a sentence says what is taken: 扣 2 分 for −2."""

    at: str
    negated: bool

    @classmethod
    def of(cls, value: float, at: str, *, negated: bool = False) -> "Written":
        """The number written at a place."""
        one = cls(value)
        one.at, one.negated = at, negated
        return one

    def __neg__(self) -> "Written":
        return Written.of(-float(self), self.at, negated=not self.negated)

    def __abs__(self) -> "Written":
        return -self if self < 0 else self


class WrittenMonths(int):
    """A length in months with its place."""

    at: str

    @classmethod
    def of(cls, months: int, at: str) -> "WrittenMonths":
        """The length written at a place."""
        one = cls(months)
        one.at = at
        return one


class WrittenDay(date):
    """A day with its place."""

    at: str

    @classmethod
    def of(cls, day: date, at: str) -> "WrittenDay":
        """The day written at a place."""
        one = cls(day.year, day.month, day.day)
        one.at = at
        return one


@dataclass(frozen=True)
class Blank:
    """A value in a sentence that may be filled in otherwise; in percent where 0.95 is said 95%."""

    at: str
    percent: bool = False
    negated: bool = False


def mark(value: object, *, percent: bool = False) -> str:
    """What stands in a sentence for a value that knows its place; empty for others."""
    if isinstance(value, Written):
        return f"{_OPEN}{'%' * percent}{'-' * value.negated}{value.at}{_CLOSE}"
    return f"{_OPEN}{value.at}{_CLOSE}" if isinstance(value, WrittenMonths | WrittenDay) else ""


def blanks(sentence: str) -> Iterator[str | Blank]:
    """A sentence in pieces: words, and the values with a place."""
    for place, piece in enumerate(_MARK.split(sentence)):
        if place % 2:
            signs = piece[: len(piece) - len(piece.lstrip("%-"))]
            yield Blank(piece.lstrip("%-"), "%" in signs, "-" in signs)
        elif piece:
            yield piece
