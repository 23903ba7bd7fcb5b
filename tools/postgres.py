"""Runs a command with FANXING_DATABASE naming a PostgreSQL: `python tools/postgres.py .venv/bin/pytest tests/records`.

The server is the one PG_TEST_DSN names, or else a new one in a temporary folder, gone when the command ends.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from debian import MissingProgramError, postgresql_programs

# A test server may lose everything when the machine stops; it need not wait for the disk.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def postgresql() -> Iterator[str]:
    """The connection string of a PostgreSQL that the tests may use."""
    if given := os.environ.get("PG_TEST_DSN"):
        yield given
        return
    programs = postgresql_programs()
    folder = Path(tempfile.mkdtemp(prefix="fanxing-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        yield from _running(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(programs: Path, folder: Path) -> Iterator[str]:
    data = str(folder / "data")
    pg_ctl = [str(programs / "pg_ctl"), "--pgdata", data, "--wait", "--silent"]
    initdb = [str(programs / "initdb"), "--pgdata", data, "--no-sync", "--username", "postgres", "--auth", "trust"]
    _as_owner([*initdb, "--encoding", "UTF8", "--locale", "C"], folder)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} {FAST}"
    _as_owner([*pg_ctl, "--log", str(folder / "log"), "--options", options, "start"], folder)
    try:
        yield f"postgresql:///postgres?host={folder}&user=postgres"
    finally:
        _as_owner([*pg_ctl, "--mode", "immediate", "stop"], folder)


def _as_owner(command: list[str], folder: Path) -> None:
    """Run as the folder's owner: PostgreSQL refuses to run as root."""
    owner = pwd.getpwuid(folder.stat().st_uid)
    if owner.pw_uid != os.geteuid():
        command = ["runuser", "--user", owner.pw_name, "--", *command]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{log.read_text() if log.exists() else ''}")


if __name__ == "__main__":
    try:
        with postgresql() as connection_string:
            sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"FANXING_DATABASE": connection_string}).returncode)
    except MissingProgramError as missing:
        sys.exit(f"postgres: {missing}")
