"""Who has taken an item up, and what becomes of it when their post goes over or ends."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fanxing.accounts.models import User
from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM, Actor
from fanxing.inbox.models import WorkItem
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Assignment, in_force
from fanxing.organisations.permissions import PERMISSION_SETS

PLANNING = [name for name, held in PERMISSION_SETS.items() if "work.plan" in held]


class TakenUp(Refused):
    """Somebody else has taken the item up, or it waits no longer."""


@transaction.atomic
def take_item(*, item: WorkItem, by: User, at: datetime) -> WorkItem:
    """Take an item up, in virtue of a post that is held in its unit and that it concerns. Raises NotAllowed, TakenUp."""
    today = timezone.localdate(at)
    term = _terms_for(item, today).filter(person__user=by, person__user__is_active=True).first()
    if term is None:
        raise NotAllowed(f"您在{item.unit.name}的岗位不办这件事")
    running = Assignment.objects.filter(in_force(today))
    free = WorkItem.objects.filter(pk=item.pk).waiting().filter(Q(taken_by=None) | ~Q(taken_by__in=running))
    if not free.update(taken_by=term):
        raise TakenUp(f"“{item.title}”已有人接办或已办结，请刷新后查看")
    item.refresh_from_db()
    _record("take_item", item, f"{item.unit.name}{term.post.title}接办：{item.title}", by, at)
    return item


@transaction.atomic
def put_back_item(*, item: WorkItem, by: User, at: datetime) -> WorkItem:
    """Give an item that one has taken up back to the unit. Raises NotAllowed where one has not."""
    if not WorkItem.objects.filter(pk=item.pk, taken_by__person__user=by).waiting().update(taken_by=None):
        raise NotAllowed("这件事不是由您接办的")
    item.refresh_from_db()
    _record("put_back_item", item, f"退回{item.unit.name}：{item.title}", by, at)
    return item


@transaction.atomic
def pass_on_items(*, at: datetime) -> int:
    """Let what was taken up in a term that is over go to whoever holds the post since, or else back to the unit; returns how much did.

    The successor is the one whose term at that post of that unit began on the day the other ended. Done again it changes nothing.
    """
    today = timezone.localdate(at)
    over = WorkItem.objects.waiting().filter(taken_by__valid_to__lte=today)
    items = list(over.select_related("unit", "taken_by__post"))
    for item in items:
        assert item.taken_by
        successor = _successor(item.taken_by, today)
        item.taken_by = successor
        item.save(update_fields=["taken_by"])
        words = f"转由{successor.post.title}的继任者办理" if successor else "退回单位"
        _record("pass_on_items", item, f"{item.unit.name}“{item.title}”{words}", SYSTEM, at)
    return len(items)


def _successor(term: Assignment, today: date) -> Assignment | None:
    """Who holds the post since a term ended, where it is one person."""
    assert term.valid_to is not None  # it is over
    begun = Assignment.objects.filter(in_force(today), unit=term.unit_id, post=term.post_id, valid_from=term.valid_to, rota=None)
    found = list(begun.exclude(person=term.person_id).select_related("post")[:2])
    return found[0] if len(found) == 1 else None


def _terms_for(item: WorkItem, today: date) -> QuerySet[Assignment]:
    """The terms in the unit of an item that it concerns."""
    here = Assignment.objects.filter(in_force(today), unit=item.unit_id).select_related("post").order_by("pk")
    return here.filter(post__in=item.posts.split()) if item.posts else here.filter(post__permission_set__in=PLANNING)


def _record(action: str, item: WorkItem, summary: str, by: Actor, at: datetime) -> None:
    record_event(by=by, at=at, action=f"inbox.{action}", subject=item, unit_code=item.unit.code, summary=summary)
