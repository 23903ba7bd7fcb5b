"""Writing the calendar of working days."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import Actor
from fanxing.workdays.models import CalendarDay


@transaction.atomic
def announce_days(*, days: Iterable[CalendarDay], by: Actor, at: datetime) -> int:
    """Put days into the calendar, in the place of what stood there of the same day; returns how many are new or say something else.

    Whoever asks has seen to whether the doer may: the calendar is one for the whole installation.
    """
    known = {one.day: (one.is_working, one.name) for one in CalendarDay.objects.all()}
    fresh = [one for one in days if known.get(one.day) != (one.is_working, one.name)]
    CalendarDay.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["day"], update_fields=["is_working", "name", "source"])
    if fresh:
        years = "、".join(str(year) for year in sorted({one.day.year for one in fresh}))
        record_event(
            by=by,
            at=at,
            action="workdays.announce_days",
            subject="workdays.CalendarDay",
            summary=f"更新 {years} 年的工作日历，{len(fresh)} 天",
            details={"days": [one.day.isoformat() for one in fresh], "on": timezone.localdate(at)},
        )
    return len(fresh)


@transaction.atomic
def forget_days(*, days: Collection[date], by: Actor, at: datetime) -> int:
    """Take days out of the calendar, so that their weekday decides again; returns how many. Permissions as in `announce_days`."""
    known = CalendarDay.objects.filter(day__in=days)
    names = {one.day.isoformat(): one.name for one in known}
    known.delete()
    if names:
        record_event(
            by=by,
            at=at,
            action="workdays.forget_days",
            subject="workdays.CalendarDay",
            summary=f"从工作日历去掉 {len(names)} 天",
            details={"days": names},
        )
    return len(names)
