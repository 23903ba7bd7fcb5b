"""A register: what was given to how many, year by year, by the records of a kind, and the names that may stand there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404

from fanxing.organisations.models import Unit
from fanxing.procedures.models import Matter, MatterRecord
from fanxing.procedures.naming import names_in_public
from fanxing.programme.queries import procedures_for
from fanxing.records.models import Record
from fanxing.records.queries import with_first
from fanxing.scheme.model import Procedure
from fanxing.web.ledger import said


@dataclass(frozen=True)
class Given:
    """One record of it: what was given, to how many, until when it holds, and to whom as far as that may stand there."""

    record: Record
    title: str
    count: int
    until: date | None
    names: str

    @property
    def year(self) -> int:
        return self.record.occurred_on.year


@dataclass(frozen=True)
class Year:
    """What was given in a year."""

    year: int
    given: list[Given]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.given)


@dataclass(frozen=True)
class Told:
    """The register of a unit, the latest year first."""

    unit: Unit
    procedure: Procedure
    years: list[Year]

    @property
    def count(self) -> int:
        """To how many anything was given in all the years."""
        return sum(one.count for one in self.years)

    @property
    def since(self) -> int | None:
        """The year with which it begins."""
        return self.years[-1].year if self.years else None


def with_registers(unit: Unit, procedures: Iterable[Procedure]) -> list[Procedure]:
    """Those of the procedures of a unit that have a register there."""
    return [one for one in procedures if one.register and one.kept_in(unit.kind)]


def register_of(unit: Unit, id: str, today: date) -> Told:
    """The register of a procedure in a unit; a page that is not there where it has none."""
    procedure = next((one for one in with_registers(unit, procedures_for(unit).values()) if one.id == id), None)
    if procedure is None or procedure.register is None:
        raise Http404
    rows = with_first(Record.objects.filter(unit=unit, kind=procedure.register.record).select_related("kind_version"))
    left = MatterRecord.objects.filter(record__in=[first.pk for first, _ in rows]).select_related("matter__version")
    matters = {one.record_id: one.matter for one in left.defer("matter__version__definition")}
    names = names_in_public(matters.values(), today)
    given = [_given(row, procedure, matters.get(first.pk), names) for first, row in rows]
    return Told(unit, procedure, [Year(year, list(some)) for year, some in groupby(given, key=lambda one: one.year)])


def _given(record: Record, procedure: Procedure, matter: Matter | None, names: Mapping[int, str]) -> Given:
    register, named = procedure.register, procedure.named
    assert register is not None
    field, title = record.kind_version.record_kind.field(register.title), record.data.get(register.title)
    count, until = record.data.get(register.count), record.data.get(register.until)
    if until is None and matter and named:
        until = matter.data.get(named.until)
    return Given(
        record,
        said(field, title) if field and title is not None else "",
        int(count) if isinstance(count, int | float) else 0,
        date.fromisoformat(until) if isinstance(until, str) else None,
        names.get(matter.pk, "") if matter else "",
    )
