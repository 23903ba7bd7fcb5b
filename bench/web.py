"""The CPU that pages of the demo take on the server, with the settings of production: `./dev bench web [--quick]`."""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from measuring import machine, versions

MANAGE = [sys.executable, "-m", "fanxing.config.manage"]
LOCAL = "localhost"
PRODUCTION = {
    "FANXING_DEBUG": "false",
    "FANXING_SECRET_KEY": secrets.token_urlsafe(50),
    "FANXING_ALLOWED_HOSTS": LOCAL,
    "FANXING_HTTPS": "false",
    "FANXING_DEMO": "true",
    "FANXING_TODAY": "2025-12-01",
    "FANXING_LOG_LEVEL": "ERROR",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="The CPU that pages of the demo take on the server")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if parser.parse_args().quick else 50
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django', 'jinja2')}, SQLite.\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= PRODUCTION | {"FANXING_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}
        for command in (["migrate"], ["collectstatic", "--noinput"], ["load_demo"]):
            subprocess.run([*MANAGE, *command], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        measure(rounds)


def measure(rounds: int) -> None:
    """Every page at the size of a city, as the person whose page it is."""
    from django.test import Client

    from fanxing.accounts.models import User
    from fanxing.organisations.models import Unit

    print(f"{Unit.objects.count():,} units.\n\n| page | as | CPU ms | queries | KB |\n|---|---|--:|--:|--:|")
    for who, pages in pages_of_people():
        client = Client(SERVER_NAME=LOCAL)
        if who:
            client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
        for title, address in pages.items():
            print(f"| {title} | {who or 'anyone'} | {measured(client, address, rounds)} |", flush=True)
    village = own_village()
    print(f"\nA village rated and explained from its {village.records.count()} records, the database included: ", end="")
    print(f"{cpu_milliseconds(partial(rated, village), rounds):.1f} ms of CPU")


def pages_of_people() -> Iterator[tuple[str, dict[str, str]]]:
    """(who, title → address): what each first opens."""
    from fanxing.demo.staff import DESK, REVIEWER, SECRETARY
    from fanxing.organisations.models import Unit

    village = own_village()
    county = Unit.objects.filter(kind="county", closed_on=None).order_by("code").first()
    assert county
    yield "", {"public home": "/", "a village in public": f"/units/{village.code}/"}
    yield (
        DESK,
        {
            "desk": "/desk/",
            "list, the whole city": "/units/",
            "list, searched by initials": "/units/?q=lh",
            "list, five stars": "/units/?tier=5",
            "list of a county": f"/units/?under={county.code}",
            "sheet of a township": f"/units/{village.parent.code}/overview/",
            "tree": "/tree/",
            "tree, a township opened": f"/tree/{village.parent.code}/below/",
        },
    )
    yield REVIEWER, {"list of a township": "/units/", "a village": f"/units/{village.code}/"}
    yield SECRETARY, {"own village": f"/units/{village.code}/", "its ledger": f"/units/{village.code}/records/"}


def own_village() -> Any:
    """The village whose secretary is one of the demo's people."""
    from fanxing.demo.staff import SECRETARY
    from fanxing.organisations.models import Assignment

    return Assignment.objects.select_related("unit__parent").get(person__user__username=SECRETARY, valid_to=None).unit


def measured(client: Any, address: str, rounds: int) -> str:
    """CPU, queries and size of a page; its first answer, which fills what the process keeps, is not counted."""
    from django.db import connection

    client.get(address)
    queries: list[str] = []
    with connection.execute_wrapper(partial(heard, queries)):
        answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")
    return f"{cpu_milliseconds(partial(client.get, address), rounds):.1f} | {len(queries)} | {len(answer.content) / 1024:.0f}"


def heard(queries: list[str], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    queries.append(sql)
    return execute(sql, *rest)


def rated(village: Any) -> Any:
    from fanxing.lib import clock
    from fanxing.programme.queries import programme_for
    from fanxing.rating import explain
    from fanxing.scoring.reckoning import reckon

    publication = programme_for(village)
    assert publication
    return explain(reckon(publication, [village], clock.today()).rating, village.code)


def cpu_milliseconds(work: Callable[[], Any], rounds: int) -> float:
    found = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        work()
        found.append((time.process_time() - begin) * 1000)
    return median(found[1:])


if __name__ == "__main__":
    main()
