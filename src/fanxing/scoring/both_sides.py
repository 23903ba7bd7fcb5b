"""Where party work and business do not go together, by the rules' own conditions, and what the unit says of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.programme.queries import Rulings, scheme_of
from fanxing.records.models import Record, RecordQuerySet
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import BothSides, Difference, Sides, Value
from fanxing.scoring.reckoning import reckon


@dataclass(frozen=True)
class Told:
    """A difference of a unit, and the record that explains it, or None."""

    unit: Unit
    difference: Difference
    explanation: Record | None


def sides_of(publication: Publication | None, unit: Unit) -> Sides | None:
    """What stands beside each other for a unit; None where its rules say nothing of it."""
    both = scheme_of(publication).both_sides if publication else None
    return both.sides.get(unit.kind) if both else None


def said(publication: Publication, units: Iterable[Unit]) -> RecordQuerySet:
    """What some units said of their two sides in the period, the latest first."""
    both = scheme_of(publication).both_sides
    assert both is not None  # the caller has looked
    inside = Q(occurred_on__gte=publication.period_from) if publication.period_from else Q()
    inside &= Q(occurred_on__lte=publication.period_to) if publication.period_to else Q()
    found = Record.objects.filter(inside, unit__in=list(units), kind=both.explained_by).counting()
    return found.select_related("unit", "kind_version").order_by("-occurred_on", "-position")


def told(both: BothSides, unit: Unit, values: Mapping[str, Value | date], records: Sequence[Record]) -> list[Told]:
    """The differences of a unit by the values of its facts and nodes, each with the latest of its records that explains it."""
    plain = {id: one.isoformat() if isinstance(one, date) else one for id, one in values.items()}
    found = [one for one in both.sides[unit.kind].differences if decide(one.when, plain) is True]
    return [Told(unit, one, next((row for row in records if row.data.get(both.told_by) == one.id), None)) for one in found]


def differences(units: Iterable[Unit], ruling: Rulings) -> list[Told]:
    """The differences of many units by the records that stand now, in the order given: a few queries a publication."""
    by_publication: dict[Publication, list[Unit]] = {}
    for unit in units:
        publication = ruling.of(unit)
        if publication and sides_of(publication, unit):
            by_publication.setdefault(publication, []).append(unit)
    return [one for publication, some in by_publication.items() for one in _differences(publication, some)]


def _differences(publication: Publication, units: Sequence[Unit]) -> list[Told]:
    both = scheme_of(publication).both_sides
    assert both is not None  # the caller has looked
    rating = reckon(publication, units, clock.today()).rating
    explained: dict[int, list[Record]] = {}
    for row in said(publication, units):
        explained.setdefault(row.unit_id, []).append(row)
    return [one for unit in units for one in told(both, unit, rating.values(unit.code), explained.get(unit.pk, ()))]
