"""Lets the city live through its two years again, by the same actions as people use."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import polars as pl
from django.db import transaction

from fanxing.audit.actors import SYSTEM
from fanxing.demo.calendar import SHANGHAI
from fanxing.demo.chronicle import merged_on, today, years
from fanxing.demo.circulars import send_circulars
from fanxing.demo.drawn import Drawn
from fanxing.demo.life import EPOCH
from fanxing.demo.matters.loading import live_matters, write_guides
from fanxing.demo.milestones import add_milestones
from fanxing.demo.names import CITY
from fanxing.demo.neighbourhood import away, beside, on_duty
from fanxing.demo.photos import add_photos
from fanxing.demo.plan import Story
from fanxing.demo.staff import SECRETARY, appointments
from fanxing.demo.writing import Writers, Written, past_rows
from fanxing.lib.stock import take_stock
from fanxing.organisations.actions.appointing import AppointmentRow, appoint
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.actions.people import open_account
from fanxing.organisations.actions.rotas import Rhythm, make_rota
from fanxing.organisations.actions.terms import stand_in
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.taking_over import Named, take_over_records
from fanxing.scheme import read_folder
from fanxing.scheme.editing import for_period
from fanxing.scheme.model import Scheme
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Run

SCHEME = "five-star"
YEARS_THERE_BEFORE = 10
# Units whose ledgers are written in one go: enough to be quick, few enough to show progress and to stay small in memory.
UNITS_AT_ONCE = 200
# So many people of a unit take turns; and how long somebody has been away, and will be in all.
ON_DUTY = 5
AWAY_SINCE, AWAY_FOR = timedelta(days=4), timedelta(days=14)

Advance = Callable[[int, str], None]


def load_demo(drawn: Drawn, *, advance: Advance) -> Run:
    """Found, appoint, publish, record and rate, all or nothing; `advance` hears of every row written and of what is done."""
    with transaction.atomic():
        rules = _begin(drawn, advance)
        begun = 0
        labels: dict[str, Named] = {}
        for ends in spans(drawn.scheme):
            last = round((ends - datetime.combine(EPOCH, time(), SHANGHAI)).total_seconds() * 1_000_000)
            for ledger in drawn.ledgers.values():
                _write(ledger, begun, last, ends, labels, advance)
            begun = last
            take_stock()
            if ends == spans(drawn.scheme)[-1]:
                advance(0, f"登记 {add_milestones(drawn, ends)} 个任务节点")
            advance(0, f"评定 {ends:%Y-%m-%d}")
            year = _year_rated(drawn.scheme, ends)
            if ends == spans(drawn.scheme)[-1]:
                write_guides(drawn, rules[year], ends)
            run = rate_all(publication=rules[year], by=SYSTEM, at=ends)
        live_matters(drawn, rules[year], advance)
        advance(0, f"发出 {send_circulars(drawn)} 条通知")
        advance(0, f"附上 {add_photos(drawn)} 张照片")
        return run


def spans(scheme: Scheme) -> list[datetime]:
    """The moments at which all units are rated: for the first year when its last figures are there, then at the end of each
    quarter, and now."""
    _, rated = years(scheme)
    days = [date(rated, 1, 31), date(rated, 3, 31), date(rated, 6, 30), date(rated, 9, 30), today(scheme)]
    return [datetime.combine(day, time(20) if day != today(scheme) else time(6), SHANGHAI) for day in days]


def _year_rated(scheme: Scheme, at: datetime) -> int:
    """The year that a run rates: the one before, as long as its last figures come in."""
    before, rated = years(scheme)
    return before if (at.year, at.month) == (rated, 1) else rated


def _begin(drawn: Drawn, advance: Advance) -> dict[int, Publication]:
    """The units in their places, the rules of both years published, everybody at their posts."""
    begin = date(years(drawn.scheme)[0], 1, 1)
    founded = begin.replace(year=begin.year - YEARS_THERE_BEFORE)
    advance(0, "设立单位")
    rows = [UnitRow(one.code, one.name, one.kind, one.parent) for one in (*drawn.tree.places, *beside(drawn))]
    load_units(rows=rows, on=founded, by=SYSTEM, at=_morning(founded))
    advance(0, "发布方案")
    rules = _publish(drawn.scheme)
    advance(0, "任命人员")
    _appoint(drawn, begin)
    merger = merged_on(drawn.scheme)
    former, into = (Unit.objects.get(code=code) for code in (drawn.tree.predecessor, drawn.telling(Story.SUCCESSOR).code))
    merge_units(units=[former], into=into, on=merger, by=SYSTEM, at=_morning(merger))
    return rules


def _publish(scheme: Scheme) -> dict[int, Publication]:
    files, city = read_folder(SCHEME), Unit.objects.get(code=CITY[0])
    before, rated = years(scheme)
    found = {}
    for year in (before, rated):
        found[year] = publish(
            files=for_period(files, date(year, 1, 1), date(year, 12, 31)),
            document_number=f"繁星示〔{year}〕1 号",
            by=SYSTEM,
            at=_morning(date(year, 1, 1)),
            unit=city,
            valid_from=date(year, 1, 1),
        )
    return found


def _appoint(drawn: Drawn, since: date) -> None:
    at = _morning(since)
    everybody = list(appointments(drawn))
    rows = [AppointmentRow(one.name, one.unit, one.post, one.kept_by, one.valid_to, one.told) for one in everybody]
    appoint(rows=rows, valid_from=since, by=SYSTEM, at=at)
    posts = drawn.scheme.posts
    for one in everybody:
        if one.username:
            person = Person.objects.select_related("unit").get(name=one.name, unit__code=one.unit)
            title = f"{person.unit.name}{one.title or posts[one.post].title}"
            open_account(person=person, username=one.username, display_name=title, by=SYSTEM, at=at)
    _stand_in(drawn)
    for code in on_duty(drawn):
        _take_turns(drawn, Unit.objects.get(code=code))


def _stand_in(drawn: Drawn) -> None:
    """The head of a grid is away for two weeks, and one of its staff stands in."""
    first = today(drawn.scheme) - AWAY_SINCE
    head = Assignment.objects.select_related("unit", "post").get(unit__code=away(drawn), post="grid_head")
    staff = Person.objects.filter(assignments__unit=head.unit, assignments__post="grid_staff").order_by("pk").first()
    assert staff
    stand_in(assignment=head, person=staff, valid_from=first, valid_to=first + AWAY_FOR, by=SYSTEM, at=_morning(first))


def _take_turns(drawn: Drawn, unit: Unit) -> None:
    """The two committees take turns on workdays, from three weeks ago to a month ahead."""
    now = today(drawn.scheme)
    people = list(Person.objects.filter(unit=unit).order_by("pk")[:ON_DUTY])
    rhythm = Rhythm(now - timedelta(weeks=3), now + timedelta(weeks=4), workdays=True)
    duty = Post.objects.get(pk="duty_officer")
    at = _morning(rhythm.first - timedelta(days=3))
    make_rota(unit=unit, post=duty, title="两委轮值", people=people, rhythm=rhythm, hours="8:30 至次日 8:30", by=SYSTEM, at=at)


def _write(ledger: Written, begun: int, last: int, ends: datetime, labels: dict[str, Named], advance: Advance) -> None:
    """Take over what was entered in a span, some units at a time; what came before can be linked to."""
    writers = _writers(ledger)
    for first in range(0, len(ledger.crowd), UNITS_AT_ONCE):
        here = pl.col("row").is_between(first, first + UNITS_AT_ONCE - 1) & (pl.col("at") > begun) & (pl.col("at") <= last)
        rows = list(past_rows(ledger, writers, {id: table.filter(here) for id, table in ledger.tables.items()}))
        take_over_records(rows=rows, by=SYSTEM, at=ends, labels=labels)
        advance(len(rows), f"登记台账 {ends:%Y-%m-%d}")


def _writers(ledger: Written) -> Writers:
    post = next((post.title for post in ledger.scheme.posts.values() if ledger.crowd.kind in post.kinds), "")
    clerk = ledger.scheme.posts["township_clerk"].title
    towns = dict(Unit.objects.filter(kind="township").values_list("code", "name"))
    own = [f"{place.name}{post}" for place in ledger.crowd.places]
    clerks = [f"{towns.get(place.parent or '', place.name)}{clerk}" for place in ledger.crowd.places]
    return Writers(own, clerks, dict(_accounts()))


def _accounts() -> Iterator[tuple[str, str]]:
    yield from Person.objects.filter(user__username=SECRETARY).values_list("unit__code", "user__username")


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)
