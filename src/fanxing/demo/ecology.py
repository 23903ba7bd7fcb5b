"""Cleaning up, and the figures of the village's outward state."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from fanxing.demo.calendar import next_workday
from fanxing.demo.dice import Numbers
from fanxing.demo.free_time import free_day
from fanxing.demo.life import Happening, Year
from fanxing.demo.plan import TOILETS, Story
from fanxing.demo.words import ACTIVITY_TOPICS

STAR = "ecology"
# What one village is known for: stations for sorting waste, and lots put to use.
STATIONS, LOTS_USED = 18, 36


def clean_ups(year: Year) -> Iterator[Happening]:
    """Two chances a quarter."""
    for number in (2, 3, 4, 5, 7, 8, 11, 12):
        topic = f"clean_up.{number}"
        often = 0.85 if number in (3, 4, 8, 11) else 0.35
        values = {"form": "clean_up", "topic": year.word(topic, ACTIVITY_TOPICS["clean_up"])}
        happens = year.share(topic) < often * year.rate(STAR, "clean_up", 0.5, 1.1)
        yield Happening("activity", happens, free_day(year, topic, number), values)


def environment_figures(year: Year) -> Iterator[Happening]:
    """Sewage, black water, straw fires."""
    fires = np.where(year.level(STAR, "straw_fires") < 0.6, np.round(year.rate(STAR, "straw_fires", 3.2, -1.2)), 0)
    values = {
        "sewage_households": year.part(STAR, "sewage", year.size("households"), 0.25, 0.9),
        "black_water": (year.level(STAR, "black_water") < 0.58).astype(np.float64),
        "straw_fires": np.maximum(fires, 0),
    }
    if year.is_rated:
        before_harvest = {**values, "straw_fires": 0.0}
        yield Happening("environment_figures", year.everywhere, year.on(next_workday(date(year.year, 3, 11))), before_harvest)
    yield Happening("environment_figures", year.everywhere, year.on(next_workday(date(year.year, 11, 11))), values)


def toilets(year: Year) -> dict[str, Numbers]:
    """Households with a converted toilet among those that should have one; part of the figures of agriculture."""
    in_scope = np.round(year.size("households") * year.lasting("in_scope", 0.6, 0.9))
    converted = year.part(STAR, "toilets", in_scope, 0.52, 0.97)
    true = {"toilets_in_scope": in_scope, "toilets_converted": converted, "toilets_share_stated": np.round(converted / in_scope, 3)}
    told = year.crowd.has(Story.IMPOSSIBLE_RATE)
    return {field: np.where(told, TOILETS[field], values) for field, values in true.items()}


def outward_state(year: Year) -> dict[str, Numbers]:
    """Roads, lamps, trees, lots and streets; part of the village profile."""
    households = year.size("households")
    road_km = np.round(households / year.lasting("roads", 48, 70), 1)
    told = year.crowd.has(Story.LOTS)
    lots, streets = np.where(told, 2 * LOTS_USED - 4, 4 + households // 22), 5 + households // 24
    return {
        "road_km": road_km,
        "road_hard_km": np.minimum(np.round(road_km * year.rate(STAR, "roads", 0.66, 1.02), 1), road_km),
        "lamps": np.round(road_km * year.rate(STAR, "lamps", 7, 22)),
        "trees": np.round(households * year.rate(STAR, "trees", 0.1, 1.05)),
        "lots": lots,
        "lots_used": np.where(told, LOTS_USED, year.part(STAR, "lots", lots, 0.1, 0.6)),
        "sorting_points": np.where(told, STATIONS, np.round(households / 50 * year.rate(STAR, "sorting", 0.3, 1.05))),
        "streets": streets,
        "streets_with_chief": year.part(STAR, "chiefs", streets, 0.4, 1.1),
    }
