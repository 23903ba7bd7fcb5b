"""Which values are whole multiples of a step already, so that rounding to it would change nothing."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd

from fanxing.scheme.expressions import Arithmetic, Call, Const, Expression, Name, Negative
from fanxing.scheme.model import Adjust, Choose, Combine, Each, Fact, Form, Formula, Node, Rank, Steps, UnitKind, Value

Grid = Fraction | None
"""All values are whole multiples of it (0: all are 0); None: nothing is known."""


def grids(kind: UnitKind) -> dict[str, Grid]:
    """The grid of every fact and node of a kind."""
    found: dict[str, Grid] = {fact.id: _fact(fact) for fact in kind.facts.values()}
    for node in kind.nodes.values():
        rounded = before_rounding(node, found)
        if node.round is not None and not is_on(rounded, node.round):
            rounded = _exact(node.round)
        found[node.id] = _common([rounded, _values(node.if_missing)])
    return found


def before_rounding(node: Node, known: Mapping[str, Grid]) -> Grid:
    """The grid of a node's form, kept within its bounds."""
    return _common([_of_form(node.form, known), _values(node.least, node.most)])


def is_on(grid: Grid, step: float) -> bool:
    """Are all values of a grid multiples of a step?"""
    return grid is not None and (grid / _exact(step)).denominator == 1


def _of_form(form: Form, known: Mapping[str, Grid]) -> Grid:
    match form:
        case Steps():
            return _values(*(give for _, give in form.rows), form.otherwise)
        case Each():
            return _exact(form.points)
        case Choose():
            return _common(_of(row.give, known) for row in form.rows)
        case Formula():
            return _of(form.of, known)
        case Combine(how="count") | Rank(as_="place"):
            return Fraction(1)
        case Combine(how="sum", weights=()) | Combine(how="lowest" | "highest"):
            return _common(_of(part, known) for part in form.parts)
        case Adjust():
            return _common([_of(form.start, known), *(_step(step.add or step.set, step.least, step.most, known) for step in form.steps)])
    return None


def _fact(fact: Fact) -> Grid:
    return _common([Fraction(1) if fact.type == "count" else None, _values(fact.if_missing)])


def _step(change: Expression | None, least: float | None, most: float | None, known: Mapping[str, Grid]) -> Grid:
    return _common([Fraction(0) if change is None else _of(change, known), _values(least, most)])


def _of(expression: Expression, known: Mapping[str, Grid]) -> Grid:
    match expression:
        case Const(value):
            return _values(value)
        case Name(id):
            return known.get(id)
        case Negative(part):
            return _of(part, known)
        case Arithmetic("+" | "-", left, right):
            return _common([_of(left, known), _of(right, known)])
        case Arithmetic("*", left, right):
            a, b = _of(left, known), _of(right, known)
            return None if a is None or b is None else a * b
        case Call("min" | "max" | "first", arguments):
            return _common(_of(argument, known) for argument in arguments)
    return None


def _values(*values: Value) -> Grid:
    return _common(_exact(value) if isinstance(value, float) else Fraction(0) for value in values)


def _exact(value: float) -> Fraction:
    return abs(Fraction(repr(value)))


def _common(grids: Iterable[Grid]) -> Grid:
    """The widest grid on which all of these stand."""
    common = Fraction(0)
    for grid in grids:
        if grid is None:
            return None
        parts = common.denominator * grid.denominator
        common = Fraction(gcd(int(common * parts), int(grid * parts)), parts)
    return common
