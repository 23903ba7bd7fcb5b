"""Worked cases: what a scheme itself says must come out."""

from collections.abc import Iterator

from fanxing.rating.columns import spelled
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.rate import Rating, RatingError, rate
from fanxing.scheme.faults import Fault
from fanxing.scheme.model import Case, Node, Scheme, Value, reads


def failing_cases(scheme: Scheme) -> tuple[Fault, ...]:
    """A fault for every value of a worked case that does not come out, with the inputs of its node."""
    return tuple(fault for case in scheme.cases for fault in _faults(scheme, case))


def _faults(scheme: Scheme, case: Case) -> Iterator[Fault]:
    rows = [{"unit": unit or "-", "kind": case.kind, **given} for unit, given in case.given.items()]
    try:
        rating = rate(scheme, Facts.from_rows(scheme, rows), case.as_of)
    except (FactsError, RatingError) as error:
        yield Fault(case.place, f"case {case.title}: {error}")
        return
    for unit, expected in case.expect.items():
        for id, value in expected.items():
            found = rating.value(unit or "-", id)
            if not same(found, value):
                node = scheme.kinds[case.kind].nodes[id]
                yield Fault(case.place, _sentence(case, unit, node, value, rating))


def same(found: object, wanted: Value) -> bool:
    """Equal, numbers on 12 digits; yes and 1 are not the same."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, float) and isinstance(wanted, float):
        return f"{found:.12g}" == f"{wanted:.12g}"
    return found == wanted


def _sentence(case: Case, unit: str, node: Node, wanted: Value, rating: Rating) -> str:
    values = rating.values(unit or "-")
    of = f" of {unit}" if unit else ""
    nodes = rating.scheme.kinds[case.kind].nodes
    parts = ", ".join(f"{name} = {_shown(values[name], 'not rated' if name in nodes else 'missing')}" for name in reads(node)[:12])
    return f"case {case.title}: {node.id}{of} came out {_shown(values[node.id])}, not {_shown(wanted)} ({parts})"


def _shown(value: object, absent: str = "not rated") -> str:
    if value is None:
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spelled(value)  # type: ignore[arg-type]  # what remains is a plain value
