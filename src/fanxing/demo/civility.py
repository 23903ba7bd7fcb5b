"""Culture, honours, care, and the figures of the departments that see to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from fanxing.demo.calendar import next_workday
from fanxing.demo.dice import Numbers, Words
from fanxing.demo.figures import handed_on
from fanxing.demo.free_time import activity_topics, free_day
from fanxing.demo.life import Happening, Year
from fanxing.demo.plan import Story
from fanxing.demo.words import CIVIL_UNIT, CIVIL_VILLAGE, COMMENDED_FOR, ISSUERS

STAR = "civility"
VOLUNTEERS = {"village": "civility", "community": "shared_governance"}
# One village has honoured so many since that year.
HONOURED, FIRST_HONOURED = 443, 2018
HONOURS = ("family", "daughter_in_law", "role_model", "mother_in_law", "neighbour")


def culture(year: Year) -> Iterator[Happening]:
    """Something for everybody about once a quarter, mostly at festivals and weekends."""
    for number, often in ((2, 0.85), (5, 0.75), (6, 0.2), (8, 0.7), (10, 0.45), (12, 0.7)):
        topic = f"culture.{number}"
        values = {"form": "culture", "topic": year.word(topic, activity_topics(year, "culture"))}
        happens = year.share(topic) < often + (1 - often) * year.rate(STAR, "culture", -0.3, 1.05)
        yield Happening("activity", happens, free_day(year, topic, number), values)


def talks(year: Year) -> Iterator[Happening]:
    """Talks on policy and custom."""
    for number, often in ((4, 0.5), (7, 0.35), (11, 0.6)):
        topic = f"talk.{number}"
        values = {"form": "talk", "topic": year.word(topic, activity_topics(year, "talk"))}
        yield Happening("activity", year.share(topic) < year.rate(STAR, "talk", often, 1.03), free_day(year, topic, number), values)


def honours(year: Year) -> Iterator[Happening]:
    """Who was chosen this year, as numbers; of one village also in the years before."""
    yield from _honours(year)
    told = year.crowd.has(Story.HONOURS)
    if year.is_rated or not told.any():
        return
    both = [*_honours(year), *_honours(replace(year, year=year.year + 1, is_rated=True))]
    here = sum(np.where(one.happens, one.values["people"], 0) for one in both)
    before = range(FIRST_HONOURED, year.year)
    for place, earlier in enumerate(before):
        rest = HONOURED - here
        people = np.floor(rest / len(before)) + (place < rest % len(before))
        values = {"title": "role_model", "people": np.maximum(people, 1)}
        yield Happening("honour", told, year.on(next_workday(date(earlier, 10, 28))), values)


def _honours(year: Year) -> Iterator[Happening]:
    people = np.maximum(1, np.round(year.size("honoured") * year.rate(STAR, "honoured", 0.003, 0.0105)))
    for place, title in enumerate(HONOURS):
        topic = f"honour.{title}"
        on = free_day(year, topic, 3, 5) if place < 3 else free_day(year, topic, 9, 11)
        happens = year.share(topic) < year.rate(STAR, "honour_kinds", 0.75 - 0.16 * place, 1.15 - 0.1 * place)
        yield Happening("honour", happens, on, {"title": title, "people": people})


def civil_affairs_figures(year: Year) -> Iterator[Happening]:
    """Day care, elders visited, hours of volunteers."""
    elders = np.round(year.size("residents") * year.lasting("elders", 0.04, 0.07))
    to_help = np.round(year.size("households") * year.lasting("families", 0.01, 0.04))
    values = {
        "day_care": year.level(STAR, "day_care") > 0.55,
        "elders": elders,
        "elders_visited": year.part(STAR, "visited", elders, 0.6, 1.03),
        "to_help": to_help,
        "helped": year.part(STAR, "families", to_help, 0.5, 1.04),
        "volunteer_hours": np.round(year.size("residents") * year.rate(VOLUNTEERS[year.crowd.kind], "volunteers", 0.2, 1.1)),
    }
    if year.crowd.kind == "community":
        values |= {"childcare": year.level(STAR, "childcare") > 0.5, "centres": np.clip(np.round(year.rate(STAR, "centres", 2, 7.6)), 0, 7)}
    yield from handed_on(year, "civil_affairs_figures", 10, values, grows=("volunteer_hours",))


def clinic_figures(year: Year) -> Iterator[Happening]:
    """Once a year: the clinic."""
    standard = year.level(STAR, "clinic") > 0.48
    on = year.on(next_workday(date(year.year, 3 if year.is_rated else 11, 3)))
    yield Happening("clinic_figures", year.everywhere, on, {"standard": standard})


def insurance_figures(year: Year) -> Iterator[Happening]:
    """Once a year: residents insured; not of a village that waits for the figure."""
    insured = year.part(STAR, "insured", year.size("residents"), 0.91, 0.99)
    on = year.on(next_workday(date(year.year, 3 if year.is_rated else 11, 18)))
    yield Happening("insurance_figures", ~year.has(Story.WAITING), on, {"insured": insured})


def education_figures(year: Year) -> Iterator[Happening]:
    """Pupils who left school."""
    dropouts = (year.level(STAR, "dropouts") < 0.42).astype(np.float64)
    if year.is_rated:
        yield Happening("education_figures", year.everywhere, year.on(next_workday(date(year.year, 3, 20))), {"dropouts": 0.0})
    yield Happening("education_figures", year.everywhere, year.on(next_workday(date(year.year, 10, 20))), {"dropouts": dropouts})


def commendations(year: Year) -> Iterator[Happening]:
    """A title of civility in the first year, where it is earned; an award now and then."""
    is_village = year.crowd.kind == "village"
    form, name, bar = ("civil_village", CIVIL_VILLAGE, 0.7) if is_village else ("civil_unit", CIVIL_UNIT[year.crowd.kind], 0.35)
    if not year.is_rated:
        high = year.level(STAR, "civil_level")
        level = np.choose((high > 0.55).astype(int) + (high > 0.9), np.array([["county"], ["city"], ["province"]], object))
        if year.crowd.kind == "village":
            level = np.where(year.share("commendation") < 0.3, "city", "county").astype(object)
        values = {"form": form, "level": level, "name": name, "issuer": issued_by(level), "valid_until": f"{year.year + 3}-12-31"}
        yield Happening("commendation", year.level(STAR, "civil_village") > bar, year.on(next_workday(date(year.year, 12, 20))), values)
    values = {
        "form": "award",
        "level": "county",
        "name": year.word("commended", COMMENDED_FOR[year.crowd.kind]),
        "issuer": ISSUERS["county"],
        "document": f"县发〔{year.year}〕18 号",
    }
    yield Happening("commendation", year.level("party_branch", "commended") > 0.7, year.on(next_workday(date(year.year, 6, 28))), values)


def issued_by(level: Words) -> Words:
    """Who gives recognition of some level."""
    return np.array([ISSUERS[one] for one in level.tolist()], object)


def customs(year: Year) -> dict[str, Numbers]:
    """Weddings and funerals, and how many kept to the measure; part of the village profile."""
    ceremonies = 3 + year.size("households") // 40
    return {"ceremonies": ceremonies, "ceremonies_frugal": year.part(STAR, "frugal", ceremonies, 0.62, 0.98)}
