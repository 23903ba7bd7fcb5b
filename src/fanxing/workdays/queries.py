"""Reading the calendar of working days."""

from fanxing.workdays.calendars import Calendar
from fanxing.workdays.models import CalendarDay


def calendar() -> Calendar:
    """The working days as far as they were announced, in one query of a few hundred rows."""
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    return Calendar(days, frozenset(day.year for day in days))


def days_of(year: int) -> list[CalendarDay]:
    """What was announced for a year, day by day."""
    return list(CalendarDay.objects.filter(day__year=year))
