"""A unit is reminded while something that others entered for it awaits its confirmation."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from fanxing.inbox.actions import NewItem, remind_units, settle_units
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.records.models import Record

# The source of the item, and its key there: one waits for a unit, however many records do.
AWAITING = "confirmation"
TITLE = "确认代录的台账"
# A week, today among its days. Nothing happens when it is over but that the item is late.
TERM = timedelta(days=6)


def remind(unit_ids: Iterable[int], *, by: Doer, at: datetime) -> None:
    """Open the item of the units in which records await confirmation, close that of the others; in the transaction that wrote them."""
    units = list(Unit.objects.filter(pk__in=set(unit_ids)))
    awaited = set(Record.objects.filter(unit__in=units).awaiting().values_list("unit", flat=True))
    waiting, settled = [unit for unit in units if unit.pk in awaited], [unit for unit in units if unit.pk not in awaited]
    if waiting:
        item = NewItem(TITLE, timezone.localdate(at) + TERM, key=AWAITING)
        remind_units(units=waiting, item=item, source=AWAITING, by=by, at=at)
    if settled:
        settle_units(units=settled, key=AWAITING, source=AWAITING, outcome="都已确认、更正或撤回", by=by, at=at)
