"""Units are told which terms end soon, until they are renewed or over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, drop_item, open_items
from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Assignment
from fanxing.organisations.queries import ending_soon
from fanxing.scheme.days import written_day

TERMS = "term"
AHEAD = timedelta(days=30)
A_DAY = timedelta(days=1)


@transaction.atomic
def announce_terms(*, at: datetime) -> int:
    """Open an item for every term that ends soon, at the unit above, which appoints; drop those of terms that were renewed or are over.

    Returns how many were opened or dropped; done again it changes nothing. An item names the post and the unit, never the person.
    """
    today = timezone.localdate(at)
    terms = Assignment.objects.filter(unit__closed_on=None).select_related("unit__parent", "post")
    ending = {str(one.pk): one for one in ending_soon(terms, on=today, within=AHEAD)}
    waiting = {item.key: item for item in WorkItem.objects.filter(source=TERMS).waiting().select_related("unit")}
    fresh = [term for key, term in ending.items() if key not in waiting]
    for term in fresh:
        open_items(unit=term.unit.parent or term.unit, items=[_item(term)], source=TERMS, by=SYSTEM, at=at)
    over = [item for key, item in waiting.items() if key not in ending]
    for item in over:
        drop_item(item=item, reason="已续任、免任或任期已满", by=SYSTEM, at=at)
    return len(fresh) + len(over)


def _item(term: Assignment) -> NewItem:
    assert term.valid_to is not None  # it ends
    last = term.valid_to - A_DAY
    title = f"{term.unit.name}{term.post.title}的任期到{written_day(last)}为止"
    return NewItem(title, last, note="续任、换人或交接，请到“人员”页办理。", about={"assignment": term.pk}, key=str(term.pk))
