"""Expressions compiled to functions over columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import itemgetter

import numpy as np

from fanxing.rating.columns import NO, YES, Column, missing, scalar
from fanxing.rating.numbers import compare, comparing, settled
from fanxing.scheme.expressions import All, Arithmetic, Call, Compare, Const, Expression, In, Name, Negative, Not, Some, Type, type_of
from fanxing.scheme.ranges import Range, of_expression

Columns = Mapping[str, Column]
Compute = Callable[[Columns], Column]
Join = Callable[[Column, Column], Column]

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
# Arrays without dimension: quicker operands than NumPy's scalars.
_YES, _NO, _ONE = np.asarray(YES), np.asarray(NO), np.asarray(1, np.int8)


@dataclass(frozen=True)
class Names:
    """What is known of the names while compiling: their types, their ranges, and the list of words (which grows)."""

    types: Mapping[str, Type]
    ranges: Mapping[str, Range]
    words: dict[str, int]

    def type_of(self, expression: Expression) -> Type:
        return type_of(expression, self.types)

    def range_of(self, expression: Expression) -> Range:
        return of_expression(expression, self.ranges)


@dataclass(frozen=True)
class Condition:
    """A condition as two masks: where it holds, and where it fails. Where neither does, it cannot be judged (if it `can_miss`)."""

    holds: Compute
    fails: Compute
    can_miss: bool

    def negated(self) -> "Condition":
        return Condition(self.fails, self.holds, self.can_miss)

    def column(self) -> Compute:
        """As a yes/no column."""
        holds, fails = self.holds, self.fails
        if not self.can_miss:
            return lambda columns: np.left_shift(holds(columns).view(np.int8), _ONE)
        return lambda columns: holds(columns).view(np.int8) - fails(columns).view(np.int8) + _ONE


def compile_expression(expression: Expression, names: Names, wanted: Type | None = None) -> Compute:
    """A function from columns to the column of the expression (a scalar, where it reads none). `wanted` types a bare `missing`."""
    match expression:
        case Const(value):
            type_ = names.type_of(expression)
            constant = scalar(value, (wanted or Type.NUMBER) if type_ is Type.MISSING else type_, names.words)
            return lambda columns: constant
        case Name(id):
            return itemgetter(id)
        case Negative(part):
            inner = compile_expression(part, names, Type.NUMBER)
            return lambda columns: -inner(columns)
        case Arithmetic():
            return _compile_arithmetic(expression, names)
        case Call(function, arguments) if function != "present":
            return _compile_call(function, arguments, names, names.type_of(expression), wanted)
        case _:
            return compile_condition(expression, names).column()


def compile_condition(expression: Expression, names: Names) -> Condition:
    """A yes/no expression as masks."""
    match expression:
        case Not(part):
            return compile_condition(part, names).negated()
        case All(parts):
            return every([compile_condition(part, names) for part in parts])
        case Some(parts):
            return every([compile_condition(part, names).negated() for part in parts]).negated()
        case Compare():
            return _compile_compare(expression, names)
        case In(part, options):
            return compile_condition(Some(tuple(Compare("==", part, option) for option in options)), names)
        case Call("present", (part,)):
            inner = compile_expression(part, names)
            return Condition(lambda columns: ~missing(inner(columns)), lambda columns: missing(inner(columns)), can_miss=False)
        case _:
            column = compile_expression(expression, names, Type.TRUTH)
            can_miss = names.range_of(expression).missing
            return Condition(lambda columns: column(columns) == _YES, lambda columns: column(columns) == _NO, can_miss)


def every(conditions: Sequence[Condition]) -> Condition:
    """All of them: no where any fails, yes where all hold."""
    holds = joined(np.bitwise_and, [condition.holds for condition in conditions])
    fails = joined(np.bitwise_or, [condition.fails for condition in conditions])
    return Condition(holds, fails, any(condition.can_miss for condition in conditions))


def joined(join: Join, computes: Sequence[Compute]) -> Compute:
    """Columns joined two by two, from the first on."""
    if len(computes) == 1:
        return computes[0]
    if len(computes) == 2:
        first, second = computes
        return lambda columns: join(first(columns), second(columns))
    return lambda columns: reduce(join, [compute(columns) for compute in computes])


def _compile_compare(expression: Compare, names: Names) -> Condition:
    op, left, right = expression.op, expression.left, expression.right
    if isinstance(left, Const) and not isinstance(right, Const):
        op, left, right = _SWAPPED[op], right, left
    can_miss = names.range_of(left).missing or names.range_of(right).missing
    return Condition(_comparison(op, left, right, names), _comparison(_OPPOSITE[op], left, right, names), can_miss)


def _comparison(op: str, left: Expression, right: Expression, names: Names) -> Compute:
    """The mask of `left op right`: no where either is missing."""
    a = compile_expression(left, names)
    if isinstance(right, Const) and isinstance(right.value, float):
        test, edge = comparing(op, right.value)
        return lambda columns: test(a(columns), edge)
    b = compile_expression(right, names)
    if names.type_of(left) in (Type.TEXT, Type.TRUTH):
        same = np.equal if op == "==" else np.not_equal
        return lambda columns: _where_both(same, a(columns), b(columns))
    return lambda columns: compare(op, a(columns), b(columns))


def _where_both(compare: Join, left: Column, right: Column) -> Column:
    return compare(left, right) & ~(missing(left) | missing(right))


def _compile_arithmetic(expression: Arithmetic, names: Names) -> Compute:
    reach = names.range_of(expression.left), names.range_of(expression.right)
    match expression.op:
        case "+":
            join = adding(np.add, *reach)
        case "-":
            join = adding(np.subtract, reach[0], reach[1].negated())
        case "*":
            join = np.multiply if names.range_of(expression).bounded else multiply
        case _:
            join = divide
    return joined(join, [compile_expression(part, names, Type.NUMBER) for part in (expression.left, expression.right)])


def adding(join: np.ufunc, of_left: Range, of_right: Range) -> Join:
    """A function for left ± right: settled where they may cancel, finite where they may overflow. The ranges are those of what is added."""
    cancels = not ((of_left.low >= 0 and of_right.low >= 0) or (of_left.high <= 0 and of_right.high <= 0))
    bounded = of_left.bounded and of_right.bounded
    if bounded and not cancels:
        return join
    size = _size(of_left, of_right)

    def add(left: Column, right: Column) -> Column:
        total = join(left, right) if bounded else finite(join(left, right))
        return settled(total, left, right, either=size(left, right)) if cancels else total

    return add


def _size(of_left: Range, of_right: Range) -> Join:
    """The size of one of two operands, that which is the easier to have."""
    if of_right.low == of_right.high:
        constant = np.asarray(abs(of_right.low))
        return lambda left, right: constant
    if of_left.low >= 0:
        return lambda left, right: left
    return lambda left, right: np.abs(left)


def multiply(left: Column, right: Column) -> Column:
    """left × right, missing where that is infinite."""
    return finite(left * right)


def divide(left: Column, right: Column) -> Column:
    """left ÷ right; missing for a zero denominator (which floats make infinite, or NaN)."""
    return finite(left / right)


def finite(values: Column) -> Column:
    """Missing instead of infinite; changed in place."""
    infinite = np.isinf(values)
    if np.count_nonzero(infinite):
        if not values.ndim:
            return np.asarray(np.nan)
        values[infinite] = np.nan
    return values


def _compile_call(function: str, arguments: Sequence[Expression], names: Names, type_: Type, wanted: Type | None) -> Compute:
    if type_ is Type.MISSING:
        type_ = wanted or Type.NUMBER
    joins: Mapping[str, Join] = {"first": first_present, "min": np.minimum, "max": np.maximum}
    return joined(joins[function], [compile_expression(argument, names, type_) for argument in arguments])


def first_present(left: Column, right: Column) -> Column:
    """left where it is there, else right."""
    return np.where(missing(left), right, left)
