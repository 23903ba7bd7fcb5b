"""The life of a party branch: meetings, decisions, disclosure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.demo.calendar import days, is_open, month, open_days
from fanxing.demo.figures import handed_on
from fanxing.demo.life import Happening, Year, days_of, filled_where
from fanxing.demo.plan import Story
from fanxing.demo.words import DECISION_MATTERS, DECISIONS_ELSEWHERE, MEETING_TOPICS, RULES, TOPICS_ELSEWHERE

STAR = "party_branch"
QUARTERS = (1, 4, 7, 10)
SIZE_OF_COMMITTEE = 5
COVERS = ("finance", "affairs")


def meetings(year: Year) -> Iterator[Happening]:
    """Every meeting of the branch's own life; those of groups only where the ledger is kept in every detail."""
    for number in range(1, 13):
        yield held(year, "committee", number, number, 0.6)
        group = held(year, "group", number, number, 0.4)
        yield replace(group, happens=group.happens & year.crowd.dense)
        yield theme_day(year, number)
    for first in QUARTERS:
        yield held(year, "members", first + 1, first + 2, 0.55)
        yield lesson(year, first)
    yield held(year, "review_meeting", 3, 3, 0.7)
    yield held(year, "member_review", 11, 11, 0.7)


def held(year: Year, form: str, first: int, last: int, often: float) -> Happening:
    """A meeting of some form in some months, where it was held."""
    topic = f"meeting.{form}.{first}"
    members = year.size("members")
    expected = members if form != "committee" else np.minimum(SIZE_OF_COMMITTEE, members)
    attended = np.round(expected * year.between(f"{topic}.attended", 0.75, 1))
    numbers = {} if form == "committee" else {"expected": expected, "attended": attended}
    return Happening(
        "meeting",
        year.share(topic) < year.rate(STAR, f"meeting.{form}", often, 1.03),
        year.day(topic, open_days(year.year, first, last)),
        {"form": form, "topic": year.word(topic, _topics(year, form)), **numbers},
    )


def _topics(year: Year, form: str) -> tuple[str, ...]:
    return TOPICS_ELSEWHERE.get(year.crowd.kind, {}).get(form) or MEETING_TOPICS[form]


def theme_day(year: Year, number: int) -> Happening:
    """On the branch's own day of the month, or the next on which people meet."""
    topic = f"meeting.theme_day.{number}"
    usual = year.crowd.dice.pick("theme_day", (5, 8, 10, 15, 18, 20))
    following = {day: _first_open_from(year.year, number, day) for day in (5, 8, 10, 15, 18, 20)}
    share = year.rate(STAR, "attendance", 0.62, 0.95) + year.between(f"{topic}.share", -0.05, 0.05)
    members = year.size("members")
    return Happening(
        "meeting",
        year.share(topic) < year.rate(STAR, "meeting.theme_day", 0.6, 1.03),
        np.array([following[day] for day in usual.tolist()], np.int64),
        {
            "form": "theme_day",
            "topic": year.word(topic, _topics(year, "theme_day")),
            "expected": members,
            "attended": np.round(members * np.minimum(share, 1)),
        },
    )


def _first_open_from(year: int, number: int, day: int) -> int:
    after = [one for one in month(year, number)[day - 1 :] if is_open(one)] or open_days(year, number)
    return int(days_of(after[:1])[0])


def lesson(year: Year, first: int) -> Happening:
    """Once a quarter; the secretary gives one in the third, except in the village that waits for it."""
    one = held(year, "lesson", first, first + 2, 0.45)
    by_secretary = (first == QUARTERS[2]) & ~year.has(Story.ONE_MARK_SHORT)
    speaker = np.where(by_secretary, "secretary", "other").astype(object)
    return replace(one, values={**one.values, "speaker": speaker})


def decisions(year: Year) -> Iterator[Happening]:
    """Matters of weight and whether they were decided in all steps; the rules of the place in the first spring."""
    count = year.whole("decision.count", 3, 5)
    matters = DECISIONS_ELSEWHERE.get(year.crowd.kind, DECISION_MATTERS)
    kinds = np.array(list(matters), object)
    for number in range(5):
        topic = f"decision.{number}"
        place = (year.share(f"{topic}.about") * len(kinds)).astype(np.int64)
        yield Happening(
            "decision",
            number < count,
            year.day(topic, open_days(year.year, 2, 12)),
            {
                "matter": np.choose(place, [year.word(f"{topic}.{about}", words) for about, words in matters.items()]),
                "about": kinds[place],
                "in_order": year.share(topic) < year.rate("deciding", "in_order", 0.55, 1.02),
            },
            label=f"{topic}/{year.year}",
        )
    if not year.is_rated and year.crowd.kind in RULES:
        in_order = year.level("civility", "village_rules") > 0.45
        values = {"matter": RULES[year.crowd.kind], "about": "village_rules", "in_order": in_order}
        yield Happening("decision", year.everywhere, year.day("village_rules", open_days(year.year, 3, 4)), values)


def disclosures(year: Year) -> Iterator[Happening]:
    """Accounts and (told only where the ledger is kept in every detail) affairs shown each quarter, on the day they are due or late."""
    for first in QUARTERS:
        in_time = year.share(f"disclosure.{first}") < year.rate(STAR, "disclosure", 0.5, 1.03)
        last = min(first + 2, 11)
        for covers in COVERS:
            topic = f"disclosure.{first}.{covers}"
            early, late = ([day for day in month(year.year, last) if is_open(day) and (day.day <= 15) is soon] for soon in (True, False))
            on = np.where(in_time, year.day(topic, early), year.day(topic, late))
            kept = year.everywhere if covers == COVERS[0] else year.crowd.dense
            yield Happening("disclosure", kept, on, {"covers": covers, "on_time": in_time})


def party_register(year: Year) -> Iterator[Happening]:
    """The branch's own figures; not those of a village that waits for them."""
    posts = year.crowd.dice.pick("posts", (5, 5, 6, 7)).astype(np.float64)
    filled = year.part(STAR, "posts", posts, 0.7, 1.1)
    values = {
        "joined_in_three_years": np.round(year.rate(STAR, "joined", 0, 3.4)),
        "reserve": np.round(year.rate(STAR, "reserve", 0, 2.6)),
        "posts": posts,
        "posts_filled": filled,
    }
    if year.crowd.kind == "community":
        in_service = np.round(year.size("members") * year.lasting("in_service", 0.8, 2.2))
        values |= {"in_service": in_service, "reported": year.part(STAR, "reported", in_service, 0.45, 0.97)}
    if year.crowd.kind == "enterprise":
        values |= {"members": year.size("members"), "posts_qualified": year.part(STAR, "qualified", filled, 0.5, 1.05)}
    yield from handed_on(year, "party_register", 13, values, came=~year.has(Story.FIGURE_MISSING))


def requests(year: Year) -> Iterator[Happening]:
    """What residents ask of the hotline, and how it was dealt with."""
    count = year.whole("request.count", 2, 4) + year.size("busy") + 3 * year.crowd.dense
    for number in range(int(count.max())):
        topic = f"request.{number}"
        pleased = year.share(f"{topic}.pleased") < year.rate("answering", "requests_satisfied", 0.6, 0.98)
        answered = year.share(f"{topic}.answered") < 0.7
        overdue = year.share(f"{topic}.late") > year.rate("answering", "requests_in_time", 0.7, 1.0)
        yield Happening(
            "request",
            number < count,
            year.day(topic, days(date(year.year, 1, 1), date(year.year, 12, 31))),
            {"closed": True, "overdue": overdue, "satisfied": filled_where(answered, pleased)},
        )
