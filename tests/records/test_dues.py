"""What falls due under a record: days, sums, and what came in; no database."""

from datetime import date

import pytest

from fanxing.records.dues import Answer, Due, State, dues, falling_days, pressing
from fanxing.scheme.model import Expects

YEARLY = Expects(
    record="paid", by="of", due="first", sum="sum", counted="amount", every="year", until="ends", while_="holds", ahead=30, grace=15
)
ONCE = Expects(record="report", by="of", due="first")
SINCE, TODAY = date(2024, 1, 1), date(2025, 12, 1)
CONTRACT = {"sum": 200_000, "first": "2022-12-05", "holds": True}


def answered(*answers: tuple[str, float], **said: object) -> list[tuple[str, float, str]]:
    """(day, received, met on) of each due."""
    some = dues(YEARLY, CONTRACT | said, [Answer(date.fromisoformat(on), amount) for on, amount in answers], since=SINCE, today=TODAY)
    return [(due.due_on.isoformat(), due.received, due.met_on.isoformat() if due.met_on else "") for due in some]


def test_every_year_on_the_day_the_sum_falls_due_and_the_next_one_is_known():
    assert answered() == [("2024-12-05", 0, ""), ("2025-12-05", 0, "")]


def test_what_comes_in_settles_the_oldest_that_is_open():
    assert answered(("2024-07-10", 100_000), ("2025-07-10", 150_000)) == [("2024-12-05", 200_000, "2025-07-10"), ("2025-12-05", 50_000, "")]


def test_what_came_in_before_belongs_to_what_is_not_followed():
    assert answered(("2023-12-05", 200_000)) == [("2024-12-05", 0, ""), ("2025-12-05", 0, "")]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"holds": False}, []),
        ({"first": None}, []),
        ({"sum": 0}, []),
        ({"ends": "2025-06-30"}, ["2024-12-05"]),
        ({"first": "2025-12-20"}, ["2025-12-20"]),
    ],
)
def test_nothing_falls_due_before_the_first_day_after_the_end_or_out_of_force(said: dict[str, object], days: list[str]):
    assert [day for day, _, _ in answered(**said)] == days


def test_the_last_day_of_a_month_stays_the_last_day():
    monthly = Expects(record="paid", by="of", due="first", every="month")
    found = falling_days(monthly, {"first": "2025-10-31"}, since=SINCE, today=TODAY)
    assert [day.isoformat() for day in found] == ["2025-10-31", "2025-11-30", "2025-12-31"]


def test_without_a_sum_one_answer_is_enough_and_it_is_due_once():
    milestone = {"first": "2025-11-20"}
    assert dues(ONCE, milestone, [], since=SINCE, today=TODAY) == (Due(date(2025, 11, 20), 1.0),)
    [met] = dues(ONCE, milestone, [Answer(date(2025, 11, 25), 1.0)], since=SINCE, today=TODAY)
    assert (met.met_on, met.was_late, met.rest) == (date(2025, 11, 25), True, 0)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2025-11-04", State.LATER),
        ("2025-11-05", State.SOON),
        ("2025-12-05", State.DUE),
        ("2025-12-20", State.DUE),
        ("2025-12-21", State.OVERDUE),
    ],
)
def test_a_due_is_announced_falls_due_and_is_overdue(today: str, state: State):
    assert Due(date(2025, 12, 5), 9.0).state(YEARLY, date.fromisoformat(today)) is state


def test_the_oldest_that_is_open_presses_and_else_the_last():
    met, open_ = Due(date(2024, 12, 5), 9.0, 9.0, date(2024, 12, 1)), Due(date(2025, 12, 5), 9.0)
    assert (pressing([met, open_]), pressing([met]), pressing([])) == (open_, met, None)
