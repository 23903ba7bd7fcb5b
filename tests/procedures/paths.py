"""Every way through a procedure, and a matter that is made to go it by the actions that people use."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.balloting import Papers, close_ballot, count_papers
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.objecting import raise_objection, settle_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from fanxing.scheme.deciding import decide
from fanxing.scheme.expressions import names
from fanxing.scheme.model import Ballot, Committee, Field, Procedure, PublicNotice, Step, Value

# More than any procedure needs; a table with so many ways is too wide for people too.
MOST = 400
ELIGIBLE = 30


def paths(procedure: Procedure) -> list[tuple[Step, ...]]:
    """All ways from the beginning to an end that can be gone and come to no state twice; and for each step that is on none of them,
    since it leads back or begins where a matter is over, the shortest way that goes it and comes to an end after it."""
    found = [way for way in _straight(procedure, procedure.begins, ()) if words_for(procedure, way) is not None]
    gone = {step for way in found for step in way}
    for step in procedure.steps:
        if step not in gone:
            way = (*_shortest(procedure, procedure.begins, {step.source}), step)
            ends = {one.id for one in procedure.states.values() if one.ends}
            found.append((*way, *_shortest(procedure, step.target, ends)))
    assert len(found) <= MOST, f"{procedure.id} has {len(found)} ways"
    return found


def _straight(procedure: Procedure, state: str, taken: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if procedure.states[state].ends:
        yield taken
        return
    been = {procedure.begins, *(one.target for one in taken)}
    for step in procedure.steps_from(state):
        if step.target not in been:
            yield from _straight(procedure, step.target, (*taken, step))


def _shortest(procedure: Procedure, start: str, wanted: set[str]) -> tuple[Step, ...]:
    ways: list[tuple[str, tuple[Step, ...]]] = [(start, ())]
    been = {start}
    for state, way in ways:
        if state in wanted:
            return way
        for step in procedure.steps_from(state):
            if step.target not in been:
                been.add(step.target)
                ways.append((step.target, (*way, step)))
    raise AssertionError(f"{procedure.id}: {wanted} cannot be reached from {start}")


def value_for(field: Field, unit: Unit, today: datetime) -> object:
    """Something that the field takes."""
    if field.choices:
        return field.choices[0][0]
    match field.type:
        case "count":
            return int(max(field.least or 0, min(ELIGIBLE, field.most or ELIGIBLE)))
        case "number" | "money":
            return max(field.least or 0.0, min(1.0, field.most or 1.0))
        case "share":
            return 0.5
        case "yes/no":
            return True
        case "date":
            return today.date().isoformat()
        case "period":
            return {"year": "2026", "quarter": "2026-Q2", "month": "2026-06"}[field.every]
        case "unit":
            return unit.code
    return f"{field.title}一二三"


def form(procedure: Procedure, ids: tuple[str, ...], unit: Unit, at: datetime, said: Mapping[str, Value]) -> dict[str, object]:
    """A form that asks for these fields, filled in."""
    fields = (procedure.field(id) for id in ids)
    wanted = [one for one in fields if one and one.type not in ("photo", "file", "record")]
    own = [one for one in wanted if one.type != "unit" or not one.unit_kinds or unit.kind in one.unit_kinds]
    return {one.id: said.get(one.id, value_for(one, unit, at)) for one in own}


def words_for(procedure: Procedure, path: tuple[Step, ...]) -> dict[str, Value] | None:
    """Words by which every step of a way that has a condition is offered, of all that the choices on which they depend allow; None where
    there are none: nobody ever goes such a way."""
    conditions = [one.when for one in path if one.when is not None]
    depends = {id: field for when in conditions for id in names(when) if (field := procedure.field(id))}
    offered = [[value for value, _ in field.choices] or [True, False] for field in depends.values()]
    for values in product(*offered):
        said = dict(zip(depends, values, strict=True))
        if all(decide(when, said) for when in conditions):
            return said
    return None


def go(
    procedure: Procedure, path: tuple[Step, ...], unit: Unit, at: datetime, said: Mapping[str, Value] | None = None
) -> tuple[Matter, datetime]:
    """Open a matter and let it go a way, by whoever may; `said` are the values that conditions on the way want. Returns it, and when."""
    words = said or {}
    # An earlier one, which goes on for those that are joined to it.
    earlier = _opened(procedure, unit, at, words) if any(step.joins for step in path) else None
    matter = _opened(procedure, unit, at, words)
    for step in path:
        at = _take(matter, procedure, step, at + timedelta(minutes=5), words, earlier)
        matter = Matter.objects.get(pk=matter.pk)
        assert matter.state == step.target, (procedure.id, step.id, matter.state)
    return matter, at


def _opened(procedure: Procedure, unit: Unit, at: datetime, words: Mapping[str, Value]) -> Matter:
    return open_matter(unit=unit, procedure=procedure.id, data=form(procedure, procedure.asks, unit, at, words), by=SYSTEM, at=at)


def _take(
    matter: Matter, procedure: Procedure, step: Step, at: datetime, words: Mapping[str, Value], earlier: Matter | None = None
) -> datetime:
    state = procedure.states[step.source]
    match state.step:
        case Committee() as committee if step.id in (committee.passes, committee.fails):
            return _confer(matter, committee, step.id == committee.passes, at)
        case PublicNotice() as notice if step.id in (notice.passes, notice.upheld):
            return _stand(matter, step.id == notice.upheld, at)
        case Ballot() as ballot if step.id in (ballot.passes, ballot.fails):
            eligible = int(matter.data[ballot.eligible])
            adopted = step.id == ballot.passes
            count_papers(matter=matter, papers=Papers(eligible if adopted else 0, 0 if adopted else eligible), by=SYSTEM, at=at)
            close_ballot(matter=matter, by=SYSTEM, at=at)
            return at
    if not step.by:
        assert step.id == state.then, (procedure.id, step.id)
        at = at + timedelta(days=120)
        wind(at=at)
        return at
    data = form(procedure, step.asks, matter.unit, at, words)
    take_step(matter=matter, verb=step.id, data=data, reason="依规定" if step.reason else "", by=SYSTEM, at=at, into=earlier)
    return at


def _confer(matter: Matter, committee: Committee, agrees: bool, at: datetime) -> datetime:
    start = Matter.objects.get(pk=matter.pk).state
    for _ in range(50):
        if Matter.objects.get(pk=matter.pk).state != start:
            return at
        give_verdict(matter=matter, choice="for" if agrees else "against", words="" if agrees else "条件不符", by=SYSTEM, at=at)
    raise AssertionError(f"the committee of {matter} never decides")


def _stand(matter: Matter, upheld: bool, at: datetime) -> datetime:
    if upheld:
        notice = matter.notices.order_by("-round").first().notice
        objection, _ = raise_objection(notice=notice, text="与事实不符", at=at)
        settle_objection(objection=objection, answer="属实", upheld=True, by=SYSTEM, at=at)
        return at
    at = at + timedelta(days=60)
    wind(at=at)
    return at
