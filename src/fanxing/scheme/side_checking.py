"""Whether what is held against each other, party work and business, is there to be held."""

from collections.abc import Iterator, Mapping

from fanxing.scheme.expressions import ExpressionError, Type, did_you_mean, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import BothSides, Scheme, Sides


def check_both_sides(both: BothSides, scheme: Scheme, types: Mapping[str, Mapping[str, Type]], faults: Faults) -> None:
    """Note a fault for everything that does not hold. `types`: kind of unit → what its facts and nodes are."""
    for message in _explained(both, scheme):
        faults.add(both.place, f"both_sides: {message}")
    for id, sides in both.sides.items():
        if id not in types:
            faults.add(both.place, f'both_sides: no such kind of unit "{id}"{did_you_mean(id, list(types))}')
            continue
        for message in _unknown(sides, types[id]):
            faults.add(both.place, f"both_sides: {id}: {message}")
        for one in sides.differences:
            try:
                if type_of(one.when, types[id]) is not Type.TRUTH:
                    faults.add(one.place, f'difference {one.id}: "when" must be a condition, such as party_score - work_score >= 15')
            except ExpressionError as error:
                faults.add(one.place, f"difference {one.id}: when: {error}")


def _explained(both: BothSides, scheme: Scheme) -> Iterator[str]:
    kind = scheme.records.get(both.explained_by)
    field = kind.field(both.told_by) if kind else None
    if field is None or not field.choices:
        yield '"explained_by" must be a choice of a record kind, such as both_sides.gap, that says which difference is explained'
        return
    known = [value for value, _ in field.choices]
    for one in (one for sides in both.sides.values() for one in sides.differences if one.id not in known):
        yield f"difference {one.id} cannot be explained: {both.explained_by}.{both.told_by} has no such choice{did_you_mean(one.id, known)}"


def _unknown(sides: Sides, types: Mapping[str, Type]) -> Iterator[str]:
    for id in (*sides.party, *sides.work):
        if id not in types:
            yield f'no such fact or node "{id}"{did_you_mean(id, list(types))}'
