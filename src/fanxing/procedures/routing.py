"""Who is responsible: the table of a procedure, by what the matter says and what lies near its unit."""

from collections.abc import Mapping

from fanxing.organisations.models import Unit
from fanxing.organisations.queries import ancestors
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Procedure, Value


def responsible_by_table(procedure: Procedure, unit: Unit, values: Mapping[str, Value]) -> Unit:
    """The unit that the first fitting row names: the unit itself where it is of that kind, else the nearest above, else the only one
    below. After the last row the unit itself."""
    for route in procedure.routes:
        if route.when is None or decide(route.when, values):
            found = _nearest(unit, route.kind)
            if found is not None:
                return found
    return unit


def _nearest(unit: Unit, kind: str) -> Unit | None:
    if unit.kind == kind:
        return unit
    above = ancestors(unit).filter(kind=kind, closed_on=None).order_by("-path").first()
    if above is not None:
        return above
    below = list(Unit.objects.filter(path__startswith=unit.path, kind=kind, closed_on=None).exclude(pk=unit.pk)[:2])
    return below[0] if len(below) == 1 else None
