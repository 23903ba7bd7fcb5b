"""The slow engine: row by row, in decimal arithmetic, written from docs/scheme-language.md alone; the array engine is held against it.

A value is a Decimal, a bool, a str, a date, or None for missing.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from itertools import pairwise

from fanxing.scheme import expressions as ex
from fanxing.scheme import model

Value = Decimal | bool | str | date | None
Row = dict[str, Value]

GREATEST = Decimal("1.797e308")
TWELVE_DIGITS = Context(prec=12, rounding=ROUND_HALF_UP)


def rate(scheme: model.Scheme, facts: Mapping[str, Mapping[str, model.Value]], as_of: date) -> dict[str, dict[str, Value]]:
    """Every node of every unit. `facts` maps a unit to its kind and facts; a unit of unknown kind has no values."""
    rated: dict[str, dict[str, Value]] = {unit: {} for unit in facts}
    for kind in scheme.kinds.values():
        rows = {unit: _facts(kind, given) for unit, given in facts.items() if given.get("kind") == kind.id}
        for node in kind.nodes.values():
            for unit, value in _column(node.form, rows, as_of).items():
                rows[unit][node.id] = rated[unit][node.id] = _tail(node, value)
    return rated


def _facts(kind: model.UnitKind, given: Mapping[str, model.Value]) -> Row:
    row: Row = {}
    for fact in kind.facts.values():
        value = given.get(fact.id)
        row[fact.id] = _read(fact.if_missing if value is None else value, is_date=fact.type == "date")
    return row


def _read(value: object, is_date: bool = False) -> Value:
    if is_date and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Decimal(repr(value))
    assert value is None or isinstance(value, bool | str | date)
    return value


def _column(form: model.Form, rows: Mapping[str, Row], as_of: date) -> dict[str, Value]:
    if isinstance(form, model.Rank):
        return _rank(form, rows)
    return {unit: _form(form, row, as_of) for unit, row in rows.items()}


def _tail(node: model.Node, value: Value) -> Value:
    if value is None:
        return _read(node.if_missing)
    if not _is_number(value):
        return value
    value = _clip(value, node.least, node.most)
    return value if node.round is None else _round(value, _read(node.round))


# ---- numbers -----------------------------------------------------------------------------------------------------


def _is_number(value: Value) -> bool:
    return isinstance(value, Decimal)


def _finite(number: Decimal) -> Decimal | None:
    return number if abs(number) <= GREATEST else None


def _order(left: Value, right: Value) -> int:
    """-1, 0 or 1, as left is less than, equal to or greater than right: on twelve digits if they are numbers."""
    if _is_number(left):
        left, right = TWELVE_DIGITS.plus(left), TWELVE_DIGITS.plus(right)
    return 0 if left == right else -1 if left < right else 1


def _add(numbers: Sequence[Decimal]) -> Decimal | None:
    """The sum; where less than a hundredth of its largest operand is left, to the twelfth digit of that operand."""
    total = sum(numbers, Decimal(0))
    largest = max(abs(number) for number in numbers)
    if abs(total) < largest / 100:
        twelfth_digit = Decimal(1).scaleb(largest.adjusted() - 11)
        total = total.quantize(twelfth_digit, ROUND_HALF_UP)
    return _finite(total)


def _multiply(left: Decimal, right: Decimal) -> Decimal | None:
    return _finite(left * right)


def _divide(left: Decimal, right: Decimal) -> Decimal | None:
    return None if right == 0 else _finite(left / right)


def _round(number: Decimal, step: Decimal) -> Decimal:
    steps = (TWELVE_DIGITS.plus(number) / step).to_integral_value(ROUND_HALF_UP)
    return steps * step


def _clip(number: Decimal, least: float | None, most: float | None) -> Decimal:
    if least is not None:
        number = max(number, _read(least))
    if most is not None:
        number = min(number, _read(most))
    return number


# ---- expressions -------------------------------------------------------------------------------------------------


def _value(expression: ex.Expression, row: Row) -> Value:
    match expression:
        case ex.Const(value):
            return _read(value)
        case ex.Name(id):
            return row[id]
        case ex.All(parts):
            return _all([_value(part, row) for part in parts])
        case ex.Some(parts):
            return _some([_value(part, row) for part in parts])
        case ex.Call("present", (part,)):
            return _value(part, row) is not None
        case ex.Call("first", parts):
            return next((value for part in parts if (value := _value(part, row)) is not None), None)
    operands = [_value(child, row) for child in ex.children(expression)]
    if any(operand is None for operand in operands):
        return None
    return _strict(expression, operands)


def _strict(expression: ex.Expression, operands: Sequence[Value]) -> Value:
    """An expression of which every operand is there."""
    match expression:
        case ex.Not():
            return not operands[0]
        case ex.Negative():
            return -operands[0]
        case ex.In(_, options):
            return any(_order(operands[0], _read(option.value)) == 0 for option in options)
        case ex.Compare(op):
            return _compare(op, *operands)
        case ex.Call("min"):
            return min(operands)
        case ex.Call("max"):
            return max(operands)
        case ex.Arithmetic("+"):
            return _add(operands)
        case ex.Arithmetic("-"):
            return _add([operands[0], -operands[1]])
        case ex.Arithmetic("*"):
            return _multiply(*operands)
        case ex.Arithmetic("/"):
            return _divide(*operands)
    raise AssertionError(expression)


def _compare(op: str, left: Value, right: Value) -> bool:
    if op == "==":
        return _order(left, right) == 0
    if op == "!=":
        return _order(left, right) != 0
    order = _order(left, right)
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]


def _all(values: Sequence[Value]) -> Value:
    return False if False in values else None if None in values else True


def _some(values: Sequence[Value]) -> Value:
    return True if True in values else None if None in values else False


# ---- forms -------------------------------------------------------------------------------------------------------


def _form(form: model.Form, row: Row, as_of: date) -> Value:
    match form:
        case model.Formula(of):
            return _value(of, row)
        case model.Steps():
            return _steps(form, _value(form.of, row))
        case model.Each():
            return _each(form, _value(form.of, row))
        case model.Scale():
            return _scale(form, _value(form.of, row))
        case model.Choose():
            return _choose(form, row)
        case model.Combine():
            return _combine(form, [_value(part, row) for part in form.parts])
        case model.Adjust():
            return _adjust(form, row)
        case model.Star():
            return _star(form, row, as_of)
    raise AssertionError(form)


def _steps(form: model.Steps, value: Value) -> Value:
    if value is None:
        return None
    rows = [(_read(threshold), _read(gives)) for threshold, gives in form.rows]
    if form.comparison != "equals":
        rows.sort(key=lambda row: row[0], reverse=form.comparison in ("at_least", "more_than"))
    op = {"at_least": ">=", "up_to": "<=", "more_than": ">", "below": "<", "equals": "=="}[form.comparison]
    return next((gives for threshold, gives in rows if _compare(op, value, threshold)), _read(form.otherwise))


def _each(form: model.Each, value: Value) -> Value:
    if value is None:
        return None
    full = (TWELVE_DIGITS.plus(value) / _read(form.per)).to_integral_value(ROUND_FLOOR)
    return _multiply(max(full, Decimal(0)), _read(form.points))


def _scale(form: model.Scale, value: Value) -> Value:
    if value is None:
        return None
    points = sorted((_read(from_), _read(to)) for from_, to in zip(form.from_, form.to, strict=True))
    if _order(value, points[0][0]) <= 0:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if _order(value, x1) == 0:
            return y1
        if _order(value, x1) < 0:
            return _add([y0, (y1 - y0) * _way(value, x0, x1, form.log)])
    return points[-1][1]


def _way(value: Decimal, start: Decimal, end: Decimal, log: bool) -> Decimal:
    """How much of the way from start to end a value is, from 0 to 1."""
    if log:
        value, start, end = value.ln(), start.ln(), end.ln()
    return _add([value, -start]) / (end - start)


def _choose(form: model.Choose, row: Row) -> Value:
    for choice in form.rows:
        holds = True if choice.when is None else _value(choice.when, row)
        if holds is None:
            return None
        if holds:
            return _value(choice.give, row)
    return None


def _combine(form: model.Combine, parts: Sequence[Value]) -> Value:
    there = sum(part is not None for part in parts)
    if there < form.need:
        return None
    if form.missing == "zero":
        parts = [Decimal(0) if part is None else part for part in parts]
    elif there == 0 or (there < len(parts) and form.missing == "not rated"):
        return None
    weights = [_read(weight) for weight in form.weights] or [Decimal(1)] * len(parts)
    kept = [(part, weight) for part, weight in zip(parts, weights, strict=True) if part is not None]
    values = [part for part, _ in kept]
    match form.how:
        case "count":
            return Decimal(values.count(True))
        case "lowest":
            return min(values)
        case "highest":
            return max(values)
        case "sum":
            total = _add([part * weight for part, weight in kept])
            return _spread(total, weights, [weight for _, weight in kept]) if form.weights else total
        case "mean":
            return _mean(kept)
        case "geometric":
            if any(value < 0 for value in values):
                return None
            if any(value == 0 for value in values):
                return Decimal(0)
            return _mean([(value.ln(), weight) for value, weight in kept]).exp()


def _spread(total: Decimal | None, weights: Sequence[Decimal], there: Sequence[Decimal]) -> Decimal | None:
    """A weighted sum as if the weights of the parts that are there made up the whole."""
    share = _divide(sum(weights, Decimal(0)), sum(there, Decimal(0)))
    return None if total is None or share is None else _multiply(total, share)


def _mean(kept: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    total = _add([value * weight for value, weight in kept])
    return None if total is None else _divide(total, sum((weight for _, weight in kept), Decimal(0)))


def _adjust(form: model.Adjust, row: Row) -> Value:
    value = _value(form.start, row)
    for step in form.steps:
        if value is None:
            return None
        applies = True if step.when is None else _value(step.when, row)
        if applies is False:
            continue
        changed = None if applies is None else _changed(step, value, row)
        if changed is not None:
            value = _clip(changed, step.least, step.most)
        elif not form.skip:
            return None
    return value


def _changed(step: model.Adjustment, value: Decimal, row: Row) -> Decimal | None:
    if step.set is not None:
        return _value(step.set, row)
    if step.add is None:
        return value
    added = _value(step.add, row)
    return None if added is None else _add([value, added])


def _rank(form: model.Rank, rows: Mapping[str, Row]) -> dict[str, Value]:
    """One less than the place is the number of units of the same group that are better."""
    groups: dict[tuple[Value, ...], dict[str, Value]] = {}
    for unit, row in rows.items():
        value, group = _value(form.of, row), tuple(row[one] for one in form.within)
        ranked = form.only is None or _value(form.only, row) is True
        if value is not None and None not in group and ranked:
            groups.setdefault(group, {})[unit] = value
    better = 1 if form.first == "highest" else -1
    places: dict[str, Value] = dict.fromkeys(rows)
    for values in groups.values():
        for unit, value in values.items():
            place = 1 + sum(_order(other, value) == better for other in values.values())
            places[unit] = Decimal(place) if form.as_ == "place" else Decimal(place) / len(values)
    return places


def _star(form: model.Star, row: Row, as_of: date) -> Value:
    score = _value(form.score, row)
    passed = None if score is None else _compare(">=", score, _read(form.pass_mark))
    needs = [_value(need.when, row) for need in form.needs]
    vetoes = [_applies(veto, row, as_of) for veto in form.vetoes]
    spared = [None if applies is None else not applies for applies in vetoes]
    return _all([passed, *needs, *spared])


def _applies(veto: model.Veto, row: Row, as_of: date) -> bool | None:
    if veto.since:
        since = row[veto.since]
        return since is not None and since <= as_of and (veto.lasts is None or as_of < _later(since, veto.lasts))
    applies = _value(veto.when, row)
    return False if applies is None and veto.if_undecided == "no" else applies


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
