"""Lists, figures and ratings over two million records, on SQLite and PostgreSQL: `./dev bench ledger [--quick] [--here]`."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from measuring import in_a_child, machine, milliseconds, peak_memory, versions
from web import LOCAL, MANAGE, PRODUCTION, heard

POSTGRESQL = [sys.executable, str(Path(__file__).parents[1] / "tools" / "postgres.py")]
ROUNDS = 5
PAGE = 50
ROWS_IN_EXCEL = 100_000
DEEP = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Lists, figures and ratings over two million records")
    parser.add_argument("--quick", action="store_true", help="the demo as it comes, 700,000 records")
    parser.add_argument("--here", action="store_true", help="measure the demo that the environment names; it is rated once more")
    options = parser.parse_args()
    os.environ |= PRODUCTION | {"DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}
    if options.here:
        subprocess.run([*MANAGE, "collectstatic", "--noinput"], check=True, stdout=subprocess.DEVNULL)
        measured()
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django')}.")
    words = [] if options.quick else ["--full"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FANXING_DATA_DIR"] = folder
        load(words)
        print(in_a_child("--here"), flush=True)
        subprocess.run([*POSTGRESQL, "sh", "-c", f"{_shell('load_demo', *words)} && {sys.executable} {sys.argv[0]} --here"], check=True)


def load(words: list[str]) -> None:
    for command in (["migrate", "--verbosity", "0"], ["load_demo", *words]):
        subprocess.run([*MANAGE, *command], check=True, stdout=subprocess.DEVNULL)


def _shell(*command: str) -> str:
    manage = " ".join(MANAGE)
    return f"{manage} migrate --verbosity 0 && {manage} {' '.join(command)} >/dev/null"


def measured() -> None:
    """One database, as it stands."""
    import django

    django.setup()
    from django.db import connection

    from fanxing.records.models import Record

    name = "SQLite" if connection.vendor == "sqlite" else f"PostgreSQL {connection.cursor().connection.info.server_version // 10000}"
    print(f"\n{name}, {Record.objects.count():,} records\n\n| step | ms | queries | KB |\n|---|--:|--:|--:|", flush=True)
    for who, title, address in pages():
        told_page(who, title, address)
    for title, work in (*peers(), *ratings()):
        print(f"| {title} | {timed(work):,.1f} | | |", flush=True)
    print(
        f"| Excel of {ROWS_IN_EXCEL:,} rows | {milliseconds(excel):,.0f} | | |\n| memory | | | peak {peak_memory():,.0f} MB |", flush=True
    )
    print(f"| the whole city rated | {milliseconds(rate_city):,.0f} | | |", flush=True)


def pages() -> Iterator[tuple[str, str, str]]:
    """(who, title, address)"""
    from web import own_village

    from fanxing.demo.staff import DESK, SECRETARY
    from fanxing.organisations.models import Unit

    village = own_village()
    town = village.parent
    county = Unit.objects.filter(kind="county", closed_on=None).order_by("code")[0]
    deep = key_at(DEEP * PAGE)
    for title, address in {
        "the city, first page": "/records/",
        f"the city, page {DEEP:,}": f"/records/?after={deep}",
        "the city, cards": "/records/?view=cards",
        "the city, a calendar": "/records/?view=calendar",
        "a township, one line a unit": f"/records/?view=units&under={town.code}",
        "a county, first page": f"/records/?under={county.code}",
        "a township, first page": f"/records/?under={town.code}",
        "a township, a calendar": f"/records/?view=calendar&under={town.code}",
        "one kind, in its columns": "/records/?kind=meeting",
        "one month": "/records/?month=2025-03",
        "corrected ones": "/records/?state=corrected",
        "awaiting ones": "/records/?state=awaiting",
        "doubtful ones": "/records/?state=doubtful",
        "search, two characters: 学习": "/records/?q=学习",
        "search, initials: xdhs": "/records/?q=xdhs",
        "search, what is nowhere": "/records/?q=天外来客",
        "search in a township": f"/records/?q=学习&under={town.code}",
    }.items():
        yield DESK, title, address
    yield SECRETARY, "own village, first page", f"/units/{village.code}/records/"
    yield SECRETARY, "a record, and all it counts for", f"/records/{village.records.order_by('-pk')[0].pk}/"
    yield SECRETARY, "a figure, and the records behind it", f"/units/{village.code}/figures/{figure_of(village)}/"


def figure_of(village: Any) -> str:
    """The figure that counts most of the village's records."""
    from fanxing.scoring.queries import account, records_behind

    found = account(village)
    assert found
    kind = found.reckoning.scheme.kinds[village.kind]
    return max(kind.facts, key=lambda id: records_behind(village, id).count())


def key_at(row: int) -> str:
    from fanxing.records.models import Record

    on, pk = Record.objects.all().standing().order_by("-occurred_on", "-pk").values_list("occurred_on", "pk")[row]
    return f"{on}.{pk}"


def told_page(who: str, title: str, address: str) -> None:
    from django.db import connection
    from django.test import Client

    from fanxing.accounts.models import User

    client = Client(SERVER_NAME=LOCAL)
    client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    client.get(address)
    queries: list[str] = []
    with connection.execute_wrapper(partial(heard, queries)):
        answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    print(f"| {title} | {timed(partial(client.get, address)):,.1f} | {len(queries)} | {len(answer.content) / 1024:.0f} |", flush=True)


def timed(work: Callable[[], Any]) -> float:
    return median(milliseconds(work) for _ in range(ROUNDS))


def peers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is usual, of the same records in the same run: pages by number with a count of all, texts by LIKE; the query alone, no page."""
    from django.core.paginator import Paginator

    from fanxing.organisations.models import Unit
    from fanxing.records.lists import Found, Span, saying
    from fanxing.records.models import Record

    records = Record.objects.all().standing()
    ordered = records.order_by("-occurred_on", "-pk").values_list("pk", flat=True)
    everywhere = Span(Unit.objects.all(), everywhere=True)
    deep_on, deep_id = key_at(DEEP * PAGE).split(".")
    after = (datetime.fromisoformat(deep_on).date(), int(deep_id))
    found = everywhere.of(records)
    yield "query alone: first page by key", lambda: (Found([found], [found]).page(PAGE), Found([found], [found]).counted)
    yield "the same by Django's paginator", lambda: numbered(Paginator(ordered, PAGE), 1)
    yield f"query alone: page {DEEP:,} by key", lambda: Found([found], [found]).page(PAGE, after=after)
    yield "the same by Django's paginator", lambda: numbered(Paginator(ordered, PAGE), DEEP)
    yield "query alone: search by tokens", lambda: Found([saying(found, "天外来客")], []).page(PAGE)
    yield "the same by LIKE over the content", lambda: list(ordered.filter(data__icontains="天外来客")[:PAGE])


def numbered(paginator: Any, page: int) -> list[Any]:
    return [paginator.count, *paginator.page(page)]


def ratings() -> Iterator[tuple[str, Callable[[], Any]]]:
    from django.utils import timezone
    from web import own_village

    from fanxing.programme.queries import programme_for
    from fanxing.scoring.actions import refresh

    village = own_village()
    publication = programme_for(village)
    assert publication
    yield "a village rated again", lambda: refresh(unit=village, publication=publication, at=timezone.now())


def excel() -> None:
    """The records since the day on which as many as are wanted begin, as somebody at the city's desk downloads them."""
    from django.test import Client

    from fanxing.accounts.models import User
    from fanxing.demo.staff import DESK

    client = Client(SERVER_NAME=LOCAL)
    client.force_login(User.objects.get(username=DESK), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/records.xlsx", {"from": key_at(ROWS_IN_EXCEL).split(".")[0]})
    size = sum(map(len, answer.streaming_content)) if answer.streaming else len(answer.content)
    print(f"| (the workbook) | | | {size / 1024:,.0f} |", flush=True)


def rate_city() -> None:
    from django.utils import timezone
    from web import own_village

    from fanxing.accounts.models import User
    from fanxing.demo.staff import DESK
    from fanxing.programme.queries import programme_for
    from fanxing.scoring.actions import rate_all

    publication = programme_for(own_village())
    assert publication
    rate_all(publication=publication, by=User.objects.get(username=DESK), at=timezone.now())


if __name__ == "__main__":
    main()
