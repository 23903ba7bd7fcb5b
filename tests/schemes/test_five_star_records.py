"""From a village's records to the facts that its stars read."""

from datetime import date

import polars as pl
import pytest

from fanxing.rating import rate
from fanxing.rating.measures import facts_from_records
from fanxing.scheme import load
from fanxing.scheme.model import FIELD_TYPES, RecordKind, Value

SCHEME = load("five-star")
COLUMNS = {"a number": pl.Float64, "yes or no": pl.Boolean, "a text": pl.String, "a date": pl.Date}
LAST_DAY = date(2025, 12, 31)


def frame(kind: RecordKind, rows: list[tuple[str, dict[str, Value]]]) -> pl.DataFrame:
    """Records of one kind of one village, each its day and the fields that are filled."""
    schema = {"unit": pl.String, "record": pl.Int64, "occurred_on": pl.Date}
    schema |= {field.id: COLUMNS[FIELD_TYPES[field.type].value] for field in kind.fields}
    empty = dict.fromkeys(field.id for field in kind.fields)
    records = [
        {"unit": "v", "record": number, "occurred_on": date.fromisoformat(day), **empty, **said} for number, (day, said) in enumerate(rows)
    ]
    return pl.DataFrame(records, schema=schema)


def measured(as_of: date = LAST_DAY, /, **records: list[tuple[str, dict[str, Value]]]) -> dict[str, Value | date]:
    """Every fact and node of a village with these records and no others."""
    frames = {kind: frame(SCHEME.records[kind], rows) for kind, rows in records.items()}
    return rate(SCHEME, facts_from_records(SCHEME, [("v", "village")], frames, as_of), as_of).values("v")


def some(values: dict[str, Value | date], *ids: str) -> dict[str, Value | date]:
    return {id: values[id] for id in ids}


def test_meetings_are_counted_by_form_and_by_quarter() -> None:
    found = measured(
        meeting=[
            ("2025-01-10", {"form": "members"}),
            ("2025-02-20", {"form": "members"}),
            ("2025-04-08", {"form": "members"}),
            ("2024-12-30", {"form": "members"}),
            ("2025-03-05", {"form": "lesson", "speaker": "secretary"}),
            ("2025-06-05", {"form": "lesson", "speaker": "other"}),
            ("2025-05-06", {"form": "theme_day", "expected": 40.0, "attended": 30.0}),
            ("2025-06-06", {"form": "theme_day", "expected": 40.0, "attended": 36.0}),
            ("2025-11-30", {"form": "review_meeting"}),
        ]
    )
    assert some(found, "members_quarters", "lesson_quarters", "secretary_lessons", "theme_months", "theme_attended", "theme_expected") == {
        "members_quarters": 2,
        "lesson_quarters": 2,
        "secretary_lessons": 1,
        "theme_months": 2,
        "theme_attended": 66,
        "theme_expected": 80,
    }
    assert some(found, "review_meeting", "member_review") == {"review_meeting": True, "member_review": False}


def test_a_matter_still_in_time_counts_neither_way() -> None:
    found = measured(
        dispute=[
            ("2025-03-01", {"outcome": "settled_here", "overdue": False, "reopened": False}),
            ("2025-03-02", {"outcome": "settled_here", "overdue": True, "reopened": False}),
            ("2025-03-03", {"outcome": "settled_above", "overdue": False, "reopened": True}),
            ("2025-12-20", {"outcome": "open", "overdue": False, "reopened": False}),
        ],
        report=[
            ("2025-05-01", {"closed": True, "overdue": False, "reopened": False}),
            ("2025-05-02", {"closed": False, "overdue": True, "reopened": False}),
            ("2025-12-30", {"closed": False, "overdue": False, "reopened": False}),
        ],
        request=[
            ("2025-05-01", {"closed": True, "overdue": False, "satisfied": True}),
            ("2025-05-02", {"closed": True, "overdue": False}),
            ("2025-12-30", {"closed": False, "overdue": False}),
        ],
    )
    assert some(found, "disputes_due", "disputes_settled", "disputes_at_fault") == {
        "disputes_due": 3,
        "disputes_settled": 1,
        "disputes_at_fault": 2,
    }
    assert some(found, "reports_due", "reports_in_time") == {"reports_due": 2, "reports_in_time": 1}
    assert some(found, "requests_due", "requests_in_time", "requests_answered", "requests_satisfied") == {
        "requests_due": 2,
        "requests_in_time": 2,
        "requests_answered": 1,
        "requests_satisfied": 1,
    }


def test_income_leaves_out_grants_and_contracts_count_while_they_run() -> None:
    found = measured(
        contract=[
            ("2019-06-01", {"name": "甲", "form": "land", "land": 300.0, "yearly_sum": 60_000.0, "in_force": True}),
            ("2023-06-01", {"name": "乙", "form": "lot", "yearly_sum": 20_000.0, "in_force": True}),
            ("2020-06-01", {"name": "丙", "form": "land", "land": 500.0, "yearly_sum": 90_000.0, "in_force": False}),
        ],
        income=[
            ("2024-07-01", {"source": "rent", "amount": 50_000.0}),
            ("2024-08-01", {"source": "subsidy", "amount": 500_000.0}),
            ("2025-07-01", {"source": "contract", "amount": 60_000.0}),
            ("2025-09-01", {"source": "rent", "amount": 30_000.0}),
            ("2025-10-01", {"source": "subsidy", "amount": 500_000.0}),
        ],
    )
    assert some(found, "collective_income", "last_income", "contract_received", "guaranteed", "land_transferred") == {
        "collective_income": 90_000,
        "last_income": 50_000,
        "contract_received": 60_000,
        "guaranteed": 80_000,
        "land_transferred": 300,
    }
    assert some(found, "industry_level", "industry_growth", "industry_received") == {
        "industry_level": 5,
        "industry_growth": 8,
        "industry_received": 3,
    }


def test_each_reviewer_fills_a_mark_of_one_visit_and_the_latest_filled_one_counts() -> None:
    found = measured(
        joint_visit=[
            ("2025-10-10", {"site_mark": 7.0, "tidy_mark": 80.0}),
            ("2025-10-10", {"grid_mark": 6.0}),
            ("2025-10-12", {"tidy_mark": 84.0}),
        ],
        township_review=[("2025-11-01", {"team_mark": 9.0, "tidy_mark": 90.0})],
    )
    assert some(found, "site_mark", "grid_mark", "tidy_visit", "team_mark", "tidy", "plan_mark") == {
        "site_mark": 7,
        "grid_mark": 6,
        "tidy_visit": 84,
        "team_mark": 9,
        "tidy": 87,
        "plan_mark": None,
    }


def test_last_years_profile_serves_until_this_years_is_there_but_not_for_yearly_counts() -> None:
    found = measured(village_profile=[("2024-11-01", {"households": 500.0, "residents": 1_800.0, "lots": 30.0, "trees": 200.0})])
    assert some(found, "households", "lots", "trees") == {"households": 500, "lots": 30, "trees": None}


def test_village_rules_adopted_three_years_ago_still_count() -> None:
    decided = {"matter": "修订村规民约", "about": "village_rules", "in_order": True}
    found = measured(decision=[("2022-05-01", decided)])
    assert some(found, "rules_adopted", "decisions", "civility_rules") == {"rules_adopted": True, "decisions": 0, "civility_rules": 6}


@pytest.mark.parametrize(
    ("about", "months", "star"),
    [
        ("party_discipline", 12, "party_branch"),
        ("assets", 24, "industry"),
        ("pollution", 12, "ecology"),
        ("accident", 12, "safety"),
        ("gang_crime", 12, "safety"),
        ("public_incident", 6, "civility"),
    ],
)
def test_a_severe_ruling_takes_its_own_star_for_its_time_and_no_other(about: str, months: int, star: str) -> None:
    ruled_on = date(2025, 3, 15)
    held_by_day = {}
    for later in (0, months - 1, months + 1):
        year, month = divmod(ruled_on.month - 1 + later, 12)
        as_of = date(ruled_on.year + year, month + 1, 15)
        values = measured(as_of, ruling=[(ruled_on.isoformat(), {"about": about, "severe": True, "body": "县里"})])
        held_by_day[later] = {one: values[one] for one in SCHEME.kinds["village"].stars}
    others = dict.fromkeys(SCHEME.kinds["village"].stars)
    taken = others | {star: False, "party_branch": False}
    assert held_by_day == {0: taken, months - 1: taken, months + 1: others}


def test_a_ruling_that_is_not_severe_takes_no_star() -> None:
    found = measured(ruling=[("2025-03-15", {"about": "party_discipline", "severe": False, "body": "县里"})])
    assert found["party_branch"] is None
