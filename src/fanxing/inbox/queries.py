"""Reading what waits."""

from collections.abc import Iterable
from functools import reduce

from django.db.models import Q

from fanxing.inbox.models import WorkItem, WorkItemQuerySet
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit

FIRST_DUE = ("due_on", "pk")


def visible_items(authority: Authority) -> WorkItemQuerySet:
    """The items of the units whose work may be seen, and those that name a post held in their unit, whatever their state."""
    seen = Q(unit__in=Unit.objects.filter(authority.reach("work.view")))
    return WorkItem.objects.filter(seen | _naming(authority))


def mine(authority: Authority) -> Q:
    """What concerns the very units in which the posts are held, not those below: these posts, or all who plan there."""
    return Q(unit__path__in=authority.seats("work.plan"), posts="") | _naming(authority)


def waiting_at(authority: Authority) -> WorkItemQuerySet:
    """What waits and is `mine`."""
    return WorkItem.objects.filter(mine(authority)).waiting().order_by(*FIRST_DUE)


def _naming(authority: Authority) -> Q:
    """The items that name a post which is held in their unit, whatever it permits."""
    named = (Q(unit__path=grant.path, posts__contains=spelled([grant.post])) for grant in authority.grants if grant.post)
    return reduce(Q.__or__, named, Q(pk__in=[]))


def spelled(posts: Iterable[str]) -> str:
    """Some posts as an item names them, so that each is found by itself."""
    names = " ".join(posts)
    return f" {names} " if names else ""


def of_unit(unit: Unit) -> WorkItemQuerySet:
    """All items of a unit, by the day they are or were due."""
    return WorkItem.objects.filter(unit=unit).order_by(*FIRST_DUE)


def waiting_from(unit: Unit, source: str) -> WorkItemQuerySet:
    """What waits for a unit from one source and has a key."""
    return of_unit(unit).filter(source=source).waiting().exclude(key="")
