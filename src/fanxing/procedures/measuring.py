"""Goals that are measured by a fact of their unit: which fact that is, and what the ledger says of it."""

from collections.abc import Mapping
from datetime import datetime

from fanxing.organisations.models import Unit
from fanxing.procedures.models import Matter
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import FIELD_TYPES, Procedure, Scheme, Value
from fanxing.scheme.model import Step as StepRule
from fanxing.scoring.queries import Step, account

UNMEASURED: Mapping[str, str] = {}


def _scheme(unit: Unit) -> Scheme | None:
    publication = programme_for(unit)
    return scheme_of(publication) if publication else None


def goal_roles(unit: Unit, procedure: str) -> Mapping[str, str]:
    """What the fields of a procedure that sets goals are, role → field (see GOAL_ROLES); empty for any other procedure."""
    scheme = _scheme(unit)
    return scheme.party_work.goals.get(procedure, UNMEASURED) if scheme and scheme.party_work else UNMEASURED


def facts_by_title(unit: Unit) -> dict[str, str]:
    """The facts of a unit that are numbers, title → id; a title that two bear names neither."""
    scheme = _scheme(unit)
    kind = scheme.kinds.get(unit.kind) if scheme else None
    if kind is None:
        return {}
    titles = [one.title for one in kind.facts.values()]
    return {one.title: id for id, one in kind.facts.items() if FIELD_TYPES.get(one.type) is Type.NUMBER and titles.count(one.title) == 1}


def standing(matter: Matter, at: datetime) -> Step | None:
    """What the ledger says now of the fact by which a goal is measured; None where it names none, or the ledger lacks it."""
    return _standing(matter.unit, goal_roles(matter.unit, matter.procedure_id), matter.data, at)


def _standing(unit: Unit, roles: Mapping[str, str], data: Mapping[str, object], at: datetime) -> Step | None:
    named = data.get(roles["measure"]) if roles else None
    fact = facts_by_title(unit).get(str(named)) if named else None
    found = account(unit, at=at) if fact else None
    told = found.explanation.find(fact) if found and found.explanation and fact else None
    return told if told and isinstance(told.value, int | float) else None


def known_before(unit: Unit, procedure: Procedure, data: Mapping[str, object], at: datetime) -> dict[str, Value]:
    """Where a goal begins, if its first form left that empty and the ledger says it: field → value."""
    roles = goal_roles(unit, procedure.id)
    before = roles.get("before", "")
    if before not in procedure.asks or data.get(before) not in (None, ""):
        return {}
    told = _standing(unit, roles, data, at)
    return {before: float(told.value)} if told and isinstance(told.value, int | float) else {}


def measured(matter: Matter, step: StepRule, at: datetime) -> dict[str, Value]:
    """What the form of a step need not ask, since the ledger says it: field → value; empty where the goal names no fact."""
    roles = goal_roles(matter.unit, matter.procedure_id)
    if roles.get("value") not in step.asks:
        return {}
    told = _standing(matter.unit, roles, matter.data, at)
    if told is None or not isinstance(told.value, int | float):
        return {}
    met = {field: met for field in step.asks if field == roles.get("met") and (met := _met(matter, roles, told.value)) is not None}
    return {roles["value"]: float(told.value), **met}


def _met(matter: Matter, roles: Mapping[str, str], value: float) -> bool | None:
    """Whether a goal is reached: upwards or downwards, as its target lies from where it began; None where that is not known."""
    before, target = (matter.data.get(roles.get(role, "")) for role in ("before", "target"))
    if not isinstance(before, int | float) or not isinstance(target, int | float) or before == target:
        return None
    return value >= target if target > before else value <= target
