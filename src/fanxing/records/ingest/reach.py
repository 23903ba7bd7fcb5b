"""Who may import what where, and who sees what was uploaded."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, Max, QuerySet

from fanxing.organisations.authority import Asker, Authority, authority_of
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.queries import kinds_to_add, programme_for, scheme_of
from fanxing.records.ingest.template import UnitRow
from fanxing.records.models import Record, RecordImport
from fanxing.records.queries import may_judge
from fanxing.scheme.model import RecordKind, Scheme

# More than these are not written into a template: its readers would wait for it.
UNITS_OF_A_TEMPLATE = 5_000


def seen_imports(authority: Authority) -> QuerySet[RecordImport]:
    """The sheets uploaded for the units where one may record, the latest first, without what makes them large."""
    units = Unit.objects.filter(authority.reach("record.add"))
    return RecordImport.objects.filter(unit__in=units).select_related("unit").defer("rows", "findings").order_by("-uploaded_at", "-pk")


def importable_kinds(user: Asker, unit: Unit, *, on: date | None = None) -> list[RecordKind]:
    """The kinds of record that the user may import for a unit, or for those below it, in the order of the programme."""
    authority = authority_of(user, on=on)
    publication = programme_for(unit, on)
    if publication is None or not authority.may("record.add", unit):
        return []
    scheme = scheme_of(publication)
    kinds = kinds_to_add(unit, on).values()
    held = (kind for kind in kinds if authority.holds(kind.recorded_by, unit) and may_judge(authority, kind, unit))
    return [kind for kind in held if unit.kind not in scheme.kinds or kind.kept_in(unit.kind)]


def keepers(scheme: Scheme, kind: RecordKind) -> list[str]:
    """The kinds of unit that keep such records."""
    return list(kind.kinds) if kind.kinds else list(scheme.kinds)


def units_keeping(top: Unit, kinds: Iterable[str]) -> QuerySet[Unit]:
    """The units at and below one that are of these kinds, those closed left out, in the order of the tree."""
    return Unit.objects.filter(within(top.path), kind__in=list(kinds), closed_on=None).order_by("path")


def rows_of_template(units: QuerySet[Unit], kind: RecordKind) -> list[UnitRow]:
    """The units of a template with what their last record of the kind said, in two queries."""
    here = list(units.values_list("pk", "code", "name")[:UNITS_OF_A_TEMPLATE])
    before = _last(units, kind)
    return [UnitRow(code, name, before.get(pk, {})) for pk, code, name in here]


def _last(units: QuerySet[Unit], kind: RecordKind) -> Mapping[int, Mapping[str, object]]:
    """What the newest record of each unit says."""
    counting = Record.objects.filter(kind=kind.id, unit__in=units.order_by()).counting()
    rows = counting.order_by("unit_id", "occurred_on", "pk").values_list("unit_id", "data")
    return dict(rows.iterator())


def supplied(top: Unit, kinds: Iterable[str], start: date, end: date) -> dict[tuple[str, str], tuple[int, date]]:
    """(kind of record, kind of unit) → of how many units at and below one the ledger has such a record of the period, and the last day."""
    here = Record.objects.filter(within(top.path, field="unit__path"), kind__in=list(kinds), unit__closed_on=None).counting()
    of_period = here.filter(occurred_on__range=(start, end)).order_by()
    found = of_period.values_list("kind", "unit__kind").annotate(Count("unit", distinct=True), Max("occurred_on"))
    return {(kind, unit_kind): (count, last) for kind, unit_kind, count, last in found}


def lacking(top: Unit, kind: RecordKind, keeping: Iterable[str], start: date, end: date) -> QuerySet[Unit]:
    """The units at and below one from which no record of the kind came in the period: not reported, which is not nothing."""
    came = Record.objects.filter(kind=kind.id, occurred_on__range=(start, end)).counting()
    return units_keeping(top, keeping).exclude(pk__in=came.values("unit"))
