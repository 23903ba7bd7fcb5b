"""Expressions compiled to functions over columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from fanxing.rating.columns import MAYBE, YES, Column, missing, scalar
from fanxing.rating.numbers import after_cancelling, compare, compare_constant
from fanxing.scheme.expressions import All, Arithmetic, Call, Compare, Const, Expression, In, Name, Negative, Not, Some, Type, type_of
from fanxing.scheme.ranges import Range, of_expression

Columns = Mapping[str, Column]
Compute = Callable[[Columns], Column]

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


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


def compile_expression(expression: Expression, names: Names, wanted: Type | None = None) -> Compute:
    """A function from columns to the column of the expression (possibly a scalar, where it reads none). `wanted` types a bare `missing`."""
    match expression:
        case Const(value):
            type_ = names.type_of(expression)
            constant = scalar(value, (wanted or Type.NUMBER) if type_ is Type.MISSING else type_, names.words)
            return lambda columns: constant
        case Name(id):
            return lambda columns: columns[id]
        case Not(part):
            inner = compile_expression(part, names, Type.TRUTH)
            return lambda columns: YES - inner(columns)
        case All(parts) | Some(parts):
            functions = [compile_expression(part, names, Type.TRUTH) for part in parts]
            join = np.minimum if isinstance(expression, All) else np.maximum
            return lambda columns: reduce(join, [function(columns) for function in functions])
        case Compare():
            return _compile_compare(expression, names)
        case In(part, options):
            return compile_expression(Some(tuple(Compare("==", part, option) for option in options)), names)
        case Negative(part):
            inner = compile_expression(part, names, Type.NUMBER)
            return lambda columns: -inner(columns)
        case Arithmetic():
            return _compile_arithmetic(expression, names)
        case Call():
            return _compile_call(expression, names, wanted)


def truth(holds: Column, unknown: Column | None = None) -> Column:
    """Booleans as a yes/no column, MAYBE where `unknown`."""
    column = np.left_shift(holds.view(np.int8), 1)
    return column if unknown is None else np.where(unknown, MAYBE, column)


def _compile_compare(expression: Compare, names: Names) -> Compute:
    op, left, right = expression.op, expression.left, expression.right
    type_ = names.type_of(left)
    if isinstance(left, Const) and not isinstance(right, Const):
        op, left, right = _SWAPPED[op], right, left
    of_left, of_right = compile_expression(left, names), compile_expression(right, names)
    holds = _comparison(op, type_, right)
    left_can, right_can = names.range_of(left).missing, names.range_of(right).missing

    def compute(columns: Columns) -> Column:
        a, b = of_left(columns), of_right(columns)
        if left_can and right_can:
            return truth(holds(a, b), missing(a) | missing(b))
        return truth(holds(a, b), missing(a) if left_can else missing(b) if right_can else None)

    return compute


def _comparison(op: str, type_: Type, right: Expression) -> Callable[[Column, Column], Column]:
    if type_ in (Type.TEXT, Type.TRUTH):
        return np.equal if op == "==" else np.not_equal
    if isinstance(right, Const) and isinstance(right.value, float):
        with_constant = compare_constant(op, right.value)
        return lambda a, b: with_constant(a)
    return lambda a, b: compare(op, a, b)


def _compile_arithmetic(expression: Arithmetic, names: Names) -> Compute:
    left = compile_expression(expression.left, names, Type.NUMBER)
    right = compile_expression(expression.right, names, Type.NUMBER)
    a, b = names.range_of(expression.left), names.range_of(expression.right)
    bounded = a.bounded and b.bounded
    match expression.op:
        case "+":
            cancels = not ((a.low >= 0 and b.low >= 0) or (a.high <= 0 and b.high <= 0))
            return lambda columns: add([left(columns), right(columns)], cancels=cancels, bounded=bounded)
        case "-":
            return lambda columns: add([left(columns), -right(columns)], cancels=True, bounded=bounded)
        case "*":
            return lambda columns: finite(left(columns) * right(columns))
        case _:
            return lambda columns: divide(left(columns), right(columns))


def add(columns: list[Column], *, cancels: bool, bounded: bool) -> Column:
    """The sum of columns; where they may cancel, reckoned to the 12th digit of the largest. `bounded`: it cannot overflow."""
    total = np.asarray(reduce(np.add, columns))
    total = total if bounded else finite(total)
    return after_cancelling(total, reduce(np.maximum, [np.abs(column) for column in columns])) if cancels else total


def divide(left: Column, right: Column) -> Column:
    """left ÷ right; missing for a zero denominator (which floats make infinite, or NaN)."""
    return finite(left / right)


def finite(values: Column) -> Column:
    """Missing instead of infinite."""
    infinite = np.isinf(values)
    return np.where(infinite, np.nan, values) if infinite.any() else values


def _compile_call(expression: Call, names: Names, wanted: Type | None) -> Compute:
    if expression.function == "present":
        inner = compile_expression(expression.arguments[0], names)
        return lambda columns: truth(~missing(inner(columns)))
    type_ = names.type_of(expression)
    if type_ is Type.MISSING:
        type_ = wanted or Type.NUMBER
    functions = [compile_expression(argument, names, type_) for argument in expression.arguments]
    if expression.function == "first":
        return lambda columns: reduce(first_present, [function(columns) for function in functions])
    join = np.minimum if expression.function == "min" else np.maximum
    return lambda columns: reduce(join, [function(columns) for function in functions])


def first_present(left: Column, right: Column) -> Column:
    """left where it is there, else right."""
    return np.where(missing(left), right, left)
