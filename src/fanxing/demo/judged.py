"""Marks, surveys and rulings, and the profile that the village itself fills in once a year."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from fanxing.demo.calendar import next_workday, open_days
from fanxing.demo.civility import customs
from fanxing.demo.ecology import outward_state
from fanxing.demo.life import Happening, Values, Year, days_of
from fanxing.demo.plan import Story
from fanxing.demo.words import RULING_BODIES, RULING_DOCUMENT


def village_profile(year: Year) -> Iterator[Happening]:
    """Once a year, in spring."""
    moved = year.crowd.dice.whole("moved", -6, 4).astype(np.float64) * year.is_rated
    sizes = {"households": year.size("households") + moved, "residents": year.size("residents") + moved * 3}
    on = year.day("profile", open_days(year.year, 2, 3))
    yield Happening("village_profile", year.everywhere, on, {**sizes, **outward_state(year), **customs(year)})


def township_review(year: Year) -> Iterator[Happening]:
    """The township's marks, in spring and in autumn."""
    marks = {
        "team_mark": year.mark("township_review", "team_mark", "party_branch", 0.55),
        "tidy_mark": np.round(year.rate("ecology", "tidy", 64, 93)),
    }
    for number in (3, 11) if year.is_rated else (11,):
        yield Happening("township_review", year.everywhere, year.day(f"review.{number}", open_days(year.year, number)[:12]), marks)


def joint_visit(year: Year) -> Iterator[Happening]:
    """One visit of all star teams together, from March to June; each gives its own mark."""
    marks = {
        "site_mark": year.mark("joint_visit", "site_mark", "party_branch", 0.5),
        "plan_mark": year.mark("joint_visit", "plan_mark", "industry", 0.3),
        "tidy_mark": np.round(year.rate("ecology", "tidy_visit", 62, 94)),
        "grid_mark": year.mark("joint_visit", "grid_mark", "safety", 0.5),
        "culture_mark": year.mark("joint_visit", "culture_mark", "civility", 0.5),
    }
    yield Happening("joint_visit", year.everywhere, year.day("visit", open_days(year.year, 3, 6)), marks)


def survey(year: Year) -> Iterator[Happening]:
    """A few dozen residents asked over the telephone."""
    asked = 40 + year.size("households") // 12
    values = {
        "asked": asked,
        "satisfied": year.part("civility", "satisfied", asked, 0.72, 0.98),
        "felt_safe": year.part("safety", "felt_safe", asked, 0.8, 0.98),
    }
    yield from surveyed(year, values)


def surveyed(year: Year, values: Values) -> Iterator[Happening]:
    """A survey in spring and one in autumn."""
    for number in (3, 11) if year.is_rated else (11,):
        # One day of calls for a whole township.
        calls = days_of([next_workday(day) for day in open_days(year.year, number)[:10]])
        yield Happening("survey", year.everywhere, year.crowd.towns.pick(f"survey/{year.year}/{number}", calls.tolist()), values)


def vetoes(year: Year) -> Iterator[Happening]:
    """The ruling that takes a star."""
    values = {"about": "public_incident", "severe": True, "body": RULING_BODIES["public_incident"], "document": RULING_DOCUMENT}
    yield Happening("ruling", year.has(Story.VETOED), year.on(next_workday(date(year.year, 9, 15))), values)
