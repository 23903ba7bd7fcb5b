"""Worked cases: what a scheme itself says must come out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.rating.columns import spelled
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.rate import RatingError, rate
from fanxing.scheme.faults import Fault
from fanxing.scheme.model import Case, Node, Scheme, Value, reads


@dataclass(frozen=True)
class Outcome:
    """A value of a worked case that comes out otherwise than the case says; `unit` is empty where the case has one unit. `values` are
    all facts and nodes of the unit."""

    case: Case
    unit: str
    node: Node
    wanted: Value
    found: Value | date
    values: Mapping[str, Value | date]


def failing_cases(scheme: Scheme) -> tuple[Fault, ...]:
    """A fault for every value of a worked case that does not come out, with the inputs of its node."""
    return tuple(fault for case in scheme.cases for fault in _faults(scheme, case))


def outcomes(scheme: Scheme) -> tuple[Outcome, ...]:
    """Every value of a worked case that does not come out, for a scheme in which all cases can be rated. Raises FactsError, RatingError."""
    return tuple(one for case in scheme.cases for one in _outcomes(scheme, case))


def _faults(scheme: Scheme, case: Case) -> Iterator[Fault]:
    try:
        yield from (Fault(case.place, _sentence(one, scheme)) for one in _outcomes(scheme, case))
    except (FactsError, RatingError) as error:
        yield Fault(case.place, f"case {case.title}: {error}")


def _outcomes(scheme: Scheme, case: Case) -> Iterator[Outcome]:
    rows = [{"unit": unit or "-", "kind": case.kind, **given} for unit, given in case.given.items()]
    rating = rate(scheme, Facts.from_rows(scheme, rows), case.as_of)
    nodes = scheme.kinds[case.kind].nodes
    for unit, expected in case.expect.items():
        values = rating.values(unit or "-")
        for id, wanted in expected.items():
            if not same(values.get(id), wanted):
                yield Outcome(case, unit, nodes[id], wanted, values.get(id), values)


def same(found: object, wanted: Value) -> bool:
    """Equal, numbers on 12 digits; yes and 1 are not the same."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, float) and isinstance(wanted, float):
        return f"{found:.12g}" == f"{wanted:.12g}"
    return found == wanted


def _sentence(one: Outcome, scheme: Scheme) -> str:
    of = f" of {one.unit}" if one.unit else ""
    nodes = scheme.kinds[one.case.kind].nodes
    parts = ", ".join(f"{name} = {_shown(one.values[name], 'not rated' if name in nodes else 'missing')}" for name in reads(one.node)[:12])
    return f"case {one.case.title}: {one.node.id}{of} came out {_shown(one.found)}, not {_shown(one.wanted)} ({parts})"


def _shown(value: object, absent: str = "not rated") -> str:
    if value is None:
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spelled(value)  # type: ignore[arg-type]  # what remains is a plain value
