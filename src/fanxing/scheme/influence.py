"""Which way results move when a fact grows: worked out from the rules alone, for every form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fanxing.scheme.expressions import (
    All,
    Arithmetic,
    Call,
    Compare,
    Const,
    Expression,
    In,
    Name,
    Negative,
    Not,
    Some,
    Type,
    children,
    names,
    walk,
)
from fanxing.scheme.model import (
    Adjust,
    Adjustment,
    Choice,
    Choose,
    Combine,
    Each,
    Fact,
    Form,
    Formula,
    Rank,
    Scale,
    Star,
    Steps,
    UnitKind,
    Value,
    expressions_in,
)
from fanxing.scheme.ranges import NOTHING, Range, adjusting, of_expression, ranges

Ids = frozenset[str]


@dataclass(frozen=True)
class Influence:
    """The watched facts of which more can raise a value, and those of which more can lower it (yes stands above no); those of which
    more can take the value away; and those on which it depends otherwise whether there is one: more brings it, or makes it wait for
    something else that is missing."""

    raises: Ids = frozenset()
    lowers: Ids = frozenset()
    hides: Ids = frozenset()
    stirs: Ids = frozenset()

    def __or__(self, other: "Influence") -> "Influence":
        return Influence(self.raises | other.raises, self.lowers | other.lowers, self.hides | other.hides, self.stirs | other.stirs)

    @property
    def facts(self) -> Ids:
        """The facts that move the value."""
        return self.raises | self.lowers

    @property
    def turned(self) -> "Influence":
        """The influence on something that falls as this grows."""
        return Influence(self.lowers, self.raises, self.hides, self.stirs)

    @property
    def unsure(self) -> "Influence":
        """The influence on something of which one cannot tell which way it goes."""
        return Influence(self.facts, self.facts, self.hides, self.stirs)

    @property
    def being(self) -> "Influence":
        """The influence on whether this is there, apart from what it is."""
        return Influence(hides=self.hides, stirs=self.stirs)

    @property
    def gate(self) -> "Influence":
        """The influence on something that is there or not, who knows which way, as this moves."""
        return Influence(hides=self.facts) | self.being

    @property
    def replaced(self) -> "Influence":
        """The influence where something else stands in for a value that is not there."""
        moved = self.hides | self.stirs
        return Influence(self.raises | moved, self.lowers | moved)

    def without(self, facts: Ids) -> "Influence":
        """The influence of all other facts."""
        return Influence(self.raises - facts, self.lowers - facts, self.hides - facts, self.stirs - facts)

    def along(self, values: Sequence[float]) -> "Influence":
        """The influence on what follows these values, of something that moves along them from the first to the last."""
        up, down = any(a < b for a, b in pairwise(values)), any(a > b for a, b in pairwise(values))
        return self.being | (self if up else NO_INFLUENCE) | (self.turned if down else NO_INFLUENCE)


NO_INFLUENCE = Influence()
ELSEWHERE = ""
_UPWARD, _DOWNWARD = (">", ">="), ("<", "<=")


def influences(kind: UnitKind, watched: Mapping[str, str]) -> dict[str, Influence]:
    """The influence of the watched facts on every fact and node of a kind.

    watched   fact → where it is counted: a fact divided by one counted in the same place is a rate, and what it is divided by has no
              influence; nor has it on a row for "none at all" beside such a rate, as long as the rate can reach as much
    A fact may also decide whether a value is there at all; where something stands in for it (`first`, `present`,
    parts left out, `if_missing`, a step skipped) the fact may move the result either way.
    Where the direction cannot be told a fact is taken to influence both ways. Words given by steps count as ordered: more is better
    with at_least and more_than, less with up_to and below; of the rows of a choose that gives words the first counts as the best.
    """
    return _Reading(kind, watched).found


class _Reading:
    def __init__(self, kind: UnitKind, watched: Mapping[str, str]) -> None:
        self.kind, self.watched = kind, watched
        self.ranges = ranges(kind)
        self.texts = {fact.id for fact in kind.facts.values() if fact.value_type is Type.TEXT}
        self.words: dict[str, tuple[str, ...]] = {}  # the words a node gives, the best last
        self.places: dict[str, Ids] = {}  # where what a node adds up is counted
        self.divisors: dict[str, Ids] = {}  # the facts by which rates in a node, and in the nodes it reads, divide
        self.found = {id: _itself(fact) if id in watched else NO_INFLUENCE for id, fact in kind.facts.items()}
        for node in kind.nodes.values():
            found = self._form(node.form)
            self.found[node.id] = found if node.if_missing is None else found.replaced
            self.words[node.id] = _words(node.form)
            self.texts |= {node.id} if self.words[node.id] or any(map(self._is_text, _passed_on(node.form))) else set()
            self.places[node.id] = self._node_places(node.form)
            self.divisors[node.id] = self._divisors(expressions_in(node.form))

    # ---- expressions

    def of(self, expression: Expression) -> Influence:
        match expression:
            case Name(id):
                return self.found.get(id, NO_INFLUENCE)
            case Not(part) | Negative(part):
                return self.of(part).turned
            case Compare(op, left, right):
                return self._compare(op, left, right)
            case In(part, options):
                return self._among(part, tuple(option.value for option in options))
            case Arithmetic("-", left, right):
                return self.of(left) | self.of(right).turned
            case Arithmetic("*", left, right):
                return self._scaled(left, right) | self._scaled(right, left)
            case Arithmetic("/", left, right):
                return self._divided(left, right)
            case Call("present", (part,)):
                return self.of(part).being.replaced
            case Call("first", arguments):
                return self._all(arguments) | self._all(arguments).replaced
            case All(parts) | Some(parts):
                return self._together(parts)
            case _:  # +, min, max: they follow their parts
                return self._all(children(expression))

    def _all(self, expressions: Iterable[Expression]) -> Influence:
        found = NO_INFLUENCE
        for expression in expressions:
            found |= self.of(expression)
        return found

    def _together(self, parts: Sequence[Expression]) -> Influence:
        """Conditions of which one that is missing may keep the whole waiting, or not, as another moves."""
        found = self._all(parts)
        waits = any(of_expression(part, self.ranges).missing for part in parts)
        return found | Influence(stirs=found.facts) if waits else found

    def _compare(self, op: str, left: Expression, right: Expression) -> Influence:
        if isinstance(right, Const) and op in ("==", "!="):
            same = self._among(left, (right.value,))
            return same if op == "==" else same.turned
        difference = self.of(left) | self.of(right).turned
        return difference if op in _UPWARD else difference.turned if op in _DOWNWARD else difference.unsure

    def _among(self, part: Expression, options: Sequence[Value]) -> Influence:
        """A test for the best words follows their rule, one for the worst goes against it."""
        influence = self.of(part)
        order = self.words.get(part.id, ()) if isinstance(part, Name) else (False, True) if set(options) <= {True, False} else ()
        if order and set(order[-len(options) :]) == set(options):
            return influence
        return influence.turned if order and set(order[: len(options)]) == set(options) else influence.unsure

    def _scaled(self, part: Expression, by: Expression) -> Influence:
        influence, factor = self.of(part), of_expression(by, self.ranges)
        return influence if factor.low >= 0 else influence.turned if factor.high <= 0 else influence.unsure

    def _divided(self, left: Expression, right: Expression) -> Influence:
        over, under = self.of(left), self.of(right)
        numerator, denominator = of_expression(left, self.ranges), of_expression(right, self.ranges)
        over = over if denominator.low >= 0 else over.turned if denominator.high <= 0 else over.unsure
        under = under.turned if numerator.low >= 0 else under if numerator.high <= 0 else under.unsure
        return (over | under | self._by_nothing(right)).without(self._rated(left, right))

    def _by_nothing(self, divisor: Expression) -> Influence:
        """The influence on whether something can be divided by at all."""
        reach, influence = of_expression(divisor, self.ranges), self.of(divisor)
        if not reach.low <= 0 <= reach.high:
            return NO_INFLUENCE
        return influence.gate if reach.low < 0 else Influence(hides=influence.lowers, stirs=influence.raises)

    def _rated(self, left: Expression, right: Expression) -> Ids:
        """The watched facts by which a rate divides: nothing but facts counted in the same place stands above them."""
        places = self._places(left)
        return frozenset(fact for fact in self.of(right).facts if places == {self.watched[fact]})

    def _places(self, expression: Expression) -> Ids:
        """Where the facts added up in a numerator are counted; a number that is added, or another fact, is of no place."""
        match expression:
            case Name(id) if id in self.kind.facts:
                source = self.kind.facts[id].source
                return frozenset((source.kind if source else self.watched.get(id, ELSEWHERE),))
            case Name(id):
                return self.places.get(id, frozenset((ELSEWHERE,)))
            case Arithmetic("+" | "-", left, right):
                return self._places(left) | self._places(right)
            case Arithmetic("*", Const(), part) | Arithmetic("*" | "/", part, Const()) | Negative(part):
                return self._places(part)
            case _:
                return frozenset((ELSEWHERE,))

    def _node_places(self, form: Form) -> Ids:
        adds = isinstance(form, Formula | Combine)
        return frozenset().union(*map(self._places, expressions_in(form))) if adds else frozenset((ELSEWHERE,))

    def _divisors(self, expressions: Iterable[Expression]) -> Ids:
        """The watched facts by which rates among these expressions, and in the nodes they read, divide."""
        found: Ids = frozenset()
        for expression in expressions:
            for part in walk(expression):
                if isinstance(part, Arithmetic) and part.op == "/":
                    found |= self._rated(part.left, part.right)
                elif isinstance(part, Name):
                    found |= self.divisors.get(part.id, frozenset())
        return found

    # ---- forms

    def _form(self, form: Form) -> Influence:
        match form:
            case Steps():
                return self._steps(form)
            case Each(of, points):
                return self.of(of).along((0, points))
            case Scale(of, from_, to):
                return self.of(of).along([give for _, give in sorted(zip(from_, to, strict=True))])
            case Choose(rows):
                return self._choose(rows)
            case Formula(of):
                return self.of(of)
            case Combine():
                found = self._all(form.parts)  # weights are never below 0
                below = form.how == "geometric" and any(of_expression(part, self.ranges).low < 0 for part in form.parts)
                found |= found.gate if below else NO_INFLUENCE
                return found if form.missing == "not rated" else found | found.replaced
            case Adjust():
                return self._adjust(form)
            case Rank():
                place = self.of(form.of).turned if form.first == "highest" else self.of(form.of)
                only = self.of(form.only) if form.only is not None else NO_INFLUENCE
                return place | only.unsure | only.gate
            case Star():
                vetoes = [veto.when if veto.when is not None else Name(veto.since) for veto in form.vetoes]
                found = self._together((form.score, *(need.when for need in form.needs), *map(Not, vetoes)))
                return found | self._all(vetoes).being.replaced  # what cannot be judged may not apply

    def _steps(self, form: Steps) -> Influence:
        influence = self.of(form.of)
        if None in (form.otherwise, *(give for _, give in form.rows)):
            influence |= influence.gate
        if any(map(self._is_text, _passed_on(form))):
            turned = influence.turned if form.comparison in ("up_to", "below") else influence
            return influence.unsure if form.comparison == "equals" else turned
        sizes = (_size(give) for give in self._ascending(form))
        return influence.along([size for size in sizes if size is not None])

    def _ascending(self, form: Steps) -> list[Value]:
        """What steps give as their value grows."""
        rows = dict(form.rows)
        if form.comparison == "equals":
            words = self.words.get(form.of.id, ()) if isinstance(form.of, Name) else ()
            if words and all(isinstance(threshold, str) for threshold in rows):
                return [rows.get(word, form.otherwise) for word in words]
            # beside a threshold a value gets what the others get
            return [form.otherwise, *(one for give in rows.values() for one in (give, form.otherwise))]
        gives = [give for _, give in sorted(form.rows, key=lambda row: row[0])]
        return [form.otherwise, *gives] if form.comparison in ("at_least", "more_than") else [*gives, form.otherwise]

    def _choose(self, rows: tuple[Choice, ...]) -> Influence:
        found = self._all(row.give for row in rows)
        open_ended = rows[-1].when is not None or any(row.give == Const(None) for row in rows)
        for place, row in enumerate(rows):
            if row.when is not None:
                when = self.of(row.when)
                found |= when.being | (when.gate.without(self._none_beside_rate(row.when, rows[place:])) if open_ended else NO_INFLUENCE)
                # Where a row begins to hold, what it gives stands for what those below it say: either may have to wait for something.
                if any(of_expression(one, self.ranges).missing for one in self._said_from(rows[place:])):
                    found |= Influence(stirs=when.facts)
        spans = [self._span(row.give) for row in rows]
        for place, row in enumerate(rows):
            rest = spans[place + 1 :]
            if row.when is not None and rest:
                found |= self._row(row.when, spans[place], rest, rows[place:])
        return found

    def _said_from(self, rows: tuple[Choice, ...]) -> list[Expression]:
        """What the rows give, and the conditions of all but the first."""
        return [*(row.give for row in rows), *(row.when for row in rows[1:] if row.when is not None)]

    def _row(self, when: Expression, give: Range | None, rest: Sequence[Range | None], rows: tuple[Choice, ...]) -> Influence:
        """What comes of a row that begins to hold: the value moves from that of the rows below to what the row gives."""
        when_grows = self.of(when)
        below = [one for one in rest if one is not None]
        if give is None or len(below) < len(rest):  # words: the first row counts as the best
            return when_grows.unsure if self.watched.keys() & set(names(when)) else when_grows
        low, high = min(one.low for one in below), max(one.high for one in below)
        influence = when_grows if give.high > low else NO_INFLUENCE
        influence |= when_grows.turned if give.low < high else NO_INFLUENCE
        rate_reaches_as_much = high >= give.high if none_at_all(when) else give.high >= high
        return influence.without(self._none_beside_rate(when, rows) if rate_reaches_as_much else frozenset())

    def _none_beside_rate(self, when: Expression, rows: tuple[Choice, ...]) -> Ids:
        """The fact of which a row says "none at all" (or "any at all"), if the rate that divides by it stands beside."""
        rated = rows[1:] if none_at_all(when) else rows[:1]
        fact = none_at_all(when) or none_at_all(Not(when))
        return frozenset((fact,)) if fact and fact in self._divisors(row.give for row in rated) else frozenset()

    def _span(self, give: Expression) -> Range | None:
        """Between what and what a row gives; None for words."""
        if isinstance(give, Const):
            size = _size(give.value)
            return None if isinstance(give.value, str) else NOTHING if size is None else Range(size, size)
        return None if self._is_text(give) else of_expression(give, self.ranges)

    def _is_text(self, expression: Expression) -> bool:
        match expression:
            case Const(value):
                return isinstance(value, str)
            case Name(id):
                return id in self.texts
            case Call("first", arguments):
                return any(map(self._is_text, arguments))
            case _:
                return False

    def _adjust(self, form: Adjust) -> Influence:
        found = self.of(form.start)
        for step, before in zip(form.steps, adjusting(form, self.ranges), strict=False):
            change = step.add if step.add is not None else step.set
            moved = self.of(change) if change is not None else NO_INFLUENCE
            moved |= self._step(step, before) if step.when is not None else NO_INFLUENCE
            found |= moved | moved.replaced if form.skip else moved
        return found

    def _step(self, step: Adjustment, before: Range) -> Influence:
        """What comes of a step that begins to apply to a value within a range."""
        assert step.when is not None  # the caller has looked
        when, still = self.of(step.when), Range(0.0, 0.0)
        add = of_expression(step.add, self.ranges) if step.add is not None else still
        put = of_expression(step.set, self.ranges) if step.set is not None else Range(before.high, before.low)
        up = add.high > 0 or put.high > before.low or (step.least is not None and step.least > before.low)
        down = add.low < 0 or put.low < before.high or (step.most is not None and step.most < before.high)
        found = when.being | (when if up else NO_INFLUENCE)
        return found | (when.turned if down else NO_INFLUENCE)


def _itself(fact: Fact) -> Influence:
    """A fact's influence on itself: what is read from records is there once there is one."""
    read = fact.source is not None and fact.if_missing is None
    return Influence(frozenset((fact.id,)), stirs=frozenset((fact.id,)) if read else frozenset())


def _words(form: Form) -> tuple[str, ...]:
    """The words that steps or a choose give, the best last; empty where they give something else, or a word twice."""
    match form:
        case Steps():
            gives: list[object] = [form.otherwise, *(give for _, give in reversed(form.rows))]  # the first row fits best
        case Choose(rows):
            gives = [row.give.value if isinstance(row.give, Const) else row.give for row in reversed(rows)]
        case _:
            return ()
    words = tuple(give for give in gives if isinstance(give, str))
    return words if len(words) == len(gives) == len(set(words)) else ()


def _passed_on(form: Form) -> tuple[Expression, ...]:
    """What a form gives as it stands."""
    match form:
        case Steps():
            return tuple(Const(give) for give in (form.otherwise, *(give for _, give in form.rows)))
        case Choose(rows):
            return tuple(row.give for row in rows)
        case Formula(of):
            return (of,)
        case _:
            return ()


def _size(value: Value) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)


def none_at_all(when: Expression) -> str:
    """The name of which a condition says that there is none; empty for another condition."""
    match when:
        case Not(Not(part)):
            return none_at_all(part)
        case Compare("==" | "<=", Name(id), Const(value)) | Not(Compare("!=" | ">", Name(id), Const(value))) if value == 0:
            return id
        case Compare("<", Name(id), Const(value)) | Not(Compare(">=", Name(id), Const(value))) if value == 1:
            return id
        case _:
            return ""
