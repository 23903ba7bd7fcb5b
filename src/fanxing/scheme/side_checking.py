"""Whether what is held against each other, party work and business, is there to be held."""

from collections.abc import Iterator, Mapping

from fanxing.scheme.expressions import ExpressionError, Type, did_you_mean, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import BRAND_ROLES, FIELD_TYPES, GOAL_ROLES, TASK_ROLES, BothSides, PairedSide, Pairing, PartyWork, Scheme, Sides


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
    for message in (*_goals(work, scheme), *_sheets(work, scheme)):
        faults.add(work.place, f"party_work: {message}")


def _goals(work: PartyWork, scheme: Scheme) -> Iterator[str]:
    for id, fields in work.goals.items():
        procedure = scheme.procedures.get(id)
        if procedure is None:
            yield f'no such procedure "{id}"{did_you_mean(id, list(scheme.procedures))}'
            continue
        for role, name in fields.items():
            if (field := procedure.field(name)) is None or FIELD_TYPES[field.type] is not GOAL_ROLES[role]:
                yield f'{role} of {id} must be a field that is {GOAL_ROLES[role].value}, found "{name}"'


def _sheets(work: PartyWork, scheme: Scheme) -> Iterator[str]:
    for id, sheet in work.sheets.items():
        kind = scheme.kinds.get(id)
        if kind is None:
            yield f'no such kind of unit "{id}"{did_you_mean(id, list(scheme.kinds))}'
            continue
        for what, names, known in (("fact", sheet.facts, kind.facts), ("post", sheet.posts, scheme.posts)):
            yield from (f'sheet of {id}: no such {what} "{one}"{did_you_mean(one, list(known))}' for one in names if one not in known)


def check_pairing(pairing: Pairing, scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every procedure, state, step and field of a pairing that is not there, or not what it must be."""
    for side in (pairing.wanted, pairing.offered):
        for message in _mispaired(side, pairing, scheme):
            faults.add(pairing.place, f"pairing: {side.procedure}: {message}")
    offered = scheme.procedures.get(pairing.offered.procedure)
    states = list(offered.states) if offered else []
    for id in (*pairing.together, *pairing.done):
        if states and id not in states:
            faults.add(pairing.place, f'pairing: no such state "{id}" of {pairing.offered.procedure}{did_you_mean(id, states)}')


def _mispaired(side: PairedSide, pairing: Pairing, scheme: Scheme) -> Iterator[str]:
    procedure = scheme.procedures.get(side.procedure)
    if procedure is None:
        yield f"no such procedure{did_you_mean(side.procedure, list(scheme.procedures))}"
        return
    step, names = procedure.step(side.waits, side.step), procedure.field(side.names)
    if step is None:
        yield f'there is no step "{side.step}" from a state "{side.waits}"'
    elif side.names not in step.asks:
        yield f'the form of {side.step} does not ask for "{side.names}"'
    if names is None or names.type != "text" or names.personal:
        yield f'"names" must be a text that is not personal, found "{side.names}"'
    last = procedure.field(side.last)
    if side.last and (last is None or last.type != "date"):
        yield f'"last" must be a day, found "{side.last}"'
    for id in pairing.same:
        if (field := procedure.field(id)) is None or not field.choices or id not in procedure.asks:
            yield f'"same" names "{id}", which must be a choice that its first form asks for'
    for id in side.shows:
        if (field := procedure.field(id)) is None or field.personal:
            yield f'"shows" names "{id}", which must be a field that is not personal'


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
