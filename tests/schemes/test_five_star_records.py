"""From the records of units to the facts that their stars read."""

from datetime import date, timedelta

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


def measured(as_of: date = LAST_DAY, /, kind: str = "village", **records: list[tuple[str, dict[str, Value]]]) -> dict[str, Value | date]:
    """Every fact and node of a unit with these records and no others."""
    frames = {id: frame(SCHEME.records[id], rows) for id, rows in records.items()}
    return rate(SCHEME, facts_from_records(SCHEME, [("v", kind)], frames, as_of), as_of).values("v")


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


def test_a_community_counts_what_its_meetings_settle_and_whom_its_jobs_find() -> None:
    found = measured(
        kind="community",
        joint_meeting=[
            ("2025-02-10", {"matters": 5.0, "settled": 4.0}),
            ("2025-02-24", {"matters": 3.0, "settled": 3.0}),
            ("2025-08-11", {"matters": 2.0, "settled": 2.0}),
        ],
        partner_project=[("2025-03-01", {"about": "service", "done": True}), ("2025-09-01", {"about": "space", "done": False})],
        job=[
            ("2025-04-01", {"employer": "shop", "wanted": 4.0, "hired": 3.0}),
            ("2025-06-01", {"employer": "firm", "wanted": 6.0, "hired": 4.0}),
        ],
        community_profile=[("2025-01-20", {"households": 2_000.0, "residents": 5_000.0, "rooms": 5.0})],
        village_profile=[("2025-01-20", {"households": 9.0, "residents": 9.0})],
    )
    assert some(found, "joint_quarters", "joint_matters", "joint_settled", "governance_settled", "governance_joint") == {
        "joint_quarters": 2,
        "joint_matters": 10,
        "joint_settled": 9,
        "governance_settled": 10,
        "governance_joint": 2,
    }
    assert some(found, "projects", "projects_done", "jobs_wanted", "jobs_hired", "employment_hired", "households", "governance_rooms") == {
        "projects": 2,
        "projects_done": 1,
        "jobs_wanted": 10,
        "jobs_hired": 7,
        "employment_hired": 14,
        "households": 2_000,
        "governance_rooms": 3,
    }


def test_an_organ_counts_tasks_by_what_they_are_about_and_praise_by_its_level() -> None:
    found = measured(
        kind="organ",
        task=[
            ("2025-03-01", {"about": "urgent", "closed": True, "overdue": False}),
            ("2025-04-01", {"about": "urgent", "closed": False, "overdue": False}),
            ("2025-05-01", {"about": "urgent", "closed": True, "overdue": True}),
            ("2025-06-01", {"about": "supervised", "closed": True, "overdue": False}),
        ],
        commendation=[
            ("2025-03-01", {"form": "work", "level": "province"}),
            ("2025-04-01", {"form": "award", "level": "national"}),
        ],
        meeting=[
            ("2025-03-01", {"form": "leaders", "first_topic": True}),
            ("2025-03-20", {"form": "leaders", "first_topic": True}),
            ("2025-05-20", {"form": "leaders", "first_topic": False}),
        ],
    )
    assert some(found, "urgent_due", "urgent_in_time", "supervised_due", "praised_national", "praised_province", "first_topic_months") == {
        "urgent_due": 2,
        "urgent_in_time": 1,
        "supervised_due": 1,
        "praised_national": 0,
        "praised_province": 1,
        "first_topic_months": 1,
    }


def test_an_enterprise_counts_suggestions_by_what_became_of_them() -> None:
    found = measured(
        kind="enterprise",
        suggestion=[
            ("2025-03-01", {"adopted": True, "put_right": True, "value": 60_000.0, "by_member": True}),
            ("2025-04-01", {"adopted": True, "put_right": False, "value": 90_000.0}),
            ("2025-05-01", {"adopted": False, "put_right": False}),
        ],
        improvement=[("2025-06-01", {"met": True}), ("2025-10-01", {"met": False})],
    )
    assert some(found, "adopted", "put_right", "suggestion_value", "member_suggestions", "improvements", "improvements_met") == {
        "adopted": 2,
        "put_right": 1,
        "suggestion_value": 60_000,
        "member_suggestions": 1,
        "improvements": 2,
        "improvements_met": 1,
    }


RULINGS = [
    ("community", "assets", 12, "shared_governance"),
    ("community", "wages", 6, "employment"),
    ("community", "public_incident", 6, "happiness"),
    ("organ", "unlawful", 12, "business"),
    ("organ", "inaction", 6, "service"),
    ("organ", "public_incident", 6, "harmony"),
    ("organ", "conduct", 12, "integrity"),
    ("organ", "party_discipline", 12, "party_branch"),
    ("enterprise", "dishonesty", 12, "benefit"),
    ("enterprise", "wages", 12, "system"),
    ("enterprise", "pollution", 12, "safety"),
    ("enterprise", "public_incident", 6, "harmony"),
    ("compound", "assets", 12, "property"),
    ("compound", "pollution", 12, "tidy"),
]


@pytest.mark.parametrize(("kind", "about", "months", "star"), RULINGS)
def test_a_severe_ruling_takes_one_star_of_any_kind_of_unit(kind: str, about: str, months: int, star: str) -> None:
    ruling = [("2025-01-15", {"about": about, "severe": True, "body": "市里"})]
    over = date(2025 + months // 12, 1 + months % 12, 15)
    taken = []
    for day in (over - timedelta(days=1), over):
        values = measured(day, kind=kind, ruling=ruling)
        taken.append({one for one in SCHEME.kinds[kind].stars if values[one] is False})
    assert taken == [{star}, set()]


def test_meetings_say_what_was_agreed_and_what_came_of_it() -> None:
    found = measured(
        meeting=[
            ("2025-03-03", {"form": "weekly", "matters": 3.0, "settled": 3.0}),
            ("2025-03-10", {"form": "committee", "matters": 2.0, "settled": 1.0}),
            ("2025-03-11", {"form": "lesson"}),
        ],
        study=[("2025-04-15", {"topic": "cadre", "due": 5.0, "done": 5.0, "finished": True})],
        duty=[("2025-04-08", {"period": "2025-Q1", "checked": 4.0, "on_post": 4.0, "handed_over": 5.0, "followed_up": 4.0})],
        own_method=[
            ("2023-05-01", {"form": "method", "name": "3310", "effective": True, "in_use": True}),
            ("2025-05-01", {"form": "brand", "name": "甲", "effective": False, "in_use": True}),
        ],
    )
    assert some(
        found, "meeting_matters", "meeting_settled", "training_due", "training_done", "duty_on_post", "duty_followed", "own_methods"
    ) == {
        "meeting_matters": 5,
        "meeting_settled": 4,
        "training_due": 5,
        "training_done": 5,
        "duty_on_post": 4,
        "duty_followed": 4,
        "own_methods": 1,
    }
    assert some(
        found, "party_branch_settled", "party_branch_trained", "party_branch_duty", "party_branch_handed", "party_branch_own_method"
    ) == {
        "party_branch_settled": 1.5,
        "party_branch_trained": 2,
        "party_branch_duty": 1,
        "party_branch_handed": 0.5,
        "party_branch_own_method": 1,
    }


def test_a_need_is_met_when_a_team_took_it_on_and_who_was_helped_says_so() -> None:
    for kind, node, points in (("community", "governance_needs", 0), ("compound", "neighbours_needs", 0)):
        found = measured(
            kind=kind,
            need=[
                ("2025-03-01", {"about": "elders", "claimed": True, "team": "黄金叶", "confirmed": True}),
                ("2025-03-02", {"about": "repair", "claimed": True, "team": "黄金叶", "confirmed": False}),
                ("2025-03-03", {"about": "repair", "claimed": False, "confirmed": False}),
            ],
        )
        assert some(found, "needs", "needs_met", node) == {"needs": 3, "needs_met": 1, node: points}


def test_an_organ_studies_the_three_rules_once_and_says_nothing_else_of_them() -> None:
    done = {"due": 60.0, "done": 60.0, "finished": True}
    found = measured(
        kind="organ",
        study=[("2025-04-15", {"topic": "three_rules", **done}), ("2025-06-15", {"topic": "ten_bans", **done, "finished": False})],
        supervision=[("2025-05-01", {"form": "inspection", "found": 4.0, "fixed": 4.0})],
        meeting=[("2025-03-05", {"form": "lesson", "first_class": True}), ("2025-04-05", {"form": "theme_day", "first_content": True})],
    )
    assert some(
        found, "integrity_three_rules", "integrity_ten_bans", "party_branch_fixed", "first_class_quarters", "first_content_months"
    ) == {
        "integrity_three_rules": 3,
        "integrity_ten_bans": 0,
        "party_branch_fixed": 4,
        "first_class_quarters": 1,
        "first_content_months": 1,
    }


def test_the_value_of_a_project_counts_only_when_finance_confirmed_it() -> None:
    found = measured(
        kind="enterprise",
        task=[
            ("2025-03-01", {"about": "pioneer", "closed": True, "overdue": False, "value": 50_000.0, "value_confirmed": True}),
            ("2025-04-01", {"about": "pioneer", "closed": True, "overdue": False, "value": 900_000.0, "value_confirmed": False}),
            ("2025-05-01", {"about": "pioneer", "closed": False, "overdue": False}),
            ("2025-06-01", {"about": "team", "closed": True, "overdue": False}),
        ],
    )
    assert some(found, "pioneer_projects", "pioneer_projects_done", "pioneer_value") == {
        "pioneer_projects": 2,
        "pioneer_projects_done": 2,
        "pioneer_value": 50_000,
    }
