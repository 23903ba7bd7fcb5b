"""The rhythm of a village year: when people meet, and when the fields or the New Year come first."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SATURDAY = 5
NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=ZoneInfo("UTC"))
LUNATION = timedelta(days=29.530588853)
# Public holidays and harvests as (month, day) from – to: wheat in early June, maize and sowing of wheat in autumn.
HOLIDAYS = (((1, 1), (1, 1)), ((5, 1), (5, 3)), ((10, 1), (10, 7)))
HARVESTS = (((6, 1), (6, 12)), ((9, 22), (10, 12)))


@cache
def spring_festival(year: int) -> date:
    """The day of the new moon between 21 January and 20 February, from the mean moon: right to a day."""
    moon = NEW_MOON + LUNATION * ((datetime(year, 1, 20, 16, tzinfo=SHANGHAI) - NEW_MOON) // LUNATION + 1)
    return moon.astimezone(SHANGHAI).date()


@cache
def is_festival(day: date) -> bool:
    """Whether it is the time around the Spring Festival, when offices are shut and everybody is home."""
    return timedelta(days=-6) <= day - spring_festival(day.year) <= timedelta(days=9)


def is_harvest(day: date) -> bool:
    """Whether everybody is in the fields."""
    return _within(day, HARVESTS)


@cache
def is_workday(day: date) -> bool:
    """Whether offices work: Monday to Friday, not on holidays."""
    return day.weekday() < SATURDAY and not _within(day, HOLIDAYS) and not is_festival(day)


def is_open(day: date) -> bool:
    """Whether a village holds meetings."""
    return is_workday(day) and not is_harvest(day)


def _within(day: date, spans: tuple[tuple[tuple[int, int], tuple[int, int]], ...]) -> bool:
    return any(first <= (day.month, day.day) <= last for first, last in spans)


@cache
def days(first: date, last: date) -> tuple[date, ...]:
    """All days of a span."""
    return tuple(first + DAY * number for number in range((last - first).days + 1))


@cache
def month(year: int, number: int) -> tuple[date, ...]:
    """The days of a month."""
    after = date(year + number // 12, number % 12 + 1, 1)
    return days(date(year, number, 1), after - DAY)


@cache
def weeks(year: int) -> tuple[tuple[date, ...], ...]:
    """The weeks of a year, Monday to Sunday, the first and last cut at its ends."""
    all_days = days(date(year, 1, 1), date(year, 12, 31))
    starts = [0, *(number for number, day in enumerate(all_days) if day.weekday() == 0 and number)]
    return tuple(all_days[start:end] for start, end in zip(starts, [*starts[1:], len(all_days)], strict=True))


@cache
def open_days(year: int, first: int, last: int | None = None) -> tuple[date, ...]:
    """The days of some months on which a village holds meetings."""
    return tuple(day for number in range(first, (last or first) + 1) for day in month(year, number) if is_open(day))


@cache
def free_days(year: int, first: int, last: int, *, weekend: bool) -> tuple[date, ...]:
    """The days of some months outside the harvest, all of them or those at weekends."""
    some = (day for number in range(first, last + 1) for day in month(year, number) if not is_harvest(day))
    return tuple(day for day in some if day.weekday() >= SATURDAY or not weekend)


def next_workday(day: date, after: int = 0) -> date:
    """The first day on which offices work, so many days later at least."""
    day += DAY * after
    while not is_workday(day):
        day += DAY
    return day
