"""What a star asks beside its points, told for one unit."""

from datetime import date

import pytest

from fanxing.rating import Facts, conditions, months_after, rate
from fanxing.scheme import Scheme, load_files

FILES = {
    "scheme.yaml": """
scheme: small
title: 小方案
basis: example
kinds: {village: {title: 村, stars: [safety]}}
tier: {title: 星级, count: stars}
""",
    "stars/village/safety.yaml": """
title: 平安法治
facts:
  mark: {title: 得分, type: number, if_missing: stays}
  talks: {title: 宣传次数, type: count, if_missing: 0}
  accidents: {title: 事故, type: count, if_missing: stays}
  crime_on: {title: 认定日期, type: date, if_missing: stays}
score: {title: 平安得分, full: 100, least: 0, most: 100, sum: [mark]}
pass: 60
needs: [{id: talked, title: 至少宣传两次, basis: example, when: talks >= 2}]
vetoes:
  - {id: accident, title: 事故, basis: example, when: accidents > 0, lasts: 12 months, if_undecided: no}
  - {id: crime, title: 案件, basis: example, since: crime_on, lasts: 6 months}
""",
}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files(FILES)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"talks": 2.0, "accidents": 0.0}, [("talked", True, None), ("accident", False, None), ("crime", False, None)]),
        ({}, [("talked", False, None), ("accident", None, None), ("crime", False, None)]),
        (
            {"accidents": 1.0, "crime_on": date(2025, 8, 31)},
            [("talked", False, None), ("accident", True, None), ("crime", True, date(2026, 2, 28))],
        ),
        ({"crime_on": date(2025, 6, 30)}, [("talked", False, None), ("accident", None, None), ("crime", True, date(2025, 12, 30))]),
        ({"crime_on": date(2025, 6, 1)}, [("talked", False, None), ("accident", None, None), ("crime", False, None)]),
    ],
)
def test_needs_met_and_vetoes_in_force_are_told_with_their_end(scheme: Scheme, given: dict[str, object], told: list[tuple[object, ...]]):
    facts = Facts.from_rows(scheme, [{"unit": "a", "kind": "village", "mark": 70.0, **given}])
    found = conditions(rate(scheme, facts, date(2025, 12, 1)), "a")
    assert [(one.rule.id, one.holds, one.until) for one in found["safety"]] == told


def test_a_unit_of_an_unknown_kind_has_no_conditions(scheme: Scheme):
    facts = Facts.from_rows(scheme, [{"unit": "a", "kind": "city"}])
    assert conditions(rate(scheme, facts, date(2025, 12, 1)), "a") == {}


def test_a_condition_says_itself_and_names_what_it_reads(scheme: Scheme):
    facts = Facts.from_rows(scheme, [{"unit": "a", "kind": "village"}])
    talked, accident, crime = conditions(rate(scheme, facts, date(2025, 12, 1)), "a")["safety"]
    assert [one.facts for one in (talked, accident, crime)] == [("talks",), ("accidents",), ("crime_on",)]
    assert crime.sentence == "案件（自“认定日期”起 6 个月内）"


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 12, 5), 12, date(2025, 12, 5)), (date(2025, 3, 1), 0, date(2025, 3, 1))],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, count: int, later: date):
    assert months_after(day, count) == later
