"""How numbers and moments are written on a page."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from fanxing.scheme.days import written_day

NOTHING = "—"


def number(value: float | Decimal | None, places: int | None = None) -> str:
    """1,234 or 1,234.5: at most two decimals, or exactly `places`; a missing value is a dash."""
    if value is None:
        return NOTHING
    if isinstance(value, int) and places is None:
        return f"{value:,}"
    # Twelve digits first: 1.005 stands in a float as 1.00499…
    exact = Decimal(format(value, ".12g")).quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if places is None else text


def percent(value: float | Decimal | None, places: int = 1) -> str:
    """A share of one as 46.4%."""
    return NOTHING if value is None else number(Decimal(format(value, ".12g")) * 100, places) + "%"


def day(value: date | None) -> str:
    """2025年3月4日; of a moment, the day it is in Asia/Shanghai."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return written_day(value)


def moment(value: datetime | None) -> str:
    """2025年3月4日 14:05."""
    return NOTHING if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"
