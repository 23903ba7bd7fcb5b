"""Reading what waits."""

from fanxing.inbox.models import WorkItem, WorkItemQuerySet
from fanxing.organisations.authority import Asker, Authority, visible_to
from fanxing.organisations.models import Unit

FIRST_DUE = ("due_on", "pk")


def visible_items(user: Asker) -> WorkItemQuerySet:
    """The items of the units whose work the user may see, whatever their state."""
    return WorkItem.objects.filter(unit__in=visible_to(user, "work.view"))


def waiting_for(user: Asker) -> WorkItemQuerySet:
    """What waits for the units whose work the user plans, what is due first in front."""
    return WorkItem.objects.filter(unit__in=visible_to(user, "work.plan")).waiting().order_by(*FIRST_DUE)


def waiting_at(authority: Authority) -> WorkItemQuerySet:
    """What waits for the very units in which the posts are held, not for those below them."""
    return WorkItem.objects.filter(unit__path__in=authority.seats("work.plan")).waiting().order_by(*FIRST_DUE)


def of_unit(unit: Unit) -> WorkItemQuerySet:
    """All items of a unit, by the day they are or were due."""
    return WorkItem.objects.filter(unit=unit).order_by(*FIRST_DUE)


def waiting_from(unit: Unit, source: str) -> WorkItemQuerySet:
    """What waits for a unit from one source and has a key."""
    return of_unit(unit).filter(source=source).waiting().exclude(key="")
