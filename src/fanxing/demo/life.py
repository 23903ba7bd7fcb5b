"""What a village is seen through while its year is written: chance, its level in each star, and what one event is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from fanxing.demo.plan import SEED, Story, Village
from fanxing.scheme.model import Scheme, Value

# The year before the period went a little less well.
BETTER_EACH_YEAR = 0.05
# How far one subject of a village lies from its level in the star, for good, and from year to year.
LASTING, PASSING = 0.24, 0.04


@dataclass(frozen=True)
class Event:
    """One thing that happened, as the record of it will say."""

    kind: str
    on: date
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Year:
    """One year of one village.

    levels     star → how well the village does there: about 0 … 1. More of it never makes an event disappear or a figure worse
    is_rated   whether it is the year of the scheme's period, or the one before
    attempt    draws all chances anew
    """

    scheme: Scheme
    village: Village
    year: int
    levels: Mapping[str, float]
    is_rated: bool
    attempt: int = 0

    def luck(self, topic: str) -> Random:
        """The chances of a subject in this year; the same at every level."""
        return Random(f"{SEED}/{self.village.code}/{self.attempt}/{topic}/{self.year}")

    def lasting_luck(self, topic: str) -> Random:
        """The chances of a subject in every year of the village."""
        return Random(f"{SEED}/{self.village.code}/{self.attempt}/{topic}")

    def level(self, star: str, topic: str) -> float:
        """How well the village does in one subject of a star: 0 … 1."""
        peculiar = _peculiarity(self.village.code, self.attempt, topic, self.year)
        level = self.levels[star] + peculiar - (0 if self.is_rated else BETTER_EACH_YEAR)
        return min(max(level, 0.0), 1.0)

    def rate(self, star: str, topic: str, low: float, high: float) -> float:
        """A figure between what the worst and the best villages have."""
        return low + (high - low) * self.level(star, topic)

    def part(self, star: str, topic: str, whole: float, low: float, high: float) -> int:
        """So many of a whole."""
        return min(round(whole * self.rate(star, topic, low, high)), int(whole))

    def mark(self, kind: str, field: str, star: str, low: float) -> float:
        """A mark in steps of a half, between a share and all of what the field allows."""
        one = self.scheme.records[kind].field(field)
        assert one is not None
        assert one.most is not None
        return round(self.rate(star, f"{kind}.{field}", low, 1) * one.most * 2) / 2

    def has(self, story: Story) -> bool:
        """Whether this year tells the story."""
        return self.is_rated and self.village.story is story


@cache
def _peculiarity(code: str, attempt: int, topic: str, year: int) -> float:
    lasting = Random(f"{SEED}/{code}/{attempt}/{topic}").uniform(-LASTING, LASTING)
    return lasting + Random(f"{SEED}/{code}/{attempt}/{topic}/{year}").uniform(-PASSING, PASSING)
