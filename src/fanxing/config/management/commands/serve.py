"""Runs the web server and the background worker as one foreground command."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SECONDS_TO_START = 30
SECONDS_TO_STOP = 15


class Stopped(Exception):
    """Somebody asked the command to stop."""


class Command(BaseCommand):
    help = "Run the web server and the background worker until stopped; when one dies, stop the other."

    def handle(self, *args: Any, **options: Any) -> None:
        check_address_is_free(settings.HOST, settings.PORT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        parts: dict[str, subprocess.Popen[bytes]] = {}
        try:
            # Sessions of their own: Ctrl-C reaches only this process, which then stops them in good order.
            parts["web server"] = subprocess.Popen(web_server(), start_new_session=True)
            parts["background worker"] = subprocess.Popen(background_worker(), start_new_session=True)
            wait_for_answer(parts)
            print(f"Fanxing runs on http://{settings.HOST}:{settings.PORT} (Ctrl-C stops it)", flush=True)
            while True:
                fail_if_dead(parts)
                time.sleep(0.5)
        except Stopped:
            print("Stopping ...", flush=True)
        finally:
            terminate(parts)


def web_server() -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "fanxing.config.wsgi"),
        *("--bind", f"{settings.HOST}:{settings.PORT}"),
        *("--workers", str(settings.WEB_WORKERS)),
        *("--forwarded-allow-ips", ",".join(settings.TRUSTED_PROXIES)),
        *("--log-level", "warning"),
        "--no-control-socket",
    ]


def background_worker() -> list[str]:
    return [sys.executable, "-m", "fanxing.config.manage", "run_worker"]


def check_address_is_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"cannot listen on {host}:{port} ({error.strerror}); stop what runs there or choose another port: FANXING_PORT={port + 1}"
            ) from error


def stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def wait_for_answer(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers():
        fail_if_dead(parts)
        if time.monotonic() > deadline:
            raise CommandError(f"the web server did not answer within {SECONDS_TO_START} seconds")
        time.sleep(0.1)


def answers() -> bool:
    host = "127.0.0.1" if settings.HOST == "0.0.0.0" else settings.HOST  # noqa: S104 compared, not bound
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def fail_if_dead(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, part in parts.items():
        if part.poll() is not None:
            raise CommandError(f"the {name} ended by itself with code {part.returncode}; everything is stopped")


def terminate(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave a part behind
    for part in parts.values():
        part.terminate()
    for part in parts.values():
        try:
            part.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()
