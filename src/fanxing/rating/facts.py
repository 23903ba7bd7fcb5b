"""The facts table: one row a unit, one typed column a fact, every value checked at the edge."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from unicodedata import normalize

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.rating.columns import DTYPES, MAYBE, MISSING, NO_WORD, YES, Column, encode
from fanxing.scheme.expressions import Type, did_you_mean
from fanxing.scheme.model import Fact, Scheme, Value

LARGEST = 1e15
NATURAL = {"count": (0.0, LARGEST), "share": (0.0, 1.0)}
TRUE_WORDS = ("yes", "true", "是", "1")
FALSE_WORDS = ("no", "false", "否", "0")
WRITTEN = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)")
MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"


class FactsError(ValueError):
    """Facts that cannot be used: one line that names the source, the row and the column, and what would be right."""


@dataclass(frozen=True)
class Facts:
    """What comes in, for all units at once.

    units    texts: codes, unique, in the order given
    kinds    texts: the kind id of each unit (may be one that the scheme does not know)
    columns  fact id → Column (see `columns`), missing values not yet replaced
    words    what the codes of text columns stand for
    """

    units: pl.Series
    kinds: pl.Series
    columns: Mapping[str, Column]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.units)

    @classmethod
    def from_rows(cls, scheme: Scheme, rows: Sequence[Mapping[str, Value | date]]) -> "Facts":
        """Facts from rows in memory: each has `unit`, `kind` if the scheme has several, and the facts that are there."""
        facts = facts_of(scheme)
        words: dict[str, int] = {}
        columns: dict[str, Column] = {}
        for id, fact in facts.items():
            values = [row.get(id) for row in rows]
            columns[id] = np.array([encode(value, fact.value_type, words) for value in values], DTYPES[fact.value_type])
            if fact.value_type is Type.NUMBER:
                _refuse_numbers(fact, columns[id], rows)
        units = texts(str(row["unit"]) for row in rows)
        _refuse_duplicates(units, "facts", 0)
        only = next(iter(scheme.kinds))
        kinds = texts(str(row.get("kind") or only) for row in rows)
        return cls(units, kinds, columns, tuple(words))

    @classmethod
    def from_frame(cls, scheme: Scheme, frame: pl.DataFrame, source: str, first_row: int = 1, draft: Scheme | None = None) -> "Facts":
        """Facts from a table. `first_row` is the number of its first row in the source, for messages. What a `draft` reads beside is taken
        where the table has it. Raises FactsError."""
        units = _units(frame, source, first_row)
        kinds = _kinds(scheme, frame, source, first_row)
        present = kinds.unique().to_list()
        wanted = {id: fact for kind, one in scheme.kinds.items() if kind in present for id, fact in one.facts.items()}
        for id in wanted:
            if id not in frame.columns:
                raise FactsError(f'{source}: row {max(first_row - 1, 1)}: the column "{id}" is missing{did_you_mean(id, frame.columns)}')
        words: dict[str, int] = {}
        known = facts_of(scheme)
        wanted |= {id: fact for id, fact in (facts_of(draft) if draft else {}).items() if id in frame.columns and id not in known}
        columns = {id: _column(fact, frame[id], f"{source}: ", first_row, words) for id, fact in wanted.items()}
        for id, fact in known.items():
            columns.setdefault(id, np.full(len(units), MISSING[fact.value_type], DTYPES[fact.value_type]))
        return cls(units, kinds, columns, tuple(words))

    def frame(self, scheme: Scheme) -> pl.DataFrame:
        """The facts as a table that `from_frame` reads back: unit, kind, and a column a fact."""
        facts = facts_of(scheme)
        columns = [_series(id, facts[id].value_type, column, self.words) for id, column in self.columns.items()]
        return pl.DataFrame([self.units.alias("unit"), self.kinds.alias("kind"), *columns])

    def of_kind(self, kind: str) -> NDArray[np.int64]:
        """The rows of one kind of unit."""
        return np.flatnonzero((self.kinds == kind).to_numpy())

    def only(self, rows: NDArray[np.int64]) -> "Facts":
        """These rows alone."""
        columns = {id: column[rows] for id, column in self.columns.items()}
        return Facts(self.units[rows], self.kinds[rows], columns, self.words)

    def row(self, unit: str) -> int:
        """The row of a unit. Raises FactsError for a unit that is not there."""
        row = self.units.index_of(unit)
        if row is None:
            raise FactsError(f'there is no unit "{unit}" in the facts{did_you_mean(unit, self.units[:10_000].to_list())}')
        return row


def facts_of(scheme: Scheme) -> dict[str, Fact]:
    """The facts of all kinds of a scheme; one id is one column."""
    return {id: fact for kind in scheme.kinds.values() for id, fact in kind.facts.items()}


def texts(values: Iterable[str]) -> pl.Series:
    """A column of texts, none of them missing."""
    return pl.Series(list(values), dtype=pl.String)


def _units(frame: pl.DataFrame, source: str, first_row: int) -> pl.Series:
    if "unit" not in frame.columns:
        raise FactsError(f'{source}: row {max(first_row - 1, 1)}: the column "unit" is missing; it names each unit by its code')
    if not len(frame):
        raise FactsError(f'{source}: row {first_row}, column "unit": there is no unit below the header')
    column = _stripped(frame["unit"], _Where(f"{source}: ", "unit", first_row))
    if column.null_count():
        blank = _first(column.is_null().to_numpy()) or 0
        raise FactsError(f'{source}: row {first_row + blank}, column "unit": it is blank; every row needs the code of its unit')
    _refuse_duplicates(column, source, first_row)
    return column


def _refuse_duplicates(units: pl.Series, source: str, first_row: int) -> None:
    if units.n_unique() == len(units):
        return
    seen: dict[str, int] = {}
    for row, unit in enumerate(units):
        if unit in seen:
            rows = f"row {first_row + row}" if first_row else f"item {row + 1}"
            raise FactsError(
                f'{source}: {rows}, column "unit": "{unit}" is there already, in row {(first_row or 1) + seen[unit]}; a unit has one row'
            )
        seen[unit] = row


def _kinds(scheme: Scheme, frame: pl.DataFrame, source: str, first_row: int) -> pl.Series:
    only = next(iter(scheme.kinds)) if len(scheme.kinds) == 1 else None
    if "kind" not in frame.columns:
        if only is None:
            raise FactsError(f'{source}: row 1: the column "kind" is missing; this scheme has {", ".join(scheme.kinds)}')
        return pl.repeat(only, len(frame), dtype=pl.String, eager=True)
    return _stripped(frame["kind"], _Where(f"{source}: ", "kind", first_row)).fill_null(only or "")


def _column(fact: Fact, series: pl.Series, source: str, first_row: int, words: dict[str, int]) -> Column:
    where = _Where(source, fact.id, first_row)
    if fact.value_type is Type.TEXT:
        return _text(fact, series, where, words)
    if fact.value_type is Type.TRUTH:
        return _truth(series, where)
    if fact.value_type is Type.DATE:
        return _date(series, where)
    return _number(fact, series, where)


def _series(id: str, type_: Type, column: Column, words: tuple[str, ...]) -> pl.Series:
    if type_ is Type.TEXT:
        return pl.Series(id, np.array([*words, None], dtype=object)[column].tolist(), pl.String)  # a list: all may be missing
    if type_ is Type.TRUTH:
        return pl.Series(id, [None if value == MAYBE else bool(value == YES) for value in column], pl.Boolean)
    numbers = pl.Series(id, column).fill_nan(None)
    return numbers.cast(pl.Int32).cast(pl.Date) if type_ is Type.DATE else numbers


def typed_column(type_: Type, series: pl.Series, words: dict[str, int]) -> Column:
    """A series that is known to be right (it was checked when it was written down) as a column."""
    if type_ is Type.TEXT:
        return _coded(series.cast(pl.String), words)
    if type_ is Type.TRUTH:
        return _truths(series)
    if type_ is Type.DATE:
        return _days(series)
    return series.cast(pl.Float64).to_numpy()  # with NaN for what is missing


@dataclass(frozen=True)
class _Where:
    """Where a column stands, for messages."""

    source: str
    column: str
    first_row: int

    def error(self, row: int, message: str) -> FactsError:
        return FactsError(f'{self.source}row {self.first_row + row}, column "{self.column}": {message}')


def _first(where: NDArray[np.bool_]) -> int | None:
    found = np.flatnonzero(where)
    return int(found[0]) if len(found) else None


def _stripped(series: pl.Series, where: _Where) -> pl.Series:
    """Texts without surrounding blanks; a blank is missing, a whole number has no point."""
    if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object):
        raise where.error(0, f"the column holds {series.dtype}; it must hold plain values")
    if series.dtype.is_float() and ((series.abs() <= LARGEST) & (series == series.floor())).all():
        series = series.cast(pl.Int64)
    text = series.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _number(fact: Fact, series: pl.Series, where: _Where) -> Column:
    if series.dtype.is_numeric() or series.dtype == pl.Null:
        numbers, text = series.cast(pl.Float64), series
    elif series.dtype in (pl.String, pl.Categorical, pl.Enum):
        text = _stripped(series, where)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = _first((numbers.is_null() & text.is_not_null()).to_numpy())
        if wrong is not None:
            raise where.error(wrong, f'"{text[wrong]}" is not a number{_number_hint(str(text[wrong]))}')
    else:
        raise where.error(0, f"the column holds {series.dtype}; it must hold numbers")
    column = numbers.to_numpy()
    if (wrong := _out_of_reckoning(numbers, column)) is not None:
        raise where.error(
            wrong, f'"{text[wrong]}" is not a number that can be reckoned with; leave the cell blank if the figure is missing'
        )
    if (wrong := _out_of_bounds(fact, column)) is not None:
        raise where.error(wrong, _bounds_sentence(fact, float(column[wrong])))
    return column


def _out_of_reckoning(numbers: pl.Series, column: Column) -> int | None:
    """The first row with NaN, an infinity, or a number too large."""
    low, high = _ends(column)
    if max(-low, high) <= LARGEST and np.count_nonzero(np.isnan(column)) == numbers.null_count():
        return None
    return _first(numbers.is_not_null().to_numpy() & ~(np.abs(column) <= LARGEST))


def _ends(column: Column) -> tuple[float, float]:
    """The lowest and the highest value (0 where there is none)."""
    low, high = float(np.fmin.reduce(column, initial=np.nan)), float(np.fmax.reduce(column, initial=np.nan))
    return (0.0, 0.0) if isnan(low) else (low, high)


def _refuse_numbers(fact: Fact, column: Column, rows: Sequence[Mapping[str, Value | date]]) -> None:
    wrong = _first(np.isnan(column) & np.array([row.get(fact.id) is not None for row in rows], bool))
    wrong = _out_of_bounds(fact, column) if wrong is None else wrong
    if wrong is not None:
        raise FactsError(f"unit {rows[wrong]['unit']}, column {fact.id}: {_bounds_sentence(fact, rows[wrong][fact.id])}")


def _number_hint(text: str) -> str:
    plain = normalize("NFKC", text).replace(",", "").replace("−", "-")
    if not WRITTEN.fullmatch(plain.removesuffix("%")):
        return "; leave the cell blank if the figure is missing"
    return f"; write {float(plain[:-1]) / 100:g}" if plain.endswith("%") else f"; write {plain}"


def bounds(fact: Fact) -> tuple[float, float]:
    """The lowest and the highest number that a fact can be."""
    low, high = NATURAL.get(fact.type, (-LARGEST, LARGEST))
    return low if fact.least is None else max(low, fact.least), high if fact.most is None else min(high, fact.most)


def _out_of_bounds(fact: Fact, column: Column) -> int | None:
    """The first row whose number the fact cannot have."""
    low, high = bounds(fact)
    least, most = _ends(column)
    outside: NDArray[np.bool_] = np.zeros(len(column), bool) if low <= least and most <= high else (column < low) | (column > high)
    if fact.type == "count":
        outside |= np.floor(column) < column
    return _first(outside)


def _bounds_sentence(fact: Fact, value: Value | date) -> str:
    rules = {"count": "a whole number from 0 upwards", "share": "a share between 0 and 1 (0.95 for 95 %)"}
    wanted = rules.get(fact.type, "a number")
    bounds = [f"from {fact.least:g}"] if fact.least is not None else []
    bounds += [f"up to {fact.most:g}"] if fact.most is not None else []
    bounds += [f"no further from 0 than {LARGEST:g}"] if isinstance(value, float) and abs(value) > LARGEST else []
    return f"{value:g} is out of bounds; it must be {' '.join([wanted, *bounds])}"


def _truth(series: pl.Series, where: _Where) -> Column:
    if series.dtype == pl.Boolean:
        return _truths(series)
    text = _stripped(series, where).str.to_lowercase()
    wrong = _first((text.is_not_null() & ~text.is_in([*TRUE_WORDS, *FALSE_WORDS])).to_numpy())
    if wrong is not None:
        raise where.error(wrong, f'"{text[wrong]}" is neither yes nor no; write yes or no (是 or 否)')
    yes, no = text.is_in(TRUE_WORDS).fill_null(False).to_numpy(), text.is_in(FALSE_WORDS).fill_null(False).to_numpy()
    return np.where(yes, 2, np.where(no, 0, 1)).astype(np.int8)


def _date(series: pl.Series, where: _Where) -> Column:
    if series.dtype in (pl.Date, pl.Datetime):
        parsed = series.cast(pl.Date)
    else:
        text = _stripped(series, where)
        parsed = text.str.replace(MIDNIGHT, "").str.to_date("%Y-%m-%d", strict=False)
        wrong = _first((parsed.is_null() & text.is_not_null()).to_numpy())
        if wrong is not None:
            raise where.error(wrong, f'"{text[wrong]}" is not a day; write it as 2025-12-31')
    return _days(parsed)


def _text(fact: Fact, series: pl.Series, where: _Where, words: dict[str, int]) -> Column:
    text = _stripped(series, where)
    allowed = [value for value, _ in fact.choices]
    if allowed:
        wrong = _first((text.is_not_null() & ~text.is_in(allowed)).to_numpy())
        if wrong is not None:
            raise where.error(wrong, f'"{text[wrong]}" is not one of {", ".join(allowed)}')
    return _coded(text, words)


def _truths(series: pl.Series) -> Column:
    given = series.cast(pl.Float32).to_numpy()
    return np.where(np.isnan(given), MAYBE, given * YES).astype(np.int8)


def _days(series: pl.Series) -> Column:
    return series.cast(pl.Date).cast(pl.Int32).cast(pl.Float64).to_numpy()


def _coded(text: pl.Series, words: dict[str, int]) -> Column:
    values = text.to_list()
    for word in sorted({*values} - {None}):
        words.setdefault(word, len(words))
    return np.fromiter((NO_WORD if value is None else words[value] for value in values), np.int32, len(values))
