"""The one foreground command that runs everything."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

MANAGE = [sys.executable, "-m", "fanxing.config.manage"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment(folder), check=True)
    return folder


@pytest.fixture
def serving(migrated: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `serve` and its address."""
    port = free_port()
    with subprocess.Popen(
        [*MANAGE, "serve"],
        env=environment(migrated) | {"FANXING_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == f"Fanxing runs on http://127.0.0.1:{port} (Ctrl-C stops it)\n"
        yield process, f"http://127.0.0.1:{port}"
        process.terminate()


def test_it_answers_and_ctrl_c_stops_every_part(serving: tuple[subprocess.Popen[str], str]):
    process, address = serving
    with urllib.request.urlopen(f"{address}/healthz") as response:
        assert response.status == 200
    parts = children(process.pid)
    process.send_signal(signal.SIGINT)
    assert (process.wait(20), len(parts), [part for part in parts if alive(part)]) == (0, 2, [])


@pytest.mark.parametrize(("place", "name"), [(0, "web server"), (1, "background worker")])
def test_it_ends_with_an_error_when_a_part_dies(serving: tuple[subprocess.Popen[str], str], place: int, name: str):
    process, _ = serving
    parts = children(process.pid)
    os.kill(parts[place], signal.SIGKILL)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"the {name} ended by itself with code -9; everything is stopped" in errors
    assert [part for part in parts if alive(part)] == []


def test_a_port_in_use_is_told_with_the_way_out(migrated: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = environment(migrated) | {"FANXING_PORT": str(port)}
        done = subprocess.run([*MANAGE, "serve"], env=settings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        f"CommandError: cannot listen on 127.0.0.1:{port} (Address already in use); "
        f"stop what runs there or choose another port: FANXING_PORT={port + 1}\n",
    )


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FANXING_")}
    return kept | {"FANXING_DATA_DIR": str(folder)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(process: int) -> list[int]:
    """The processes started by one, in the order of their start."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()
