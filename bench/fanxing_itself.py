"""Fanxing: the rules of the workload as a scheme."""

from functools import cache

import numpy as np
from workload import STARS, Inputs, Results, scheme_files

from fanxing.rating import Facts, Rating, rate
from fanxing.rating.facts import texts
from fanxing.rating.plan import plan_of
from fanxing.scheme.loader import load_files
from fanxing.scheme.model import Scheme


@cache
def scheme() -> Scheme:
    """The workload's scheme, loaded and compiled."""
    loaded = load_files(scheme_files())
    plan_of(loaded)
    return loaded


def prepare(inputs: Inputs) -> Facts:
    return Facts(texts(f"{row:07}" for row in range(len(inputs))), texts(inputs.kinds()), inputs.columns, ())


def run(facts: Facts) -> Rating:
    return rate(scheme(), facts, every_node=True)


def run_results(facts: Facts) -> Rating:
    return rate(scheme(), facts)


def results(rating: Rating) -> Results:
    count = len(rating.facts)
    tier = np.full(count, np.nan)
    points = {name: np.full(count, np.nan) for name in ("total", *(f"s{star}_score" for star in range(STARS)))}
    for rated in rating.kinds.values():
        tier[rated.rows] = rated.columns["tier"]
        for name, column in points.items():
            column[rated.rows] = rated.columns[name]
    return Results(tier, points)
