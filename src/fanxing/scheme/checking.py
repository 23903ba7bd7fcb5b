"""What must hold between the parts of a scheme: names, types, order, full marks, vetoes, record kinds, cases."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from math import isfinite

from fanxing.scheme.expressions import Const, Expression, ExpressionError, Name, Type, did_you_mean, names, type_of
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import (
    PERIOD_VERBS,
    Adjust,
    Case,
    Choose,
    Combine,
    Each,
    Effort,
    Fact,
    Form,
    Formula,
    Need,
    Node,
    Period,
    Place,
    Post,
    Rank,
    RecordKind,
    Scale,
    Scheme,
    Star,
    Steps,
    UnitKind,
    Veto,
    expressions_in,
    reads,
)
from fanxing.scheme.plain_values import compared, type_of_value, unknown_words
from fanxing.scheme.point_checking import check_points
from fanxing.scheme.procedure_checking import check_procedure
from fanxing.scheme.ranges import Range, of_expression, ranges
from fanxing.scheme.record_checking import check_record_kind, counted_types
from fanxing.scheme.side_checking import check_both_sides, check_pairing, check_party_work

LONGEST_CHAIN = 200
RESULT_WORDS = ("unit", "kind", "total", "reason")


def check(scheme: Scheme, faults: Faults) -> Scheme:
    """The scheme with each kind's facts limited to those it reads and its nodes in order. Everything that does not hold becomes a fault."""
    kinds = {}
    read: set[str] = set()
    types: dict[str, Mapping[str, Type]] = {}
    for id, kind in scheme.kinds.items():
        checking = _Kind(kind, scheme, faults)
        kinds[id], types[id] = checking.checked(), checking.types
        read |= set(kinds[id].facts)
    if not faults.found:  # a name that is misspelt would be said to be unread
        _report_unread(scheme, read, faults)
    _report_unlike_facts(kinds, faults)
    checked = replace(scheme, kinds=kinds)
    for record in scheme.records.values():
        check_record_kind(record, scheme, faults)
    for procedure in scheme.procedures.values():
        check_procedure(procedure, scheme, faults)
    if scheme.points:
        check_points(scheme.points, scheme, faults)
    if scheme.both_sides:
        check_both_sides(scheme.both_sides, scheme, types, faults)
    if scheme.party_work:
        check_party_work(scheme.party_work, scheme, faults)
    if scheme.pairing:
        check_pairing(scheme.pairing, scheme, faults)
    for guide in scheme.guides:
        if not any(guide.of in kind.nodes for kind in kinds.values()):
            faults.add(guide.place, f'guide {guide.id}: no node "{guide.of}"{did_you_mean(guide.of, _all_nodes(kinds))}')
    for post in scheme.posts.values():
        _check_post(post, scheme, faults)
    for case in scheme.cases:
        if case.kind in kinds:
            _check_case(case, scheme.kinds[case.kind], faults)
    return checked


def _check_post(post: Post, scheme: Scheme, faults: Faults) -> None:
    for one in (*post.kinds, *post.establishment):
        if one not in scheme.unit_kinds:
            faults.add(post.place, f'post {post.id}: no such kind of unit "{one}"{did_you_mean(one, list(scheme.unit_kinds))}')
        elif post.kinds and one not in post.kinds:
            faults.add(post.place, f'post {post.id}: a {one} should have it, but "kinds" does not name {one}; add it there')


def _all_nodes(kinds: Mapping[str, UnitKind]) -> list[str]:
    return [id for kind in kinds.values() for id in kind.nodes]


def _report_unread(scheme: Scheme, read: set[str], faults: Faults) -> None:
    unread = {id: fact for kind in scheme.kinds.values() for id, fact in kind.facts.items() if id not in read}
    for id, fact in unread.items():
        faults.add(fact.place, f"fact {id}: no rule reads it; a fact is asked for only if it serves, so use it or leave it out")


def _report_unlike_facts(kinds: Mapping[str, UnitKind], faults: Faults) -> None:
    """One column serves all kinds, so a fact of one id is of one type and unit."""
    first: dict[str, Fact] = {}
    for kind in kinds.values():
        for id, fact in kind.facts.items():
            other = first.setdefault(id, fact)
            if (fact.type, fact.unit) != (other.type, other.unit):
                faults.add(
                    fact.place, f"fact {id}: it is {other.type} {other.unit} at {other.place}; give this one the same, or another id"
                )


class _Kind:
    """The checks within one kind of unit."""

    def __init__(self, kind: UnitKind, scheme: Scheme, faults: Faults) -> None:
        self.kind, self.scheme, self.faults = kind, scheme, faults
        self._misread = {fault.place for fault in faults.found}
        self.types: dict[str, Type] = {id: fact.value_type for id, fact in kind.facts.items()}

    def checked(self) -> UnitKind:
        kind = self.kind
        for id, node in kind.nodes.items():
            if id in kind.facts:
                self.faults.add(node.place, f"node {id}: a fact has this id too, at {kind.facts[id].place}; choose another")
        ordered = self._order()
        self.types |= {node.id: _intended_type(node.form) for node in ordered}  # for those in a cycle
        nodes = {}
        for node in ordered:
            self.types[node.id] = self._type(node)
            numeric = self.types[node.id] is Type.NUMBER
            nodes[node.id] = node if numeric else replace(node, round=None)
            self._check_tail(node, numeric)
            self._check_words(node)
        read = {name for node in ordered for name in reads(node)}
        facts = {id: fact for id, fact in kind.facts.items() if id in read}
        for fact in facts.values():
            self._check_fact(fact)
        checked = replace(kind, facts=facts, nodes=nodes)
        self._check_results(checked)
        self._check_marks(checked)
        return checked

    def _order(self) -> list[Node]:
        """The nodes so that each follows what it reads; a cycle is a fault that names its path."""
        ordered: dict[str, Node] = {}
        path: list[str] = []
        broken: set[str] = set()

        def visit(id: str) -> None:
            if id in ordered or id not in self.kind.nodes or id in broken:
                return
            if len(path) >= LONGEST_CHAIN:
                self._report_chain(self.kind.nodes[path[0]])
                broken.update(path)
                return
            if id in path:
                cycle = " → ".join([*path[path.index(id) :], id])
                self.faults.add(self.kind.nodes[id].place, f"node {id}: it depends on itself: {cycle}")
                broken.add(id)
                return
            path.append(id)
            for name in reads(self.kind.nodes[id]):
                visit(name)
            path.pop()
            ordered[id] = self.kind.nodes[id]

        for id in self.kind.nodes:
            visit(id)
        depth: dict[str, int] = {}
        for id, node in ordered.items():
            depth[id] = 1 + max((depth.get(name, 0) for name in reads(node)), default=0)
            if depth[id] == LONGEST_CHAIN + 1:
                self._report_chain(node)
        return list(ordered.values())

    def _report_chain(self, node: Node) -> None:
        self.faults.add(node.place, f"node {node.id}: it rests on more than {LONGEST_CHAIN} nodes, one on the other; take fewer steps")

    def _type(self, node: Node) -> Type:
        if isinstance(node.form, Star) and not self._conditions_hold_together(node.form):
            return Type.TRUTH
        try:
            return _type_of_form(node.form, self.types)
        except ExpressionError as error:
            if node.form != Formula(Const(None)) or node.place not in self._misread:
                self.faults.add(node.place, f"node {node.id}: {error}{self._elsewhere(node)}")
            return _intended_type(node.form)

    def _conditions_hold_together(self, star: Star) -> bool:
        """Whether a star's needs and vetoes are conditions; if not, the fault stands at their own lines."""
        before = len(self.faults.found)
        conditions: tuple[Need | Veto, ...] = (*star.needs, *star.vetoes)
        for one in conditions:
            try:
                _condition(one.when, self.types, "it")
            except ExpressionError as error:
                self.faults.add(one.place, f"{type(one).__name__.lower()} {one.id}: {error}")
        return len(self.faults.found) == before

    def _elsewhere(self, node: Node) -> str:
        """The end of a sentence on a rule that all kinds share, if it reads a name that only other kinds have."""
        for name in reads(node):
            owners = [kind.id for kind in self.scheme.kinds.values() if name in kind.facts or name in kind.nodes]
            if owners and name not in self.types:
                return f'; only kind {" and ".join(owners)} has it: write the rule under "nodes" there'
        return ""

    def _check_tail(self, node: Node, numeric: bool) -> None:
        if not numeric and (node.least is not None or node.most is not None or node.full is not None):
            self.faults.add(node.place, f"node {node.id}: least, most and full are for numbers, but it gives {self.types[node.id].value}")
        if node.least is not None and node.most is not None and node.least > node.most:
            self.faults.add(node.place, f"node {node.id}: least {node.least:g} is above most {node.most:g}")
        if node.if_missing is not None and type_of_value(node.if_missing) is not self.types[node.id]:
            self.faults.add(node.place, f"node {node.id}: if_missing must be {self.types[node.id].value}")
        if isinstance(node.form, Star):
            for veto in node.form.vetoes:
                self._check_veto(veto)

    def _check_words(self, node: Node) -> None:
        """A text compared with a fact that has choices must be one of them."""
        choices = {fact.id: dict(fact.choices) for fact in self.kind.facts.values() if fact.choices}
        pairs = [pair for expression in expressions_in(node.form) for pair in compared(expression)]
        if isinstance(node.form, Steps) and isinstance(node.form.of, Name):
            pairs += [(node.form.of.id, threshold) for threshold, _ in node.form.rows]
        for message in unknown_words(pairs, choices):
            self.faults.add(node.place, f"node {node.id}: {message}")

    def _check_veto(self, veto: Veto) -> None:
        if veto.since:
            fact = self.kind.facts.get(veto.since)
            if fact is None or fact.type != "date":
                self.faults.add(veto.place, f'veto {veto.id}: since "{veto.since}" must name a fact of type date')
            if veto.lasts is None:
                self.faults.add(veto.place, f'veto {veto.id}: "since" needs "lasts", such as lasts: 12 months')
            if veto.if_undecided:
                self.faults.add(veto.place, f'veto {veto.id}: "if_undecided" goes with "when"; without a date a "since" does not apply')
            return
        if veto.when is None or veto.lasts is None:
            return
        for name in names(veto.when):
            fact = self.kind.facts.get(name)
            if fact is not None and fact.source is not None and fact.source.window != veto.lasts:
                self.faults.add(
                    veto.place,
                    f"veto {veto.id}: it lasts {veto.lasts} months, so its fact {name} must look back as long: "
                    f"from: {{…, within: {veto.lasts} months}}",
                    harmless=True,
                )

    def _check_fact(self, fact: Fact) -> None:
        if fact.if_missing is not None and type_of_value(fact.if_missing) is not _stored(fact.value_type):
            self.faults.add(fact.place, f"fact {fact.id}: if_missing must be {fact.value_type.value} or stays")
        if isinstance(fact.if_missing, str) and not _is_value_of(fact, fact.if_missing):
            self.faults.add(fact.place, f'fact {fact.id}: if_missing "{fact.if_missing}" {_wanted(fact, fact.if_missing)}')
        if fact.choices and fact.value_type is not Type.TEXT:
            self.faults.add(fact.place, f'fact {fact.id}: "choices" are for texts')
        if fact.effort is not None:
            for message in _wrong_with_effort(fact, fact.effort, self.scheme.period):
                self.faults.add(fact.place, f"fact {fact.id}: {message}")
        if fact.source is None:
            return
        if self.scheme.period is None and not fact.source.window:
            self.faults.add(fact.place, f'fact {fact.id}: it counts records, so the scheme needs a "period" in scheme.yaml')
        kind = self.scheme.records.get(fact.source.kind)
        if kind is None:
            near = did_you_mean(fact.source.kind, list(self.scheme.records))
            self.faults.add(fact.place, f'fact {fact.id}: no record kind "{fact.source.kind}"{near}')
            return
        if not kind.kept_in(self.kind.id):
            self.faults.add(
                fact.place,
                f"fact {fact.id}: a {self.kind.id} keeps no records of kind {kind.id} (kinds: {', '.join(kind.kinds)}); "
                "add it there, or leave the fact out",
            )
        self._check_source(fact, kind)

    def _check_source(self, fact: Fact, kind: RecordKind) -> None:
        source = fact.source
        assert source is not None  # the caller has looked
        known = counted_types(kind)
        wanted = fact.value_type
        if source.field and source.field not in known:
            self.faults.add(fact.place, f'fact {fact.id}: {kind.id} has no field "{source.field}"{did_you_mean(source.field, list(known))}')
            return
        read = {source.field, *(names(source.where) if source.where is not None else ())}
        if source.years_ago and (promised := next((one.id for one in kind.promised if one.id in read), "")):
            self.faults.add(fact.place, f'fact {fact.id}: {kind.id}.{promised} is of the present period; leave "years_ago" out')
        if source.verb == "latest":
            given = known[source.field]
        elif source.verb == "any":
            given = Type.TRUTH
        else:
            given = Type.NUMBER
        if source.verb == "sum" and known[source.field] is not Type.NUMBER:
            self.faults.add(
                fact.place, f"fact {fact.id}: {source.kind}.{source.field} is {known[source.field].value}; only numbers can be summed"
            )
        if given is not wanted:
            self.faults.add(fact.place, f"fact {fact.id}: its type is {fact.type}, but {source.verb} of {source.kind} gives {given.value}")
        if source.verb in PERIOD_VERBS and fact.type not in ("count", "number"):
            self.faults.add(fact.place, f"fact {fact.id}: {source.verb} are counted, so its type is count")
        if source.where is not None:
            self._expect_truth(source.where, known, fact.place, f"fact {fact.id}: where")
            choices = {field.id: dict(field.choices) for field in kind.fields if field.choices}
            for message in unknown_words(compared(source.where), choices):
                self.faults.add(fact.place, f"fact {fact.id}: where: {message}")

    def _expect_truth(self, expression: Expression, known: Mapping[str, Type], place: Place, what: str) -> None:
        try:
            if type_of(expression, known) is not Type.TRUTH:
                self.faults.add(place, f"{what} must be a condition, such as amount > 0")
        except ExpressionError as error:
            self.faults.add(place, f"{what}: {error}")

    def _check_results(self, kind: UnitKind) -> None:
        for what, id in (("tier", kind.tier), ("total", kind.total)):
            if id and id not in kind.nodes:
                self.faults.add(kind.place, f'kind {kind.id}: {what} names no node "{id}"{did_you_mean(id, list(kind.nodes))}')
        if kind.total and self.types.get(kind.total, Type.NUMBER) is not Type.NUMBER:
            self.faults.add(kind.place, f"kind {kind.id}: total must be a number")
        for star in kind.stars:
            node = kind.nodes.get(star)
            if node is not None and not isinstance(node.form, Star):
                self.faults.add(node.place, f'star {star}: the node must have the form "star"')
            if star in RESULT_WORDS or star == "tier":
                self.faults.add(kind.place, f'star "{star}" is a word of the language; choose another id')
        for node in kind.nodes.values():
            if not node.basis:
                self.faults.add(node.place, f'node {node.id}: "basis" is missing: the document and clause, or example')

    def _check_marks(self, kind: UnitKind) -> None:
        reach, full_reach = ranges(kind), ranges(kind, without_extra=True)
        sound = set(kind.facts) - self._faulty
        for node in kind.nodes.values():
            if node.id in self._faulty or not sound.issuperset(reads(node)):
                continue  # what it can reach is not what is meant
            sound.add(node.id)
            if node.full is not None:
                self._check_full(node, full_reach[node.id] if not node.extra else reach[node.id])
            if isinstance(node.form, Star):
                self._check_star_marks(node, node.form, reach)

    @cached_property
    def _faulty(self) -> frozenset[str]:
        """The facts and nodes that have a fault so far: the last that begins at or above the fault's line."""
        rules = sorted((*self.kind.facts.values(), *self.kind.nodes.values()), key=lambda rule: _spot(rule.place))
        spots = [_spot(rule.place) for rule in rules]
        before = ((bisect_right(spots, _spot(fault.place)) - 1, fault.place) for fault in self.faults.found)
        return frozenset(rules[at].id for at, place in before if at >= 0 and rules[at].place.file == place.file)

    def _check_full(self, node: Node, reach: Range) -> None:
        what = "criterion" if node.parent else "node"
        if not isfinite(reach.high):
            self.faults.add(node.place, f'{what} "{node.id}" says full: {node.full:g}, but its parts have no upper bound; give it a most')
        elif f"{reach.high:.12g}" != f"{node.full:.12g}":
            message = f'{what} "{node.id}" says full: {node.full:g}, but its parts can reach {reach.high:g}'
            self.faults.add(node.place, message, harmless=True)

    def _check_star_marks(self, node: Node, star: Star, reach: Mapping[str, Range]) -> None:
        score = of_expression(star.score, reach)
        if score.high < star.pass_mark:
            message = f"star {node.id}: pass is {star.pass_mark:g}, but its score can reach {score.high:g} at most"
            self.faults.add(node.place, message, harmless=True)
        for veto in star.vetoes:
            if veto.when is None:
                continue
            undecidable = of_expression(veto.when, reach).missing
            if undecidable and not veto.if_undecided:
                self.faults.add(
                    veto.place,
                    f"veto {veto.id}: it cannot be judged when something it reads is missing; "
                    "say if_undecided: no (does not apply) or hold (the star waits)",
                )


def _spot(place: Place) -> tuple[str, int]:
    return place.file, place.line


def node_types(kind: UnitKind) -> dict[str, Type]:
    """The types of all facts and nodes of a checked kind."""
    types = {id: fact.value_type for id, fact in kind.facts.items()}
    for id, node in kind.nodes.items():
        types[id] = _type_of_form(node.form, types)
    return types


def _is_value_of(fact: Fact, text: str) -> bool:
    if fact.value_type is Type.DATE:
        try:
            return date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False
    return not fact.choices or text in dict(fact.choices)


def _wanted(fact: Fact, text: str) -> str:
    if fact.value_type is Type.DATE:
        return "must be a day such as 2025-12-31"
    return f"is none of its choices{did_you_mean(text, [value for value, _ in fact.choices])}"


def _stored(kind: Type) -> Type:
    return Type.TEXT if kind is Type.DATE else kind


def _intended_type(form: Form) -> Type:
    """The type a form has when its parts are right: so that one fault does not make others."""
    return Type.TRUTH if isinstance(form, Star) else Type.NUMBER


def _alike(found: Iterable[Type], what: str) -> Type:
    kinds = {kind for kind in found if kind is not Type.MISSING}
    if len(kinds) > 1:
        raise ExpressionError(f"{what} must be alike, but there are {' and '.join(sorted(kind.value for kind in kinds))}")
    if not kinds:
        raise ExpressionError(f"{what} are all missing; give a value")
    return kinds.pop()


def _number(expression: Expression, types: Mapping[str, Type], what: str) -> None:
    found = type_of(expression, types)
    if found not in (Type.NUMBER, Type.MISSING):
        raise ExpressionError(f"{what} must be a number, but it is {found.value}")


def _condition(expression: Expression | None, types: Mapping[str, Type], what: str) -> None:
    if expression is not None and type_of(expression, types) not in (Type.TRUTH, Type.MISSING):
        raise ExpressionError(f"{what} must be a condition, such as amount > 0, but it is {type_of(expression, types).value}")


def _type_of_form(form: Form, types: Mapping[str, Type]) -> Type:
    match form:
        case Steps():
            return _type_of_steps(form, types)
        case Each() | Scale():
            _number(form.of, types, '"of"')
            return Type.NUMBER
        case Choose():
            for row in form.rows:
                _condition(row.when, types, '"when"')
            return _alike((type_of(row.give, types) for row in form.rows), "the values given")
        case Formula():
            return _alike([type_of(form.of, types)], "the values")
        case Combine():
            for part in form.parts:
                if form.how == "count":
                    _condition(part, types, "a part of count")
                else:
                    _number(part, types, f"a part of {form.how}")
            return Type.NUMBER
        case Adjust():
            _number(form.start, types, '"start"')
            for step in form.steps:
                _condition(step.when, types, '"when"')
                for change in (step.add, step.set):
                    if change is not None:
                        _number(change, types, "what is added or set")
            return Type.NUMBER
        case Rank():
            _check_rank(form, types)
            return Type.NUMBER
        case Star():
            _number(form.score, types, "the score")
            for need in form.needs:
                _condition(need.when, types, "a need")
            for veto in form.vetoes:
                _condition(veto.when, types, f"veto {veto.id}")
            return Type.TRUTH


def _type_of_steps(form: Steps, types: Mapping[str, Type]) -> Type:
    of = type_of(form.of, types)
    thresholds = _alike((type_of_value(threshold) for threshold, _ in form.rows), "the thresholds")
    if of not in (Type.NUMBER, Type.TEXT) or of is not thresholds:
        raise ExpressionError(f'"of" is {of.value}, but the thresholds are {thresholds.value}')
    return _alike((type_of_value(give) for give in (*(give for _, give in form.rows), form.otherwise)), "the values given")


def _check_rank(form: Rank, types: Mapping[str, Type]) -> None:
    _number(form.of, types, '"of"')
    _condition(form.only, types, '"only"')
    for scope in form.within:
        if scope not in types:
            raise ExpressionError(f'no such name "{scope}"{did_you_mean(scope, list(types))}')
        if types[scope] is not Type.TEXT:
            raise ExpressionError(f'"within" names texts such as a county, but "{scope}" is {types[scope].value}')


def _wrong_with_effort(fact: Fact, effort: Effort, period: Period | None) -> Iterator[str]:
    if fact.type == "date":
        yield "it is a day, which no work betters; leave out its effort"
    if fact.type == "text" and not fact.choices:
        yield 'with an effort it needs "choices": the words it may become'
    if fact.source is not None and fact.source.years_ago:
        yield "it is of a year that is past, which no work betters; leave out its effort"
    if fact.value_type is not Type.NUMBER and effort.by != 1:
        yield '"by" is for numbers: the size of one step'
    if fact.type == "count" and effort.by != int(effort.by):
        yield '"by" must be a whole number, as the count is'
    if effort.due and period is None:
        yield '"due" is a day of the period, so the scheme needs a "period" in scheme.yaml'
    elif effort.due and effort.until(period) is None:
        yield f'"due" {effort.due[0]:02}-{effort.due[1]:02} is no day of the period'


def _check_case(case: Case, kind: UnitKind, faults: Faults) -> None:
    for given in case.given.values():
        for id, value in given.items():
            fact = kind.facts.get(id)
            if fact is None:
                faults.add(case.place, f'case {case.title}: no such fact "{id}"{did_you_mean(id, list(kind.facts))}')
            elif value is not None and type_of_value(value) is not _stored(fact.value_type):
                faults.add(case.place, f"case {case.title}: {id} must be {fact.value_type.value}")
            elif isinstance(value, str) and not _is_value_of(fact, value):
                faults.add(case.place, f'case {case.title}: {id} "{value}" {_wanted(fact, value)}')
    for unit, expected in case.expect.items():
        if unit not in case.given:
            faults.add(case.place, f'case {case.title}: it expects something of unit "{unit}", which is not given')
        for id in expected:
            if id not in kind.nodes:
                faults.add(case.place, f'case {case.title}: no such node "{id}"{did_you_mean(id, list(kind.nodes))}')
