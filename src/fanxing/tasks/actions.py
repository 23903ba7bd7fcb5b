"""Puts what is due into the queue."""

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks import task

from fanxing.lib import clock
from fanxing.lib.timetable import ENTRIES
from fanxing.tasks.models import Schedule


def tick(*, now: datetime) -> int:
    """Enqueue every entry of the timetable that is due; return how many.

    However many tickers there are, each turn of an entry is enqueued once. Turns missed while no ticker
    ran are not made up.
    """
    schedules = {schedule.name: schedule for schedule in Schedule.objects.all()}
    new = [Schedule(name=name, next_at=now) for name in sorted(ENTRIES.keys() - schedules.keys())]
    if new:
        Schedule.objects.bulk_create(new, ignore_conflicts=True)
    known = [schedule for schedule in schedules.values() if schedule.name in ENTRIES]
    return sum(_enqueue(schedule, now) for schedule in [*known, *new] if schedule.next_at <= now)


@transaction.atomic
def _enqueue(schedule: Schedule, now: datetime) -> bool:
    next_at = now + timedelta(seconds=ENTRIES[schedule.name].seconds)
    # Of several tickers that saw the entry due, one changes the row.
    taken = Schedule.objects.filter(name=schedule.name, next_at=schedule.next_at).update(next_at=next_at)
    if taken:
        run_entry.enqueue(schedule.name)
    return bool(taken)


@task()
def run_entry(name: str) -> None:
    """Run an entry of the timetable now, and note how it went."""
    at = clock.now()
    schedule = Schedule.objects.filter(name=name)
    try:
        ENTRIES[name].run(at=at)
    except Exception as error:
        schedule.update(last_error=f"{type(error).__name__}: {error}")
        raise
    schedule.update(last_ok_at=at, last_error="")
