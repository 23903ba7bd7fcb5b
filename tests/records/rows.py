"""Shorthand for the tests of the ledger."""

from datetime import date

from fanxing.organisations.authority import Doer
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from tests.cast import NOW, Cast

MAY_DAY = date(2026, 5, 1)
LESSON = {"form": "lesson", "attended": 23}


def enter(
    cast: Cast, *, data: dict[str, object] = LESSON, on: date | None = MAY_DAY, by: Doer | str = "secretary", **more: object
) -> Record:
    """A lesson in 柳河村, entered by its secretary."""
    doer = getattr(cast, by) if isinstance(by, str) else by
    arguments = {"unit": cast.village, "kind": "meeting", "at": NOW} | more
    return add_record(occurred_on=on, data=data, by=doer, **arguments)  # type: ignore[arg-type]
