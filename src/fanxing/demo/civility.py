"""Culture, honours, care, and the figures of the departments that see to them."""

from collections.abc import Iterator
from datetime import date

from fanxing.demo.calendar import evening_or_weekend, next_workday
from fanxing.demo.life import Event, Year
from fanxing.demo.words import ACTIVITY_TOPICS, CIVIL_VILLAGE, COMMENDED_FOR
from fanxing.scheme.model import Value

STAR = "civility"
HONOURS = ("family", "daughter_in_law", "role_model", "mother_in_law", "neighbour")


def culture(year: Year) -> Iterator[Event]:
    """Something for everybody about once a quarter, mostly at festivals and weekends."""
    for number, often in ((2, 0.85), (5, 0.75), (6, 0.2), (8, 0.7), (10, 0.45), (12, 0.7)):
        luck = year.luck(f"culture.{number}")
        day, topic = evening_or_weekend(luck, year.year, number), luck.choice(ACTIVITY_TOPICS["culture"])
        if luck.random() < often + (1 - often) * year.rate(STAR, "culture", -0.3, 1.05):
            yield Event("activity", day, {"form": "culture", "topic": topic})


def talks(year: Year) -> Iterator[Event]:
    """Talks on policy and custom."""
    for number, often in ((4, 0.5), (7, 0.35), (11, 0.6)):
        luck = year.luck(f"talk.{number}")
        day, topic = evening_or_weekend(luck, year.year, number), luck.choice(ACTIVITY_TOPICS["talk"])
        if luck.random() < year.rate(STAR, "talk", often, 1.03):
            yield Event("activity", day, {"form": "talk", "topic": topic})


def honours(year: Year) -> Iterator[Event]:
    """Who was chosen this year, as numbers."""
    for place, title in enumerate(HONOURS):
        luck = year.luck(f"honour.{title}")
        day = evening_or_weekend(luck, year.year, 3, 5) if place < 3 else evening_or_weekend(luck, year.year, 9, 11)
        people = max(1, round(year.village.households * year.rate(STAR, "honoured", 0.003, 0.0105)))
        if luck.random() < year.rate(STAR, "honour_kinds", 0.75 - 0.16 * place, 1.15 - 0.1 * place):
            yield Event("honour", day, {"title": title, "people": people})


def civil_affairs_figures(year: Year) -> Iterator[Event]:
    """Once a year: day care, elders visited, hours of volunteers."""
    village = year.village
    elders = round(village.residents * year.lasting_luck("elders").uniform(0.04, 0.07))
    values: dict[str, Value] = {
        "day_care": year.level(STAR, "day_care") > 0.55,
        "elders": elders,
        "elders_visited": year.part(STAR, "visited", elders, 0.6, 1.03),
        "volunteer_hours": round(village.residents * year.rate(STAR, "volunteers", 0.2, 1.1)),
    }
    yield Event("civil_affairs_figures", next_workday(date(year.year, 12, 9)), values)


def clinic_figures(year: Year) -> Iterator[Event]:
    """Once a year: the clinic."""
    yield Event("clinic_figures", next_workday(date(year.year, 12, 3)), {"standard": year.level(STAR, "clinic") > 0.48})


def insurance_figures(year: Year) -> Iterator[Event]:
    """Once a year: residents insured."""
    insured = year.part(STAR, "insured", year.village.residents, 0.91, 0.99)
    yield Event("insurance_figures", next_workday(date(year.year, 12, 18)), {"insured": insured})


def education_figures(year: Year) -> Iterator[Event]:
    """Once a year: pupils who left school."""
    yield Event("education_figures", next_workday(date(year.year, 10, 20)), {"dropouts": int(year.level(STAR, "dropouts") < 0.42)})


def commendations(year: Year) -> Iterator[Event]:
    """A title of civility in the first year, where it is earned; an award now and then."""
    luck = year.luck("commendation")
    if not year.is_rated and year.level(STAR, "civil_village") > 0.7:
        level = "city" if luck.random() < 0.3 else "county"
        yield Event("commendation", next_workday(date(year.year, 12, 20)), {"form": "civil_village", "level": level, "name": CIVIL_VILLAGE})
    if year.level("party_branch", "commended") > 0.7:
        name = luck.choice(COMMENDED_FOR)
        yield Event("commendation", next_workday(date(year.year, 6, 28)), {"form": "award", "level": "county", "name": name})


def customs(year: Year) -> dict[str, Value]:
    """Weddings and funerals, and how many kept to the measure; part of the village profile."""
    ceremonies = 3 + year.village.households // 40
    return {"ceremonies": ceremonies, "ceremonies_frugal": year.part(STAR, "frugal", ceremonies, 0.62, 0.98)}
