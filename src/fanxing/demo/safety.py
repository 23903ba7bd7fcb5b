"""Patrols, hazards, disputes and reports, and the figures of police and justice."""

from collections.abc import Iterator
from datetime import date

from fanxing.demo.calendar import SATURDAY, days, evening_or_weekend, is_festival, is_harvest, month, next_workday, weeks
from fanxing.demo.life import Event, Year
from fanxing.demo.words import ACTIVITY_TOPICS, REPORT_PLACES
from fanxing.scheme.model import Value

STAR = "safety"


def patrols(year: Year) -> Iterator[Event]:
    """One evening a week, less often when everybody is in the fields."""
    luck = year.luck("patrol")
    for week in weeks(year.year):
        late_in_week = [day for day in week if day.weekday() >= SATURDAY - 1] or week
        day, people, chance = luck.choice(late_in_week), luck.randint(3, 7), luck.random()
        often = year.rate(STAR, "patrol", 0.55, 1.0) * (0.75 if is_harvest(day) or is_festival(day) else 1)
        if chance < often:
            yield Event("patrol", day, {"people": people})


def sweeps(year: Year) -> Iterator[Event]:
    """Once a month: hazards found, and how many of them were put right."""
    for number in range(1, 13):
        luck = year.luck(f"sweep.{number}")
        day = luck.choice([day for day in month(year.year, number) if not is_festival(day)])
        chances = [luck.random() for _ in range(luck.randint(1, 6))]
        fixed = sum(chance < year.rate(STAR, "fixed", 0.72, 1.02) for chance in chances)
        if luck.random() < year.rate(STAR, "sweep", 0.6, 1.05):
            yield Event("sweep", day, {"found": len(chances), "fixed": fixed})


def disputes(year: Year) -> Iterator[Event]:
    """Quarrels, and how they were settled."""
    luck = year.luck("dispute")
    for _ in range(luck.randint(3, 6) + year.village.households // 150):
        day = luck.choice(days(date(year.year, 1, 1), date(year.year, 12, 5)))
        about = luck.choice(("neighbours", "family", "land", "contract", "other"))
        here, late, again = luck.random(), luck.random(), luck.random()
        well = year.level(STAR, "settled")
        values: dict[str, Value] = {
            "about": about,
            "outcome": "settled_here" if here < 0.68 + 0.34 * well else "settled_above",
            "overdue": late > 0.8 + 0.22 * well,
            "reopened": again > 0.85 + 0.17 * well,
        }
        yield Event("dispute", day, values)


def reports(year: Year) -> Iterator[Event]:
    """What passers-by report, and how it was handled."""
    luck = year.luck("report")
    for _ in range(luck.randint(6, 12) + year.village.households // 60):
        day = luck.choice(days(date(year.year, 1, 1), date(year.year, 12, 10)))
        about = luck.choice(tuple(REPORT_PLACES))
        place, late, again = luck.choice(REPORT_PLACES[about]), luck.random(), luck.random()
        overdue = late > year.rate(STAR, "reports", 0.62, 1.0)
        yield Event("report", day, {"about": about, "place": place, "closed": True, "overdue": overdue, "reopened": again < 0.03})


def legal_talks(year: Year) -> Iterator[Event]:
    """In spring, before summer and on Constitution Day in December, if at all."""
    for number, often in ((3, 0.2), (6, 0.35), (12, 0.6)):
        luck = year.luck(f"legal_talk.{number}")
        day, topic = evening_or_weekend(luck, year.year, number), luck.choice(ACTIVITY_TOPICS["legal_talk"])
        if luck.random() < year.rate(STAR, "legal_talk", often, 1.03):
            yield Event("activity", day, {"form": "legal_talk", "topic": topic})


def police_figures(year: Year) -> Iterator[Event]:
    """Once a year: fraud cases, cameras."""
    cameras = 6 + year.village.households // 30
    worst = 2.6 if year.is_rated else 3.4
    values = {
        "fraud_cases": round(year.rate(STAR, "fraud", worst, -0.6)) if year.level(STAR, "fraud") < 0.8 else 0,
        "cameras": cameras,
        "cameras_online": year.part(STAR, "cameras", cameras, 0.7, 1.02),
    }
    yield Event("police_figures", next_workday(date(year.year, 12, 16)), values)


def justice_figures(year: Year) -> Iterator[Event]:
    """Once a year: residents trained in the law."""
    yield Event("justice_figures", next_workday(date(year.year, 11, 25)), {"legal_guides": round(year.rate(STAR, "guides", 0.6, 4))})
