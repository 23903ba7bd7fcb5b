"""Whether what is held against each other, party work and business, is there to be held."""

from collections.abc import Iterator, Mapping

from fanxing.scheme.expressions import ExpressionError, Type, did_you_mean, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import BRAND_ROLES, FIELD_TYPES, TASK_ROLES, BothSides, PartyWork, Scheme, Sides


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


def check_party_work(work: PartyWork, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every field of a task or brand that is not there, or not of the type that its page shows."""
    for kinds, roles in ((work.tasks, TASK_ROLES), (work.brands, BRAND_ROLES)):
        for id, fields in kinds.items():
            for message in _misnamed(id, fields, roles, scheme):
                faults.add(work.place, f"party_work: {message}")


def _misnamed(id: str, fields: Mapping[str, str], roles: Mapping[str, Type], scheme: Scheme) -> Iterator[str]:
    kind = scheme.records.get(id)
    if kind is None:
        yield f'no such kind of record "{id}"{did_you_mean(id, list(scheme.records))}'
        return
    for role, type_ in roles.items():
        field = kind.field(fields.get(role, ""))
        if role in fields and (field is None or FIELD_TYPES[field.type] is not type_):
            yield f'{role} of {id} must be a field that is {type_.value}, found "{fields[role]}"'
    if "milestone" in fields:
        other, _, by = fields["milestone"].partition(".")
        link = scheme.records[other].field(by) if other in scheme.records else None
        if link is None or link.links != id or scheme.records[other].expects is None:
            yield f'milestone of {id} must be KIND.FIELD, a link to {id} in a kind that expects an answer, found "{fields["milestone"]}"'


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
