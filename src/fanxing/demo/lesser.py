"""What compounds and the branches of an organ keep: units outside the counts of the city."""

from collections.abc import Iterator

import numpy as np

from fanxing.demo.calendar import open_days
from fanxing.demo.community import needed, volunteered
from fanxing.demo.dice import picked
from fanxing.demo.figures import handed_on
from fanxing.demo.judged import surveyed
from fanxing.demo.life import Happening, Year
from fanxing.demo.organ import GRADES, given_task
from fanxing.demo.party import QUARTERS, held, lesson, theme_day
from fanxing.demo.safety import cameras_online

PARTY, PROPERTY, TIDY, SAFETY, NEIGHBOURS = "party_branch", "property", "tidy", "safety", "neighbours"
PROPERTY_GRADES = ("poor", "fair", "fair", "good", "good")


def meetings(year: Year) -> Iterator[Happening]:
    """Meetings of all members and days of the branch."""
    for number in range(1, 13):
        yield theme_day(year, number)
    for first in QUARTERS:
        yield held(year, "members", first + 1, first + 2, 0.55)


def branch_meetings(year: Year) -> Iterator[Happening]:
    """Those, and lessons and the review."""
    yield from meetings(year)
    for first in QUARTERS:
        yield lesson(year, first)
    yield held(year, "review_meeting", 3, 3, 0.7)


def profile(year: Year) -> Iterator[Happening]:
    """Once a year, in spring: what the compound itself knows."""
    buildings = 4 + year.size("households") // 55
    values = {
        "households": year.size("households"),
        "residents": year.size("residents"),
        "buildings": buildings,
        "buildings_with_chief": year.part(PARTY, "chiefs", buildings, 0.5, 1.08),
        "sorting_points": np.round(year.size("households") / 100 * year.rate(TIDY, "sorting", 0.3, 1.2)),
    }
    yield Happening("compound_profile", year.everywhere, year.day("profile", open_days(year.year, 2, 3)), values)


def party_register(year: Year) -> Iterator[Happening]:
    """Members in work who should report in the compound, and do."""
    in_service = np.round(year.size("members") * year.lasting("in_service", 0.8, 2.2))
    values = {"in_service": in_service, "reported": year.part(PARTY, "reported", in_service, 0.42, 0.97)}
    yield from handed_on(year, "party_register", 13, values)


def housing_figures(year: Year) -> Iterator[Happening]:
    """How the property manager was graded."""
    grade = picked(year.level(PROPERTY, "grade") * 0.999, PROPERTY_GRADES)
    yield from handed_on(year, "housing_figures", 7, {"property_grade": grade})


def police_figures(year: Year) -> Iterator[Happening]:
    """Cameras."""
    yield from handed_on(year, "police_figures", 17, cameras_online(year, 6 + year.size("households") // 40))


def review(year: Year) -> Iterator[Happening]:
    """The street's mark for how tidy it is."""
    for number in (3, 11) if year.is_rated else (11,):
        marks = {"tidy_mark": np.round(year.rate(TIDY, "tidy", 62, 94))}
        yield Happening("township_review", year.everywhere, year.day(f"review.{number}", open_days(year.year, number)[:12]), marks)


def survey(year: Year) -> Iterator[Happening]:
    """Some owners asked."""
    asked = 20 + year.size("households") // 15
    values = {
        "asked": asked,
        "satisfied": year.part(PROPERTY, "satisfied", asked, 0.7, 0.98),
        "felt_safe": year.part(SAFETY, "felt_safe", asked, 0.8, 0.98),
    }
    yield from surveyed(year, values)


def services(year: Year) -> Iterator[Happening]:
    """Neighbours who help."""
    yield from volunteered(year, range(1, 13, 2), NEIGHBOURS, year.size("residents") / 9)


def needs(year: Year) -> Iterator[Happening]:
    """What neighbours asked for."""
    yield from needed(year, NEIGHBOURS)


def branch_appraisal(year: Year) -> Iterator[Happening]:
    """How the organ judges its branch at the end of the year, and in spring what was planned."""
    goals = year.crowd.dice.whole("goals", 8, 18).astype(np.float64)
    values = {
        "goals": goals,
        "goals_met": year.part(PARTY, "goals", goals, 0.7, 1.03),
        "grade": picked(year.level(PARTY, "grade") * 0.999, GRADES),
        "brand": year.level(PARTY, "brand") > 0.5,
    }
    yield from handed_on(year, "appraisal", 24, values)


def branch_points(year: Year) -> Iterator[Happening]:
    """How many members reach the mark that is enough."""
    members = year.size("members")
    yield from handed_on(year, "member_points", 21, {"members": members, "qualified": year.part(PARTY, "points", members, 0.7, 1.01)})


def branch_tasks(year: Year) -> Iterator[Happening]:
    """Urgent tasks of the branch."""
    for number in range(3):
        overdue = year.share(f"task.{number}.late") > year.rate(PARTY, "tasks", 0.6, 1.05)
        yield given_task(year, "urgent", number, year.share(f"task.{number}") < 0.6, overdue)
