"""The calendar of a year from a sheet of two columns: a day, and what it is."""

from fanxing.lib.refusals import Refused
from fanxing.lib.table_files import Rows
from fanxing.lib.typed_text import day_of
from fanxing.workdays.models import NAME_LENGTH, CalendarDay

WORKED = ("上班", "补班", "工作日")
OFF = ("休", "假", "节", "元旦", "除夕")


class SheetFaulty(Refused):
    """A line that does not say which day it is, or whether it is worked."""


def days_in(rows: Rows, source: str) -> list[CalendarDay]:
    """The days of a sheet; a first line that begins with no day is its head. All or nothing: raises SheetFaulty with the line."""
    found: dict[object, CalendarDay] = {}
    for number, row in enumerate(rows, start=1):
        day, words = day_of(row[0]), row[1].strip() if len(row) > 1 else ""
        if (day is None and number == 1) or not any(row):
            continue
        works = any(word in words for word in WORKED)
        if day is None or not (works or any(word in words for word in OFF)) or len(words) > NAME_LENGTH:
            raise SheetFaulty(f"第 {number} 行：第一列应为日期，第二列应写明休息还是上班，如“国庆节放假”“国庆节调休上班”")
        found[day] = CalendarDay(day=day, is_working=works, name=words, source=source)
    if not found:
        raise SheetFaulty("表里没有日期")
    return list(found.values())
