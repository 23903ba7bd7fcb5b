"""Cleaning up, and the figures of the village's outward state."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from fanxing.demo.calendar import next_workday, open_days
from fanxing.demo.dice import Numbers, Truths, Whole, Words
from fanxing.demo.free_time import free_day
from fanxing.demo.life import EPOCH, Happening, Year, filled_where
from fanxing.demo.plan import TOILETS, Story
from fanxing.demo.words import ACTIVITY_TOPICS, CORRIDOR, DECISION_MATTERS, DECISIONS_ELSEWHERE, WORK_FORMS

STAR = "ecology"
# What one village is known for: stations for sorting waste, and lots put to use.
STATIONS, LOTS_USED = 18, 36
# What it built besides, for how much (yuan), and after which decision of the spring.
CORRIDOR_COST, CORRIDOR_DECIDED, CORRIDOR_BEGUN = 150_000, (3, 12), (6, 16)
# Days from a decision until the work begins: longer than its record may be late.
UNTIL_BEGUN = (75, 140)
PAID_BY = ("collective", "finance", "finance", "donation", "raised", "several")


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


def public_works(year: Year) -> Iterator[Happening]:
    """What was built after a decision of the village: its cost, who paid for it, and whether somebody looks after it."""
    matters = DECISIONS_ELSEWHERE.get(year.crowd.kind, DECISION_MATTERS)
    count = year.whole("decision.count", 3, 5)
    for number in range(5):
        decision = f"decision.{number}"
        decided = year.day(decision, open_days(year.year, 2, 12))
        place = (year.share(f"{decision}.about") * len(matters)).astype(np.int64)
        there = (number < count) & (place == list(matters).index("project"))
        name = year.word(f"{decision}.project", matters["project"])
        yield _work(year, f"work.{number}", there, decided + year.crowd.dice.whole(f"{decision}.begun", *UNTIL_BEGUN), name, decision)
    told = year.has(Story.LOTS)
    decided_on, begun_on = (year.on(date(year.year, *day)) for day in (CORRIDOR_DECIDED, CORRIDOR_BEGUN))
    matter = {"matter": CORRIDOR, "about": "project", "in_order": True}
    yield Happening("decision", told, decided_on, matter, label=f"corridor/{year.year}")
    values = {"form": "culture", "cost": CORRIDOR_COST, "source": "several", "decision": f"corridor/{year.year}"}
    yield Happening("public_work", told, begun_on, {"name": CORRIDOR, **values, "done": True, "upkeep": True})


def _work(year: Year, topic: str, there: Truths, begun: Whole, name: Words, decision: str) -> Happening:
    done = begun < (date(year.year, 10, 1) - EPOCH).days
    kept = year.share(f"{topic}.kept") < year.rate(STAR, "works_kept", 0.5, 1.05)
    linked = year.share(f"{topic}.decided") < year.rate(STAR, "works_decided", 0.55, 1.1)
    values = {
        "name": name,
        "form": np.array([WORK_FORMS.get(one, "service") for one in name.tolist()], object),
        "cost": np.round(year.between(f"{topic}.cost", 1.2, 28)) * 10_000,
        "source": year.word(f"{topic}.source", PAID_BY),
        "decision": filled_where(linked, np.full(len(name), f"{decision}/{year.year}", object)),
        "done": done,
        "upkeep": filled_where(done, kept),
    }
    return Happening("public_work", there, begun, values)


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
        "green_area": np.round(households / 100 * year.rate(STAR, "green_area", 0.3, 1.2), 1),
        "lots": lots,
        "lots_used": np.where(told, LOTS_USED, year.part(STAR, "lots", lots, 0.1, 0.6)),
        "sorting_points": np.where(told, STATIONS, np.round(households / 50 * year.rate(STAR, "sorting", 0.3, 1.05))),
        "streets": streets,
        "streets_with_chief": year.part(STAR, "chiefs", streets, 0.4, 1.1),
    }
