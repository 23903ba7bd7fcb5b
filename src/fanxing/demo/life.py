"""What units are seen through while their year is written: chance, their level in each star, and what one event is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from fanxing.demo.dice import Numbers, Truths, Whole, Words
from fanxing.demo.plan import Crowd, Story
from fanxing.scheme.model import Scheme

EPOCH = date(1970, 1, 1)
# The year before the period went a little less well.
BETTER_EACH_YEAR = 0.055
# How far one subject of a unit lies from its level in the star, for good, and from year to year.
LASTING, PASSING = 0.24, 0.04

# A value for all units, or an array of one for each.
Values = Mapping[str, Any]


def days_of(days: Sequence[date]) -> Whole:
    """Days as numbers, counted from 1970."""
    return np.array([(day - EPOCH).days for day in days], np.int64)


def filled_where(told: Truths, values: Truths) -> Words:
    """Values where they are told; elsewhere the field is left empty."""
    found = values.astype(object)
    found[~told] = None
    return found


@dataclass(frozen=True)
class Happening:
    """One thing that happened in some units: in which, on what day in each, and what the record of it will say.

    A value is one for all or one a unit; None: the field is left empty. A link says the `label` of an earlier record of the unit.
    """

    kind: str
    happens: Truths
    on: Whole
    values: Values
    label: str = ""


# Whose star it is how decisions are made, people answered, reports handled and hazards put right.
USUALLY = {"deciding": "party_branch", "answering": "party_branch", "reporting": "safety", "fixing": "safety"}
# What the stars of a village are called elsewhere, and who else sees to these.
INSTEAD: Mapping[str, Mapping[str, str]] = {
    "village": {},
    "community": {"deciding": "shared_governance", "ecology": "shared_governance", "civility": "happiness"},
    "organ": {"answering": "service", "civility": "harmony"},
    "enterprise": {"deciding": "system", "civility": "harmony"},
    "compound": {
        "reporting": "property",
        "fixing": "tidy",
        "ecology": "tidy",
        "civility": "neighbours",
        "shared_governance": "party_branch",
    },
    "organ_branch": {},
}


@dataclass(frozen=True)
class Year:
    """One year of some units.

    levels     star → how well each does there: about 0 … 1. More of it never makes an event disappear or a figure worse
    is_rated   whether it is the year of the scheme's period, or the one before
    """

    scheme: Scheme
    crowd: Crowd
    year: int
    levels: Mapping[str, Numbers]
    is_rated: bool

    def share(self, topic: str) -> Numbers:
        """The chances of a subject in this year, from 0 up to 1; the same at every level."""
        return self.crowd.dice.share(f"{topic}/{self.year}")

    def between(self, topic: str, low: float, high: float) -> Numbers:
        """A chance between two numbers."""
        return low + (high - low) * self.share(topic)

    def lasting(self, topic: str, low: float = 0.0, high: float = 1.0) -> Numbers:
        """The chances of a subject in every year of the unit."""
        return self.crowd.dice.between(topic, low, high)

    def day(self, topic: str, days: Sequence[date]) -> Whole:
        """One of some days for each unit."""
        return self.crowd.dice.pick(f"{topic}.day/{self.year}", days_of(days).tolist())

    def word(self, topic: str, words: Sequence[str]) -> Words:
        """One of some words for each unit."""
        return self.crowd.dice.pick(f"{topic}.word/{self.year}", words)

    def whole(self, topic: str, low: int, high: int) -> Numbers:
        """A whole number of this year, from `low` to `high`."""
        return self.crowd.dice.whole(f"{topic}/{self.year}", low, high).astype(np.float64)

    def level(self, star: str, topic: str) -> Numbers:
        """How well each does in one subject of a star: 0 … 1."""
        peculiar = self.crowd.dice.between(topic, -LASTING, LASTING) + self.crowd.dice.between(f"{topic}/{self.year}", -PASSING, PASSING)
        return np.clip(self.levels[self._own(star)] + peculiar - (0 if self.is_rated else BETTER_EACH_YEAR), 0.0, 1.0)

    def _own(self, star: str) -> str:
        own = INSTEAD[self.crowd.kind].get(star, star)
        return USUALLY.get(own, own)

    def rate(self, star: str, topic: str, low: float, high: float) -> Numbers:
        """A figure between what the worst and the best have."""
        return low + (high - low) * self.level(star, topic)

    def part(self, star: str, topic: str, whole: Numbers, low: float, high: float) -> Numbers:
        """So many of a whole."""
        return np.minimum(np.round(whole * self.rate(star, topic, low, high)), np.floor(whole))

    def mark(self, kind: str, field: str, star: str, low: float) -> Numbers:
        """A mark in steps of a half, between a share and all of what the field allows."""
        one = self.scheme.records[kind].field(field)
        assert one is not None
        assert one.most is not None
        return np.round(self.rate(star, f"{kind}.{field}", low, 1) * one.most * 2) / 2

    def size(self, name: str) -> Numbers:
        """How large each is."""
        return self.crowd.sizes[name]

    def has(self, story: Story) -> Truths:
        """In which this year tells the story."""
        return self.crowd.has(story) & self.is_rated

    @property
    def everywhere(self) -> Truths:
        return np.ones(len(self.crowd), bool)

    def on(self, day: date) -> Whole:
        """One day for all."""
        return np.full(len(self.crowd), (day - EPOCH).days, np.int64)
