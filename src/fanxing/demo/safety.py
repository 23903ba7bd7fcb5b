"""Patrols, hazards, disputes and reports, and the figures of police and justice."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from fanxing.demo.calendar import SATURDAY, days, is_festival, is_harvest, month, next_workday, weeks
from fanxing.demo.dice import Numbers, Truths, picked
from fanxing.demo.figures import handed_on
from fanxing.demo.free_time import activity_topics, free_day
from fanxing.demo.life import Happening, Year
from fanxing.demo.plan import Story
from fanxing.demo.words import REPORT_PLACES, WARNINGS

STAR = "safety"
# Where the ledger is not kept in every detail, the platform hands on one round in so many weeks.
ROUNDS_HANDED_ON = 6
# What a village and a community are known for: people of their patrols, and cameras.
PATROL_OF_A_VILLAGE, PATROL_OF_A_COMMUNITY, CAMERAS = 20, 200, 30
FLOOD_MONTHS = (7, 8)
SWEPT = ("fire", "power", "gas", "house", "road", "water", "other")
# What is told over the loudspeakers, in which month, and how often.
TOLD = ((1, "traffic", 0.4), (3, "fraud", 0.9), (5, "fire", 0.5), (7, "flood", 0.95), (9, "fraud", 0.7), (11, "weather", 0.5))
ROUNDS_ON_AN_EVENING = 0.72
QUARRELS = {
    "village": ("neighbours", "family", "land", "contract", "other"),
    "community": ("neighbours", "neighbours", "family", "contract", "other"),
    "enterprise": ("contract", "contract", "other"),
}


def patrols(year: Year) -> Iterator[Happening]:
    """One evening a week, less often when everybody is in the fields."""
    for number, week in enumerate(weeks(year.year)):
        topic = f"patrol.{number}"
        evenings = [day for day in week if day.weekday() >= SATURDAY - 1] or list(week)
        busy = is_harvest(evenings[0]) or is_festival(evenings[0])
        happens = year.share(topic) < year.rate(STAR, "patrol", 0.55, 1.0) * (0.75 if busy else 1)
        kept = year.crowd.dense | (number % ROUNDS_HANDED_ON == year.crowd.dice.whole("patrol.handed_on", 0, ROUNDS_HANDED_ON - 1))
        people = year.crowd.dice.whole(f"{topic}.people/{year.year}", 3, 7).astype(np.float64)
        form = "flood" if evenings[0].month in FLOOD_MONTHS and number % 3 == 0 else "festival" if is_festival(evenings[0]) else "night"
        yield Happening("patrol", happens & kept, year.day(topic, evenings), {"form": form, "people": people})
        if year.crowd.full:
            yield from _rounds_of(year, week, topic, happens)


def _rounds_of(year: Year, week: Sequence[date], topic: str, happens: Truths) -> Iterator[Happening]:
    """The other rounds of a week in which there was one: on most evenings."""
    for day in week:
        here = happens & (year.share(f"{topic}.{day}") < ROUNDS_ON_AN_EVENING)
        yield Happening("patrol", here, year.on(day), {"form": "night", "people": year.whole(f"{topic}.{day}.people", 2, 5)})


def sweeps(year: Year) -> Iterator[Happening]:
    """Once a month: hazards found, and how many of them were put right."""
    well = year.rate("fixing", "fixed", 0.72, 1.02)
    for number in range(1, 13):
        topic = f"sweep.{number}"
        found = year.crowd.dice.whole(f"{topic}.found/{year.year}", 1, 6).astype(np.float64)
        chances = [year.share(f"{topic}.fixed.{one}") for one in range(6)]
        fixed = sum(((one < found) & (chance < well)).astype(np.float64) for one, chance in enumerate(chances))
        on = year.day(topic, [day for day in month(year.year, number) if not is_festival(day)])
        happens = year.share(topic) < year.rate(STAR, "sweep", 0.6, 1.05)
        values = {"form": year.word(topic, SWEPT), "found": found, "fixed": fixed}
        yield Happening("sweep", happens, on, values)


def disputes(year: Year) -> Iterator[Happening]:
    """Quarrels, and how they were settled."""
    count = year.whole("dispute.count", 1, 4) + year.size("busy") + 2 * year.crowd.dense
    well = year.level(STAR, "settled")
    for number in range(int(count.max())):
        topic = f"dispute.{number}"
        here = year.share(f"{topic}.here") < 0.68 + 0.34 * well
        values = {
            "about": year.word(topic, QUARRELS.get(year.crowd.kind, QUARRELS["village"])),
            "outcome": np.where(here, "settled_here", "settled_above").astype(object),
            "overdue": year.share(f"{topic}.late") > 0.8 + 0.22 * well,
            "reopened": year.share(f"{topic}.again") > 0.85 + 0.17 * well,
        }
        yield Happening("dispute", number < count, year.day(topic, days(date(year.year, 1, 1), date(year.year, 12, 5))), values)


def reports(year: Year) -> Iterator[Happening]:
    """What passers-by report, and how it was handled."""
    count = year.whole("report.count", 2, 5) + year.size("busy") + 6 * year.crowd.dense
    kinds = np.array(list(REPORT_PLACES), object)
    for number in range(int(count.max())):
        topic = f"report.{number}"
        place = (year.share(f"{topic}.about") * len(kinds)).astype(np.int64)
        seen = year.share(f"{topic}.place")
        values = {
            "about": kinds[place],
            "place": np.choose(place, [picked(seen, words) for words in REPORT_PLACES.values()]),
            "closed": True,
            "overdue": year.share(f"{topic}.late") > year.rate("reporting", "reports", 0.62, 1.0),
            "reopened": year.share(f"{topic}.again") < 0.03,
        }
        yield Happening("report", number < count, year.day(topic, days(date(year.year, 1, 1), date(year.year, 12, 10))), values)


def legal_talks(year: Year) -> Iterator[Happening]:
    """In spring, before summer and on Constitution Day in December, if at all."""
    for number, often in ((3, 0.35), (6, 0.5), (12, 0.6)):
        topic = f"legal_talk.{number}"
        values = {"form": "legal_talk", "topic": year.word(topic, activity_topics(year, "legal_talk"))}
        happens = year.share(topic) < year.rate(STAR, "legal_talk", often, 1.03)
        yield Happening("activity", happens, free_day(year, topic, number), values)


def warnings(year: Year) -> Iterator[Happening]:
    """What residents are told over the loudspeakers."""
    for number, form, often in TOLD:
        topic = f"warning.{number}"
        values = {
            "form": form,
            "content": year.word(topic, WARNINGS[form]),
            "reached": np.round(year.size("households") * year.between(f"{topic}.reached", 0.7, 1)),
        }
        happens = year.share(topic) < often * year.rate(STAR, "warnings", 0.6, 1.1)
        yield Happening("warning", happens, year.day(topic, month(year.year, number)[3:22]), values)


def emergency_figures(year: Year) -> Iterator[Happening]:
    """Accidents, drills, and who is called when the water rises."""
    households = year.size("households")
    team = np.clip(np.round(households / 30), 10, 60)
    values = {
        "accidents": (year.level(STAR, "accidents") < 0.2).astype(np.float64),
        "drills": np.round(year.rate(STAR, "drills", 0, 2.6)),
        "flood_team": np.where(year.level(STAR, "flood_team") < 0.2, 0, team),
    }
    yield from handed_on(year, "emergency_figures", 9, values, grows=("accidents", "drills"))


def grid_figures(year: Year) -> Iterator[Happening]:
    """Those who patrol a village."""
    yield from handed_on(year, "grid_figures", 6, patrol_team(year))


def patrol_team(year: Year) -> dict[str, Numbers]:
    """So many people in so many teams; part of the figures of the grid platform."""
    people = np.round(year.size("households") / 100 * year.rate(STAR, "patrol_team", 0.7, 2.3))
    people = np.where(year.crowd.has(Story.HONOURS), PATROL_OF_A_VILLAGE, people)
    people = np.where(year.crowd.has(Story.SIX_GRIDS), PATROL_OF_A_COMMUNITY, people)
    return {"patrol_teams": np.ceil(people / 40), "patrol_people": people}


def police_figures(year: Year) -> Iterator[Happening]:
    """Fraud cases, cameras; of the year before the first only the cases."""
    worst = 2.6 if year.is_rated else 3.4
    cases = np.where(year.level(STAR, "fraud") < 0.8, np.maximum(np.round(year.rate(STAR, "fraud", worst, -0.6)), 0), 0)
    offences = np.maximum(np.round(year.rate(STAR, "cases", 6, -2)), 0)
    cameras = np.where(year.crowd.has(Story.HONOURS), CAMERAS, 6 + year.size("households") // 30)
    values = {"fraud_cases": cases, "cases": offences, **cameras_online(year, cameras)}
    yield from handed_on(year, "police_figures", 17, values, grows=("fraud_cases", "cases"), compared=True)
    if not year.is_rated:
        yield Happening("police_figures", year.everywhere, year.on(date(year.year - 1, 11, 17)), {"fraud_cases": np.round(cases * 1.2)})


def cameras_online(year: Year, cameras: Numbers) -> dict[str, Numbers]:
    """So many cameras, and how many of them work."""
    return {"cameras": cameras, "cameras_online": year.part(STAR, "cameras", cameras, 0.7, 1.02)}


def justice_figures(year: Year) -> Iterator[Happening]:
    """Once a year: residents trained in the law."""
    guides = np.round(year.rate(STAR, "guides", 0.6, 4))
    number = 3 if year.is_rated else 10
    yield Happening("justice_figures", year.everywhere, year.on(next_workday(date(year.year, number, 18))), {"legal_guides": guides})
