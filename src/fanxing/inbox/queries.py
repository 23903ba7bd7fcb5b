"""Reading what waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from functools import reduce
from operator import add

from django.db.models import Count, Q

from fanxing.inbox.models import CLOSED_IN_TIME, WorkItem, WorkItemQuerySet, late_at
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Unit
from fanxing.organisations.paths import upwards

FIRST_DUE = ("due_on", "pk")
# Before the number of a term, where an item names one instead of posts.
TERM = "#"
# What waits for one person, in virtue of a term: it is nobody else's business, and part of no figure.
PERSONAL = Q(posts__startswith=f" {TERM}")


def visible_items(authority: Authority) -> WorkItemQuerySet:
    """The items of the units whose work may be seen, and those that name a post held in their unit, whatever their state.

    What waits for one person only that person sees.
    """
    seen = Q(unit__in=Unit.objects.filter(authority.reach("work.view"))) & ~PERSONAL
    return WorkItem.objects.filter(seen | _naming(authority))


def mine(authority: Authority) -> Q:
    """What concerns the very units in which the posts are held, not those below: these posts, or all who plan there."""
    return Q(unit__path__in=authority.seats("work.plan"), posts="") | _naming(authority)


def waiting_at(authority: Authority) -> WorkItemQuerySet:
    """What waits and is `mine`."""
    return WorkItem.objects.filter(mine(authority)).waiting().order_by(*FIRST_DUE)


def concerns(authority: Authority, item: WorkItem) -> bool:
    """Whether one item is `mine`."""
    here = (grant for grant in authority.grants if grant.path == item.unit.path)
    return any(
        {grant.post, named(grant.term)} & {*item.posts.split()} if item.posts else "work.plan" in grant.permissions for grant in here
    )


def _naming(authority: Authority) -> Q:
    """The items that name a post which is held in their unit, whatever it permits, or the very term in which it is held."""
    held = [grant for grant in authority.grants if grant.post]
    by_post = [Q(unit__path=grant.path, posts__contains=spelled([grant.post])) for grant in held]
    in_person = Q(posts__in=[spelled([named(grant.term)]) for grant in held])
    return reduce(Q.__or__, by_post, in_person)


def named(term: int) -> str:
    """A term as an item names it that waits for its holder alone."""
    return f"{TERM}{term}"


def key_in_person(key: str, term: int) -> str:
    """The key of an item that waits for the holder of a term alone, where that of its matter is `key`."""
    return f"{key}/{term}"


def waiting_in_person(*, key: str, source: str, terms: Sequence[Assignment]) -> set[int]:
    """Those of some terms for whose holders the matter of that key waits."""
    keys = {key_in_person(key, one.pk): one.pk for one in terms}
    items = WorkItem.objects.filter(unit__in={one.unit_id for one in terms}, source=source, key__in=keys).waiting()
    return {keys[found] for found in items.values_list("key", flat=True)}


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


@dataclass(frozen=True)
class Work:
    """How the work of a unit, or of many, stands: what waits, how much of it is late, and what was closed since a day.

    `share` is the one notion of work done on time: closed in time ÷ (closed + open and late). What was dropped counts as closed.
    """

    waiting: int = 0
    late: int = 0
    closed: int = 0
    in_time: int = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(*map(add, astuple(self), astuple(other)))

    @property
    def share(self) -> float | None:
        """None where nothing was closed and nothing is late."""
        whole = self.closed + self.late
        return self.in_time / whole if whole else None


def _figures(at: datetime, since: datetime) -> dict[str, Count]:
    lately = Q(closed_at__gte=since)
    conditions = {"waiting": Q(state=WorkItem.State.OPEN), "late": late_at(at), "closed": lately, "in_time": lately & CLOSED_IN_TIME}
    return {name: Count("pk", filter=condition) for name, condition in conditions.items()}


def work_of(items: WorkItemQuerySet, *, at: datetime, since: datetime) -> Work:
    """How some items stand at a moment; of closed ones those since another."""
    return Work(**items.order_by().aggregate(**_figures(at, since)))


def work_by_path(items: WorkItemQuerySet, *, at: datetime, since: datetime) -> dict[str, Work]:
    """The same for each unit that has any, by its path, in one query."""
    told = items.filter(Q(state=WorkItem.State.OPEN) | Q(closed_at__gte=since))
    rows = told.order_by().values("unit__path").annotate(**_figures(at, since))
    return {row.pop("unit__path"): Work(**row) for row in rows}


def gathered(works: Mapping[str, Work], paths: Iterable[str]) -> dict[str, Work]:
    """By path the work of some units, each with all that lie below it; those that have none are left out."""
    wanted, found = set(paths), dict[str, Work]()
    for path, work in works.items():
        for above in wanted.intersection(upwards(path)):
            found[above] = found.get(above, Work()) + work
    return found
