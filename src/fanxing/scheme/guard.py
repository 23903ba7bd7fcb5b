"""What a scheme may not do, whatever its author intends; docs/decisions/0007-guard.md says why, and what this cannot catch."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import inf

from fanxing.scheme.burden import names_in_full
from fanxing.scheme.expressions import All, Compare, Const, Expression, Name, Some, names
from fanxing.scheme.faults import Fault, Faults
from fanxing.scheme.influence import NO_INFLUENCE, Influence, influences
from fanxing.scheme.model import Combine, Fact, Field, Node, Place, Procedure, RecordKind, Rule, Scheme, Star, UnitKind, Veto, reads
from fanxing.scheme.point_checking import refuse_points
from fanxing.scheme.ranges import Range, of_expression, ranges
from fanxing.scheme.wordlists import LATE, TRACES, TRAITS, VOICES

ONCE = "rule 1: a fact is asked for once, and everything reads it there"
TRACE = "rule 3: nothing is scored by the number of files, log-ins, likes or check-ins"
NO_DUTY = "rule 3: a photo or file is never compulsory"
PERSONAL = (
    "rule 6: belief, ethnicity, health, petitions and other sensitive traits, ID numbers, faces and tracks of persons are never collected"
)
VOICE = "rule 9: speaking up never costs stars"
EVIDENCE_TYPES = ("photo", "file")
COUNTED_TYPES = ("count", "number", "yes/no", "date")
ID_NUMBER_TYPES = ("text", "number", "choice", "photo", "file")


def refuse(scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every rule of burden, privacy and voice that the scheme breaks."""
    for record in scheme.records.values():
        refuse_kind(record, faults)
    for procedure in scheme.procedures.values():
        refuse_procedure(procedure, faults)
    for fact in _facts(scheme):
        _refuse_traits(fact, (word for pair in fact.choices for word in pair), (fact.type,), f"fact {fact.id}", faults)
        _refuse_traces(fact, scheme, faults)
    refuse_asked_twice(scheme, faults)
    if scheme.points:
        refuse_points(scheme.points, scheme, faults)
    for kind in scheme.kinds.values():
        _refuse_lowering(kind, scheme, faults)


def warnings(scheme: Scheme) -> tuple[Fault, ...]:
    """The stars in which work done counts for more points than what came of it.

    The points of a rule are those of the records that its facts are counted from: of activity where it reads records of activity
    and none of outcome, judgement or voice (the figures beside them are what they are measured against); else of what came of it.
    """
    return tuple(_outweighed(scheme))


def _facts(scheme: Scheme) -> Iterable[Fact]:
    """Every fact once, though several kinds of unit may share it."""
    return {(fact.id, fact.place): fact for kind in scheme.kinds.values() for fact in kind.facts.values()}.values()


# ---- what is recorded --------------------------------------------------------------------------------------------


def refuse_kind(record: RecordKind, faults: Faults) -> None:
    """Note a fault for every rule of burden and privacy that a kind of record breaks by itself."""
    _refuse_traits(record, (), (), f"record kind {record.id}", faults)
    for field in record.fields:
        _refuse_field(field, record, faults)


def refuse_procedure(procedure: Procedure, faults: Faults) -> None:
    """Note a fault for every rule of burden and privacy that a procedure breaks: what it is about, what it asks, what it calls things."""
    _refuse_traits(procedure, (), (), f"procedure {procedure.id}", faults)
    for field in procedure.fields:
        _refuse_field(field, procedure, faults)
    for what, rules in (("party", procedure.parties.values()), ("state", procedure.states.values()), ("step", procedure.steps)):
        for rule in rules:
            _refuse_traits(rule, (), (), f"procedure {procedure.id}: {what} {rule.id}", faults)


def _refuse_field(field: Field, of: RecordKind | Procedure, faults: Faults) -> None:
    what = f"{of.id}.{field.id}"
    if field.required and field.type in EVIDENCE_TYPES:
        faults.add(field.place, f"{what}: a {field.type} cannot be required ({NO_DUTY}); leave out required")
    _refuse_traits(field, (word for pair in field.choices for word in pair), (field.type,), what, faults)


def _refuse_traits(rule: Rule, choices: Iterable[str], types: tuple[str, ...], what: str, faults: Faults) -> None:
    words = (rule.id, rule.title, *choices)
    for trait in TRAITS:
        found = trait.found_in(*words)
        if found and not (trait.subject == "ID numbers" and types and types[0] not in ID_NUMBER_TYPES):
            message = f'{what}: "{found}" is about {trait.subject} ({PERSONAL}); count what was done or settled, without the persons'
            faults.add(rule.place, message)


def _refuse_traces(fact: Fact, scheme: Scheme, faults: Faults) -> None:
    record = scheme.records.get(fact.source.kind) if fact.source else None
    used = _fields_read(fact, record)
    words = [fact.id, fact.title, *((record.id, record.title) if record else ()), *(word for one in used for word in (one.id, one.title))]
    found = next((f'"{word}" counts {trace.subject}' for trace in TRACES if (word := trace.found_in(*words))), "")
    if not found:
        found = next((f'"{one.id}" is a {one.type}' for one in used if one.type in EVIDENCE_TYPES), "")
    if found:
        faults.add(fact.place, f"fact {fact.id}: {found} ({TRACE}); count what was done, or what came of it")


def _fields_read(fact: Fact, record: RecordKind | None) -> list[Field]:
    if record is None or fact.source is None:
        return []
    ids = (fact.source.field, *(names(fact.source.where) if fact.source.where is not None else ()))
    return [field for id in ids if (field := record.field(id))]


# ---- asked twice -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """Something that units are asked for: by a kind of record, or (None) by a table, which may be any unit's."""

    what: str
    rule: Field | Fact
    kind: RecordKind | None

    def of_one_unit_with(self, other: "_Asked") -> bool:
        """Whether one unit is asked for both."""
        return self.kind is None or other.kind is None or self.kind.kept_beside(other.kind)


def refuse_asked_twice(scheme: Scheme, faults: Faults) -> None:
    """Note a fault for every fact that is asked for twice. Facts counted from records ask nobody; fields, and facts that come from a
    table, do. What is asked of units of different kinds is not asked twice."""
    asked = [_Asked(f"{kind.id}.{field.id}", field, kind) for kind in scheme.records.values() for field in kind.fields]
    asked += [_Asked(f"fact {fact.id}", fact, None) for fact in _facts(scheme) if fact.source is None]
    by_concept: dict[str, list[_Asked]] = {}
    for one in asked:
        if one.rule.concept and not one.rule.reuse:
            before = by_concept.setdefault(one.rule.concept, [])
            if earlier := next((other for other in before if other.of_one_unit_with(one)), None):
                message = (
                    f'{one.what}: "{one.rule.concept}" is asked for at {earlier.rule.place} too ({ONCE}); '
                    "read it there, or say with reuse: why it is meant"
                )
                faults.add(one.rule.place, message)
            before.append(one)
    for first, second in combinations(_typed_figures(scheme), 2):
        if _look_alike(first, second):
            message = (
                f"{second[0].id}.{second[1].id}: {second[1].title} is typed into {first[0].id} too, at {first[1].place} ({ONCE}); "
                "leave one out, or say with reuse: why it is meant, or give both a concept that differs"
            )
            faults.add(second[1].place, message)


def _typed_figures(scheme: Scheme) -> list[tuple[RecordKind, Field]]:
    """Figures that units type; numbers of one activity or event (who came) differ from those of another, whatever they are called."""
    typed = [kind for kind in scheme.records.values() if kind.nature == "figure" and not kind.held_by]
    return [(kind, field) for kind in typed for field in kind.fields if field.type in ("count", "number", "money", "share")]


def _look_alike(first: tuple[RecordKind, Field], second: tuple[RecordKind, Field]) -> bool:
    (one_kind, one), (other_kind, other) = first, second
    told_apart = one.reuse or other.reuse or (one.concept and other.concept)
    apart = one_kind is other_kind or not one_kind.kept_beside(other_kind)
    alike = (one.title, one.unit) == (other.title, other.unit)
    return alike and not apart and not told_apart and names_in_full(one_kind)[one.id] == names_in_full(other_kind)[other.id]


# ---- speaking up -------------------------------------------------------------------------------------------------


def _refuse_lowering(kind: UnitKind, scheme: Scheme, faults: Faults) -> None:
    watched = {fact.id: counted for fact in kind.facts.values() if (counted := _voiced(fact, scheme))}
    if not watched:
        return
    found = influences(kind, watched)
    results = [node.id for node in kind.nodes.values() if isinstance(node.form, Star)] + [kind.tier, kind.total]
    for fact in watched:
        culprits = {_culprit(kind, id, fact, found) for id in results if fact in _costs(found.get(id, NO_INFLUENCE))}
        for culprit in sorted(culprits, key=list(kind.nodes).index):
            place, what = _spot(kind.nodes[culprit], fact, kind)
            costs = "gives less" if fact in found[culprit].lowers else "can leave it not rated"
            faults.add(place, f"{what}: more of {fact} {costs} ({VOICE}); {_mend(kind.facts[fact], scheme)}")


def _costs(influence: Influence) -> frozenset[str]:
    return influence.lowers | influence.hides


def _voiced(fact: Fact, scheme: Scheme) -> str:
    """Where a fact counts people who speak up: its record kind, or `the table`; empty where it does not, or counts late handling."""
    record = scheme.records.get(fact.source.kind) if fact.source else None
    if record is not None and fact.source is not None and record.nature == "voice":
        where = fact.source.where
        return "" if where is not None and _requires(where, record.handling_faults) else record.id
    words = [fact.id, fact.title, *(word for field in _fields_read(fact, record) for word in (field.id, field.title))]
    speaks = fact.type in COUNTED_TYPES and VOICES.found_in(*words) and not LATE.found_in(*words)
    return (fact.source.kind if fact.source else "the table") if speaks else ""


def _requires(where: Expression, wanted: tuple[str, ...]) -> bool:
    """Does a condition hold only where one of the wanted yes/no fields is yes?"""
    match where:
        case Name(id) | Compare("==", Name(id), Const(True)):
            return id in wanted
        case All(parts):
            return any(_requires(part, wanted) for part in parts)
        case Some(parts):
            return all(_requires(part, wanted) for part in parts)
        case _:
            return False


def _culprit(kind: UnitKind, id: str, fact: str, found: Mapping[str, Influence]) -> str:
    """The first node on the way up from a fact at which more of it becomes less."""
    path = [id]
    while True:
        below = (name for name in reads(kind.nodes[path[-1]]) if name in kind.nodes and name not in path)
        lowered = next((name for name in below if fact in _costs(found[name])), "")
        if not lowered:
            return path[-1]
        path.append(lowered)


def _spot(node: Node, fact: str, kind: UnitKind) -> tuple[Place, str]:
    """The node, or the veto in it that reads the fact."""
    vetoes = node.form.vetoes if isinstance(node.form, Star) else ()
    veto = next((one for one in vetoes if fact in _read_by_veto(one, kind)), None)
    return (veto.place, f"veto {veto.id}") if veto else (node.place, f"node {node.id}")


def _read_by_veto(veto: Veto, kind: UnitKind) -> set[str]:
    found, waiting = set[str](), [*(names(veto.when) if veto.when is not None else ()), *([veto.since] if veto.since else [])]
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += reads(kind.nodes[id]) if id in kind.nodes else ()
    return found


def _mend(fact: Fact, scheme: Scheme) -> str:
    record = scheme.records.get(fact.source.kind) if fact.source else None
    faults = " or ".join(record.handling_faults) if record else ""
    late = f"count with where: {faults}" if faults else "name them in handling_faults of the record kind"
    return (
        f"only late or reopened handling may cost points ({late}), or the share handled well: handled / received, "
        "beside a row {when: received == 0, give: …} no better than the whole share"
    )


# ---- work done against what came of it ---------------------------------------------------------------------------


def _outweighed(scheme: Scheme) -> Iterator[Fault]:
    for kind in scheme.kinds.values():
        weights = _Weights(kind, scheme)
        for id, node in kind.nodes.items():
            if isinstance(node.form, Star):
                done, came = weights.of(node.form.score.id)
                if done > came:
                    message = f"star {id}: {done:g} points count work done and {came:g} what came of it; give outcomes at least as much"
                    yield Fault(node.place, message)


class _Weights:
    """The full points of nodes, split into those of work done and those of what came of it."""

    def __init__(self, kind: UnitKind, scheme: Scheme) -> None:
        self.kind, self.scheme, self.reach = kind, scheme, ranges(kind, without_extra=True)
        self.natures: dict[str, frozenset[str]] = {id: self._nature(fact) for id, fact in kind.facts.items()}
        for node in kind.nodes.values():
            self.natures[node.id] = frozenset().union(*(self.natures[name] for name in reads(node)))
        self.split: dict[str, tuple[float, float]] = {}

    def _nature(self, fact: Fact) -> frozenset[str]:
        record = self.scheme.records.get(fact.source.kind) if fact.source else None
        return frozenset((record.nature if record else "figure",))

    def of(self, id: str) -> tuple[float, float]:
        """(work done, what came of it) of a fact or node."""
        if id not in self.split:
            node = self.kind.nodes.get(id)
            whole = _points(self.reach[id])
            added = node is not None and isinstance(node.form, Combine) and node.form.how in ("sum", "mean")
            self.split[id] = self._shared(node, whole) if node is not None and added else _split(self.natures[id], whole)
        return self.split[id]

    def _shared(self, node: Node, whole: float) -> tuple[float, float]:
        """The whole, shared out as its parts would have it: a part is worth its own full points times its weight."""
        assert isinstance(node.form, Combine)  # the caller has looked
        weights = node.form.weights or (1.0,) * len(node.form.parts)
        parts = [self._part(part, weight) for part, weight in zip(node.form.parts, weights, strict=True)]
        done, came = sum(part[0] for part in parts), sum(part[1] for part in parts)
        return (whole * done / (done + came), whole * came / (done + came)) if done + came else (0.0, 0.0)

    def _part(self, part: Expression, weight: float) -> tuple[float, float]:
        if isinstance(part, Name):
            done, came = self.of(part.id)
            return done * weight, came * weight
        natures = frozenset().union(*(self.natures[name] for name in names(part)))
        points = _points(of_expression(part, self.reach)) * weight if natures else 0.0
        return _split(natures, points)


def _points(reach: Range) -> float:
    """The points that can be reached; none where there is no bound."""
    return reach.high if 0 < reach.high < inf else 0.0


def _split(natures: frozenset[str], points: float) -> tuple[float, float]:
    return (points, 0.0) if "activity" in natures and natures <= {"activity", "figure"} else (0.0, points)
