"""Lists of matters at the size of a city: `./dev bench matters [--quick]`.

On SQLite in a temporary folder, or on what FANXING_DATABASE names: `python tools/postgres.py .venv/bin/python bench/matters.py`.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

from measuring import machine, peak_memory, versions
from web import LOCAL, MANAGE, PRODUCTION

FOUNDED, TODAY = date(2020, 1, 1), date(2025, 12, 1)
# Every twentieth is still open.
TOWNS, VILLAGES, OPEN_OF = 25, 40, 20
PROCEDURES = ("report", "mediation", "four_discussions")
AT_ONCE = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Lists of matters at the size of a city")
    parser.add_argument("--quick", action="store_true", help="a twentieth of it")
    matters = 10_000 if parser.parse_args().quick else 200_000
    vendor = "PostgreSQL" if os.environ.get("FANXING_DATABASE") else "SQLite"
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django')}, {vendor}.\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= PRODUCTION | {"FANXING_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            subprocess.run([*MANAGE, *command], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        _city()
        _write(matters)
        measure()


def _city() -> None:
    """Townships with their villages under the five stars, and somebody at three desks."""
    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock
    from fanxing.organisations.actions.units import create_unit
    from fanxing.programme.actions import publish
    from fanxing.scheme import read_folder

    new = partial(create_unit, on=FOUNDED, by=SYSTEM, at=clock.now())
    city = new(code="990000", name="云溪市", kind="city", parent=None)
    publish(files=read_folder("five-star"), document_number="示例 1 号", unit=city, valid_from=FOUNDED, by=SYSTEM, at=clock.now())
    towns = [new(code=f"9901{number:02}", name=f"第{number}镇", kind="township", parent=city) for number in range(TOWNS)]
    for town in towns:
        for number in range(VILLAGES):
            new(code=f"{town.code}2{number:02}", name=f"{town.name}{number}号村", kind="village", parent=town)
    for unit, post in ((city, "city_desk"), (towns[0], "township_clerk"), (towns[0].children.order_by("code")[0], "branch_secretary")):
        _appoint(unit, post)


def _appoint(unit: Any, post: str) -> None:
    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock
    from fanxing.organisations.actions.people import assign, create_person, open_account
    from fanxing.organisations.models import Post

    person = create_person(name="某某", unit=unit, by=SYSTEM, at=clock.now())
    open_account(person=person, username=post, display_name=f"{unit.name}{post}", by=SYSTEM, at=clock.now())
    assign(person=person, unit=unit, post=Post.objects.get(pk=post), valid_from=FOUNDED, by=SYSTEM, at=clock.now())


def _write(matters: int) -> None:
    """So many matters with four steps each, as if they had been walked; a part of them is open and has its seats."""
    from django.db import connection

    from fanxing.organisations.models import Unit
    from fanxing.procedures.actions.asking import turn_of
    from fanxing.procedures.models import Matter, MatterStep, Seat
    from fanxing.procedures.parties import seats_of

    begin = time.perf_counter()
    rows = _matters(matters, list(Unit.objects.filter(kind="village").select_related("parent")))
    while some := list(islice(rows, AT_ONCE)):
        Matter.objects.bulk_create(some)
        MatterStep.objects.bulk_create(step for one in some for step in _steps(one))
        seats = []
        for one in some:
            if one.ended_on is None:
                state = one.procedure.states[one.state]
                seats += [
                    Seat(matter=one, unit=unit, post_id=post, is_turn=True) for unit, post in seats_of(one.procedure, turn_of(state), one)
                ]
        Seat.objects.bulk_create(seats)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"{Matter.objects.count():,} matters, {Matter.objects.open().count():,} of them open, {MatterStep.objects.count():,} steps, ",
        end="",
    )
    print(f"{Seat.objects.count():,} seats in {Unit.objects.count():,} units, written in {time.perf_counter() - begin:.0f} s.\n")


def _matters(count: int, villages: list[Any]) -> Iterator[Any]:
    from fanxing.lib.search_text import search_text
    from fanxing.procedures.models import Matter
    from fanxing.programme.queries import procedure_versions_for, procedures_for

    dice = random.Random(7)
    versions = procedure_versions_for(villages[0])
    known = procedures_for(villages[0])
    procedures = [known[id] for id in PROCEDURES if id in known]
    places = [f"{one}{number}号" for one in ("村口", "文化广场", "学校门口", "主干道", "水塘边") for number in range(40)]
    for number in range(count):
        procedure = dice.choices(procedures, weights=[8, 1, 1][: len(procedures)])[0]
        is_open = number % OPEN_OF == 0
        opened = TODAY - timedelta(days=dice.randrange(12) if is_open else dice.randrange(15, 1_500))
        waiting = [one for one in procedure.states.values() if not one.ends and one.waits_for and one.step is None]
        state = dice.choice(waiting) if is_open else next(one for one in procedure.states.values() if one.ends)
        title = f"{dice.choice(('公共设施', '道路', '垃圾', '水体', '消防'))} · {dice.choice(places)}"
        yield Matter(
            unit=villages[dice.randrange(len(villages))],
            version_id=versions[procedure.id],
            procedure_id=procedure.id,
            title=title,
            state=state.id,
            turn=4,
            round=4,
            is_private=procedure.seen_by is not None,
            is_urgent=dice.random() < 0.05,
            opened_on=opened,
            opened_at=datetime.combine(opened, datetime.min.time(), UTC),
            opened_by="bench",
            opened_by_title="群众",
            entered_on=opened,
            due_on=opened + timedelta(days=7) if is_open else None,
            term_on=opened + timedelta(days=21),
            was_late=dice.random() < 0.1,
            ended_on=None if is_open else opened + timedelta(days=dice.randrange(15)),
            search_text=search_text(title),
        )


def _steps(matter: Any) -> Iterator[Any]:
    from fanxing.procedures.models import MatterStep

    for number, verb in enumerate(("open", "accept", "done", "pass"), start=1):
        at = matter.opened_at + timedelta(hours=number)
        yield MatterStep(
            matter=matter, number=number, verb=verb, target=matter.state, taken_at=at, taken_by="bench", taken_by_title="经办人"
        )


def measure() -> None:
    """Every list as three people open it: the time in the database, the whole answer, its queries and size."""
    from django.test import Client

    from fanxing.accounts.models import User
    from fanxing.organisations.models import Unit
    from fanxing.procedures.models import Matter

    town = Unit.objects.filter(kind="township").order_by("code")[0]
    asked = {
        "open, first page": "/matters/",
        "open, page 150": "/matters/?page=150",
        "over, first page": "/matters/?when=over",
        "over, last page": "/matters/?when=over&page=200",
        "late": "/matters/?when=late",
        "mine": "/matters/?when=mine",
        "search, two characters: 水塘": "/matters/?when=over&q=水塘",
        "search, a unit": f"/matters/?when=over&q={town.name}",
        "search, what is nowhere": "/matters/?when=over&q=飞机场",
        "one procedure, open": "/matters/?procedure=report",
        "a township, over": f"/matters/?when=over&under={town.code}",
        "board": "/matters/board/report/",
        "how they stand": "/inbox/state/?what=matters",
        "a matter": f"/matters/{Matter.objects.filter(procedure_id='report', unit__parent=town).order_by('-pk')[0].pk}/",
    }
    print("| page | as | database ms | whole ms | queries | KB |\n|---|---|--:|--:|--:|--:|")
    for who in ("city_desk", "township_clerk", "branch_secretary"):
        client = Client(SERVER_NAME=LOCAL)
        client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
        for title, address in asked.items():
            print(f"| {title} | {who} | {_measured(client, address)} |", flush=True)
    client = Client(SERVER_NAME=LOCAL)
    client.force_login(User.objects.get(username="city_desk"), backend="django.contrib.auth.backends.ModelBackend")
    begin = time.perf_counter()
    size = len(b"".join(client.get("/matters.xlsx")))
    rows, took = Matter.objects.open().filter(is_private=False).count(), time.perf_counter() - begin
    print(f"\nExcel of {rows:,} rows: {took:.1f} s, {size // 1024:,} KB; memory at most {peak_memory():.0f} MB")


def _measured(client: Any, address: str) -> str:
    """Of five answers after a first one the median in the database and on the whole."""
    from django.db import connection

    found, queries, size = [], 0, 0
    for _ in range(6):
        spent: list[float] = []
        begin = time.perf_counter()
        with connection.execute_wrapper(partial(_timed, spent)):
            answer = client.get(address)
        if answer.status_code == 404:
            return "– | – | not seen | – "
        found.append((sum(spent) * 1_000, (time.perf_counter() - begin) * 1_000))
        queries, size = len(spent), len(answer.content) // 1_024
    ours, whole = (median(one[part] for one in found[1:]) for part in (0, 1))
    return f"{ours:.0f} | {whole:.0f} | {queries} | {size}"


def _timed(spent: list[float], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    begin = time.perf_counter()
    try:
        return execute(sql, *rest)
    finally:
        took = time.perf_counter() - begin
        spent.append(took)
        if os.environ.get("BENCH_SLOW") and took > 0.05:
            print(f"{took * 1_000:.0f} ms: {sql[:2_000]}", file=sys.stderr)


if __name__ == "__main__":
    main()
