"""Entries that came late: long after what they tell of."""

from datetime import date, datetime, timedelta

from django.db.models import DateField, ExpressionWrapper, F, Q
from django.utils import timezone

from fanxing.scheme.model import RecordKind


def days_late(kind: RecordKind, occurred_on: date, recorded_at: datetime) -> int:
    """By how many days the entry came later than the kind allows; 0 where it came in time, or the kind says nothing of it."""
    if kind.late_after is None:
        return 0
    return max((timezone.localdate(recorded_at) - occurred_on).days - kind.late_after, 0)


def entered_late(kind: RecordKind) -> Q:
    """The entries of a kind that came late, as a condition on `Record`; of a kind that says nothing of it, none."""
    if kind.late_after is None:
        return Q(pk__in=[])
    # By local days, as both databases reckon them: SQLite adds whole days to a day, and no hours.
    last_in_time = ExpressionWrapper(F("occurred_on") + timedelta(days=kind.late_after), output_field=DateField())
    return Q(kind=kind.id, act="entry", recorded_at__date__gt=last_in_time)
