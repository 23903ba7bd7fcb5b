"""The burden meter as pages show it: each kind of unit with its forms, the bodies that supply the rest, and what one unit typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from fanxing.lib.spreadsheets import Cell
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme import Scheme
from fanxing.scheme.meter import SECONDS_A_FACT, Burden, burdens
from fanxing.scheme.model import RecordKind

A_YEAR = timedelta(days=365)
WEEKS = 52


@dataclass(frozen=True)
class OfKind:
    """One kind of unit: what it types itself, and what each body supplies for it."""

    own: Burden
    bodies: tuple[Burden, ...]

    @property
    def minutes(self) -> str:
        """The time its facts take in a week of the year, spread evenly, in words."""
        return minutes_a_week(self.own.facts_a_year)


def of_kinds(scheme: Scheme, local: dict[str, RecordKind] | None = None) -> list[OfKind]:
    """The meter by kind of unit, in the order of the scheme."""
    found = burdens(scheme, local)
    return [_of_kind(id, found) for id in scheme.kinds]


def _of_kind(id: str, found: tuple[Burden, ...]) -> OfKind:
    mine = [one for one in found if one.unit_kind.id == id]
    return OfKind(mine[0], tuple(one for one in mine[1:] if one.forms))


@dataclass(frozen=True)
class Typed:
    """What was typed for a unit in the last year: records, and facts as if every field had been filled."""

    records: int
    facts: int

    @property
    def minutes(self) -> str:
        """The time they took in a week of the year, spread evenly, in words."""
        return minutes_a_week(self.facts)


def minutes_a_week(facts: float) -> str:
    """The time that so many facts a year take in a week: 约 3 分钟，不到 1 分钟."""
    minutes = round(facts * SECONDS_A_FACT / 60 / WEEKS)
    return f"约 {minutes} 分钟" if minutes else "不到 1 分钟"


def typed_last_year(unit: Unit, kinds: dict[str, int], today: date) -> Typed:
    """What was typed for one unit in the year until today; `kinds`: the facts of one record, by kind."""
    rows = Record.objects.filter(unit=unit, source="typed", act=Record.Act.ENTRY, occurred_on__gt=today - A_YEAR)
    counts = dict(rows.values_list("kind").annotate(Count("pk")).order_by())
    return Typed(sum(counts.values()), sum(count * kinds.get(kind, 0) for kind, count in counts.items()))


def cells(found: list[OfKind]) -> Iterator[list[Cell]]:
    """Every form of every kind of unit as a row of a workbook."""
    for one in found:
        for burden in (one.own, *one.bodies):
            for form in burden.forms:
                yield [
                    burden.unit_kind.title,
                    burden.body or "单位自己",
                    form.kind.title,
                    form.times,
                    form.facts,
                    form.a_year,
                    form.prefilled_a_year,
                    len(form.twice),
                    form.photos,
                    form.mean_uses,
                    "、".join(field.title for field in form.unused),
                ]
