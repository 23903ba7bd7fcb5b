"""The rhythm of a village year."""

from datetime import date

import pytest

from fanxing.demo.calendar import is_open, is_workday, next_workday, spring_festival, weeks


@pytest.mark.parametrize(
    "day",
    [
        *(date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29)),
        *(date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3)),
    ],
)
def test_the_spring_festival_is_right_to_a_day(day: date):
    assert abs((spring_festival(day.year) - day).days) <= 1


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2025, 1, 29), False),  # Spring Festival
        (date(2025, 3, 12), True),
        (date(2025, 3, 15), False),  # Saturday
        (date(2025, 6, 5), False),  # wheat harvest
        (date(2025, 10, 10), False),  # autumn harvest
    ],
)
def test_a_village_meets_on_working_days_outside_festival_and_harvest(day: date, open_: bool):
    assert is_open(day) is open_


def test_offices_work_through_the_harvest_and_not_on_national_day():
    assert [is_workday(date(2025, 6, 5)), is_workday(date(2025, 10, 1))] == [True, False]
    assert next_workday(date(2025, 9, 30), after=1) == date(2025, 10, 8)


def test_the_weeks_of_a_year_hold_every_day_once():
    days = [day for week in weeks(2025) for day in week]
    assert days == sorted(set(days))
    assert (days[0], days[-1], len(days), len(weeks(2025))) == (date(2025, 1, 1), date(2025, 12, 31), 365, 53)
