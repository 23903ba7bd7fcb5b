"""Lets the township live through its two years again, by the same actions as people use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import groupby

from django.db import transaction

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM, System
from fanxing.demo.calendar import SHANGHAI
from fanxing.demo.chronicle import merged_on, years
from fanxing.demo.names import CITY, COUNTY, TOWNSHIP
from fanxing.demo.plan import Story
from fanxing.demo.staff import SECRETARY, appointments
from fanxing.demo.township import Township
from fanxing.demo.words import WITHDRAWAL_REASON
from fanxing.demo.writing import TYPED, Change, Row
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.actions.people import assign, create_person, open_account
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Post, Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.models import Record
from fanxing.scheme import load, read_folder
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Run

SCHEME = "five-star"
YEARS_THERE_BEFORE = 10


@dataclass(frozen=True)
class Step:
    """Something done at a moment; `rows` tells how many rows of the ledger it writes."""

    at: datetime
    do: Callable[[], object]
    rows: int = 0


def load_township(township: Township, *, at: datetime, advance: Callable[[int], None]) -> Run:
    """Found, appoint, publish, record and rate, all or nothing; `advance` hears of every row written."""
    with transaction.atomic():
        publication = _begin(township)
        secretary = User.objects.get(username=SECRETARY)
        for step in _steps(township, secretary):
            step.do()
            advance(step.rows)
        return rate_all(publication=publication, by=SYSTEM, at=at)


def _begin(township: Township) -> Publication:
    """The units in their places, the rules published, everybody at their posts."""
    scheme = load(SCHEME)
    begin = date(years(scheme)[0], 1, 1)
    founded = begin.replace(year=begin.year - YEARS_THERE_BEFORE)
    load_units(rows=_units(township), on=founded, by=SYSTEM, at=_morning(founded))
    publication = publish(
        files=read_folder(SCHEME),
        document_number=f"繁星示〔{begin.year}〕1 号",
        by=SYSTEM,
        at=_morning(begin),
        unit=Unit.objects.get(code=CITY[0]),
        valid_from=begin,
    )
    _appoint(township, len(scheme.kinds["village"].stars), begin)
    return publication


def _units(township: Township) -> Iterator[UnitRow]:
    yield UnitRow(*CITY, "city", None)
    yield UnitRow(*COUNTY, "county", CITY[0])
    yield UnitRow(*TOWNSHIP, "township", COUNTY[0])
    for village in (*township.villages, township.predecessor):
        yield UnitRow(village.code, village.name, "village", TOWNSHIP[0])


def _appoint(township: Township, star_teams: int, since: date) -> None:
    units, posts = Unit.objects.in_bulk(field_name="code"), Post.objects.in_bulk()
    at = _morning(since)
    for one in appointments(township, star_teams):
        unit, post = units[one.unit], posts[one.post]
        person = create_person(name=one.name, unit=unit, by=SYSTEM, at=at)
        assign(person=person, unit=unit, post=post, valid_from=since, by=SYSTEM, at=at)
        if one.username:
            title = f"{unit.name}{post.title}"
            open_account(person=person, username=one.username, display_name=title, by=SYSTEM, at=at)


def _steps(township: Township, secretary: User) -> list[Step]:
    """Everything that came after, in the order of its moments."""
    own = township.telling(Story.ONE_MARK_SHORT).code

    def doer(row: Row) -> Doer:
        # Only three people of the demo have accounts; for the posts of all others the system writes.
        return secretary if row.unit == own and row.source == TYPED else System(display_name=row.by)

    steps = [_merger(township)]
    for (at, _, _), group in groupby(township.rows, key=lambda row: (row.at, row.source, row.by)):
        rows = list(group)
        steps.append(Step(at, partial(_enter, rows, doer(rows[0])), len(rows)))
        steps += [Step(row.change.at, partial(_change, row, row.change, doer(row))) for row in rows if row.change]
    return sorted(steps, key=lambda step: step.at)


def _merger(township: Township) -> Step:
    def merge() -> None:
        former, into = (Unit.objects.get(code=one.code) for one in (township.predecessor, township.successor))
        merge_units(units=[former], into=into, on=day, by=SYSTEM, at=_morning(day))

    day = merged_on(load(SCHEME))
    return Step(_morning(day), merge)


def _enter(rows: Sequence[Row], by: Doer) -> None:
    listed = [RecordRow(row.unit, row.kind, row.occurred_on, row.values) for row in rows]
    load_records(rows=listed, by=by, at=rows[0].at, source=rows[0].source)


def _change(row: Row, change: Change, by: Doer) -> None:
    """Correct the record that the row became, or withdraw it."""
    standing = Record.objects.standing().filter(unit__code=row.unit, kind=row.kind, occurred_on=row.occurred_on).order_by("position")
    record = [one for one in standing if one.data == row.values][-1]
    if change.values is None:
        withdraw_record(record=record, reason=WITHDRAWAL_REASON, by=by, at=change.at)
    else:
        correct_record(record=record, occurred_on=row.occurred_on, data=change.values, by=by, at=change.at)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)
