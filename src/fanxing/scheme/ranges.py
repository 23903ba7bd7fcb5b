"""What values a node can take: bounds, and whether it can be missing. Used to check full marks and by the engine to skip needless work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from math import inf, isfinite

from fanxing.scheme.expressions import All, Arithmetic, Call, Compare, Const, Expression, In, Name, Negative, Not, Some
from fanxing.scheme.model import (
    Adjust,
    Choose,
    Combine,
    Each,
    Fact,
    Form,
    Formula,
    Node,
    Rank,
    Scale,
    Star,
    Steps,
    UnitKind,
    Value,
)


@dataclass(frozen=True)
class Range:
    """Inclusive bounds (±inf where there are none; meaningless for values that are not numbers), and `missing`: can it be missing?"""

    low: float = -inf
    high: float = inf
    missing: bool = True

    @property
    def bounded(self) -> bool:
        return isfinite(self.low) and isfinite(self.high)

    def negated(self) -> "Range":
        return Range(-self.high, -self.low, self.missing)

    def hull(self, other: "Range") -> "Range":
        return Range(min(self.low, other.low), max(self.high, other.high), self.missing or other.missing)


ANYTHING = Range()
NOTHING = Range(inf, -inf, False)
_DIGITS = Context(prec=12, rounding=ROUND_HALF_UP)


def ranges(kind: UnitKind, *, without_extra: bool = False, largest: float = inf) -> dict[str, Range]:
    """The range of every fact and node of a kind; `without_extra` counts nodes marked extra as 0. Nodes must be in order.
    `largest`: no fact is larger than that, nor smaller than the same below 0."""
    found = {fact.id: _fact(fact, largest) for fact in kind.facts.values()}
    for node in kind.nodes.values():
        reached = _tail(node, of_form(node.form, found))
        found[node.id] = Range(0.0, 0.0, reached.missing) if without_extra and node.extra else reached
    return found


def _fact(fact: Fact, largest: float) -> Range:
    low, high = {"count": (0.0, largest), "share": (0.0, 1.0)}.get(fact.type, (-largest, largest))
    low = low if fact.least is None else max(low, fact.least)
    high = high if fact.most is None else min(high, fact.most)
    reached = Range(low, high, fact.if_missing is None)
    return reached if fact.if_missing is None else reached.hull(_value(fact.if_missing))


def _value(value: Value) -> Range:
    if value is None:
        return Range(inf, -inf, True)
    number = float(value) if isinstance(value, float) else 0.0
    return Range(number, number, False)


def _tail(node: Node, reached: Range) -> Range:
    low, high = reached.low, reached.high
    if node.least is not None:
        low, high = max(low, node.least), max(high, node.least)
    if node.most is not None:
        low, high = min(low, node.most), min(high, node.most)
    if node.round is not None:
        low, high = _rounded(low, node.round), _rounded(high, node.round)
    if node.if_missing is None or not reached.missing:
        return Range(low, high, reached.missing)
    return Range(low, high, False).hull(_value(node.if_missing))


def _rounded(bound: float, step: float) -> float:
    """A bound rounded to a step, half away from zero, as the engine rounds."""
    if not isfinite(bound):
        return bound
    steps = _DIGITS.create_decimal(repr(bound)) / Decimal(repr(step))
    return float(steps.to_integral_value(ROUND_HALF_UP) * Decimal(repr(step)))


def of_expression(expression: Expression, known: Mapping[str, Range]) -> Range:
    """The range of an expression over names of known ranges."""
    match expression:
        case Const(value):
            return _value(value)
        case Name(id):
            return known.get(id, ANYTHING)
        case Not(part) | In(part, _):
            return Range(0.0, 1.0, of_expression(part, known).missing)
        case All(parts) | Some(parts):
            return Range(0.0, 1.0, any(of_expression(part, known).missing for part in parts))
        case Compare(_, left, right):
            return Range(0.0, 1.0, of_expression(left, known).missing or of_expression(right, known).missing)
        case Negative(part):
            return of_expression(part, known).negated()
        case Arithmetic(op, left, right):
            return _arithmetic(op, of_expression(left, known), of_expression(right, known))
        case Call(function, arguments):
            return _call(function, [of_expression(argument, known) for argument in arguments])


def _arithmetic(op: str, left: Range, right: Range) -> Range:
    missing = left.missing or right.missing
    if op == "+":
        return Range(left.low + right.low, left.high + right.high, missing)
    if op == "-":
        return Range(left.low - right.high, left.high - right.low, missing)
    if op == "/":
        if right.low <= 0 <= right.high:
            same_sign = left.low >= 0 and right.low >= 0
            return Range(0.0 if same_sign else -inf, inf, True)
        right = Range(1 / right.high, 1 / right.low, right.missing)
    products = [_times(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Range(min(products), max(products), missing)


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _call(function: str, arguments: list[Range]) -> Range:
    missing = any(one.missing for one in arguments)
    if function == "present":
        return Range(0.0, 1.0, False)
    if function == "min":
        return Range(min(one.low for one in arguments), min(one.high for one in arguments), missing)
    if function == "max":
        return Range(max(one.low for one in arguments), max(one.high for one in arguments), missing)
    reached = NOTHING
    for one in arguments:
        reached = reached.hull(one)
    return Range(reached.low, reached.high, all(one.missing for one in arguments))


def of_form(form: Form, known: Mapping[str, Range]) -> Range:
    """The range of a form, before its node's tail."""
    match form:
        case Steps():
            reached = _values([give for _, give in form.rows] + [form.otherwise])
            return Range(reached.low, reached.high, reached.missing or of_expression(form.of, known).missing)
        case Each():
            of = of_expression(form.of, known)
            most = (_portions(of.high, form.per) if isfinite(of.high) else inf) if form.points else 0.0
            reach = _times(most, form.points)
            return Range(min(0.0, reach), max(0.0, reach), of.missing)
        case Scale():
            return Range(min(form.to), max(form.to), of_expression(form.of, known).missing)
        case Choose():
            return _choose(form, known)
        case Formula():
            return of_expression(form.of, known)
        case Combine():
            return _combine(form, [of_expression(part, known) for part in form.parts])
        case Adjust():
            return _adjust(form, known)
        case Rank():
            return Range(0.0, 1.0, True) if form.as_ == "share" else Range(1.0, inf, True)
        case Star():
            missing = of_expression(form.score, known).missing
            return Range(0.0, 1.0, missing or any(of_expression(need.when, known).missing for need in form.needs) or _held_back(form))


def _portions(value: float, per: float) -> float:
    """How many full `per` a value holds, on 12 digits."""
    portions = _DIGITS.create_decimal(repr(value)) / Decimal(repr(per))
    return max(float(portions.to_integral_value(ROUND_FLOOR)), 0.0)


def _held_back(star: Star) -> bool:
    return any(veto.if_undecided == "hold" for veto in star.vetoes)


def _values(values: list[Value]) -> Range:
    reached = NOTHING
    for value in values:
        reached = reached.hull(_value(value))
    return reached


def _choose(form: Choose, known: Mapping[str, Range]) -> Range:
    reached = NOTHING
    undecided = form.rows[-1].when is not None
    for row in form.rows:
        reached = reached.hull(of_expression(row.give, known))
        undecided = undecided or (row.when is not None and of_expression(row.when, known).missing)
    return Range(reached.low, reached.high, reached.missing or undecided)


def _combine(form: Combine, parts: list[Range]) -> Range:
    absent = any(part.missing for part in parts)
    weights = form.weights or (1.0,) * len(parts)
    missing = absent and (form.missing == "not rated" or form.need > 0 or all(part.missing for part in parts))
    if form.missing == "zero":
        parts = [part.hull(Range(0.0, 0.0, False)) if part.missing else part for part in parts]
        missing = absent and form.need > 0
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    partial = absent and form.missing == "leave out"  # else every part is there when the whole is
    if form.how == "count":
        return Range(0.0, float(len(parts)), missing)
    if form.how == "sum":
        sums = _sum_bounds(form, parts, weights, absent)
        return Range(*sums, missing)
    if form.how == "mean" and not partial:
        total = sum(weights)
        pairs = list(zip(parts, weights, strict=True))
        return Range(sum(_times(p.low, w) for p, w in pairs) / total, sum(_times(p.high, w) for p, w in pairs) / total, missing)
    if form.how == "lowest":
        return Range(low, min(part.high for part in parts) if not partial else high, missing)
    if form.how == "highest":
        return Range(max(part.low for part in parts) if not partial else low, high, missing)
    return Range(max(low, 0.0) if form.how == "geometric" else low, high, missing or (form.how == "geometric" and low < 0))


def _sum_bounds(form: Combine, parts: list[Range], weights: tuple[float, ...], absent: bool) -> tuple[float, float]:
    if form.missing == "leave out" and absent:
        if form.weights:
            total = sum(weights)
            return _times(min(part.low for part in parts), total), _times(max(part.high for part in parts), total)
        parts = [part.hull(Range(0.0, 0.0, False)) if part.missing else part for part in parts]
    pairs = list(zip(parts, weights, strict=True))
    return sum(_times(part.low, weight) for part, weight in pairs), sum(_times(part.high, weight) for part, weight in pairs)


def _adjust(form: Adjust, known: Mapping[str, Range]) -> Range:
    return list(adjusting(form, known))[-1]


def adjusting(form: Adjust, known: Mapping[str, Range]) -> Iterator[Range]:
    """The range at the start of an adjust, and after each step."""
    reached = of_expression(form.start, known)
    yield reached
    for step in form.steps:
        after = reached
        undecided = False
        if step.add is not None:
            add = of_expression(step.add, known)
            after, undecided = Range(reached.low + add.low, reached.high + add.high, reached.missing), add.missing
        elif step.set is not None:
            put = of_expression(step.set, known)
            after, undecided = Range(put.low, put.high, reached.missing), put.missing
        low = after.low if step.least is None else max(after.low, step.least)
        high = after.high if step.most is None else min(after.high, step.most)
        after = Range(min(low, high if step.most is not None else low), max(high, low), after.missing)
        when = None if step.when is None else of_expression(step.when, known)
        undecided = undecided or (when is not None and when.missing)
        always = when is None and not (undecided and form.skip)
        reached = after if always else reached.hull(after)
        if undecided and not form.skip:
            reached = Range(reached.low, reached.high, True)
        yield reached
