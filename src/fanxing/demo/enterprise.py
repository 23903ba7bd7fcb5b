"""What a company's record rests on: figures of business, staff and safety, suggestions, improvements, pioneers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.demo.calendar import days, next_workday, open_days
from fanxing.demo.community import called_for_staff, volunteered
from fanxing.demo.dice import Numbers, picked
from fanxing.demo.figures import handed_on
from fanxing.demo.judged import surveyed
from fanxing.demo.life import Happening, Year, filled_where
from fanxing.demo.organ import given_task
from fanxing.demo.plan import Story
from fanxing.demo.words import IMPROVEMENT_TOPICS

BENEFIT, SYSTEM, SAFETY, HARMONY, PARTY = "benefit", "system", "safety", "harmony", "party_branch"
CREDITS = ("c", "m", "b", "b", "a", "a")
STANDARDS = ("none", "third", "third", "second", "second", "first")
MATTERS = ("quality", "safety", "cost", "process", "welfare", "other")
# What one company is known for, and what the suggestions made in two companies were worth (yuan).
POSTS, ZONES, PROJECTS, TEAM_TASKS, STUDIO = 46, 6, 4, 8, 1
SUGGESTED, PUT_RIGHT, WORTH, WORTH_ELSEWHERE = 430, 300, 14_000_000, 86_000_000


def profile(year: Year) -> Iterator[Happening]:
    """Once a year, in spring: what the branch itself knows."""
    committee = year.crowd.dice.pick("committee", (3, 3, 5, 5, 7)).astype(np.float64)
    known = year.crowd.has(Story.PIONEERS)
    values = {
        "charter": year.level(SYSTEM, "charter") > 0.4,
        "committee": committee,
        "committee_managing": year.part(SYSTEM, "crossing", committee, 0.3, 0.95),
        "party_weight": np.round(year.rate(BENEFIT, "weight", 0, 0.12), 2),
        "pioneer_posts": np.where(known, POSTS, np.round(year.size("members") * year.rate(PARTY, "pioneers", 0.05, 0.6))),
        "pioneer_zones": np.where(known, ZONES, np.round(year.rate(PARTY, "zones", 0, 5.4))),
        "studio_results": np.where(known, STUDIO, np.round(year.rate(BENEFIT, "studio", 0, 2.6))),
    }
    yield Happening("enterprise_profile", year.everywhere, year.day("profile", open_days(year.year, 2, 3)), values)


def _turnover(year: Year) -> Numbers:
    """What the company turned over in the first year."""
    return np.round(year.size("staff") * np.exp(year.lasting("output", 12.0, 13.6)), -3)


def enterprise_figures(year: Year) -> Iterator[Happening]:
    """Turnover, taxes and output, compared with the year before."""
    turnover = _turnover(year)
    tax, output = np.round(turnover * year.lasting("tax", 0.02, 0.06), -2), np.round(turnover / year.size("staff"), -2)

    def grown(topic: str, high: float) -> Numbers:
        return year.rate(BENEFIT, topic, 0.94, high) if year.is_rated else np.ones(len(year.crowd))

    values = {
        "revenue": np.round(turnover * grown("revenue", 1.1), -3),
        "tax": np.round(tax * grown("taxes", 1.07), -2),
        "output_head": np.round(output * grown("output", 1.07), -2),
        "tax_credit": picked(year.level(SYSTEM, "credit") * 0.999, CREDITS),
        "abnormal": year.level(SYSTEM, "abnormal") < 0.15,
    }
    yield from handed_on(year, "enterprise_figures", 19, values, grows=("revenue", "tax", "output_head"), compared=True)
    if not year.is_rated:
        share = year.between("turnover before", 0.92, 1.03)
        before = {"revenue": np.round(turnover * share, -3), "tax": np.round(tax * share, -2), "output_head": np.round(output * share, -2)}
        yield Happening("enterprise_figures", year.everywhere, year.on(next_workday(date(year.year - 1, 11, 19))), before)


def labour_figures(year: Year) -> Iterator[Happening]:
    """Staff, contracts, insurance, wages, training."""
    staff = year.size("staff") if not year.is_rated else np.round(year.size("staff") * year.rate(HARMONY, "kept", 0.88, 1.04))
    trained = np.round(staff * year.rate(HARMONY, "trained", 0.05, 0.48))
    values = {
        "staff": staff,
        "contracts": year.part(SYSTEM, "contracts", staff, 0.9, 1.01),
        "insured_staff": year.part(SYSTEM, "insured", staff, 0.8, 1.0),
        "wage_months": np.clip(np.round(year.rate(SYSTEM, "wages", 7, 11.4)), 0, 11),
        "trained": trained,
        "certified": year.part(HARMONY, "certified", trained, 0.4, 0.88),
    }
    yield from handed_on(year, "labour_figures", 5, values, grows=("wage_months",), compared=True)
    if not year.is_rated:
        before = {"staff": np.round(year.size("staff") * year.between("staff before", 0.96, 1.03))}
        yield Happening("labour_figures", year.everywhere, year.on(next_workday(date(year.year - 1, 11, 5))), before)


def union_figures(year: Year) -> Iterator[Happening]:
    """The congress of staff, proposals, help and facilities."""
    proposals, to_help = year.whole("proposals", 3, 16), np.floor(year.size("staff") * year.lasting("to_help", 0.01, 0.04))
    values = {
        "congress": year.level(SYSTEM, "congress") > 0.35,
        "proposals": proposals,
        "proposals_done": year.part(SYSTEM, "proposals", proposals, 0.45, 0.98),
        "open_quarters": np.clip(np.round(year.rate(SYSTEM, "open", 0.6, 4.4)), 0, 4),
        "to_help": to_help,
        "helped": year.part(HARMONY, "helped", to_help, 0.55, 1.06),
        "facilities": np.round(year.rate(HARMONY, "facilities", 1, 4.6)),
    }
    yield from handed_on(year, "union_figures", 12, values)


def emergency_figures(year: Year) -> Iterator[Happening]:
    """Safety at work: standard, training, drills, fire."""
    values = {
        "standard_level": picked(year.level(SAFETY, "standard") * 0.999, STANDARDS),
        "safety_trained": year.part(SAFETY, "trained", np.floor(year.size("staff") * 0.86), 0.6, 1.12),
        "drills": np.round(year.rate(SAFETY, "drills", 0, 2.8)),
        "fire_passed": year.level(SAFETY, "fire") > 0.25,
    }
    yield from handed_on(year, "emergency_figures", 13, values)


def environment_figures(year: Year) -> Iterator[Happening]:
    """Emissions within what is allowed."""
    yield from handed_on(year, "environment_figures", 11, {"emission_passed": year.level(SAFETY, "emission") > 0.3})


def justice_figures(year: Year) -> Iterator[Happening]:
    """Contracts and rules looked through by lawyers."""
    documents = 8 + year.size("staff") // 10
    values = {"documents": documents, "documents_reviewed": year.part(SAFETY, "documents", documents, 0.76, 1.02)}
    yield from handed_on(year, "justice_figures", 18, values)


def appraisal(year: Year) -> Iterator[Happening]:
    """Goals of the branch in the company's own appraisal."""
    goals = year.crowd.dice.whole("goals", 5, 16).astype(np.float64)
    yield from handed_on(year, "appraisal", 14, {"goals": goals, "goals_met": year.part(BENEFIT, "goals", goals, 0.66, 1.04)})


def member_points(year: Year) -> Iterator[Happening]:
    """How many members reach the mark that is enough, summed up."""
    members = year.size("members")
    yield from handed_on(year, "member_points", 21, {"members": members, "qualified": year.part(PARTY, "points", members, 0.7, 1.01)})


def tasks(year: Year) -> Iterator[Happening]:
    """What the company's commandos were given, and its pioneer projects: whether they were done in time, and what they were worth."""
    known = year.crowd.has(Story.PIONEERS)
    count = np.where(known, TEAM_TASKS, year.whole("tasks", 3, 7))
    for number in range(TEAM_TASKS):
        overdue = ~known & (year.share(f"task.{number}.late") > year.rate(PARTY, "tasks", 0.45, 1.03))
        yield given_task(year, "team", number, number < count, overdue)
    projects = np.where(known, PROJECTS, year.whole("projects", 1, 5))
    worth = year.size("staff") * year.rate(BENEFIT, "project_value", 60, 900) / projects
    for number in range(5):
        topic = f"pioneer.{number}"
        overdue = ~known & (year.share(f"{topic}.late") > year.rate(BENEFIT, "projects", 0.4, 1.1))
        one = given_task(year, "pioneer", number, number < projects, overdue)
        closed = known | one.values["closed"]
        value = np.where(closed, np.round(worth * year.between(f"{topic}.value", 0.6, 1.4), -2), np.nan)
        confirmed = year.share(f"{topic}.confirmed") < year.rate(BENEFIT, "valued", 0.5, 1.05)
        more = {"closed": closed, "value": value, "value_confirmed": filled_where(closed, known | confirmed)}
        yield replace(one, values={**one.values, **more})


def suggestions(year: Year) -> Iterator[Happening]:
    """What staff suggested: what was taken up, put right and what it was worth."""
    most, told = 12, year.has(Story.PIONEERS)
    worth = year.size("staff") * year.rate(BENEFIT, "suggestion_value", 100, 2_600) / 5
    elsewhere = year.has(Story.IMPROVERS)
    count = np.where(told, SUGGESTED, np.where(elsewhere, most, year.whole("suggestions", 6, most)))
    for number in range(SUGGESTED if told.any() else most):
        topic = f"suggestion.{number}"
        adopted = told | elsewhere | (year.share(f"{topic}.adopted") < 0.75)
        put_right = adopted & (year.share(f"{topic}.right") < year.rate(BENEFIT, "put_right", 0.35, 1.0))
        put_right = np.where(told, number < PUT_RIGHT, elsewhere | put_right)
        value = np.round(worth * year.between(f"{topic}.value", 0.5, 1.5), -2)
        value = np.where(told, _share_of(WORTH, PUT_RIGHT, number), np.where(elsewhere, _share_of(WORTH_ELSEWHERE, most, number), value))
        values = {
            "about": year.word(topic, MATTERS),
            "by_member": year.share(f"{topic}.member") < year.rate(PARTY, "suggested", 0.2, 0.95),
            "adopted": adopted,
            "put_right": put_right,
            "value": np.where(put_right, value, np.nan),
        }
        on = year.day(topic, days(date(year.year, 1, 6), date(year.year, 11, 20)))
        yield Happening("suggestion", number < count, on, values)


def _share_of(whole: int, parts: int, number: int) -> int:
    """One of some nearly equal parts that add up to the whole."""
    return whole // parts + (number < whole % parts)


def improvements(year: Year) -> Iterator[Happening]:
    """Rounds of plan, do, check, act."""
    for number in range(8):
        topic = f"improvement.{number}"
        met = year.share(f"{topic}.met") < year.rate(BENEFIT, "improved", 0.45, 1.03)
        values = {
            "topic": year.word(topic, IMPROVEMENT_TOPICS),
            "met": met,
            "standard": met & (year.share(f"{topic}.standard") < 0.6),
        }
        happens = year.share(topic) < year.rate(BENEFIT, "improvements", 0.4, 0.95)
        yield Happening("improvement", happens, year.day(topic, open_days(year.year, 2, 11)), values)


def services(year: Year) -> Iterator[Happening]:
    """Volunteers of the company."""
    yield from volunteered(year, range(1, 13, 2), HARMONY, year.size("staff") * 1.3)


def jobs(year: Year) -> Iterator[Happening]:
    """Vacancies, and how many were filled."""
    yield from called_for_staff(year, HARMONY, year.whole("jobs", 1, 4))


def visit(year: Year) -> Iterator[Happening]:
    """One visit of all star teams together, from March to June."""
    marks = {
        "site_mark": year.mark("joint_visit", "site_mark", PARTY, 0.5),
        "branch_mark": year.mark("joint_visit", "branch_mark", PARTY, 0.5),
    }
    yield Happening("joint_visit", year.everywhere, year.day("visit", open_days(year.year, 3, 6)), marks)


def survey(year: Year) -> Iterator[Happening]:
    """Some of the staff asked."""
    asked = np.minimum(year.size("staff"), 30 + year.size("staff") // 8)
    values = {
        "asked": asked,
        "satisfied": year.part(HARMONY, "satisfied", asked, 0.72, 0.98),
        "felt_safe": year.part(SAFETY, "felt_safe", asked, 0.8, 0.98),
    }
    yield from surveyed(year, values)
