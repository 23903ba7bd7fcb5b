"""What values a rule can take: bounds of facts and of every form, and whether it can be missing."""

from math import inf

import pytest

from fanxing.scheme.expressions import parse
from fanxing.scheme.ranges import Range, of_expression, ranges
from tests.scheme.schemes import scheme_of

FACTS = """\
n: {title: n, type: number, if_missing: stays}
m: {title: m, type: number, least: -2, most: 3, if_missing: stays}
c: {title: c, type: count, if_missing: 0}
s: {title: s, type: share, if_missing: stays}
z: {title: z, type: number, least: 1, most: 5, if_missing: 9}
t: {title: t, type: yes/no, if_missing: no}"""
KNOWN = {"n": Range(), "m": Range(-2, 3), "c": Range(0, inf, False), "s": Range(0, 1), "z": Range(1, 9, False)}


def reach(form: str, *, without_extra: bool = False) -> tuple[float, float, bool]:
    rest = "rest: {title: r, count: [n > 0, m > 0, c > 0, s > 0, z > 0, t]}\n"
    kind = scheme_of(FACTS, f"{rest}result: {{title: r, {form}}}").kinds["village"]
    found = ranges(kind, without_extra=without_extra)["result"]
    return found.low, found.high, found.missing


@pytest.mark.parametrize(
    ("expression", "low", "high", "missing"),
    [
        ("n", -inf, inf, True),
        ("m + s", -2, 4, True),
        ("c - s", -1, inf, True),
        ("m * m", -6, 9, True),
        ("-m", -3, 2, True),
        ("c * 2", 0, inf, False),
        ("s / z", 0, 1, True),
        ("c / c", 0, inf, True),  # by nothing: missing
        ("m / c", -inf, inf, True),
        ("min(m, s)", -2, 1, True),
        ("max(c, z)", 1, inf, False),
        ("first(s, z)", 0, 9, False),
        ("present(n)", 0, 1, False),
        ("c > 3", 0, 1, False),
        ("n > 3 or c > 3", 0, 1, True),
    ],
)
def test_the_range_of_an_expression(expression, low, high, missing):
    found = of_expression(parse(expression), KNOWN)
    assert (found.low, found.high, found.missing) == (low, high, missing)


@pytest.mark.parametrize(
    ("form", "low", "high", "missing"),
    [
        ("steps: {of: c, at_least: {1: 3, 4: 6}, otherwise: 0}", 0, 6, False),
        ("steps: {of: n, at_least: {1: 3, 4: 6}, otherwise: -1}", -1, 6, True),
        ("steps: {of: c, at_least: {1: 3}, otherwise: missing}", 3, 3, True),
        ("each: {of: c, points: 2}", 0, inf, False),
        ("each: {of: c, points: -2}, least: -10", -10, 0, False),
        ("each: {of: m, points: 2, per: 2}", 0, 2, True),  # one full 2 in 3
        ("scale: {of: c, from: [0, 5, 10], to: [0, 8, 4]}", 0, 8, False),
        ("choose: [{when: c > 1, give: 5}, {give: 2}]", 2, 5, False),
        ("choose: [{when: n > 1, give: 5}, {give: 2}]", 2, 5, True),
        ("choose: [{when: c > 1, give: 5}]", 5, 5, True),
        ("sum: [m, s]", -2, 4, True),
        ("sum: [m, s], weights: [2, 10]", -4, 16, True),
        ("sum: [m, s], missing: zero", -2, 4, False),
        ("sum: [m, s], missing: leave out", -2, 4, True),
        ("sum: [m, z], weights: [1, 1], missing: leave out", -4, 18, False),
        ("mean: [c, z]", 0.5, inf, False),
        ("mean: [m, s], missing: leave out", -2, 3, True),
        ("lowest: [m, s]", -2, 1, True),
        ("highest: [m, s]", 0, 3, True),
        ("highest: [m, s], missing: leave out", -2, 3, True),
        ("geometric: [s, z]", 0, 9, True),
        ("count: [c > 1, t, n > 0], missing: zero", 0, 3, False),
        ("count: [c > 1, t, n > 0]", 0, 3, True),
        ("adjust: {start: z, steps: [{add: 1, most: 8}, {when: c > 1, set: 0}]}", 0, 8, False),
        ("adjust: {start: z, steps: [{when: n > 1, add: 1}]}", 1, 10, True),
        ("adjust: {start: z, steps: [{when: n > 1, add: 1}]}, missing: skip", 1, 10, False),
        ("rank: {of: n}", 1, inf, True),
        ("rank: {of: n, as: share}", 0, 1, True),
        ("formula: c, least: 2, most: 7", 2, 7, False),
        ("formula: s * 10, round: 3", 0, 9, True),  # 10 is nearer to 9 than to 12
        ("formula: s, if_missing: 5", 0, 5, False),
    ],
)
def test_the_range_of_a_form(form, low, high, missing):
    assert reach(form) == (low, high, missing)


def test_points_outside_the_full_mark_are_left_out_where_it_is_checked():
    form = "sum: [z, {extra: yes, each: {of: c, points: 1}, most: 4}]"
    assert reach(form) == (1, 13, False)
    assert reach(form, without_extra=True) == (1, 9, False)
