"""The holidays and make-up days that the library knows, year by year, as the State Council announced them."""

from collections.abc import Iterator

from chinese_calendar import constants

from fanxing.workdays.models import CalendarDay

SOURCE = "国务院办公厅放假安排（chinesecalendar）"


def announced_days() -> Iterator[CalendarDay]:
    """Every day that differs from its weekday, or is a holiday by name."""
    names = {one.value: one.chinese for one in constants.Holiday}
    for day, name in constants.holidays.items():
        yield CalendarDay(day=day, is_working=False, name=names.get(name, name), source=SOURCE)
    for day, name in constants.workdays.items():
        yield CalendarDay(day=day, is_working=True, name=f"{names.get(name, name)}调休上班", source=SOURCE)
