"""The life of a party branch: meetings, decisions, disclosure."""

from collections.abc import Iterator
from datetime import date
from random import Random

from fanxing.demo.calendar import days, is_open, month, next_workday, open_days
from fanxing.demo.life import Event, Year
from fanxing.demo.plan import Story
from fanxing.demo.words import DECISION_MATTERS, MEETING_TOPICS, VILLAGE_RULES
from fanxing.scheme.model import Value

STAR = "party_branch"
QUARTERS = (1, 4, 7, 10)


def meetings(year: Year) -> Iterator[Event]:
    """Every meeting of the branch's own life."""
    for number in range(1, 13):
        yield from _held(year, "committee", number, number, 0.6)
        yield from _held(year, "group", number, number, 0.4)
        yield from _theme_day(year, number)
    for first in QUARTERS:
        yield from _held(year, "members", first + 1, first + 2, 0.55)
        yield from _lesson(year, first)
    yield from _held(year, "review_meeting", 3, 3, 0.7)
    yield from _held(year, "member_review", 12, 12, 0.7)


def _held(year: Year, form: str, first: int, last: int, often: float) -> Iterator[Event]:
    luck = year.luck(f"meeting.{form}.{first}")
    day = luck.choice(open_days(year.year, first, last))
    topic = luck.choice(MEETING_TOPICS[form])
    expected = year.village.members if form != "committee" else min(5, year.village.members)
    attended = round(expected * luck.uniform(0.75, 1))
    if luck.random() < year.rate(STAR, f"meeting.{form}", often, 1.03):
        numbers = {} if form == "committee" else {"expected": expected, "attended": attended}
        yield Event("meeting", day, {"form": form, "topic": topic, **numbers})


def _theme_day(year: Year, number: int) -> Iterator[Event]:
    """On the branch's own day of the month, or the next on which the village meets."""
    luck = year.luck(f"meeting.theme_day.{number}")
    usual = year.lasting_luck("theme_day").choice((5, 8, 10, 15, 18, 20))
    after = [day for day in month(year.year, number)[usual - 1 :] if is_open(day)] or open_days(year.year, number)
    topic = luck.choice(MEETING_TOPICS["theme_day"])
    share = year.rate(STAR, "attendance", 0.62, 0.95) + luck.uniform(-0.05, 0.05)
    values = {"expected": year.village.members, "attended": round(year.village.members * min(share, 1))}
    if luck.random() < year.rate(STAR, "meeting.theme_day", 0.6, 1.03):
        yield Event("meeting", after[0], {"form": "theme_day", "topic": topic, **values})


def _lesson(year: Year, first: int) -> Iterator[Event]:
    """Once a quarter; the secretary gives one in the third, except in the village that waits for it."""
    for lesson in _held(year, "lesson", first, first + 2, 0.45):
        by_secretary = first == QUARTERS[2] and not year.has(Story.ONE_MARK_SHORT)
        yield Event("meeting", lesson.on, {**lesson.values, "speaker": "secretary" if by_secretary else "other"})


def decisions(year: Year) -> Iterator[Event]:
    """Matters of weight and whether they were decided in all steps; the village rules in the first spring."""
    luck = year.luck("decision")
    for _ in range(luck.choice((3, 4, 4, 5))):
        about = luck.choice(tuple(DECISION_MATTERS))
        matter, day, chance = luck.choice(DECISION_MATTERS[about]), luck.choice(open_days(year.year, 2, 12)), luck.random()
        in_order = chance < year.rate(STAR, "in_order", 0.55, 1.02)
        yield Event("decision", day, {"matter": matter, "about": about, "in_order": in_order})
    if not year.is_rated:
        in_order = year.level("civility", "village_rules") > 0.45
        day = luck.choice(open_days(year.year, 3, 4))
        yield Event("decision", day, {"matter": VILLAGE_RULES, "about": "village_rules", "in_order": in_order})


def disclosures(year: Year) -> Iterator[Event]:
    """Accounts and affairs shown each quarter, on the day they are due or late."""
    for first in QUARTERS:
        luck = year.luck(f"disclosure.{first}")
        in_time = luck.random() < year.rate(STAR, "disclosure", 0.5, 1.03)
        for covers in ("finance", "affairs"):
            day = _disclosure_day(luck, year.year, first + 2, in_time=in_time)
            yield Event("disclosure", day, {"covers": covers, "on_time": in_time})


def _disclosure_day(luck: Random, year: int, last_month: int, *, in_time: bool) -> date:
    return luck.choice([day for day in month(year, last_month) if is_open(day) and (day.day <= 15) is in_time])


def party_register(year: Year) -> Iterator[Event]:
    """The branch's own figures, once a year; not those of the village that waits for them."""
    joined = round(year.rate(STAR, "joined", 0, 3.4))
    posts = year.lasting_luck("posts").choice((5, 5, 6, 7))
    values = {
        "joined_in_three_years": joined,
        "reserve": round(year.rate(STAR, "reserve", 0, 2.6)),
        "posts": posts,
        "posts_filled": year.part(STAR, "posts", posts, 0.7, 1.1),
    }
    if not year.has(Story.FIGURE_MISSING):
        yield Event("party_register", next_workday(date(year.year, 12, 12)), values)


def requests(year: Year) -> Iterator[Event]:
    """What residents ask of the hotline, and how it was dealt with."""
    luck = year.luck("request")
    for _ in range(luck.randint(4, 8) + year.village.households // 120):
        day = luck.choice(days(date(year.year, 1, 1), date(year.year, 12, 31)))
        late, answered, pleased = luck.random(), luck.random(), luck.random()
        overdue = late > year.rate(STAR, "requests_in_time", 0.7, 1.0)
        values: dict[str, Value] = {"closed": True, "overdue": overdue}
        if answered < 0.7:
            values["satisfied"] = pleased < year.rate(STAR, "requests_satisfied", 0.6, 0.98)
        yield Event("request", day, values)
