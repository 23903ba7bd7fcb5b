"""Reading units and people."""

from datetime import date
from functools import reduce

from django.db.models import Q, QuerySet

from fanxing.lib.search_text import tokens_sought
from fanxing.organisations.models import CODE_PATTERN, Assignment, Person, Unit, UnitState, UnitSuccession, in_force
from fanxing.organisations.paths import beginning, within


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
    """Who holds which post in the unit on a day."""
    return Assignment.objects.filter(in_force(on), unit=unit).select_related("person", "post").order_by("post", "person_id")


def people_of(units: QuerySet[Unit]) -> QuerySet[Person]:
    """The people kept by some units, such as those of `visible_to(user, "person.view")`."""
    return Person.objects.filter(unit__in=units)
