"""The CPU that pages of the demo take on the server, with the settings of production: `./dev bench web [--quick]`."""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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
    "FANXING_LOG_LEVEL": "ERROR",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="The CPU that pages of the demo take on the server")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 20 if parser.parse_args().quick else 200
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django', 'jinja2')}, SQLite.\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= PRODUCTION | {"FANXING_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}
        for command in (["migrate"], ["collectstatic", "--noinput"], ["load_demo"]):
            subprocess.run([*MANAGE, *command], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        measure(rounds)


def measure(rounds: int) -> None:
    """Every page, as the person who sees the whole township."""
    from django.db import connection
    from django.db.models import Count
    from django.test import Client

    from fanxing.accounts.models import User
    from fanxing.demo.staff import REVIEWER
    from fanxing.organisations.models import Unit

    client = Client(SERVER_NAME=LOCAL)
    client.force_login(User.objects.get(username=REVIEWER), backend="django.contrib.auth.backends.ModelBackend")
    village = Unit.objects.filter(kind="village", closed_on=None).annotate(count=Count("records")).latest("count")
    pages = {
        "list of 28 villages": "/units/",
        "a village": f"/units/{village.code}/",
        "its ledger": f"/units/{village.code}/records/",
    }
    print("| page | CPU ms | queries | KB |\n|---|--:|--:|--:|")
    for title, address in pages.items():
        queries: list[str] = []
        with connection.execute_wrapper(partial(heard, queries)):
            answer = client.get(address)
        if answer.status_code != 200:
            sys.exit(f"{address}: {answer.status_code}")
        taken = cpu_milliseconds(partial(client.get, address), rounds)
        print(f"| {title} | {taken:.1f} | {len(queries)} | {len(answer.content) / 1024:.0f} |")
    print(f"\nA village rated and explained from its {village.count} records, the database included: ", end="")
    print(f"{cpu_milliseconds(partial(rated, village), rounds):.1f} ms of CPU")


def heard(queries: list[str], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    queries.append(sql)
    return execute(sql, *rest)


def rated(village: Any) -> Any:
    from django.utils import timezone

    from fanxing.programme.queries import programme_for
    from fanxing.rating import explain
    from fanxing.scoring.reckoning import reckon

    publication = programme_for(village)
    assert publication
    return explain(reckon(publication, [village], timezone.localdate()).rating, village.code)


def cpu_milliseconds(work: Callable[[], Any], rounds: int) -> float:
    found = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        work()
        found.append((time.process_time() - begin) * 1000)
    return median(found[1:])


if __name__ == "__main__":
    main()
