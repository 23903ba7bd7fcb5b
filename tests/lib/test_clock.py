"""The day that pages and actions go by."""

from datetime import UTC, date, datetime

from django.utils import timezone

from fanxing.lib import clock


def test_without_a_fixed_day_it_is_the_real_one():
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()


def test_a_demo_may_stay_on_one_day(settings):
    settings.TODAY = date(2025, 12, 1)
    assert (clock.now().date(), clock.today()) == (date(2025, 12, 1), date(2025, 12, 1))


def test_a_given_moment_has_its_own_day_in_the_office():
    assert clock.today(datetime(2026, 6, 15, 18, tzinfo=UTC)) == date(2026, 6, 16)
