"""Marks, surveys and rulings, and the profile that the village itself fills in once a year."""

from collections.abc import Iterator
from datetime import date
from random import Random

from fanxing.demo.calendar import next_workday, open_days
from fanxing.demo.civility import customs
from fanxing.demo.ecology import outward_state
from fanxing.demo.life import Event, Year
from fanxing.demo.plan import SEED, Story
from fanxing.demo.words import RULING_BODIES, RULING_DOCUMENT
from fanxing.scheme.model import Value


def village_profile(year: Year) -> Iterator[Event]:
    """Once a year, before the year closes."""
    village = year.village
    moved = 0 if year.is_rated else year.luck("moved").randint(-6, 4)
    values: dict[str, Value] = {"households": village.households + moved, "residents": village.residents + moved * 3}
    day = year.luck("profile").choice(open_days(year.year, 12)[:15])
    yield Event("village_profile", day, {**values, **outward_state(year), **customs(year)})


def township_review(year: Year) -> Iterator[Event]:
    """The township's marks, at the end of the year."""
    marks: dict[str, Value] = {
        "team_mark": year.mark("township_review", "team_mark", "party_branch", 0.55),
        "tidy_mark": round(year.rate("ecology", "tidy", 64, 93)),
    }
    yield Event("township_review", year.luck("review").choice(open_days(year.year, 12)[:12]), marks)


def joint_visit(year: Year) -> Iterator[Event]:
    """One visit of all star teams together; each gives its own mark."""
    marks: dict[str, Value] = {
        "site_mark": year.mark("joint_visit", "site_mark", "party_branch", 0.5),
        "plan_mark": year.mark("joint_visit", "plan_mark", "industry", 0.3),
        "tidy_mark": round(year.rate("ecology", "tidy_visit", 62, 94)),
        "grid_mark": year.mark("joint_visit", "grid_mark", "safety", 0.5),
        "culture_mark": year.mark("joint_visit", "culture_mark", "civility", 0.5),
    }
    yield Event("joint_visit", year.luck("visit").choice(open_days(year.year, 11)), marks)


def survey(year: Year) -> Iterator[Event]:
    """A few dozen residents asked over the telephone."""
    asked = 40 + year.village.households // 12
    values = {
        "asked": asked,
        "satisfied": year.part("civility", "satisfied", asked, 0.72, 0.98),
        "felt_safe": year.part("safety", "felt_safe", asked, 0.8, 0.98),
    }
    # One week of calls for the whole township.
    day = Random(f"{SEED}/survey/{year.year}").choice(open_days(year.year, 12)[:10])
    yield Event("survey", next_workday(day), values)


def vetoes(year: Year) -> Iterator[Event]:
    """The ruling that takes a star of one village."""
    if year.has(Story.VETOED):
        on = next_workday(date(year.year, 9, 15))
        body = RULING_BODIES["public_incident"]
        ruling: dict[str, Value] = {"about": "public_incident", "severe": True, "body": body, "document": RULING_DOCUMENT}
        yield Event("ruling", on, ruling)
