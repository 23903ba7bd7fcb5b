"""Robustness: as many ratings by schemes with other points, written out and rated one by one, say the same."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from fanxing.rating import Facts, Robustness, rate, robustness
from fanxing.scheme import Scheme, load_files
from fanxing.scheme.model import Combine

SCHEME = """
scheme: small
title: 小方案
basis: example
round: 0.01
kinds:
  village:
    title: 村
    stars: [work, calm, alone, best]
facts:
  a: {title: 甲, type: number, least: 0, most: 50, if_missing: stays}
  b: {title: 乙, type: number, least: 0, most: 30, if_missing: stays}
  c: {title: 丙, type: number, least: 0, most: 20, if_missing: 0}
nodes:
  work:
    title: 工作星
    star:
      full: 100
      most: 100
      sum:
        - {formula: a}
        - {formula: b}
        - {sum: [c]}
        - {each: {of: c, points: -0.5}, least: -5}
        - {id: extra, extra: yes, each: {of: c, points: 0.1}}
    pass: 60
  calm: {title: 平安星, star: {full: 80, sum: [a, b], weights: [1, 1]}, pass: 40}
  alone: {title: 单项星, star: b, pass: 15}
  best: {title: 最好星, star: place, pass: 0, needs: [work and place <= 20]}
  place: {rank: {of: work_score}}
tier: {title: 星级, count: stars}
"""
DRAWS, SPREAD, SEED = 40, 0.25, 7


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files({"scheme.yaml": SCHEME})


@pytest.fixture(scope="module")
def facts(scheme: Scheme) -> Facts:
    drawn = Random(3)
    rows: list[dict[str, Any]] = [
        {"unit": f"u{number}", "a": float(drawn.randint(0, 50)), "b": float(drawn.randint(0, 30)), "c": float(drawn.randint(0, 20))}
        for number in range(60)
    ]
    return Facts.from_rows(scheme, [*rows, {"unit": "blank", "a": 50.0}])


@pytest.fixture(scope="module")
def found(scheme: Scheme, facts: Facts) -> Robustness:
    return robustness(scheme, facts, draws=DRAWS, spread=SPREAD, seed=SEED)


def drawn_factors(star: str, full: list[float], takes: list[bool], kept: list[bool]) -> list[list[float]]:
    """The factors as the definition has them: one drawn for each part, then all brought back to the full mark."""
    random, factors = Random(f"{SEED}/village/{star}"), []
    for _ in range(DRAWS):
        drawn = [random.uniform(1 - SPREAD, 1 + SPREAD) for _ in full]
        scale = sum(full) / sum(one * mark for one, mark in zip(drawn, full, strict=True))
        factors.append([1.0 if keep else one if take else one * scale for one, take, keep in zip(drawn, takes, kept, strict=True)])
    return factors


def with_points(scheme: Scheme, points: dict[str, list[float]]) -> Scheme:
    """The scheme with other weights in the sums of some scores; no node of it says what its full mark would be."""
    kind = scheme.kinds["village"]
    nodes = dict(kind.nodes)
    for id, factors in points.items():
        form = nodes[id].form
        assert isinstance(form, Combine)
        weights = tuple(one * weight for one, weight in zip(factors, form.weights or (1.0,) * len(factors), strict=True))
        nodes[id] = replace(nodes[id], form=replace(form, weights=weights))
    return replace(scheme, kinds={"village": replace(kind, nodes=nodes)})


def test_the_shares_are_those_of_ratings_by_schemes_with_other_points(scheme: Scheme, facts: Facts, found: Robustness) -> None:
    work = drawn_factors("work", [50, 30, 20, 0, 0], [False, False, False, True, False], [False, False, False, False, True])
    calm = drawn_factors("calm", [50, 30], [False, False], [False, False])
    now = rate(scheme, facts).table()["tier"]
    held = {star: np.zeros(len(facts)) for star in ("work", "calm", "alone", "best")}
    same = np.zeros(len(facts))
    for points in zip(work, calm, strict=True):
        table = rate(with_points(scheme, dict(zip(("work_score", "calm_score"), points, strict=True))), facts).table()
        for star, count in held.items():
            count += table[f"{star}.held"].fill_null(False).to_numpy()
        same += table["tier"].eq_missing(now).to_numpy()

    shares = found.kinds["village"]
    assert {star: list(share * DRAWS) for star, share in shares.stars.items()} == {star: list(count) for star, count in held.items()}
    assert list(shares.tier * DRAWS) == list(same)
    assert shares.fixed == ("alone", "best")
    assert any(0 < share < 1 for share in shares.stars["work"])
    assert any(0 < share < 1 for share in shares.stars["best"])


def test_without_a_spread_every_result_stands(scheme: Scheme, facts: Facts) -> None:
    still = robustness(scheme, facts, draws=3, spread=0.0)
    table = rate(scheme, facts).table()

    assert set(still.kinds["village"].tier) == {1.0}
    for star, share in still.kinds["village"].stars.items():
        assert list(share == 1) == table[f"{star}.held"].fill_null(False).to_list()


def test_the_same_seed_gives_the_same_in_any_order_and_company(scheme: Scheme, facts: Facts, found: Robustness) -> None:
    again = robustness(scheme, facts.only(np.array([5, 2])), draws=DRAWS, spread=SPREAD, seed=SEED)

    assert [again.share(unit, "work") for unit in ("u2", "u5")] == [found.share(unit, "work") for unit in ("u2", "u5")]
    assert found.table().equals(robustness(scheme, facts, draws=DRAWS, spread=SPREAD, seed=SEED).table())
    assert not found.table().equals(robustness(scheme, facts, draws=DRAWS, spread=SPREAD, seed=8).table())


def test_the_table_says_what_is_held_and_how_surely(found: Robustness) -> None:
    table = found.table()

    assert table.columns[:6] == ["unit", "kind", "tier", "tier.share", "work.held", "work.share"]
    assert table.filter(unit="u0").row(0)[5] == found.share("u0", "work")


@pytest.mark.parametrize(("draws", "spread"), [(0, 0.25), (10, 1.0), (10, -0.1)])
def test_draws_that_make_no_sense_are_refused(scheme: Scheme, facts: Facts, draws: int, spread: float) -> None:
    with pytest.raises(ValueError, match="a spread is from 0 to below 1"):
        robustness(scheme, facts, draws=draws, spread=spread)
