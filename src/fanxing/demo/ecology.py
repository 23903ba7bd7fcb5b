"""Cleaning up, and the figures of the village's outward state."""

from collections.abc import Iterator
from datetime import date

from fanxing.demo.calendar import evening_or_weekend, next_workday
from fanxing.demo.life import Event, Year
from fanxing.demo.plan import TOILETS, Story
from fanxing.demo.words import ACTIVITY_TOPICS
from fanxing.scheme.model import Value

STAR = "ecology"


def clean_ups(year: Year) -> Iterator[Event]:
    """Two chances a quarter."""
    for number in (2, 3, 4, 5, 7, 8, 11, 12):
        luck = year.luck(f"clean_up.{number}")
        day, topic = evening_or_weekend(luck, year.year, number), luck.choice(ACTIVITY_TOPICS["clean_up"])
        often = 0.85 if number in (3, 4, 8, 11) else 0.35
        if luck.random() < often * year.rate(STAR, "clean_up", 0.5, 1.1):
            yield Event("activity", day, {"form": "clean_up", "topic": topic})


def environment_figures(year: Year) -> Iterator[Event]:
    """Once a year: sewage, black water, straw fires."""
    values = {
        "sewage_households": year.part(STAR, "sewage", year.village.households, 0.25, 0.9),
        "black_water": int(year.level(STAR, "black_water") < 0.58),
        "straw_fires": round(year.rate(STAR, "straw_fires", 3.2, -1.2)) if year.level(STAR, "straw_fires") < 0.6 else 0,
    }
    yield Event("environment_figures", next_workday(date(year.year, 12, 10)), values)


def toilets(year: Year) -> dict[str, Value]:
    """Households with a converted toilet among those that should have one; part of the figures of agriculture."""
    if year.village.story is Story.IMPOSSIBLE_RATE:
        return dict(TOILETS)
    in_scope = round(year.village.households * year.lasting_luck("in_scope").uniform(0.6, 0.9))
    converted = year.part(STAR, "toilets", in_scope, 0.52, 0.97)
    return {"toilets_in_scope": in_scope, "toilets_converted": converted, "toilets_share_stated": round(converted / in_scope, 3)}


def outward_state(year: Year) -> dict[str, Value]:
    """Roads, lamps, trees, lots and streets; part of the village profile."""
    village = year.village
    road_km = round(village.households / year.lasting_luck("roads").uniform(48, 70), 1)
    lots, streets = 4 + village.households // 22, 5 + village.households // 24
    return {
        "road_km": road_km,
        "road_hard_km": min(round(road_km * year.rate(STAR, "roads", 0.66, 1.02), 1), road_km),
        "lamps": round(road_km * year.rate(STAR, "lamps", 7, 22)),
        "trees": round(village.households * year.rate(STAR, "trees", 0.1, 1.05)),
        "lots": lots,
        "lots_used": year.part(STAR, "lots", lots, 0.1, 0.6),
        "sorting_points": round(village.households / 50 * year.rate(STAR, "sorting", 0.3, 1.05)),
        "streets": streets,
        "streets_with_chief": year.part(STAR, "chiefs", streets, 0.4, 1.1),
    }
