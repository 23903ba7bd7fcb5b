"""Days of the calendar: reckoned with, and written."""

from calendar import monthrange
from datetime import date


def months_after(day: date, count: int) -> date:
    """The same day so many months later; the last day of a month stands for days that a month has not."""
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def written_day(day: date) -> str:
    """A day as documents write it: 2025年3月4日."""
    return f"{day.year}年{day.month}月{day.day}日"
