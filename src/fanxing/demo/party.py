"""The life of a party branch: meetings, decisions, disclosure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.demo.calendar import days, is_open, month, next_workday, open_days, weeks
from fanxing.demo.dice import Numbers, Truths, Whole, Words
from fanxing.demo.figures import handed_on
from fanxing.demo.life import Happening, Year, days_of, filled_where
from fanxing.demo.plan import Story
from fanxing.demo.words import (
    DECISION_MATTERS,
    DECISIONS_ELSEWHERE,
    GAPS,
    MEETING_TOPICS,
    OWN_METHODS,
    RULES,
    SUPERVISED,
    TOPICS_ELSEWHERE,
    WEEKLY_TOPICS,
)

STAR = "party_branch"
QUARTERS = (1, 4, 7, 10)
SIZE_OF_COMMITTEE = 5
# How well a branch does that registered a brand; and how many of its theme days stand under it.
REGISTERED, BRANDED = 0.5, 0.3
COVERS = ("finance", "affairs")
MEETS_WEEKLY = ("village", "community")
COURSES = {
    "village": ("cadre", "theory"),
    "community": ("cadre", "theory"),
    "organ": ("three_rules", "ten_bans", "theory"),
    "enterprise": ("party_posts", "theory"),
    "organ_branch": ("theory", "party_rules"),
}
FOR_LEADERS, OF_INTEGRITY = ("cadre", "party_posts"), ("three_rules", "ten_bans")
# The star of the business of those who hold it against their party work, and how far apart both must be to be spoken of.
BUSINESS = {"organ": "business", "enterprise": "benefit"}
APART = 0.12


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
    if year.crowd.kind in MEETS_WEEKLY:
        yield from weekly(year)


def weekly(year: Year) -> Iterator[Happening]:
    """On Mondays, where the ledger is kept in every detail and in two communities: what was agreed on, and what became of it."""
    kept = year.crowd.dense | year.crowd.has(Story.FOUR_GRIDS) | year.crowd.has(Story.SIX_GRIDS)
    for number, week in enumerate(weeks(year.year)):
        if not is_open(week[0]):
            continue
        topic = f"meeting.weekly.{number}"
        values = {"form": "weekly", "topic": year.word(topic, WEEKLY_TOPICS), **agreed(year, topic)}
        yield Happening("meeting", kept & (year.share(topic) < year.rate(STAR, "meeting.weekly", 0.5, 1)), year.on(week[0]), values)


def agreed(year: Year, topic: str) -> dict[str, Numbers]:
    """What a meeting agreed on, and how much of it was done."""
    matters = year.whole(f"{topic}.matters", 1, 4)
    return {"matters": matters, "settled": year.part(STAR, "agreed", matters, 0.45, 1.04)}


def held(year: Year, form: str, first: int, last: int, often: float) -> Happening:
    """A meeting of some form in some months, where it was held."""
    topic = f"meeting.{form}.{first}"
    members = year.size("members")
    expected = members if form != "committee" else np.minimum(SIZE_OF_COMMITTEE, members)
    attended = np.round(expected * year.between(f"{topic}.attended", 0.75, 1))
    numbers = agreed(year, topic) if form == "committee" else {"expected": expected, "attended": attended}
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
            "topic": _under_its_brand(year, topic, year.word(topic, _topics(year, "theme_day"))),
            "expected": members,
            "attended": np.round(members * np.minimum(share, 1)),
            **_first(year, "first_content", topic),
        },
    )


def _under_its_brand(year: Year, topic: str, words: Words) -> Words:
    """What some theme days are about, under the name of the brand or method that the branch registered the year before."""
    methods = OWN_METHODS.get(year.crowd.kind)
    if not methods or not year.is_rated:
        return words
    name = np.array([one[1] for one in methods], object)[_which_method(year, year.year - 1, len(methods))]
    here = (year.level(STAR, "brand") > REGISTERED) & (year.share(f"{topic}.branded") < BRANDED)
    return np.where(here, name + "：" + words, words)


def _which_method(year: Year, registered: int, count: int) -> Whole:
    return (year.crowd.dice.share(f"own_method/{registered}") * count).astype(np.int64)


def _first(year: Year, field: str, topic: str) -> dict[str, Truths]:
    """Whether theory came first, in organs."""
    return {field: year.share(f"{topic}.first") < year.rate(STAR, field, 0.5, 1.05)} if year.crowd.kind == "organ" else {}


def _first_open_from(year: int, number: int, day: int) -> int:
    after = [one for one in month(year, number)[day - 1 :] if is_open(one)] or open_days(year, number)
    return int(days_of(after[:1])[0])


def lesson(year: Year, first: int) -> Happening:
    """Once a quarter; the secretary gives one in the third, except in the village that waits for it."""
    one = held(year, "lesson", first, first + 2, 0.45)
    by_secretary = (first == QUARTERS[2]) & ~year.has(Story.ONE_MARK_SHORT)
    speaker = np.where(by_secretary, "secretary", "other").astype(object)
    return replace(one, values={**one.values, "speaker": speaker, **_first(year, "first_class", f"lesson.{first}")})


def trainings(year: Year) -> Iterator[Happening]:
    """Two or three courses a year; how many had to come, how many did."""
    people = year.size("members")
    for number, topic in enumerate(COURSES[year.crowd.kind]):
        due = np.minimum(people, SIZE_OF_COMMITTEE) if topic in FOR_LEADERS else people
        finished = year.level(STAR if topic not in OF_INTEGRITY else "integrity", f"training.{topic}") > 0.34
        done = np.where(finished, due, np.minimum(year.part(STAR, "trained", due, 0.6, 0.99), due - 1))
        values = {"topic": topic, "due": due, "done": done, "finished": finished}
        yield Happening("study", year.everywhere, year.on(next_workday(date(year.year, (4, 6, 9)[number], 15))), values)


def duty(year: Year) -> Iterator[Happening]:
    """Checks of the duty rota in two quarters of the year: who was at the post, what was handed over and done."""
    for quarter in (1, 3) if year.is_rated else (3,):
        topic = f"duty.{quarter}"
        checked, handed = year.whole(topic, 2, 6), year.whole(f"{topic}.handed", 2, 9)
        values = {
            "period": f"{year.year}-Q{quarter}",
            "checked": checked,
            "on_post": year.part(STAR, "on_post", checked, 0.66, 1.06),
            "handed_over": handed,
            "followed_up": year.part(STAR, "followed_up", handed, 0.55, 1.05),
        }
        yield Happening("duty", year.everywhere, year.on(next_workday(date(year.year, quarter * 3 + 1, 8))), values)


def own_methods(year: Year) -> Iterator[Happening]:
    """A brand or a method of one's own, registered once in the first year."""
    if year.is_rated:
        return
    # The topic is that of the brand that an organ sees in its branches.
    well = year.level(STAR, "brand")
    methods = OWN_METHODS[year.crowd.kind]
    place = _which_method(year, year.year, len(methods))
    form, name, practice, result = (np.array([one[column] for one in methods], object)[place] for column in range(4))
    effective = well > 0.62
    values = {
        "form": form,
        "name": name,
        "practice": practice,
        "result": filled_where(effective, result),
        "effective": effective,
        "in_use": True,
    }
    yield Happening("own_method", well > REGISTERED, year.day("own_method", open_days(year.year, 4, 9)), values)


def supervisions(year: Year) -> Iterator[Happening]:
    """What was pointed out in checks, guidance and inspections, and put right since."""
    for form, number in (("routine", 3), ("guidance", 6), ("inspection", 9)):
        topic = f"supervision.{form}"
        found = year.whole(topic, 0, 6)
        values = {
            "form": form,
            "about": year.word(topic, SUPERVISED),
            "found": found,
            "fixed": year.part(STAR, "supervised", found, 0.55, 1.05),
        }
        yield Happening("supervision", year.share(f"{topic}.held") < 0.85, year.day(topic, open_days(year.year, number)), values)


def both_sides(year: Year) -> Iterator[Happening]:
    """What the unit says where its party work and its business do not go together."""
    work = BUSINESS[year.crowd.kind]
    ahead = year.level(STAR, "sides") - year.level(work, "sides")
    gap = np.where(ahead > APART, "party_ahead", np.where(ahead < -APART, "work_ahead", "alike")).astype(object)
    for quarter in (1, 3):
        topic = f"both_sides.{quarter}"
        said = {kind: year.word(f"{topic}.{kind}", words) for kind, words in GAPS.items()}
        explanation = filled_where(gap != "alike", np.where(gap == "party_ahead", said["party_ahead"], said["work_ahead"]))
        values = {"period": f"{year.year}-Q{quarter}", "gap": gap, "explanation": explanation}
        on = year.day(topic, open_days(year.year, quarter * 3 + 1)[-8:])
        yield Happening("both_sides", year.share(topic) < 0.8, on, values)


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
