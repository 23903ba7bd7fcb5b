"""Working days: announced holidays, make-up days, and years of which nothing is known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.audit.actors import SYSTEM
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from fanxing.workdays.calendars import Calendar
from fanxing.workdays.models import CalendarDay
from fanxing.workdays.queries import calendar
from tests.cast import NOW

KNOWN = Calendar({one.day: one.is_working for one in announced_days()}, frozenset({one.day.year for one in announced_days()}))
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_a_term_across_new_year_leaves_out_the_holiday():
    # 2025-12-30 is a Tuesday; 1 to 3 January 2026 are off, Sunday the 4th is worked for it.
    assert KNOWN.add(date(2025, 12, 30), 3) == date(2026, 1, 5)
    assert KNOWN.add(date(2025, 12, 30), 2) == date(2026, 1, 4)


def test_spring_festival_is_not_worked():
    assert KNOWN.count(date(2026, 2, 14), date(2026, 2, 23)) == 0


def test_a_year_that_is_not_announced_goes_by_weekdays_and_says_so():
    assert not KNOWN.is_announced(2027)
    assert KNOWN.add(date(2027, 9, 30), 1) == date(2027, 10, 1)
    assert KNOWN.words_for(date(2027, 10, 1)) == "2027 年放假安排尚未发布，暂按周一至周五推算"
    assert KNOWN.words_for(date(2026, 10, 1)) == ""


@given(days, st.integers(1, 60))
def test_what_is_added_is_counted_back(day: date, number: int):
    last = KNOWN.add(day, number)
    assert KNOWN.is_working(last)
    assert KNOWN.count(day, last) == number


@given(days)
def test_no_days_later_is_the_same_day(day: date):
    assert KNOWN.add(day, 0) == day
    assert KNOWN.count(day, day) == 0
    assert KNOWN.count(day, day - timedelta(days=3)) == 0


@pytest.mark.django_db
def test_the_calendar_knows_what_was_announced_when_the_product_was_set_up(django_assert_num_queries):
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    with django_assert_num_queries(1):
        found = calendar()
    assert found.is_working(date(2026, 1, 4))
    assert not found.is_working(date(2026, 10, 1))


@pytest.mark.django_db
def test_a_day_that_is_announced_anew_takes_the_place_of_the_old_one():
    day = CalendarDay(day=date(2031, 1, 1), is_working=False, name="元旦", source="通知")
    assert announce_days(days=[day], by=SYSTEM, at=NOW) == 1
    assert announce_days(days=[day], by=SYSTEM, at=NOW) == 0
    moved = CalendarDay(day=date(2031, 1, 1), is_working=True, name="元旦调休上班", source="通知")
    assert announce_days(days=[moved], by=SYSTEM, at=NOW) == 1
    assert calendar().is_working(date(2031, 1, 1))
