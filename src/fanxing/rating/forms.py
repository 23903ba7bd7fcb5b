"""The forms of a node compiled to functions over columns."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

import numpy as np

from fanxing.rating import tables
from fanxing.rating.changes import Change, after, changed, clipping, filling
from fanxing.rating.columns import DTYPES, Column, encode, scalar
from fanxing.rating.combining import combining
from fanxing.rating.evaluate import Columns, Compute, Condition, Names, adding, compile_condition, compile_expression, every, finite
from fanxing.rating.grids import Grid, before_rounding, is_on
from fanxing.rating.lines import lines_through
from fanxing.rating.numbers import rounding, whole_below
from fanxing.rating.terms import in_force
from fanxing.scheme.expressions import Compare, Const, Expression, Name, Type
from fanxing.scheme.model import Adjust, Adjustment, Choose, Combine, Each, Form, Formula, Node, Rank, Scale, Star, Steps, Value, Veto
from fanxing.scheme.ranges import ANYTHING, Range, adjusting, of_form

TODAY = ""  # the name of the day of rating among the columns


class Compiler:
    """Compiles the nodes of one kind of unit."""

    def __init__(self, names: Names, grids: Mapping[str, Grid]) -> None:
        self.names, self.grids = names, grids

    def node(self, node: Node) -> Compute:
        """The function of a node (of any form but `rank`) with its tail."""
        type_ = self.names.types[node.id]
        tail = self.tail(node, type_)

        def fill(values: Iterable[Value]) -> Column:
            return changed(np.array([encode(value, type_, self.names.words) for value in values], DTYPES[type_]), tail)

        match node.form:
            case Steps():
                return self._steps(node.form, fill)
            case Choose() if tables.fits(node.form):
                return tables.of_choose(node.form, [self.condition(row.when) for row in node.form.rows if row.when is not None], fill)
        return after(self._form(node.form, type_), tail)

    def tail(self, node: Node, type_: Type) -> list[Change]:
        """`least`, `most`, `round`, `if_missing`, in this order, each only where it can matter."""
        reach, known = of_form(node.form, self.names.ranges), self.names.ranges[node.id]
        tail = clipping(node.least, node.most, reach)
        if node.round is not None and not is_on(before_rounding(node, self.grids), node.round):
            tail.append(rounding(node.round, negative=known.low < 0))
        if node.if_missing is not None and reach.missing:
            tail.append(filling(scalar(node.if_missing, type_, self.names.words), type_, known))
        return tail

    def expression(self, expression: Expression, wanted: Type = Type.NUMBER) -> Compute:
        return compile_expression(expression, self.names, wanted)

    def condition(self, expression: Expression) -> Condition:
        return compile_condition(expression, self.names)

    def _can_miss(self, expression: Expression) -> bool:
        return self.names.range_of(expression).missing

    def _form(self, form: Form, type_: Type) -> Compute:
        match form:
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
            case Steps() | Rank():
                raise AssertionError("steps are a table; a rank needs all units at once, see `plan`")

    def _steps(self, form: Steps, fill: tables.Fill) -> Compute:
        of = self.expression(form.of)
        if self.names.type_of(form.of) is Type.NUMBER:
            return tables.of_steps(form, of, fill, can_miss=self._can_miss(form.of))
        return tables.of_words(form, of, fill, lambda word: int(encode(word, Type.TEXT, self.names.words)))

    def _each(self, form: Each) -> Compute:
        of, points, reach = self.expression(form.of), np.asarray(form.points), self.names.range_of(form.of)
        whole = form.per == 1 and isinstance(form.of, Name) and is_on(self.grids.get(form.of.id), 1.0)

        def compute(columns: Columns) -> Column:
            x = of(columns)
            x = np.maximum(x, 0.0) if reach.low < 0 else x
            given = (x if whole else whole_below(x, form.per)) * points
            return given if reach.bounded else finite(given)

        return compute

    def _scale(self, form: Scale) -> Compute:
        ends = clipping(min(form.from_), max(form.from_), self.names.range_of(form.of))
        knots = np.log(form.from_) if form.log else np.array(form.from_)
        lines = lines_through(sorted(zip(knots.tolist(), form.to, strict=True)))
        return after(self.expression(form.of), [*ends, np.log, lines] if form.log else [*ends, lines])

    def _choose(self, form: Choose, type_: Type) -> Compute:
        rows = [(None if row.when is None else self.condition(row.when), self.expression(row.give, type_)) for row in form.rows]
        absent = scalar(None, type_, self.names.words)

        def compute(columns: Columns) -> Column:
            column: Column = absent
            for when, give in reversed(rows):
                if when is None:
                    column = give(columns)
                    continue
                if when.can_miss:
                    column = np.where(when.fails(columns), column, absent)
                column = np.where(when.holds(columns), give(columns), column)
            return column

        return compute

    def _combine(self, form: Combine) -> Compute:
        reach = [self.names.range_of(part) for part in form.parts]
        if form.how == "count":
            return combining(form, [_as_number(self.condition(part)) for part in form.parts], reach)
        return combining(form, [self.expression(part) for part in form.parts], reach)

    def _adjust(self, form: Adjust) -> Compute:
        start, reach = self.expression(form.start), adjusting(form, self.names.ranges)
        steps = [self._adjustment(step, before, form.skip) for step, before in zip(form.steps, reach, strict=False)]
        return lambda columns: reduce(lambda column, step: step(columns, column), steps, start(columns))

    def _adjustment(self, step: Adjustment, before: Range, skip: bool) -> Callable[[Columns, Column], Column]:
        change, bounds = self._change(step, before), clipping(step.least, step.most, ANYTHING)
        can_be_skipped = skip and any(self._can_miss(one) for one in (step.add, step.set) if one is not None)
        when = None if step.when is None else self.condition(step.when)

        def compute(columns: Columns, column: Column) -> Column:
            after = changed(change(columns, column), bounds)
            if can_be_skipped:
                after = np.where(np.isnan(after), column, after)
            if when is None:
                return after
            if when.can_miss and not skip:
                column = np.where(when.fails(columns), column, np.nan)
            return np.where(when.holds(columns), after, column)

        return compute

    def _change(self, step: Adjustment, before: Range) -> Callable[[Columns, Column], Column]:
        """What a step makes of a column, before its bounds."""
        if step.add is not None:
            by, add = self.expression(step.add), adding(np.add, before, self.names.range_of(step.add))
            return lambda columns, column: add(column, by(columns))
        if step.set is not None:
            put = self.expression(step.set)
            return lambda columns, column: np.where(np.isnan(column), np.nan, put(columns)) if before.missing else put(columns)
        return lambda columns, column: column

    def _star(self, form: Star) -> Compute:
        passed = self.condition(Compare(">=", form.score, Const(form.pass_mark)))
        needs = [self.condition(need.when) for need in form.needs]
        vetoes = [self._veto(veto).negated() for veto in form.vetoes]
        return every([passed, *needs, *vetoes]).column()

    def _veto(self, veto: Veto) -> Condition:
        """Does the veto apply? It is undecided only where the rule says that the star then waits."""
        if veto.when is None:
            since, months = self.expression(Name(veto.since)), veto.lasts or 0
            return _decided(lambda columns: in_force(since(columns), months, float(columns[TODAY])))
        when = self.condition(veto.when)
        return _decided(when.holds) if veto.if_undecided == "no" else when


def _decided(holds: Compute) -> Condition:
    return Condition(holds, lambda columns: ~holds(columns), can_miss=False)


def _as_number(condition: Condition) -> Compute:
    """1, 0 or missing."""
    table, column = np.array([0.0, np.nan, 1.0]), condition.column()  # by NO, MAYBE, YES
    return lambda columns: table.take(column(columns))
