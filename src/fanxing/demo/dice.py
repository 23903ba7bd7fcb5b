"""Chance for many units at once: what falls to a unit never depends on who else is drawn with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = "繁星"
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]
Words = NDArray[Any]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ONE_IN = 1.0 / (1 << 53)


@cache
def number_of(text: str) -> int:
    """A number of 64 bits that stands for a text; the same on every machine."""
    return int.from_bytes(sha256(f"{SEED}/{text}".encode()).digest()[:8], "big")


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64, which turns neighbouring numbers into unrelated ones (Steele, Lea and Flood, 2014)."""
    mixed = (state ^ (state >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True)
class Dice:
    """The chances of some units; each throw is named by a topic, and the same topic always falls the same."""

    seeds: NDArray[np.uint64]

    @classmethod
    def of(cls, codes: Sequence[str]) -> "Dice":
        """The dice of some units, by their codes."""
        return cls(np.array([number_of(code) for code in codes], np.uint64))

    def __len__(self) -> int:
        return len(self.seeds)

    def only(self, rows: Whole) -> "Dice":
        """Those of some units."""
        return Dice(self.seeds[rows])

    def anew(self, attempt: int) -> "Dice":
        """Other dice: everything falls differently."""
        return Dice(_mixed(self.seeds + np.array(attempt, np.uint64).reshape(1) * _STEP)) if attempt else self

    def share(self, topic: str) -> Numbers:
        """A number from 0 up to 1 for each unit."""
        state = _mixed(self.seeds ^ np.uint64(number_of(topic))) + _STEP
        return (_mixed(state) >> np.uint64(11)).astype(np.float64) * _ONE_IN

    def between(self, topic: str, low: float, high: float) -> Numbers:
        """A number between two."""
        return low + (high - low) * self.share(topic)

    def whole(self, topic: str, low: int, high: int) -> Whole:
        """A whole number from `low` to `high`, both included."""
        return low + (self.share(topic) * (high - low + 1)).astype(np.int64)

    def pick(self, topic: str, choices: Sequence[Any]) -> Words:
        """One of some things."""
        return picked(self.share(topic), choices)


def picked(shares: Numbers, choices: Sequence[Any]) -> Words:
    """One of some things for each share."""
    return _array(tuple(choices))[(shares * len(choices)).astype(np.int64)]


@cache
def _array(choices: tuple[Any, ...]) -> Words:
    numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in choices)
    return np.array(choices, np.int64) if numbers else np.array(choices, object)
