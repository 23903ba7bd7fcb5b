"""From records to facts: the one definition of every measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.rating.columns import DTYPES, MISSING, NO, YES, Column, days, missing
from fanxing.rating.evaluate import Compute, Names, compile_condition
from fanxing.rating.facts import Facts, facts_of, texts, typed_column
from fanxing.rating.numbers import to_digits
from fanxing.rating.terms import in_force
from fanxing.scheme.expressions import Expression, Type, names
from fanxing.scheme.model import FIELD_TYPES, PERIOD_VERBS, Fact, Period, RecordKind, Scheme, Source, UnitKind
from fanxing.scheme.ranges import ANYTHING

Rows = NDArray[np.bool_]
MONDAY = 3  # 1970-01-01 was a Thursday: this many days on, weeks begin on whole numbers


def facts_from_records(
    scheme: Scheme,
    units: Sequence[tuple[str, str]],
    records: Mapping[str, pl.DataFrame],
    as_of: date,
    counts_for: Mapping[str, str] | None = None,
) -> Facts:
    """The facts table that the records of some units give.

    units    (code, kind) in the order of the table
    records  record kind → the standing records of those units, in the order of the ledger: `unit` (code), `record` (its id),
             `occurred_on` (Date) and a column for each field of the kind (numbers Float64, yes/no Boolean, texts String, days Date)
    as_of    the day of rating; nothing that happened later counts
    counts_for  code of a unit that was merged → code of the unit for which its records count
    """
    place = {code: row for row, (code, _) in enumerate(units)}
    place |= {former: place[code] for former, code in (counts_for or {}).items()}
    words = _conditions(scheme).coded()
    tables = {id: RecordTable(scheme.records[id], frame, place, words) for id, frame in records.items() if id in scheme.records}
    kinds = np.array([kind for _, kind in units], dtype=np.str_)
    columns = {id: _fact_column(id, tables, kinds, scheme, as_of) for id in facts_of(scheme)}
    return Facts(texts(code for code, _ in units), texts(kind for _, kind in units), columns, tuple(words))


def records_behind(scheme: Scheme, fact: Fact, frame: pl.DataFrame, as_of: date) -> list[int]:
    """The ids of the records that a fact of one unit counts, in the order of the ledger. `frame`: as above, of the fact's kind,
    all its records counting for that unit."""
    source = fact.source
    if source is None or not len(frame):
        return []
    conditions = _conditions(scheme)
    table = RecordTable(scheme.records[source.kind], frame, dict.fromkeys(frame["unit"].unique(), 0), conditions.coded())
    rows = table.counted(source, conditions.of(source), scheme.period, as_of)
    if source.verb == "latest":
        rows = _latest(table, source, rows)
    elif source.field:
        rows = rows & ~missing(table.column(source.field))
    return [int(record) for record in frame["record"].to_numpy()[rows]]


def _fact_column(id: str, tables: Mapping[str, "RecordTable"], kinds: NDArray[np.str_], scheme: Scheme, as_of: date) -> Column:
    """One column for all units, each measured as its own kind of unit has it: two kinds may count a fact from different records."""
    facts = {kind.id: kind.facts[id] for kind in scheme.kinds.values() if id in kind.facts}
    measured = {fact.source: _measure(fact, tables, len(kinds), scheme, as_of) for fact in facts.values()}
    first, *others = measured.values()
    if not others:
        return first
    type_ = next(iter(facts.values())).value_type
    column: Column = np.full(len(kinds), MISSING[type_], DTYPES[type_])
    for kind, fact in facts.items():
        rows = kinds == kind
        column[rows] = measured[fact.source][rows]
    return column


def met_now(scheme: Scheme, kind: UnitKind, records: Mapping[str, pl.DataFrame], as_of: date) -> frozenset[str]:
    """Of the facts of one unit that count weeks, months or quarters, those to which the current one counts already. `records`: as
    above, of this unit (and those that merged into it) alone."""
    conditions = _conditions(scheme)
    words = conditions.coded()
    found = set()
    for fact in kind.facts.values():
        frame = records.get(fact.source.kind) if fact.source and fact.source.verb in PERIOD_VERBS else None
        if frame is None or fact.source is None:
            continue
        table = RecordTable(scheme.records[fact.source.kind], frame, dict.fromkeys(frame["unit"].unique(), 0), words)
        rows = table.counted(fact.source, conditions.of(fact.source), scheme.period, as_of)
        number, today = PERIODS[fact.source.verb], np.array([days(as_of)])
        if np.count_nonzero(number(table.day[rows]) == number(today)) >= fact.source.at_least:
            found.add(fact.id)
    return frozenset(found)


def _measure(fact: Fact, tables: Mapping[str, "RecordTable"], count: int, scheme: Scheme, as_of: date) -> Column:
    source = fact.source
    if source is None:
        return np.full(count, MISSING[fact.value_type], DTYPES[fact.value_type])
    if source.kind not in tables:
        return _over_nothing(fact, source, count)
    table = tables[source.kind]
    return VERBS[source.verb](table, source, table.counted(source, _conditions(scheme).of(source), scheme.period, as_of), count)


def _over_nothing(fact: Fact, source: Source, count: int) -> Column:
    if source.verb in ("sum", "latest"):
        return np.full(count, MISSING[fact.value_type], DTYPES[fact.value_type])
    return np.full(count, NO, np.int8) if source.verb == "any" else np.zeros(count)


@dataclass(frozen=True)
class _Where:
    """A condition on records: where it holds, and the fields it reads."""

    holds: Compute
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Conditions:
    """The conditions on the records that the facts of a scheme count, by kind of record and expression, and the words they name."""

    wheres: Mapping[tuple[str, Expression], _Where]
    words: tuple[str, ...]

    def of(self, source: Source) -> _Where | None:
        return None if source.where is None else self.wheres[source.kind, source.where]

    def coded(self) -> dict[str, int]:
        return {word: code for code, word in enumerate(self.words)}


@lru_cache(maxsize=16)
def _conditions(scheme: Scheme) -> _Conditions:
    words: dict[str, int] = {}
    wheres: dict[tuple[str, Expression], _Where] = {}
    for source in (fact.source for kind in scheme.kinds.values() for fact in kind.facts.values()):
        if source is not None and (where := source.where) is not None and (source.kind, where) not in wheres:
            counted = scheme.records[source.kind]
            fields = {one.id: FIELD_TYPES[one.type] for one in (*counted.fields, *counted.promised)}
            types = {**fields, "occurred_on": Type.DATE}
            compiled = compile_condition(where, Names(types, dict.fromkeys(types, ANYTHING), words))
            wheres[source.kind, where] = _Where(compiled.holds, names(where))
    return _Conditions(wheres, tuple(words))


@dataclass
class RecordTable:
    """The records of one kind as columns. `place` maps a unit's code to its row in the facts; `words` grows with the texts met."""

    kind: RecordKind
    frame: pl.DataFrame
    place: Mapping[str, int]
    words: dict[str, int]

    @cached_property
    def unit(self) -> NDArray[np.int64]:
        return np.fromiter(map(self.place.__getitem__, self.frame["unit"].to_list()), np.int64, len(self.frame))

    @cached_property
    def day(self) -> Column:
        return self.frame["occurred_on"].cast(pl.Int32).cast(pl.Float64).to_numpy()

    @cached_property
    def columns(self) -> dict[str, Column]:
        return {"occurred_on": self.day}

    def column(self, field: str) -> Column:
        """A field's column, typed once."""
        if field not in self.columns:
            one = self.kind.field(field)
            assert one is not None  # the scheme was checked
            # What dues add is reckoned from the ledger; records from elsewhere say nothing of it.
            unsaid = one in self.kind.promised and field not in self.frame.columns
            said = pl.Series(field, [None] * len(self.frame), pl.Float64) if unsaid else self.frame[field]
            self.columns[field] = typed_column(FIELD_TYPES[one.type], said, self.words)
        return self.columns[field]

    def counted(self, source: Source, where: _Where | None, period: Period | None, as_of: date) -> Rows:
        """Which records a source counts: in its window, and holding to its condition."""
        rows = self._in_window(source, period, as_of)
        return rows if where is None else rows & where.holds({field: self.column(field) for field in where.fields})

    def _in_window(self, source: Source, period: Period | None, as_of: date) -> Rows:
        today = years_before(as_of, source.years_ago)
        if source.window is not None:
            return in_force(self.day, source.window, days(today))
        assert period is not None  # the scheme was checked
        first, last = years_before(period.start, source.years_ago), min(years_before(period.end, source.years_ago), today)
        inside: Rows = (self.day >= days(first)) & (self.day <= days(last))
        return inside


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _count(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    return np.bincount(table.unit[rows], minlength=count).astype(np.float64)


def _any(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    return np.where(_count(table, source, rows, count) > 0, YES, NO)


def _sum(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    values = table.column(source.field)
    filled = rows & ~missing(values)
    total = np.bincount(table.unit[filled], weights=values[filled], minlength=count).astype(np.float64)
    return np.where(_count(table, source, filled, count) > 0, to_digits(total), np.nan)


def _latest(table: RecordTable, source: Source, rows: Rows) -> Rows:
    """Of the counted records the one of each unit with the latest day, the last entered among equals, in which the field is filled."""
    filled = np.flatnonzero(rows & ~missing(table.column(source.field)))
    order = filled[np.lexsort((filled, table.day[filled], table.unit[filled]))]
    last = np.ones(len(order), bool)
    last[:-1] = table.unit[order[1:]] != table.unit[order[:-1]]
    chosen = np.zeros(len(rows), bool)
    chosen[order[last]] = True
    return chosen


def _latest_value(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    values = table.column(source.field)
    chosen = _latest(table, source, rows)
    field = table.kind.field(source.field)
    type_ = FIELD_TYPES[field.type] if field else Type.DATE
    column: Column = np.full(count, MISSING[type_], DTYPES[type_])
    column[table.unit[chosen]] = values[chosen]
    return column


def _distinct(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    values = table.column(source.field)
    filled = rows & ~missing(values)
    _, value = np.unique(values[filled], return_inverse=True)
    return _groups(table.unit[filled], value, 1, count)


def _periods(table: RecordTable, source: Source, rows: Rows, count: int) -> Column:
    return _groups(table.unit[rows], PERIODS[source.verb](table.day[rows]), source.at_least, count)


def _week(day: Column) -> NDArray[np.int64]:
    """Weeks, which begin on Mondays, since the one of January 1970."""
    return (day.astype(np.int64) + MONDAY) // 7


def _month(day: Column) -> NDArray[np.int64]:
    """Months since January 1970."""
    return day.astype("int64").astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _quarter(day: Column) -> NDArray[np.int64]:
    """Quarters since the first of 1970."""
    return _month(day) // 3


PERIODS: Mapping[str, Callable[[Column], NDArray[np.int64]]] = {"weeks": _week, "months": _month, "quarters": _quarter}


def _groups(unit: NDArray[np.int64], value: NDArray[np.int64], at_least: int, count: int) -> Column:
    """For each unit the number of values that occur at least so many times."""
    if not len(unit):
        return np.zeros(count)
    span = int(value.max()) + 1 - (first := int(value.min()))
    keys, times = np.unique(unit * span + (value - first), return_counts=True)
    return np.bincount(keys[times >= at_least] // span, minlength=count).astype(np.float64)


VERBS: dict[str, Callable[[RecordTable, Source, Rows, int], Column]] = {
    "count": _count,
    "any": _any,
    "sum": _sum,
    "latest": _latest_value,
    "distinct": _distinct,
    **dict.fromkeys(PERIODS, _periods),
}
