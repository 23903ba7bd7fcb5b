"""Units are told what falls due under their records, some days before, until it is met."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, close_item, open_items
from fanxing.inbox.models import TITLE_LENGTH, WorkItem
from fanxing.organisations.models import Unit
from fanxing.records.dues import Due, State
from fanxing.records.models import Record
from fanxing.records.promises import Promise, expecting_kinds, promises
from fanxing.scheme.days import written_day
from fanxing.scheme.model import RecordKind
from fanxing.scheme.wording import amount

# The source of the items; the key of one is the reference of the record and the day.
DUES = "due"
TELLING = frozenset({State.SOON, State.DUE, State.OVERDUE})


@transaction.atomic
def announce_dues(*, units: QuerySet[Unit], promised: Iterable[Promise], at: datetime) -> int:
    """Open an item for everything that falls due soon or fell due in some units, whose promises these are, and close those of what is
    met; return how many were opened or closed.

    Done again it changes nothing: the item of a due waits once, under its key. What was due when it is first seen waits from today on.
    """
    today, promised = timezone.localdate(at), list(promised)
    items = WorkItem.objects.filter(unit__in=units, source=DUES).waiting().select_related("unit")
    waiting = {item.key: item for item in items}
    wanted = {_key(one, due): (one, due) for one in promised for due in one.dues if due.state(one.expects, today) in TELLING}
    fresh = defaultdict(list)
    for key, (promise, due) in wanted.items():
        if key not in waiting and promise.record.unit.closed_on is None:
            fresh[promise.record.unit].append(_item(promise, due, today))
    for unit, new in fresh.items():
        open_items(unit=unit, items=new, source=DUES, by=SYSTEM, at=at)
    over = [item for key, item in waiting.items() if key not in wanted]
    done_once = {one.reference for one in promised if not one.expects.sum}
    for item in over:
        met = "已完成" if item.about.get("promise") in done_once else "已收齐"
        close_item(item=item, outcome=f"{met}，或不再到期", by=SYSTEM, at=at)
    return sum(map(len, fresh.values())) + len(over)


def follow(record: Record, kind: RecordKind, *, at: datetime) -> None:
    """Tell the unit of a record that was just written what is due now, where the record promises something or may answer a promise."""
    if kind.expects is None and not any(field.type == "record" for field in kind.fields):
        return
    if kinds := expecting_kinds(record.unit):
        units = Unit.objects.filter(pk=record.unit_id)
        announce_dues(units=units, promised=promises(units, kinds, today=timezone.localdate(at)), at=at)


def _key(promise: Promise, due: Due) -> str:
    return f"{promise.reference}/{due.due_on}"


def _item(promise: Promise, due: Due, today: date) -> NewItem:
    words = f"应收 {amount(due.sum, promise.unit_of_sum)}" if promise.expects.sum else "待落实"
    title = f"{promise.title}：{written_day(due.due_on)}到期，{words}"
    about = {"promise": promise.reference, "due_on": due.due_on.isoformat()}
    return NewItem(title[:TITLE_LENGTH], max(due.due_on, today), about=about, key=_key(promise, due))
