"""The one foreground command that runs everything."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Store, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with its tables, empty."""
    store = Store(tmp_path_factory.mktemp("data"))
    assert store.manage("migrate").returncode == 0
    return store


@pytest.fixture
def server(store: Store) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with serving(store) as server:
        yield server


def test_it_answers_and_ctrl_c_stops_every_part(server: tuple[subprocess.Popen[str], str]):
    process, address = server
    with urllib.request.urlopen(f"{address}/healthz") as response:
        assert response.status == 200
    parts = children(process.pid)
    process.send_signal(signal.SIGINT)
    assert (process.wait(20), len(parts), [part for part in parts if alive(part)]) == (0, 2, [])


@pytest.mark.parametrize(("place", "name"), [(0, "web server"), (1, "background worker")])
def test_it_ends_with_an_error_when_a_part_dies(store: Store, server: tuple[subprocess.Popen[str], str], place: int, name: str):
    process, _ = server
    parts = children(process.pid)
    os.kill(parts[place], signal.SIGKILL)
    assert process.wait(20) == 1
    log = (store.folder / "serve.log").read_text()
    assert f"the {name} ended by itself with code -9; everything is stopped" in log
    assert [part for part in parts if alive(part)] == []


def test_a_port_in_use_is_told_with_the_way_out(store: Store):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = store.manage("serve", PORT=str(port))
    assert (done.returncode, done.stderr) == (
        1,
        f"CommandError: cannot listen on 127.0.0.1:{port} (Address already in use); "
        f"stop what runs there or choose another port: FANXING_PORT={port + 1}\n",
    )


def children(process: int) -> list[int]:
    """The processes started by one, in the order of their start."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()
