"""The procedures that units have for themselves, beside those of the rules in force or in their place: where, since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.programme.models import LocalProcedure, ProcedureVersion
from fanxing.scheme.model import Procedure

PROCEDURES_KEPT = 256


@dataclass(frozen=True, slots=True)
class OwnProcedure:
    """A procedure that a unit has for itself: its version's key and digest, and where it comes from."""

    id: str
    version: int
    digest: str
    unit: Unit
    valid_from: date

    @property
    def procedure(self) -> Procedure:
        """The procedure as it was published."""
        return procedure_published(self.digest)


def own_procedures_for(unit: Unit, on: date | None = None) -> dict[str, OwnProcedure]:
    """What holds in a unit beside the rules on a day (today), or in their place, by the ids of the procedures, in one query: of the
    nearest unit upwards that has not ended it."""
    found: dict[str, OwnProcedure] = {}
    rows = _rows(on).filter(unit__code__in=unit.path.strip("/").split("/"))
    last = {(row.unit.path, row.version.code): row for row in rows}
    for path, id in sorted(last, key=lambda key: len(key[0])):
        row = last[path, id]
        if not row.ends:
            found[id] = _own(row)
    return found


def own_procedures_of(unit: Unit, on: date | None = None) -> Mapping[str, OwnProcedure]:
    """What the very unit has, those above it left out."""
    last = {row.version.code: row for row in _rows(on).filter(unit=unit)}
    return {id: _own(row) for id, row in last.items() if not row.ends}


@lru_cache(maxsize=PROCEDURES_KEPT)
def procedure_published(digest: str) -> Procedure:
    """The procedure published under a digest; kept in the process, since what a digest names never changes."""
    return ProcedureVersion.objects.get(digest=digest).procedure


def _own(row: LocalProcedure) -> OwnProcedure:
    return OwnProcedure(row.version.code, row.version_id, row.version.digest, row.unit, row.valid_from)


def _rows(on: date | None) -> QuerySet[LocalProcedure]:
    begun = LocalProcedure.objects.filter(valid_from__lte=on or clock.today())
    return begun.select_related("unit", "version").defer("version__definition").order_by("valid_from", "id")
