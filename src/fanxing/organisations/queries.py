"""Reading units and people."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import reduce
from typing import Any, cast

from django.db.models import CharField, Count, DateField, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from fanxing.accounts.models import User
from fanxing.lib.search_text import tokens_sought
from fanxing.organisations.models import CODE_PATTERN, Assignment, Person, Post, Unit, UnitState, UnitSuccession, in_force
from fanxing.organisations.paths import beginning, within

BOTH_SIDES, MEMBERS = ("party", "management"), "members"
# Within a unit: by post, who stands in for somebody last.
IN_A_UNIT = ("post__position", "post", F("stands_in_for").asc(nulls_first=True), "scope", "pk")


def subtree(unit: Unit) -> Q:
    """The unit and everything below it today, as a condition on `Unit`."""
    return within(unit.path)


def matching(units: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """The units that somebody seeks: by characters of the name, pinyin initials or the beginning of the code; all when it is blank.

    Several words must all be met. 柳河, 村, lhc and 990101 all find 柳河村 of code 990101201.
    """
    wanted = text.strip()
    if not wanted:
        return units
    tokens = tokens_sought(wanted)
    sought = Q(search_text__holds=tokens) if tokens else Q(pk__in=[])
    if CODE_PATTERN.match(wanted):
        sought = reduce(Q.__or__, map(beginning, sorted({wanted, wanted.lower(), wanted.upper()})), sought)
    return units.filter(sought)


def ancestors(unit: Unit) -> QuerySet[Unit]:
    """The units above, from the root down."""
    codes = unit.path.strip("/").split("/")[:-1]
    return Unit.objects.filter(code__in=codes).order_by("path")


def units_as_of(on: date) -> QuerySet[UnitState]:
    """The state of every unit that existed on a day."""
    return UnitState.objects.filter(in_force(on)).select_related("unit")


def units_counted_with(unit: Unit) -> list[Unit]:
    """The unit, and those whose records count for it because they were merged into it, however long ago."""
    found = {unit.pk: unit}
    fresh = [unit.pk]
    while fresh:
        carried = UnitSuccession.objects.filter(successor__in=fresh, carries_records=True).select_related("predecessor")
        new = {row.predecessor_id: row.predecessor for row in carried if row.predecessor_id not in found}
        found |= new
        fresh = list(new)
    return list(found.values())


def holders(unit: Unit, *, on: date) -> QuerySet[Assignment]:
    """Who holds which post in the unit on a day, in the order of the posts; who stands in for somebody comes after them."""
    return _in_order(terms_of(Unit.objects.filter(pk=unit.pk), on=on))


def answering_for(unit: Unit, places: Collection[str], *, on: date) -> QuerySet[Assignment]:
    """Who holds which post on a day in the unit and, below it, in the places it divides into: units of these kinds right below it."""
    here = Q(pk=unit.pk) | Q(parent=unit, kind__in=places, closed_on=None)
    terms = _in_order(terms_of(Unit.objects.filter(here), on=on))
    return terms.select_related("unit", "person", "post", "stands_in_for__person").order_by("unit__path", *IN_A_UNIT)


def _in_order(terms: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return terms.select_related("person", "post", "stands_in_for__person").order_by(*IN_A_UNIT)


def terms_of(units: QuerySet[Unit], *, on: date) -> QuerySet[Assignment]:
    """The posts held in some units on a day; a turn of a rota is one on its own days."""
    return Assignment.objects.filter(in_force(on), unit__in=units)


def ending_soon(terms: QuerySet[Assignment], *, on: date, within: timedelta) -> QuerySet[Assignment]:
    """Those of them that run on a day and end within a time, turns of rotas left out."""
    return terms.filter(in_force(on), rota=None, valid_to__lte=on + within)


def people_of(units: QuerySet[Unit]) -> QuerySet[Person]:
    """The people kept by some units, such as those of `visible_to(user, "person.view")`."""
    return Person.objects.filter(unit__in=units)


def people_matching(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """The people that somebody seeks by characters of the name or its pinyin initials; all when it is blank."""
    if not text.strip():
        return people
    tokens = tokens_sought(text)
    return people.filter(search_text__holds=tokens) if tokens else people.none()


def posts_on_both_sides(terms: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """The terms of people who hold, among these, a post of the party and one of the management (交叉任职), each with a side."""
    both = [terms.filter(post__side=side, rota=None, stands_in_for=None).values("person") for side in BOTH_SIDES]
    return terms.filter(person__in=both[0]).filter(person__in=both[1]).filter(post__side__in=BOTH_SIDES)


def stand_ins_of(user: User, *, on: date) -> QuerySet[Assignment]:
    """The terms in force on a day by which somebody stands in for others, and by which others stand in for them."""
    mine = Q(person__user=user) | Q(stands_in_for__person__user=user)
    terms = Assignment.objects.filter(in_force(on), mine, stands_in_for__isnull=False)
    return terms.select_related("unit", "post", "person", "stands_in_for__person").order_by("valid_to", "pk")


def placed_members(terms: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """The terms among these of members without office (一编三定: where they are placed, with post, duty and reward)."""
    return terms.filter(post__side=MEMBERS, rota=None, stands_in_for=None)


def vacancies(units: QuerySet[Unit], *, on: date) -> QuerySet[Unit, dict[str, Any]]:
    """The posts that should be held in some units and are not, in the order of the tree, as rows.

    code, name, kind  of the unit
    post_id, position  the post
    wanted, held       how many should hold it, and how many do; who stands in for somebody counts for nobody, a turn of a rota neither
    since              when the last one who held it left, where anybody did
    """
    found = [
        _vacant(units, post, kind, wanted, on)
        for post in Post.objects.exclude(establishment={}).order_by("position")
        for kind, wanted in post.establishment.items()
    ]
    if not found:
        return cast("QuerySet[Unit, dict[str, Any]]", Unit.objects.none().values())
    first, *rest = found
    return first.union(*rest, all=True).order_by("path", "position", "post_id")


def _vacant(units: QuerySet[Unit], post: Post, kind: str, wanted: int, on: date) -> QuerySet[Unit, dict[str, Any]]:
    terms = Assignment.objects.filter(unit=OuterRef("pk"), post=post, stands_in_for=None, rota=None)
    held = terms.filter(in_force(on)).order_by().values("unit").annotate(count=Count("pk")).values("count")
    left = terms.filter(valid_to__lte=on).order_by().values("unit").annotate(last=Max("valid_to")).values("last")
    return (
        units.filter(kind=kind, closed_on=None)
        .annotate(
            post_id=Value(post.pk, CharField()),
            position=Value(post.position, IntegerField()),
            wanted=Value(wanted, IntegerField()),
            held=Coalesce(Subquery(held, IntegerField()), 0),
            since=Subquery(left, DateField()),
        )
        .filter(held__lt=wanted)
        .order_by()
        .values("path", "code", "name", "kind", "post_id", "position", "wanted", "held", "since")
    )
