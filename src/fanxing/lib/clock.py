"""The moment and the day that pages and actions go by."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Now; in a demo that stays on one day (`FANXING_TODAY`), the time of day on that day."""
    moment = timezone.localtime()
    return moment if settings.TODAY is None else datetime.combine(settings.TODAY, moment.timetz())


def today(at: datetime | None = None) -> date:
    """The day it is in the office at a moment, or now."""
    return timezone.localdate(at or now())
