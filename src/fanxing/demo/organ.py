"""What an organ's record rests on: goals and tasks, the window, integrity, its own branches, partners and volunteers."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from fanxing.demo.calendar import next_workday, open_days
from fanxing.demo.community import partnered, volunteered
from fanxing.demo.dice import Truths, Whole, Words, picked
from fanxing.demo.figures import handed_on
from fanxing.demo.free_time import activity_topics, free_day
from fanxing.demo.judged import surveyed
from fanxing.demo.life import EPOCH, Happening, Year
from fanxing.demo.plan import Story
from fanxing.demo.words import ISSUERS, TASKS

BUSINESS, SERVICE, HARMONY, INTEGRITY, PARTY = "business", "service", "harmony", "integrity", "party_branch"
GRADES = ("poor", "fair", "good", "good", "excellent", "excellent")
# Recognition: by whom, from what level on, for what.
PRAISED = (
    ("city", 0.3, "全市系统综合考核先进单位"),
    ("city", 0.5, "工作经验在全市推广"),
    ("province", 0.62, "全省系统先进集体"),
    ("national", 0.95, "全国系统先进集体"),
)
# Tasks of the last weeks are mostly still at work.
AT_WORK_SINCE, AT_WORK = (10, 20), 0.7
# The activities of one organ in a year, and how many of them there are anyhow.
ACTIVITIES, USUAL_ACTIVITIES = 43, 8


def appraisal(year: Year) -> Iterator[Happening]:
    """Goals of the year and the grade."""
    goals = year.crowd.dice.whole("goals", 12, 30).astype(np.float64)
    values = {
        "goals": goals,
        "goals_met": year.part(BUSINESS, "goals", goals, 0.7, 1.03),
        "grade": picked(year.level(BUSINESS, "grade") * 0.999, GRADES),
    }
    yield from handed_on(year, "appraisal", 14, values)


def tasks(year: Year) -> Iterator[Happening]:
    """Urgent tasks and those under supervision, and whether they were done in time."""
    for number in range(10):
        about = "urgent" if number < 4 else "supervised"
        overdue = year.share(f"task.{number}.late") > year.rate(BUSINESS, f"tasks.{about}", 0.6, 1.05)
        yield given_task(year, about, number, year.share(f"task.{number}") < 0.8, overdue)


def given_task(year: Year, about: str, number: int, happens: Truths, overdue: Truths) -> Happening:
    """A task with a name and a term; of those given lately some are still at work."""
    topic = f"task.{number}" if about != "pioneer" else f"pioneer.{number}"
    on = year.day(topic, open_days(year.year, 1, 11))
    recent = (on >= (date(year.year, *AT_WORK_SINCE) - EPOCH).days) & year.is_rated
    at_work = recent & ~overdue & (year.share(f"{topic}.at_work") < AT_WORK)
    due = on + 20 + (year.share(f"{topic}.term") * 50).astype(np.int64)
    values = {
        "about": about,
        "name": year.word(topic, TASKS[about]),
        "closed": ~at_work,
        "overdue": overdue,
        "due_on": iso_days(due),
    }
    return Happening("task", happens, on, values)


def iso_days(days: Whole) -> Words:
    """Days as they are written."""
    return days.astype("datetime64[D]").astype(str).astype(object)


def recognition(year: Year) -> Iterator[Happening]:
    """What higher bodies said of the work: more of it where business is strong; one came second in the province."""
    for number, (level, above, name) in enumerate(PRAISED):
        happens = year.level(BUSINESS, f"praised.{number}") > above
        on = year.day(f"praised.{number}", open_days(year.year, 4, 11))
        yield Happening("commendation", happens, on, {"form": "work", "level": level, "name": name, "issuer": ISSUERS[level]})
    second = {"form": "work", "level": "province", "name": "全省系统年度综合考核第二名", "issuer": ISSUERS["province"]}
    yield Happening("commendation", year.has(Story.IN_THE_PROVINCE), year.on(next_workday(date(year.year, 3, 6))), second)


def reviews(year: Year) -> Iterator[Happening]:
    """The marks of the committee for organs."""
    marks = {
        "fusion_mark": year.mark("organ_review", "fusion_mark", BUSINESS, 0.5),
        "service_mark": year.mark("organ_review", "service_mark", SERVICE, 0.5),
        "party_mark": year.mark("organ_review", "party_mark", PARTY, 0.5),
    }
    for number in (3, 11) if year.is_rated else (11,):
        yield Happening("organ_review", year.everywhere, year.day(f"review.{number}", open_days(year.year, number)[:12]), marks)


def window_figures(year: Year) -> Iterator[Happening]:
    """What the windows took in, and what can be done without coming."""
    accepted = np.round(year.size("staff") * year.lasting("window", 0, 40))
    rated = np.round(accepted * year.lasting("window.rated", 0.2, 0.5))
    items = year.crowd.dice.whole("items", 8, 90).astype(np.float64)
    values = {
        "accepted": accepted,
        "in_time": year.part(SERVICE, "window", accepted, 0.8, 0.995),
        "rated": rated,
        "pleased": year.part(SERVICE, "pleased", rated, 0.8, 0.995),
        "items": items,
        "items_online": year.part(SERVICE, "online", items, 0.4, 0.88),
        "items_once": year.part(SERVICE, "once", items, 0.6, 1.0),
    }
    yield from handed_on(year, "window_figures", 4, values, grows=("accepted", "in_time", "rated", "pleased"))


def survey(year: Year) -> Iterator[Happening]:
    """Those who came asked, and the staff."""
    asked, staff = 60 + year.size("staff") // 2, np.round(year.size("staff") * 0.6)
    values = {
        "asked": asked,
        "satisfied": year.part(INTEGRITY, "satisfied", asked, 0.72, 0.98),
        "staff_asked": staff,
        "staff_satisfied": year.part(HARMONY, "staff_satisfied", staff, 0.7, 0.98),
    }
    yield from surveyed(year, values)


def integrity_figures(year: Year) -> Iterator[Happening]:
    """Study done, risks under control, findings put right."""
    due, risks = year.size("staff") * 4, year.crowd.dice.whole("risks", 6, 30).astype(np.float64)
    findings = year.whole("findings", 0, 14)
    values = {
        "study_due": due,
        "study_done": year.part(INTEGRITY, "study", due, 0.7, 1.02),
        "risks": risks,
        "risks_controlled": year.part(INTEGRITY, "risks", risks, 0.6, 1.04),
        "findings": findings,
        "findings_fixed": year.part(INTEGRITY, "findings", findings, 0.6, 1.05),
    }
    yield from handed_on(year, "integrity_figures", 18, values, grows=("study_due", "study_done"))


def justice_figures(year: Year) -> Iterator[Happening]:
    """Documents and cases looked through."""
    documents = 10 + year.size("staff") // 3
    cases = year.crowd.dice.whole("cases", 0, 20).astype(np.float64)
    values = {
        "documents": documents,
        "documents_reviewed": year.part(INTEGRITY, "documents", documents, 0.75, 1.02),
        "cases_checked": cases,
        "cases_passed": year.part(INTEGRITY, "cases", cases, 0.75, 1.03),
    }
    yield from handed_on(year, "justice_figures", 19, values)


def organ_figures(year: Year) -> Iterator[Happening]:
    """Staff, members, the organ's own branches, party tasks, disclosure and energy."""
    staff, members = year.size("staff"), year.size("members")
    branches = np.floor(members / 22)
    tasks, disclosures = year.crowd.dice.whole("party_tasks", 18, 40).astype(np.float64), 20 + staff // 4
    energy = year.lasting("energy", 220, 520)
    values = {
        "staff": staff,
        "members": members,
        "members_reported": year.part(HARMONY, "reported", members, 0.5, 1.0),
        "branches": branches,
        "branches_rated": year.part(PARTY, "branches_rated", branches, 0.35, 1.0),
        "branches_with_brand": year.part(PARTY, "brands", branches, 0.3, 0.95),
        "party_tasks": tasks,
        "party_tasks_done": year.part(PARTY, "party_tasks", tasks, 0.7, 1.03),
        "disclosures": disclosures,
        "disclosures_on_time": year.part(INTEGRITY, "disclosures", disclosures, 0.78, 1.02),
        "saving": year.level(HARMONY, "saving") > 0.4,
        "energy_head": np.round(energy * (year.rate(HARMONY, "energy", 1.1, 0.95) if year.is_rated else 1.0), 1),
    }
    yield from handed_on(year, "organ_figures", 20, values, compared=True)
    if not year.is_rated:
        before = {"energy_head": np.round(energy * year.between("energy before", 0.97, 1.06), 1)}
        yield Happening("organ_figures", year.everywhere, year.on(next_workday(date(year.year - 1, 11, 20))), before)


def member_points(year: Year) -> Iterator[Happening]:
    """How many members reach the mark that is enough, summed up."""
    members = year.size("members")
    yield from handed_on(year, "member_points", 21, {"members": members, "qualified": year.part(PARTY, "points", members, 0.7, 1.01)})


def leaders(year: Year) -> Iterator[Happening]:
    """The leaders' meeting once a month, theory as its first topic."""
    for number in range(1, 13):
        topic = f"leaders.{number}"
        first = year.share(topic) < year.rate(PARTY, "first_topic", 0.5, 1.05)
        values = {"form": "leaders", "topic": year.word(topic, activity_topics(year, "committee")), "first_topic": first}
        yield Happening("meeting", year.everywhere, year.day(topic, open_days(year.year, number)), values)


def integrity_talks(year: Year) -> Iterator[Happening]:
    """Education in integrity, about once a quarter."""
    for number in (2, 5, 8, 11):
        topic = f"integrity.{number}"
        happens = year.share(topic) < year.rate(INTEGRITY, "talks", 0.5, 1.05)
        yield Happening("activity", happens, year.day(topic, open_days(year.year, number)), {"form": "integrity_talk"})


def services(year: Year) -> Iterator[Happening]:
    """Volunteers of the organ."""
    yield from volunteered(year, range(1, 13), HARMONY, year.size("staff") * 1.6)


def partner_projects(year: Year) -> Iterator[Happening]:
    """What the organ took on for villages and communities."""
    yield from partnered(year, 8, HARMONY)


def many_activities(year: Year) -> Iterator[Happening]:
    """The further activities of the organ that is known for them."""
    for number in range(ACTIVITIES - USUAL_ACTIVITIES):
        topic = f"further.{number}"
        values = {
            "form": "culture" if number % 3 else "talk",
            "topic": year.word(topic, activity_topics(year, "culture" if number % 3 else "talk")),
        }
        yield Happening("activity", year.has(Story.IN_THE_PROVINCE), free_day(year, topic, 1 + number % 11), values)
