"""What runs again and again."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import unsealed_count
from fanxing.lib.timetable import ENTRIES, Entry
from fanxing.tasks.actions import tick
from fanxing.tasks.management.commands.run_worker import look, new_worker
from fanxing.tasks.models import Schedule
from tests.cast import NOW
from tests.race import race

pytestmark = pytest.mark.django_db

# The worker drops its connection between looks, and with it the transaction of a test.
ON_ITS_OWN_CONNECTION = pytest.mark.django_db(transaction=True)
SEAL = "fanxing.audit.tasks.seal_events"


def enqueued(name: str) -> int:
    return DBTaskResult.objects.filter(args_kwargs={"args": [name], "kwargs": {}}).count()


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_apps_entered_their_own_work():
    seconds = {name: entry.seconds for name, entry in ENTRIES.items()}
    assert seconds[SEAL] == 30
    assert seconds["fanxing.tasks.tasks.forget_finished_tasks"] == 3600


def test_what_is_due_is_enqueued_and_then_not_before_its_time():
    assert tick(now=NOW) == len(ENTRIES)
    assert [enqueued(SEAL), tick(now=later(29)), enqueued(SEAL)] == [1, 0, 1]
    tick(now=later(30))
    assert enqueued(SEAL) == 2


def test_turns_missed_are_not_made_up():
    tick(now=NOW)
    tick(now=later(3600))
    tick(now=later(3601))
    assert enqueued(SEAL) == 2


def test_an_entry_that_no_app_enters_any_more_rests():
    Schedule.objects.create(name="fanxing.gone.tasks.run", next_at=NOW)
    tick(now=NOW)
    assert enqueued("fanxing.gone.tasks.run") == 0


@pytest.mark.django_db(transaction=True)
def test_two_tickers_at_once_enqueue_each_turn_once():
    tick(now=NOW)
    for turn in range(1, 6):
        now = later(turn * 30)
        due = sum(turn * 30 % entry.seconds == 0 for entry in ENTRIES.values())
        assert sum(race(lambda: tick(now=now), lambda: tick(now=now))) == due  # noqa: B023
    assert enqueued(SEAL) == 6


@pytest.mark.django_db(transaction=True)
def test_two_first_tickers_enqueue_each_entry_once():
    assert sum(race(lambda: tick(now=NOW), lambda: tick(now=NOW))) == len(ENTRIES)


@ON_ITS_OWN_CONNECTION
def test_the_worker_does_what_is_due_and_notes_that_it_went_well():
    record_event(by=SYSTEM, at=NOW, action="tests.note", subject="tests.Thing:1", summary="待封存")
    before = timezone.now()
    look(new_worker())
    schedule = Schedule.objects.get(name=SEAL)
    assert (unsealed_count(), schedule.last_error, schedule.last_ok_at >= before) == (0, "", True)
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@ON_ITS_OWN_CONNECTION
def test_what_fails_is_noted_and_runs_again_at_its_next_turn():
    def fail(*, at: datetime) -> None:
        raise RuntimeError("磁盘已满")

    ENTRIES["tests.fail"] = Entry("tests.fail", "总是失败", 0, fail)
    try:
        look(new_worker())
        look(new_worker())
        schedule = Schedule.objects.get(name="tests.fail")
    finally:
        del ENTRIES["tests.fail"]
    assert (schedule.last_error, schedule.last_ok_at, enqueued("tests.fail")) == ("RuntimeError: 磁盘已满", None, 2)
    assert Schedule.objects.get(name=SEAL).last_error == ""


@ON_ITS_OWN_CONNECTION
def test_finished_tasks_are_forgotten_in_the_end():
    look(new_worker())
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=2))
    ENTRIES["fanxing.tasks.tasks.forget_finished_tasks"].run(at=timezone.now())
    assert DBTaskResult.objects.count() == 0
