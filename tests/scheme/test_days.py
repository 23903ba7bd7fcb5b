"""Days reckoned with, and written."""

from datetime import date

import pytest

from fanxing.scheme.days import months_after, written_day


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 5, 4), 24, date(2027, 5, 4)),
    ],
)
def test_months_end_where_a_month_does(day: date, count: int, later: date):
    assert months_after(day, count) == later


def test_a_day_is_written_as_in_documents():
    assert written_day(date(2025, 3, 4)) == "2025年3月4日"
