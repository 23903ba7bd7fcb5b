"""How what happened was written down: by whom, when, late, twice, and put right afterwards."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.demo.calendar import SHANGHAI, days, month, next_workday
from fanxing.demo.chronicle import LABEL, last_day, years
from fanxing.demo.dice import Dice, Numbers, Truths, Whole, number_of
from fanxing.demo.life import EPOCH
from fanxing.demo.plan import Crowd, Story
from fanxing.demo.words import CORRECTION_REASON, WITHDRAWAL_REASON
from fanxing.records.actions.taking_over import PastRow
from fanxing.records.models import Record
from fanxing.scheme.model import RecordKind, Scheme

Act = Record.Act
TYPED = "typed"
# Of all records: written weeks late, with a wrong figure that is corrected later, twice and withdrawn later.
LATE, WRONG, TWICE = 0.05, 0.008, 0.006
# In the township of the flagships one village in so many enters by itself, and for the others the township's clerk does, once a week;
# elsewhere it is the other way round, so that the ledger does not fill with confirmations.
ENTERS_ITSELF = 7
# What the clerk enters is confirmed within so many days; there, what was entered on the last days still awaits that, and in the village
# whose secretary can sign in so many of the last activities.
CONFIRMED_WITHIN, STILL_AWAITED, ASKED_OF_SECRETARY = 6, 12, 3
DONE = ("activity", "outcome")
HEAD = ("row", "occurred_on", "at", "wrong", "mistaken", "twice", "changed_at", "by_clerk", "awaits", "confirmed_at", LABEL)
FRIDAY = 4
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
OPENING = (8 * 60 + 30) * MINUTE
MINUTES_OPEN = 560
# Bodies import on a working day of their own at the end of a month.
FROM_DAY, IMPORT_DAYS = 25, 4
# What came in on a day is all there a little later: the last Friday before the demo stands still.
AFTER_THE_LAST = 4


@dataclass(frozen=True)
class Written:
    """The ledgers of one kind of unit: kind of record → a table of its fields with `row` (the unit's place in the crowd),
    `occurred_on`, `at` (microseconds since 1970 in Shanghai's clock), `source`, `wrong` (the field that was mistaken at first, or
    empty), `mistaken` (its first value), `twice`, `changed_at`, `by_clerk`, `awaits` (whether what was entered did not count at
    once) and `confirmed_at` (null where it was not confirmed: it counted at once, was corrected instead, or still awaits)."""

    scheme: Scheme
    crowd: Crowd
    tables: Mapping[str, pl.DataFrame]

    def __len__(self) -> int:
        """How many rows the ledgers have in the end."""
        return sum(len(one) + _further(one) for one in self.tables.values())

    def counting(self) -> dict[str, pl.DataFrame]:
        """The tables without what still awaits confirmation."""
        return {id: one.filter(~STILL_AWAITING) for id, one in self.tables.items()}

    def with_confirmed(self, rows: Collection[int]) -> "Written":
        """The same, but nothing still awaits confirmation in some units: it was confirmed as soon as it was entered."""
        now = pl.when(STILL_AWAITING & pl.col("row").is_in(list(rows))).then(pl.col("at") + MINUTE).otherwise(pl.col("confirmed_at"))
        return replace(self, tables={id: one.with_columns(now.alias("confirmed_at")) for id, one in self.tables.items()})


# A corrected row counts: the secretary put it right.
STILL_AWAITING = pl.col("awaits") & pl.col("confirmed_at").is_null() & (pl.col("wrong") == "")


def _further(table: pl.DataFrame) -> int:
    """The rows that follow those of a table: corrections, confirmations, and what was entered twice and withdrawn."""
    return int((table["wrong"] != "").sum()) + 2 * int(table["twice"].sum()) + table["confirmed_at"].count()


def written(scheme: Scheme, crowd: Crowd, tables: Mapping[str, pl.DataFrame]) -> Written:
    """How the events of some units were entered."""
    return Written(scheme, crowd, {id: _written(scheme, crowd, scheme.records[id], table) for id, table in tables.items()})


def enters_itself(crowd: Crowd) -> Truths:
    """Whether the unit's own people type."""
    told = np.any([crowd.has(story) for story in Story], axis=0)
    seldom = crowd.dice.share("enters itself") < 1 / ENTERS_ITSELF
    return np.asarray(told | (seldom == crowd.dense) | (crowd.kind != "village"))


def _written(scheme: Scheme, crowd: Crowd, kind: RecordKind, table: pl.DataFrame) -> pl.DataFrame:
    luck = _Luck(crowd, kind, table)
    on = table["occurred_on"].cast(pl.Int32).to_numpy().astype(np.int64)
    latest = (last_day(scheme) + timedelta(days=AFTER_THE_LAST) - EPOCH).days
    lately = _still_awaited(crowd, kind, table["row"].to_numpy(), on, latest)
    by_clerk = (~enters_itself(crowd)[luck.rows] | lately) & (not kind.held_by)
    at = _imported(scheme, kind, on, luck) if kind.held_by else _typed(scheme, by_clerk, on, luck)
    at = np.minimum(at, latest * DAY + OPENING + (luck.share("last") * MINUTES_OPEN).astype(np.int64) * MINUTE)
    wrong, mistaken = _mistaken(kind, table, luck)
    twice = (luck.share("twice") < TWICE) & (not kind.held_by) & (wrong == "")
    afterwards = _workdays(scheme)(at // DAY + 1 + (luck.share("later") * 20).astype(np.int64))
    later = _moment(np.minimum(afterwards, latest), luck, "later minute")
    return table.with_columns(
        pl.Series("at", at),
        pl.Series("wrong", wrong.tolist(), pl.String),
        pl.Series("mistaken", mistaken),
        pl.Series("twice", twice),
        pl.Series("changed_at", np.maximum(later, at + 10 * MINUTE)),
        pl.Series("by_clerk", by_clerk),
        pl.Series("awaits", by_clerk & bool(kind.confirmed_by)),
        pl.Series("confirmed_at", _confirmed(scheme, kind, at, latest, luck)).set(pl.Series(~by_clerk | lately | (wrong != "")), None),
    )


def _still_awaited(crowd: Crowd, kind: RecordKind, rows: Whole, on: Whole, latest: int) -> Truths:
    """What the clerk of the flagships' township entered of late, and nobody confirmed yet."""
    if not kind.confirmed_by or kind.nature not in DONE:
        return np.zeros(len(rows), bool)
    late: Truths = crowd.dense[rows] & (on > latest - STILL_AWAITED)
    for row in np.flatnonzero(crowd.has(Story.ONE_MARK_SHORT) & crowd.dense) if kind.nature == "activity" else ():
        own = np.flatnonzero(rows == row)
        late[own[np.argsort(on[own], kind="stable")[-ASKED_OF_SECRETARY:]]] = True
    return late


def _confirmed(scheme: Scheme, kind: RecordKind, at: Whole, latest: int, luck: "_Luck") -> Whole | list[None]:
    """When the secretary confirmed what the clerk entered."""
    if not kind.confirmed_by:
        return [None] * len(at)
    soon = _workdays(scheme)(at // DAY + 1 + (luck.share("confirmed") * CONFIRMED_WITHIN).astype(np.int64))
    return np.maximum(_moment(np.minimum(soon, latest), luck, "confirmed minute"), at + 5 * MINUTE)


class _Luck:
    """Chance for each record: by its unit, and by its number among those of its kind there."""

    def __init__(self, crowd: Crowd, kind: RecordKind, table: pl.DataFrame) -> None:
        self.rows = table["row"].to_numpy()
        number = table.select(pl.int_range(pl.len()).over("row")).to_series().to_numpy().astype(np.uint64)
        self.dice = Dice(crowd.dice.seeds[self.rows] ^ np.uint64(number_of(f"written/{kind.id}")) ^ (number << np.uint64(40)))
        self.towns = crowd.towns

    def share(self, topic: str) -> Numbers:
        return self.dice.share(topic)


def _typed(scheme: Scheme, by_clerk: Truths, on: Whole, luck: _Luck) -> Whole:
    late = np.where(
        luck.share("late") < LATE,
        14 + (luck.share("days late") * 37).astype(np.int64),
        np.array((0, 0, 0, 1, 1, 2, 4))[(luck.share("soon") * 7).astype(np.int64)],
    )
    day = np.maximum(on, (date(years(scheme)[0], 1, 1) - EPOCH).days) + late
    workday = _workdays(scheme)
    own = _moment(workday(day), luck, "minute")
    # 1970-01-01 was a Thursday.
    friday = workday(day + (FRIDAY - (day + 3) % 7) % 7)
    hours = Dice(luck.towns.seeds[luck.rows] ^ friday.astype(np.uint64)).share("clerk")
    clerk = friday * DAY + OPENING + (hours * MINUTES_OPEN).astype(np.int64) * MINUTE
    return np.where(by_clerk, clerk, own)


def _imported(scheme: Scheme, kind: RecordKind, on: Whole, luck: _Luck) -> Whole:
    first = (date(years(scheme)[0], 1, 1) - EPOCH).days
    told = np.maximum(on, first)
    minute = Dice.of([kind.held_by]).share(kind.id)[0] * MINUTES_OPEN
    if kind.nature in ("figure", "judgement"):
        return _workdays(scheme)(told + 2) * DAY + OPENING + int(minute) * MINUTE
    # What is older than the ledger came with the first import; some comes a month late.
    imports = _import_days(scheme, kind.held_by)
    place = np.searchsorted(imports, told) + (luck.share("late") < LATE)
    return imports[np.minimum(place, len(imports) - 1)] * DAY + OPENING + int(minute) * MINUTE


@cache
def _import_days(scheme: Scheme, body: str) -> Whole:
    own = int(Dice.of([body]).whole("import", 0, IMPORT_DAYS - 1)[0])
    ends = [month(year, number)[FROM_DAY - 1] for year in years(scheme) for number in range(1, 13)]
    last = (last_day(scheme) + timedelta(days=AFTER_THE_LAST) - EPOCH).days
    found = [(next_workday(day + timedelta(days=own)) - EPOCH).days for day in ends]
    return np.array([min(day, last) for day in found if day <= last + IMPORT_DAYS], np.int64)


def _moment(day: Whole, luck: _Luck, topic: str) -> Whole:
    """A minute in working hours."""
    return day * DAY + OPENING + (luck.share(topic) * MINUTES_OPEN).astype(np.int64) * MINUTE


@cache
def _workday_table(first: date, last: date) -> Whole:
    return np.array([(next_workday(day) - EPOCH).days for day in days(first, last)], np.int64)


def _workdays(scheme: Scheme) -> Callable[[Whole], Whole]:
    """The first day on which offices work, on or after each of some days."""
    first, last = date(years(scheme)[0] - 10, 1, 1), date(years(scheme)[1] + 1, 12, 31)
    table, start = _workday_table(first, last), (first - EPOCH).days
    return lambda day: table[day - start]


def _mistaken(kind: RecordKind, table: pl.DataFrame, luck: _Luck) -> tuple[NDArray[Any], Numbers]:
    """The figure of each record that was mistaken at first, if any was, and what was written."""
    fields = [field for field in kind.fields if field.type in ("count", "money")]
    wrong, mistaken = np.full(len(table), "", object), np.full(len(table), np.nan)
    if kind.nature == "judgement" or not fields:
        return wrong, mistaken
    chosen = np.where(luck.share("wrong") < WRONG, (luck.share("field") * len(fields)).astype(np.int64), -1)
    for number, field in enumerate(fields):
        right = table[field.id].fill_null(float("nan")).to_numpy()
        here = (chosen == number) & ~np.isnan(right)
        slip = right * 10 if field.type == "money" else right + 1 + np.floor(luck.share("slip") * 9)
        most = field.most if field.most is not None else np.inf
        here &= (slip != right) & (slip <= most)
        wrong[here], mistaken[here] = field.id, slip[here]
    return wrong, mistaken


@dataclass(frozen=True)
class Writers:
    """Who enters: for each unit of a crowd the name of its own person and of its clerk, and the account of those who have one."""

    own: list[str]
    clerk: list[str]
    accounts: Mapping[str, str]


def past_rows(one: Written, writers: Writers, parts: Mapping[str, pl.DataFrame]) -> Iterator[PastRow]:
    """The rows of some part of the ledgers, in the order in which they were entered; the part has the tables of `Written`."""
    pending: list[tuple[int, int, PastRow, int | None]] = []
    codes = [place.code for place in one.crowd.places]
    for id, table in parts.items():
        kind = one.scheme.records[id]
        fields = [field.id for field in kind.fields]
        own, source = not kind.held_by, f"import:{kind.held_by}" if kind.held_by else TYPED
        linking = [field.id for field in kind.fields if field.type == "record"]
        heads = table.select(HEAD).iter_rows()
        for head, values in zip(heads, table.select(fields).iter_rows(), strict=True):
            row, on, at, wrong, mistaken, twice, changed_at, by_clerk, awaits, confirmed_at, label = head
            data = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
            links = {field: f"{codes[row]}/{data.pop(field)}" for field in linking if field in data}
            secretary = writers.own[row] if own else kind.held_by
            account = writers.accounts.get(codes[row], "system") if own else "system"

            def follow(moment: int, data: Mapping[str, object], act: str, of: int, reason: str = "") -> None:
                said = links if act != Act.WITHDRAWAL else {}  # noqa: B023
                told = PastRow(codes[row], id, on, data, source, _clock(moment), account, secretary, act, None, reason, links=said)  # noqa: B023
                pending.append((row, moment, told, of))  # noqa: B023

            def enter(moment: int, data: Mapping[str, object], name: str = "") -> int:
                title, by = (writers.clerk[row], "system") if by_clerk else (secretary, account)  # noqa: B023
                told = PastRow(codes[row], id, on, data, source, _clock(moment), by, title, awaits=awaits, label=name, links=links)  # noqa: B023
                pending.append((row, moment, told, None))  # noqa: B023
                return len(pending) - 1

            name = f"{codes[row]}/{label}" if label else ""
            first = enter(at, {**data, wrong: mistaken} if wrong else data, name)
            if wrong:
                follow(changed_at, data, Act.CORRECTION, first, CORRECTION_REASON)
            elif confirmed_at is not None:
                follow(confirmed_at, data, Act.CONFIRMATION, first)
            if twice:
                follow(changed_at, {}, Act.WITHDRAWAL, enter(at + MINUTE, data), WITHDRAWAL_REASON)
    yield from _in_order(pending)


def _in_order(pending: list[tuple[int, int, PastRow, int | None]]) -> Iterator[PastRow]:
    order = sorted(range(len(pending)), key=lambda number: (pending[number][0], pending[number][1]))
    place = {number: new for new, number in enumerate(order)}
    for number in order:
        row, of = pending[number][2], pending[number][3]
        if of is None:
            yield row
        else:
            yield replace(row, supersedes=place[of])


@cache
def _clock(moment: int) -> datetime:
    return datetime.combine(EPOCH, time(), SHANGHAI) + timedelta(microseconds=moment)
