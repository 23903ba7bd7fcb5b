"""What if: a rehearsal, a route, robustness, on the villages of the five-star scheme, drawn from its worked cases."""

import random
from datetime import timedelta
from statistics import median

from measuring import milliseconds

from fanxing.rating import Facts, Rating, rate, rehearse, robustness, route, what_if
from fanxing.scheme import Scheme, load, load_files, read_folder

UNITS = 2_526
KIND = "village"
STAR = "stars/village/ecology.yaml"


def scheme() -> Scheme:
    return load("five-star")


def draft() -> Scheme:
    """The same with another pass mark of one star."""
    files = read_folder("five-star")
    return load_files({**files, STAR: files[STAR].replace("pass: 80", "pass: 75")})


def facts(of: Scheme) -> Facts:
    """Villages like those of the cases, each figure somewhat less: the same at every run."""
    drawn = random.Random(1)
    cases = [given for case in of.cases if case.kind == KIND for given in case.given.values()]
    rows = []
    for number in range(UNITS):
        given, least = drawn.choice(cases), drawn.choice((0.9, 0.8, 0.6))
        less = {
            id: float(int(value * drawn.uniform(least, 1))) if isinstance(value, float) and value > 1 else value
            for id, value in given.items()
        }
        rows.append({"unit": f"v{number}", "kind": KIND, **less})
    return Facts.from_rows(of, rows)


def routes(rating: Rating, count: int) -> list[float]:
    """The time of each route of some units to each star that they do not hold."""
    stars = rating.scheme.kinds[KIND].stars
    asked = [(f"v{number}", star) for number in range(count) for star in stars if rating.value(f"v{number}", star) is False]
    return [milliseconds(lambda unit=unit, star=star: route(rating, unit, star)) for unit, star in asked]


def measured(rounds: int) -> list[tuple[str, float]]:
    """What is asked, and the time it takes in milliseconds."""
    old, new = scheme(), draft()
    assert old.period is not None
    given, day = facts(old), old.period.end - timedelta(days=30)
    rehearse(old, new, given, day)
    rating = rate(old, given, day)
    taken = sorted(routes(rating, 20 if rounds < 50 else 60))
    return [
        (
            f"a change of the rules rehearsed on {UNITS:,} units",
            median(milliseconds(lambda: rehearse(old, new, given, day)) for _ in range(rounds)),
        ),
        ("one unit with another figure", median(milliseconds(lambda: what_if(rating, "v1", {"lamps": 100.0})) for _ in range(rounds))),
        (f"the route to a star, of {len(taken)} routes the middle one", median(taken)),
        ("the slowest of twenty", taken[int(len(taken) * 0.95)]),
        (f"robustness of {UNITS:,} units in 1,000 draws", milliseconds(lambda: robustness(old, given, day))),
    ]
