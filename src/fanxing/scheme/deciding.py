"""A condition held against the values of one record: three-valued, as everywhere in the language."""

from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from fanxing.scheme.expressions import All, Arithmetic, Call, Compare, Const, Expression, In, Name, Negative, Not, Some
from fanxing.scheme.model import Value

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}


def decide(condition: Expression, values: Mapping[str, Value]) -> bool | None:
    """Whether the condition holds for one record, None where what is missing decides it; days are ISO texts.

    For what a form asks, not for what scores: numbers are compared as they are, not on 12 digits.
    """
    found = value_of(condition, values)
    return found if isinstance(found, bool) else None


def value_of(expression: Expression, values: Mapping[str, Value]) -> Value:
    """What the expression says of one record or matter; None where something it needs is missing."""
    match expression:
        case Const(value):
            return value
        case Name(id):
            return values.get(id)
        case Not(part):
            found = value_of(part, values)
            return None if found is None else not found
        case All(parts):
            return _all(value_of(part, values) for part in parts)
        case Some(parts):
            found = _all(_negated(value_of(part, values)) for part in parts)
            return _negated(found)
        case In(part, options):
            found = value_of(part, values)
            return None if found is None else found in [option.value for option in options]
        case Compare(op, left, right):
            pair = value_of(left, values), value_of(right, values)
            return None if None in pair else COMPARISONS[op](*pair)
        case Negative(part):
            found = value_of(part, values)
            return None if found is None else -float(found)
        case Arithmetic(op, left, right):
            return _reckoned(op, value_of(left, values), value_of(right, values))
        case Call(function, arguments):
            return _called(function, [value_of(argument, values) for argument in arguments])


def _all(values: Iterable[Value]) -> Value:
    found = list(values)
    return False if False in found else None if None in found else True


def _negated(value: Value) -> Value:
    return None if value is None else not value


def _reckoned(op: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    one, other = float(left), float(right)
    match op:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
    return one / other if other else None


def _called(function: str, arguments: list[Value]) -> Value:
    match function:
        case "present":
            return arguments[0] is not None
        case "first":
            return next((one for one in arguments if one is not None), None)
    if None in arguments:
        return None
    numbers = [float(one) for one in arguments if one is not None]
    return min(numbers) if function == "min" else max(numbers)
