"""Matters that are put together, such as vacancies and those who seek work: which fit, why, and which belong together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from fanxing.organisations.models import Unit
from fanxing.procedures.models import Matter, MatterStep
from fanxing.procedures.wording import field_words
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scheme.expressions import names
from fanxing.scheme.model import PairedSide, Pairing, Procedure

PAIRED = "paired"


@dataclass(frozen=True)
class Fit:
    """A matter of what is offered that fits one of what is wanted, and why."""

    matter: Matter
    reasons: tuple[str, ...]


def pairing_for(unit: Unit) -> Pairing | None:
    """How matters are put together by the rules of a unit; None where they are not."""
    publication = programme_for(unit)
    return scheme_of(publication).pairing if publication else None


def near(unit: Unit) -> Iterable[Unit]:
    """The units among which matters are put together: the unit and those beside it."""
    return Unit.objects.filter(parent_id=unit.parent_id, closed_on=None) if unit.parent_id else Unit.objects.filter(pk=unit.pk)


def waiting(side: PairedSide, units: Iterable[Unit], today: date) -> list[Matter]:
    """The matters of a side in some units that wait for one of the other, the newest first; none whose last day is over."""
    found = Matter.objects.open().filter(procedure_id=side.procedure, state=side.waits, unit__in=units)
    rows = found.select_related("unit__parent", "version").defer("version__definition").order_by("-opened_on", "-pk")
    return [one for one in rows if not side.last or str(one.data.get(side.last) or today) >= today.isoformat()]


def wanted_openly(pairing: Pairing, units: Iterable[Unit], today: date) -> list[Matter]:
    """What is wanted in some units and waits, which stands in public; nothing that a unit has made private."""
    return [one for one in waiting(pairing.wanted, units, today) if not one.is_private]


def fits(pairing: Pairing, wanted: Iterable[Matter], offered: Iterable[Matter]) -> list[tuple[Matter, list[Fit]]]:
    """What fits each that is wanted, the nearest first; what was put together with it before and came to nothing is left out."""
    some, others = list(wanted), list(offered)
    tried = _named_by(some, pairing.wanted)
    return [(one, _fitting(pairing, one, others, tried[one.pk])) for one in some]


def _fitting(pairing: Pairing, wanted: Matter, offered: Iterable[Matter], tried: set[str]) -> list[Fit]:
    found = (
        Fit(one, (_place(wanted, one), *reasons))
        for one in offered
        if one.number not in tried and (reasons := _agreeing(pairing, wanted, one)) is not None
    )
    return sorted(found, key=lambda fit: fit.matter.unit_id != wanted.unit_id)


def _agreeing(pairing: Pairing, wanted: Matter, offered: Matter) -> tuple[str, ...] | None:
    reasons = []
    for id in pairing.same:
        one, other = wanted.data.get(id), offered.data.get(id)
        if one != other and pairing.any not in (one, other):
            return None
        field = offered.procedure.field(id)
        if field is not None and other is not None:
            reasons.append(f"{field.title}相符（{field_words(field, other)}）")
    return tuple(reasons)


def _place(wanted: Matter, offered: Matter) -> str:
    unit = offered.unit
    together = unit if wanted.unit_id == unit.pk or unit.parent is None else unit.parent
    return f"同在{together.name}"


def partners(matter: Matter) -> list[Matter]:
    """The matters that one belongs together with now: each names the other, and neither has let go."""
    pairing = pairing_for(matter.unit)
    if pairing is None:
        return []
    if matter.procedure_id == pairing.offered.procedure:
        number = str(matter.data.get(pairing.offered.names, ""))
        pk = number.rpartition("-")[2]
        if matter.state not in pairing.together or not pk.isdecimal():
            return []
        found = Matter.objects.filter(pk=int(pk), procedure_id=pairing.wanted.procedure).whole()
        return [one for one in found if one.number == number and matter.number in _named_by([one], pairing.wanted)[one.pk]]
    if matter.procedure_id == pairing.wanted.procedure:
        return [one for one in _naming(matter, pairing) if one.state in pairing.together]
    return []


def side_of(matter: Matter) -> PairedSide | None:
    """The side of which a matter is; None where it is not put together with others."""
    pairing = pairing_for(matter.unit)
    sides = (pairing.wanted, pairing.offered) if pairing else ()
    return next((side for side in sides if side.procedure == matter.procedure_id), None)


def paired(matter: Matter, procedure: Procedure) -> int:
    """How many of the other side came to be what was wanted; asked only where a record of the procedure says so."""
    if not any(PAIRED in read for read in _read_by_records(procedure)):
        return 0
    pairing = pairing_for(matter.unit)
    if pairing is None or pairing.wanted.procedure != procedure.id:
        return 0
    return sum(one.state in pairing.done for one in _naming(matter, pairing))


def _read_by_records(procedure: Procedure) -> Iterator[set[str]]:
    return ({*names(one)} for state in procedure.states.values() for row in state.records for _, one in row.values)


def _naming(wanted: Matter, pairing: Pairing) -> list[Matter]:
    named = _named_by([wanted], pairing.wanted)[wanted.pk]
    keys = [int(pk) for number in named if (pk := number.rpartition("-")[2]).isdecimal()]
    found = Matter.objects.filter(pk__in=keys, procedure_id=pairing.offered.procedure).whole()
    return [one for one in found if one.number in named and one.data.get(pairing.offered.names) == wanted.number]


def _named_by(matters: Iterable[Matter], side: PairedSide) -> dict[int, set[str]]:
    """The numbers that the steps of each matter named so far; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    steps = MatterStep.objects.filter(matter__in=[one.pk for one in matters], verb=side.step)
    for pk, said in steps.values_list("matter_id", "data"):
        found[pk].add(str(said.get(side.names)))
    return found
