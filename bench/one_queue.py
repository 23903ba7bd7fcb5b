"""Fifty people at work on one queue of matters over HTTP for a minute: `./dev bench one_queue [--quick]`.

On SQLite in a temporary folder, or on what FANXING_DATABASE names: `python tools/postgres.py .venv/bin/python bench/one_queue.py`.
"""

import argparse
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from statistics import median
from typing import Any
from urllib.parse import urlencode

from measuring import machine, versions
from web import LOCAL, MANAGE, PRODUCTION

PEOPLE, SECONDS, WAITING, PASSWORD = 50, 60, 40, "a-password-of-the-bench"
FOUNDED = date(2020, 1, 1)
FORMS = {"accept": {}, "done": {"result": "已修好"}, "pass": {}}
OPENING = {"what": "road", "detail": "路面坑洼", "place": "村口"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Many people on one queue")
    parser.add_argument("--quick", action="store_true", help="ten people, ten seconds")
    people, seconds = (10, 10) if parser.parse_args().quick else (PEOPLE, SECONDS)
    vendor = "PostgreSQL" if os.environ.get("FANXING_DATABASE") else "SQLite"
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions('django', 'gunicorn')}, {vendor}, {people} people, {seconds} seconds.\n")
    with tempfile.TemporaryDirectory() as folder, _free_port() as port:
        os.environ |= PRODUCTION | {"FANXING_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "fanxing.config.settings"}
        os.environ |= {"FANXING_TODAY": "", "FANXING_DEMO": "false"}
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            subprocess.run([*MANAGE, *command], check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        village = _village(people)
        report(_worked(port, people, seconds, village), seconds)


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield port


def _village(people: int) -> str:
    """A village with so many secretaries, under the five stars; its code."""
    from django.contrib.auth.hashers import make_password

    from fanxing.accounts.models import User
    from fanxing.audit.actors import SYSTEM
    from fanxing.lib import clock
    from fanxing.organisations.actions.people import assign, create_person, open_account
    from fanxing.organisations.actions.units import create_unit
    from fanxing.organisations.models import Post
    from fanxing.programme.actions import publish
    from fanxing.scheme import read_folder

    at, above = clock.now(), None
    for code, name, kind in (("990000", "云溪市", "city"), ("990101", "石桥镇", "township"), ("990101201", "柳河村", "village")):
        above = create_unit(code=code, name=name, kind=kind, parent=above, on=FOUNDED, by=SYSTEM, at=at)
        if kind == "city":
            publish(files=read_folder("five-star"), document_number="示例 1 号", unit=above, valid_from=FOUNDED, by=SYSTEM, at=at)
    assert above
    post = Post.objects.get(pk="branch_secretary")
    for number in range(people):
        person = create_person(name=f"同事{number}", unit=above, by=SYSTEM, at=at)
        open_account(person=person, username=f"colleague{number}", display_name=f"柳河村同事{number}", by=SYSTEM, at=at)
        assign(person=person, unit=above, post=post, valid_from=FOUNDED, by=SYSTEM, at=at)
    # One hash for all: what is measured is the queue, not fifty new passwords.
    User.objects.filter(username__startswith="colleague").update(password=make_password(PASSWORD))
    return above.code


@dataclass
class Person:
    """Somebody at a browser: what they sent, how long each answer took, and what they were told."""

    number: int
    port: int
    village: str
    cookies: dict[str, str] = field(default_factory=dict)
    took: list[tuple[str, float]] = field(default_factory=list)
    stepped: list[tuple[int, int, str]] = field(default_factory=list)
    opened: int = 0
    told: int = 0
    odd: list[str] = field(default_factory=list)

    def ask(self, what: str, method: str, address: str, form: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """Status, place and text of an answer."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": LOCAL, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        begin = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, address, urlencode(form or {}), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.took.append((what, (time.perf_counter() - begin) * 1_000))
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.getheader("Location") or "", text

    def sign_in(self) -> None:
        token = _token(self.ask("sign in", "GET", "/sign-in/")[2])
        form = {"username": f"colleague{self.number}", "password": PASSWORD, "csrfmiddlewaretoken": token}
        status, _, _ = self.ask("sign in", "POST", "/sign-in/", form)
        assert status == 302, status

    def work(self, until: float) -> None:
        dice = random.Random(self.number)
        while time.monotonic() < until:
            _, _, page = self.ask("list", "GET", "/matters/?when=mine")
            found = sorted({int(one) for one in re.findall(r'href="/matters/(\d+)/"', page)})
            if len(found) < WAITING:
                self._open()
            if found:
                self._step(dice.choice(found))

    def _open(self) -> None:
        address = f"/units/{self.village}/matters/new/report/"
        _, _, page = self.ask("form", "GET", address)
        status, _, _ = self.ask("open", "POST", address, {**OPENING, "key": _hidden(page, "key"), "csrfmiddlewaretoken": _token(page)})
        if status == 302:
            self.opened += 1
        else:
            self.odd.append(f"open: {status}")

    def _step(self, matter: int) -> None:
        status, _, page = self.ask("matter", "GET", f"/matters/{matter}/")
        verb = next((one for one in FORMS if f'action="/matters/{matter}/steps/{one}/"' in page), None)
        if verb is None:
            # Somebody has ended it between the list and the page.
            return
        turn = int(_hidden(page, "turn"))
        form = {**FORMS[verb], "turn": turn, "key": f"{_hidden(page, 'key')}-{verb}", "csrfmiddlewaretoken": _token(page)}
        status, _, answer = self.ask("step", "POST", f"/matters/{matter}/steps/{verb}/", form)
        if status == 302:
            self.stepped.append((matter, turn + 1, verb))
        elif status == 422 and ("刚刚办理了" in answer or "不能这样办理" in answer):
            self.told += 1
        else:
            self.odd.append(f"{verb}: {status}")


def _token(page: str) -> str:
    return _hidden(page, "csrfmiddlewaretoken")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def _worked(port: int, people: int, seconds: int, village: str) -> list[Person]:
    """The people after their work, against the server as it is run."""
    words = [sys.executable, "-m", "gunicorn", "fanxing.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "4"]
    server = subprocess.Popen([*words, "--log-level", "warning", "--no-control-socket"])
    try:
        _wait_for(port)
        everybody = [Person(number, port, village) for number in range(people)]
        _all_at_once([one.sign_in for one in everybody])
        begin = time.monotonic()
        _all_at_once([lambda one=one: one.work(begin + seconds) for one in everybody])
        return everybody
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server does not answer")


def _all_at_once(works: list[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(everybody: list[Person], seconds: int) -> None:
    """What was kept, what was told, how long it took; ends with 1 where a step was lost or doubled."""
    from fanxing.audit.queries import rows_not_as_recorded
    from fanxing.procedures.models import Matter, MatterRecord, MatterStep

    said = Counter(one for person in everybody for one in person.stepped)
    kept = Counter(MatterStep.objects.exclude(verb="open").values_list("matter", "number", "verb"))
    lost, unsaid = said - kept, kept - said
    opened = sum(one.opened for one in everybody)
    odd = Counter(one for person in everybody for one in person.odd)
    broken = [one.pk for one in Matter.objects.all() if one.turn != one.steps.count()]
    records = MatterRecord.objects.count() == Matter.objects.filter(state="closed").count()
    answered, stepped = sum(len(one.took) for one in everybody), said.total()
    print(f"{answered:,} answers, {answered / seconds:.0f} a second; {opened:,} matters opened, {stepped:,} steps taken,")
    print(f"{(opened + stepped) / seconds:.1f} writes a second; {sum(one.told for one in everybody):,} told that somebody was first.\n")
    print("| what | times | p50 ms | p95 ms |\n|---|--:|--:|--:|")
    for what in ("list", "matter", "form", "open", "step"):
        times = sorted(took for person in everybody for name, took in person.took if name == what)
        if times:
            print(f"| {what} | {len(times):,} | {median(times):,.0f} | {times[int(len(times) * 0.95) - 1]:,.0f} |")
    print(
        f"\nlost: {lost.total()}, doubled or never told: {unsaid.total()}, opened but not kept: {opened - Matter.objects.count()}, ", end=""
    )
    print(f"other answers: {dict(odd) or 'none'}, turns as steps: {not broken}, a record each end: {records}, ", end="")
    print(f"steps not as logged: {len(rows_not_as_recorded(MatterStep))}")
    if lost or unsaid or broken or not records or opened != Matter.objects.count():
        sys.exit(1)


if __name__ == "__main__":
    main()
