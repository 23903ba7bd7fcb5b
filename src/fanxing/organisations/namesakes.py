"""People of one name: who may be meant at a unit, the nearest first, and what tells them apart."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final, Literal

from django.db.models import Q, QuerySet

from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Person, Unit
from fanxing.organisations.paths import within

# So many of one name are offered; whoever is further away is named by number.
OFFERED = 20
# Who is meant, as somebody chose: one of those there are, or somebody new of the same name.
NEW: Final = "new"
Meant = Person | Literal["new"]


class Nearness(IntEnum):
    """Where somebody is kept, as seen from a unit; whoever holds or held a post in it is here."""

    HERE = 0
    ABOVE = 1
    BELOW = 2
    ELSEWHERE = 3


@dataclass(frozen=True, slots=True)
class Namesake:
    """A person of the name that is sought."""

    person: Person
    nearness: Nearness


def namesakes(name: str, unit: Unit, people: QuerySet[Person]) -> list[Namesake]:
    """Those of some people who bear a name, as seen from a unit, the nearest first."""
    found = list(people.filter(name=name).select_related("unit"))
    posted = Assignment.objects.filter(unit=unit, person__in=found).values_list("person", flat=True) if found else ()
    return seen_from(unit, found, set(posted))[:OFFERED]


def seen_from(unit: Unit, people: Iterable[Person], posted: Collection[int]) -> list[Namesake]:
    """Some people as seen from a unit, the nearest first; `posted` are the numbers of those who hold or held a post in it."""

    def nearness(person: Person) -> Nearness:
        if person.unit_id == unit.pk or person.pk in posted:
            return Nearness.HERE
        if person.unit_id == unit.parent_id:
            return Nearness.ABOVE
        return Nearness.BELOW if person.unit.path.startswith(unit.path) else Nearness.ELSEWHERE

    seen = (Namesake(one, nearness(one)) for one in people)
    return sorted(seen, key=lambda one: (one.nearness, one.person.unit.path, one.person.pk))


def around(unit: Unit) -> QuerySet[Person]:
    """The people among whom a name is sought where nobody says more: kept at the unit, below or right above it, or posted in it."""
    near = within(unit.path, field="unit__path") | Q(unit=unit.parent_id)
    return Person.objects.filter(near | Q(pk__in=Assignment.objects.filter(unit=unit).values("person")))


def the_one(found: Sequence[Namesake], *, up_to: Nearness = Nearness.HERE) -> Person | None:
    """Who is meant without a question: the only one of the name, and no further away than that; else None."""
    return found[0].person if len(found) == 1 and found[0].nearness <= up_to else None


def terms_told(people: Collection[Person], *, authority: Authority, on: date) -> Mapping[int, list[Assignment]]:
    """The posts that some people hold on a day or will, by person, as far as one may see who holds them; turns of rotas left out."""
    lasting = Q(valid_to=None) | Q(valid_to__gt=on)
    rows = Assignment.objects.filter(lasting, person__in=[one.pk for one in people], rota=None).select_related("unit", "post")
    found: defaultdict[int, list[Assignment]] = defaultdict(list)
    for row in rows.order_by("unit__path", "post__position", "pk"):
        if authority.may("person.view", row.unit):
            found[row.person_id].append(row)
    return found
