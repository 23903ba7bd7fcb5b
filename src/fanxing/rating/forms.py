"""The forms of a node compiled to functions over columns; `rank`, which needs all units at once, stands apart."""

from collections.abc import Callable
from functools import reduce
from math import isinf

import numpy as np

from fanxing.rating.columns import DTYPES, NO_WORD, YES, Column, encode, missing, scalar
from fanxing.rating.evaluate import Columns, Compute, Names, add, compile_expression, finite, truth
from fanxing.rating.numbers import after_cancelling, band, compare_constant, round_to, to_digits, whole_below
from fanxing.scheme.expressions import Expression, Name, Type
from fanxing.scheme.model import Adjust, Adjustment, Choose, Combine, Each, Fact, Form, Formula, Node, Rank, Scale, Star, Steps, Value, Veto
from fanxing.scheme.ranges import Range


class Compiler:
    """Compiles the nodes of one kind of unit. `as_of` is read from the columns under the empty name (a day, for dated vetoes)."""

    def __init__(self, names: Names, facts: dict[str, Fact], on_grid: dict[str, float]) -> None:
        self.names, self.facts, self.on_grid = names, facts, on_grid

    def node(self, node: Node) -> Compute:
        """The function of a node with its tail."""
        type_ = self.names.types[node.id]
        return self.tail(node, type_, self.form(node.form, type_))

    def expression(self, expression: Expression, wanted: Type = Type.NUMBER) -> Compute:
        return compile_expression(expression, self.names, wanted)

    def can_miss(self, *expressions: Expression) -> bool:
        return any(self.names.range_of(one).missing for one in expressions)

    def tail(self, node: Node, type_: Type, compute: Compute) -> Compute:
        """`least`, `most`, `round`, `if_missing`, in this order, each only where it can matter."""
        reach = self._before_tail(node)
        steps: list[Callable[[Column], Column]] = []
        if node.least is not None and reach.low < node.least:
            least = np.float64(node.least)
            steps.append(lambda column: np.maximum(column, least))
        if node.most is not None and reach.high > node.most:
            most = np.float64(node.most)
            steps.append(lambda column: np.minimum(column, most))
        if node.round is not None and not self._is_on_grid(node):
            step, negative = node.round, self.names.ranges[node.id].low < 0
            steps.append(lambda column: round_to(column, step, negative=negative))
        if node.if_missing is not None:
            value = scalar(node.if_missing, type_, self.names.words)
            steps.append(lambda column: np.where(missing(column), value, column))
        if node.round is not None and (node.if_missing is None or _is_multiple(float(node.if_missing), node.round)):
            self.on_grid[node.id] = node.round
        if not steps:
            return compute
        return lambda columns: _through(steps, compute(columns))

    def _before_tail(self, node: Node) -> Range:
        """What the form alone can reach is not kept; only known bounds of the simplest forms spare a clip."""
        match node.form:
            case Steps(rows=rows, otherwise=otherwise):
                given = [value for value in (*(value for _, value in rows), otherwise) if isinstance(value, float)]
                return Range(min(given), max(given)) if given else Range()
            case Scale(to=to):
                return Range(min(to), max(to))
            case Each(points=points):
                return Range(low=0.0) if points > 0 else Range(high=0.0)
        return Range()

    def _is_on_grid(self, node: Node) -> bool:
        """Are the node's values multiples of its rounding step already?"""
        step = node.round or 0.0
        ends = [value for value in (node.least, node.most) if value is not None]
        match node.form:
            case Steps(rows=rows, otherwise=otherwise):
                values: list[Value] = [*ends, *(value for _, value in rows), otherwise]
            case Each(points=points):
                values = [*ends, points]
            case Combine(how="sum", weights=(), parts=parts):
                if not all(isinstance(part, Name) and self.on_grid.get(part.id) == step for part in parts):
                    return False
                values = list(ends)
            case _:
                return False
        return all(_is_multiple(value, step) for value in values if isinstance(value, float))

    def form(self, form: Form, type_: Type) -> Compute:
        match form:
            case Steps():
                return self._steps(form, type_)
            case Each():
                return self._each(form)
            case Scale():
                return self._scale(form)
            case Choose():
                return self._choose(form, type_)
            case Formula():
                return self.expression(form.of, type_)
            case Combine():
                return self._combine(form)
            case Adjust():
                return self._adjust(form)
            case Star():
                return self._star(form)
            case Rank():
                raise AssertionError("a rank is computed over all units at once, by rank()")

    def _steps(self, form: Steps, type_: Type) -> Compute:
        of = self.expression(form.of)
        if form.comparison == "equals":
            return self._equals(form, type_, of)
        above = form.comparison in ("more_than", "up_to")
        rows = sorted(form.rows)
        edges = [band(float(threshold))[1 if above else 0] for threshold, _ in rows]
        given = [value for _, value in rows]
        rising = form.comparison in ("at_least", "more_than")
        values = [form.otherwise, *given] if rising else [*given, form.otherwise]
        table: Column = np.array([encode(value, type_, self.names.words) for value in values], DTYPES[type_])
        can_miss, absent = self.can_miss(form.of), scalar(None, type_, self.names.words)

        def compute(columns: Columns) -> Column:
            x = of(columns)
            reached = reduce(np.add, [(x > edge if above else x >= edge).view(np.int8) for edge in edges])
            column = table[reached]
            return np.where(np.isnan(x), absent, column) if can_miss else column

        return compute

    def _equals(self, form: Steps, type_: Type, of: Compute) -> Compute:
        if self.names.type_of(form.of) is Type.NUMBER:
            tests = [(compare_constant("==", float(threshold)), value) for threshold, value in form.rows]
        else:
            tests = [(self._is_word(str(threshold)), value) for threshold, value in form.rows]
        rows = [(test, scalar(value, type_, self.names.words)) for test, value in tests]
        otherwise = scalar(form.otherwise, type_, self.names.words)
        can_miss, absent = self.can_miss(form.of), scalar(None, type_, self.names.words)

        def compute(columns: Columns) -> Column:
            x = of(columns)
            column = reduce(lambda column, row: np.where(row[0](x), row[1], column), rows, otherwise)
            return np.where(missing(x), absent, column) if can_miss else column

        return compute

    def _is_word(self, word: str) -> Callable[[Column], Column]:
        code = encode(word, Type.TEXT, self.names.words)
        return lambda column: column == code

    def _each(self, form: Each) -> Compute:
        of, points = self.expression(form.of), np.float64(form.points)
        negative = self.names.range_of(form.of).low < 0
        whole = form.per == 1 and self._is_whole(form.of)

        def compute(columns: Columns) -> Column:
            x = of(columns)
            x = np.maximum(x, 0.0) if negative else x
            return x * points if whole else finite(whole_below(np.asarray(x), form.per) * points)

        return compute

    def _is_whole(self, expression: Expression) -> bool:
        return isinstance(expression, Name) and expression.id in self.facts and self.facts[expression.id].type == "count"

    def _scale(self, form: Scale) -> Compute:
        of = self.expression(form.of)
        from_, to = np.array(form.from_), np.array(form.to)
        if from_[0] > from_[-1]:
            from_, to = from_[::-1], to[::-1]
        low, high = from_[0], from_[-1]
        if form.log:
            knots = np.log(from_)
            return lambda columns: between(np.log(np.minimum(np.maximum(of(columns), low), high)), knots, to)
        return lambda columns: between(np.minimum(np.maximum(of(columns), low), high), from_, to)

    def _choose(self, form: Choose, type_: Type) -> Compute:
        rows = []
        for row in form.rows:
            when = None if row.when is None else self.expression(row.when, Type.TRUTH)
            can_miss = row.when is not None and self.can_miss(row.when)
            rows.append((when, can_miss, self.expression(row.give, type_)))
        absent = scalar(None, type_, self.names.words)

        def compute(columns: Columns) -> Column:
            column: Column = absent
            for when, can_miss, give in reversed(rows):
                if when is None:
                    column = give(columns)
                    continue
                holds = when(columns)
                if can_miss:
                    column = np.where(holds == 1, absent, column)
                column = np.where(holds == YES, give(columns), column)
            return column

        return compute

    def _combine(self, form: Combine) -> Compute:
        type_ = Type.TRUTH if form.how == "count" else Type.NUMBER
        parts = [self.expression(part, type_) for part in form.parts]
        weights = [np.float64(weight) for weight in form.weights] or [np.float64(1)] * len(parts)
        if form.how == "count":
            parts = [_as_number(part) for part in parts]
        absent = self.can_miss(*form.parts)
        if not absent or (form.missing == "not rated" and not form.need):
            whole = self._whole(form, weights)
            return lambda columns: whole([part(columns) for part in parts])
        partly = _partly(form, weights)
        return lambda columns: partly([part(columns) for part in parts])

    def _whole(self, form: Combine, weights: list[np.float64]) -> Callable[[list[Column]], Column]:
        """All parts there, or missing as soon as one is."""
        total = float(sum(weights))
        reach = [self.names.range_of(part) for part in form.parts]
        cancels, bounded = any(part.low < 0 for part in reach) and form.how != "count", all(part.bounded for part in reach)
        match form.how:
            case "sum" | "count":
                return lambda columns: add(_weighted(columns, form, weights), cancels=cancels, bounded=bounded)
            case "mean":
                return lambda columns: add(_weighted(columns, form, weights), cancels=cancels, bounded=bounded) / total
            case "geometric":
                return lambda columns: geometric(columns, weights, total)
            case "lowest":
                return lambda columns: reduce(np.minimum, columns)
            case _:
                return lambda columns: reduce(np.maximum, columns)

    def _adjust(self, form: Adjust) -> Compute:
        start = self.expression(form.start)
        steps = [self._adjustment(step, form.skip) for step in form.steps]
        return lambda columns: reduce(lambda column, step: step(columns, column), steps, start(columns))

    def _adjustment(self, step: Adjustment, skip: bool) -> Callable[[Columns, Column], Column]:
        when = None if step.when is None else self.expression(step.when, Type.TRUTH)
        add_ = None if step.add is None else self.expression(step.add)
        set_ = None if step.set is None else self.expression(step.set)

        def compute(columns: Columns, before: Column) -> Column:
            after = before
            if add_ is not None:
                by = add_(columns)
                after = add([before, by], cancels=True, bounded=False)
            elif set_ is not None:
                after = np.where(np.isnan(before), np.nan, set_(columns))
            undecided = np.isnan(after)
            if step.least is not None:
                after = np.maximum(after, step.least)
            if step.most is not None:
                after = np.minimum(after, step.most)
            if when is None:
                return np.where(undecided, before, after) if skip else after
            holds = when(columns)
            applies = (holds == YES) & ~undecided if skip else holds == YES
            after = np.where(applies, after, before)
            return after if skip else np.where(holds == 1, np.nan, after)

        return compute

    def _star(self, form: Star) -> Compute:
        score, reaches = self.expression(form.score), compare_constant(">=", form.pass_mark)
        needs = [self.expression(need.when, Type.TRUTH) for need in form.needs]
        vetoes = [self._veto(veto) for veto in form.vetoes]

        def compute(columns: Columns) -> Column:
            points = score(columns)
            held = truth(reaches(points), np.isnan(points))
            held = reduce(lambda held, need: np.minimum(held, need(columns)), needs, held)
            return reduce(lambda held, veto: np.minimum(held, YES - veto(columns)), vetoes, held)

        return compute

    def _veto(self, veto: Veto) -> Compute:
        """Does the veto apply: a yes/no column, undecided only where the rule says that the star then waits."""
        if veto.when is None:
            since, lasts = self.expression(Name(veto.since)), veto.lasts or 0
            return lambda columns: truth(in_force(since(columns), lasts, columns[""]))
        when = self.expression(veto.when, Type.TRUTH)
        if veto.if_undecided == "no":
            return lambda columns: truth(when(columns) == YES)
        return when


def _through(steps: list[Callable[[Column], Column]], column: Column) -> Column:
    for step in steps:
        column = step(column)
    return column


def _is_multiple(value: float, step: float) -> bool:
    return not isinf(value) and abs(value / step - round(value / step)) < 1e-9


def _as_number(part: Compute) -> Compute:
    """A yes/no column as 1, 0 or missing."""
    table = np.array([0.0, np.nan, 1.0])
    return lambda columns: table[part(columns)]


def _weighted(columns: list[Column], form: Combine, weights: list[np.float64]) -> list[Column]:
    return [column * weight for column, weight in zip(columns, weights, strict=True)] if form.weights else columns


def between(x: Column, knots: Column, heights: Column) -> Column:
    """The height at x (within the knots) on straight lines from knot to knot."""
    rise, run = _steps_between(heights), _steps_between(knots)
    line = np.intp(0) if len(run) == 1 else np.minimum(np.searchsorted(knots, x, side="right") - 1, len(run) - 1)
    way = add([x, -knots[line]], cancels=bool(knots.any()), bounded=True)
    return add([heights[line], way * rise[line] / run[line]], cancels=bool(heights[:-1].any()), bounded=True)


def _steps_between(values: Column) -> Column:
    return after_cancelling(np.diff(values), np.maximum(np.abs(values[1:]), np.abs(values[:-1])))


def geometric(columns: list[Column], weights: list[np.float64], total: Column | float) -> Column:
    """The weighted geometric mean; 0 where a part is 0, missing where one is below 0."""
    logs = reduce(np.add, [weight * np.log(column) for column, weight in zip(columns, weights, strict=True)])
    return np.asarray(np.exp(logs / total))


def _partly(form: Combine, weights: list[np.float64]) -> Callable[[list[Column]], Column]:
    """A combination that goes on without the parts that are missing."""

    def compute(columns: list[Column]) -> Column:
        there = [~np.isnan(column) for column in columns]
        count = reduce(np.add, [one.astype(np.int32) for one in there])
        if form.missing == "zero":
            filled = [np.where(one, column, 0.0) for one, column in zip(there, columns, strict=True)]
            result, enough = _fold(form, filled, weights), count >= form.need
        elif form.missing == "leave out":
            result, enough = _fold_those_there(form, columns, there, weights), count >= max(form.need, 1)
        else:
            result, enough = _fold(form, columns, weights), count == len(columns)
        return np.where(enough, result, np.nan)

    return compute


def _fold(form: Combine, columns: list[Column], weights: list[np.float64]) -> Column:
    match form.how:
        case "sum" | "count":
            return add(_weighted(columns, form, weights), cancels=True, bounded=False)
        case "mean":
            return add(_weighted(columns, form, weights), cancels=True, bounded=False) / float(sum(weights))
        case "geometric":
            return geometric(columns, weights, float(sum(weights)))
        case "lowest":
            return reduce(np.minimum, columns)
        case _:
            return reduce(np.maximum, columns)


def _fold_those_there(form: Combine, columns: list[Column], there: list[Column], weights: list[np.float64]) -> Column:
    if form.how == "lowest":
        return reduce(np.fmin, columns)
    if form.how == "highest":
        return reduce(np.fmax, columns)
    weight_there = reduce(np.add, [one * weight for one, weight in zip(there, weights, strict=True)])
    neutral = 1.0 if form.how == "geometric" else 0.0
    filled = [np.where(one, column, neutral) for one, column in zip(there, columns, strict=True)]
    if form.how == "geometric":
        return geometric(filled, weights, weight_there)
    total = add(_weighted(filled, form, weights), cancels=True, bounded=False)
    if form.how == "mean":
        return total / weight_there
    return total * (float(sum(weights)) / weight_there) if form.weights else total


def in_force(since: Column, months: int, as_of: Column) -> Column:
    """Is `as_of` within so many months from each day? The last day of a month stands for days that a month has not."""
    known: Column = ~np.isnan(since)
    day = np.where(known, since, 0.0).astype("int64").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    until_month = month + np.timedelta64(months, "M")
    first = until_month.astype("datetime64[D]")
    length = ((until_month + np.timedelta64(1, "M")).astype("datetime64[D]") - first).astype("int64")
    until = first + np.minimum((day - month.astype("datetime64[D]")).astype("int64"), length - 1)
    today = np.asarray(as_of).astype("int64").astype("datetime64[D]")
    in_time: Column = known & (day <= today) & (today < until)
    return in_time


def rank(of: Column, scopes: list[Column], only: Column | None, *, highest: bool, share: bool) -> Column:
    """The place (or share) of each row in its scope; missing where it is not ranked."""
    ranked: Column = ~np.isnan(of)
    for scope in scopes:
        ranked &= scope != NO_WORD
    if only is not None:
        ranked &= only == YES
    rows = np.flatnonzero(ranked)
    result = np.full(len(of), np.nan)
    if not len(rows):
        return result
    value = to_digits(of[rows])
    keys = [scope[rows] for scope in scopes]
    order = np.lexsort((-value if highest else value, *keys))
    new_group = _changes(keys, order)
    new_value = new_group | _changes([value], order)
    position = np.arange(len(rows))
    start = np.maximum.accumulate(np.where(new_group, position, 0))
    first_equal = np.maximum.accumulate(np.where(new_value, position, 0))
    place = (first_equal - start + 1).astype(np.float64)
    if share:
        group = np.cumsum(new_group) - 1
        place = place / np.bincount(group)[group]
    result[rows[order]] = place
    return result


def _changes(keys: list[Column], order: Column) -> Column:
    """Where, in this order, a row differs from the one before it; always at the first."""
    changed: Column = np.zeros(len(order), bool)
    changed[0] = True
    for key in keys:
        changed[1:] |= np.diff(key[order]) != 0
    return changed
