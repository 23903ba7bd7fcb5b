"""How what happened was written down: by whom, when, late, twice, and put right afterwards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from fanxing.demo.calendar import SHANGHAI, month, next_workday
from fanxing.demo.chronicle import years
from fanxing.demo.life import Event
from fanxing.demo.names import TOWNSHIP
from fanxing.demo.plan import SEED, Village
from fanxing.scheme.model import RecordKind, Scheme, Value

TYPED = "typed"
CLERK = f"{TOWNSHIP[1]}经办员"
# Of all records: written weeks late, with a wrong figure that is corrected later, twice and withdrawn later.
LATE, WRONG, TWICE = 0.05, 0.012, 0.006
# Bodies import on a working day of their own of the following month.
IMPORT_DAYS = (2, 4, 5, 8, 10)
FRIDAY = 4


@dataclass(frozen=True)
class Change:
    """What became of a record later: corrected to other values, or (None) withdrawn."""

    at: datetime
    values: Mapping[str, Value] | None


@dataclass(frozen=True)
class Row:
    """One record as it came into the ledger of a village (by code). `by` is a post, or the body that imported it."""

    unit: str
    kind: str
    occurred_on: date
    values: Mapping[str, Value]
    source: str
    by: str
    at: datetime
    change: Change | None = None

    @property
    def standing(self) -> Mapping[str, Value] | None:
        """What it says in the end; None: nothing, it was withdrawn."""
        return self.change.values if self.change else self.values


def written(scheme: Scheme, village: Village, events: Iterable[Event]) -> Iterator[Row]:
    """The rows of a village's ledger, in the order of the events."""
    luck = Random(f"{SEED}/{village.code}/written")
    first = date(years(scheme)[0], 1, 1)
    for event in events:
        kind = scheme.records[event.kind]
        row = _imported(kind, village, event, first, luck) if kind.held_by else _typed(village, event, luck)
        chance = luck.random()
        if chance < WRONG and (wrong := _with_a_wrong_figure(kind, row, luck)):
            yield wrong
        else:
            yield row
        if chance > 1 - TWICE and row.source == TYPED:
            yield _once_more(row, luck)


def enters_itself(village: Village) -> bool:
    """Whether the secretary types; for the other villages the township's clerk does, once a week."""
    return village.story is not None or int(village.code) % 7 == 0


def _typed(village: Village, event: Event, luck: Random) -> Row:
    late = luck.randint(14, 50) if luck.random() < LATE else luck.choice((0, 0, 0, 1, 1, 2, 4))
    if enters_itself(village):
        at, by = _moment(next_workday(event.on, late), luck), f"{village.name}支部书记"
    else:
        at, by = _friday(event.on + timedelta(days=late)), CLERK
    return Row(village.code, event.kind, event.on, event.values, TYPED, by, at)


def _imported(kind: RecordKind, village: Village, event: Event, first: date, luck: Random) -> Row:
    months_late = 1 if luck.random() < LATE and kind.nature not in ("figure", "judgement") else 0
    # Contracts older than the ledger came with the first import.
    told = max(event.on, first)
    at = _import_moment(kind.held_by, told.year, told.month + months_late)
    return Row(village.code, event.kind, event.on, event.values, f"import:{kind.held_by}", kind.held_by, at)


def _moment(day: date, luck: Random) -> datetime:
    """A minute in working hours."""
    return datetime.combine(day, time(8, 30), SHANGHAI) + timedelta(minutes=luck.randint(0, 560))


@cache
def _friday(day: date) -> datetime:
    """When the clerk enters what came in up to a day."""
    friday = next_workday(day, (FRIDAY - day.weekday()) % 7)
    return _moment(friday, Random(f"{SEED}/clerk/{friday}"))


@cache
def _import_moment(body: str, year: int, number: int) -> datetime:
    """When a body imports what it holds of a month; month 13 is the next January."""
    following = month(year + number // 12, number % 12 + 1)
    day = Random(f"{SEED}/import/{body}").choice(IMPORT_DAYS)
    return _moment(next_workday(following[day - 1]), Random(f"{SEED}/import/{body}/{year}/{number}"))


def _with_a_wrong_figure(kind: RecordKind, row: Row, luck: Random) -> Row | None:
    """The row as it was entered at first, and its correction; None where it has no figure to mistake."""
    figures = [field for field in kind.fields if field.type in ("count", "money") and field.id in row.values]
    if kind.nature == "judgement" or not figures:
        return None
    field = luck.choice(figures)
    right = row.values[field.id]
    assert isinstance(right, float | int)
    wrong = right * 10 if field.type == "money" else right + luck.randint(1, 9)
    return replace(row, values={**row.values, field.id: wrong}, change=Change(_later(row, luck), row.values))


def _once_more(row: Row, luck: Random) -> Row:
    """The same again, entered by mistake and withdrawn."""
    again = replace(row, at=row.at + timedelta(minutes=luck.randint(1, 9)))
    return replace(again, change=Change(_later(again, luck), None))


def _later(row: Row, luck: Random) -> datetime:
    return _moment(next_workday(row.at.date(), luck.randint(1, 20)), luck)
