"""Programs that Debian has and the tests need: installed when root, else named with the way to get them."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")


class MissingProgramError(Exception):
    """A program is not here and cannot be installed from here."""


def find_or_install(find: Callable[[], Found | None], packages: list[str]) -> Found:
    """What `find` finds, after installing the packages when it finds nothing and we are root."""
    if found := find():
        return found
    command = "apt-get update && apt-get install -y --no-install-recommends " + " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingProgramError(f"{packages[0]} is missing; as root: {command}")
    print(f"Installing {' '.join(packages)} ...", flush=True)
    done = subprocess.run(
        ["sh", "-c", command],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    found = find()
    if done.returncode or not found:
        raise MissingProgramError(f"{packages[0]} could not be installed by: {command}\n{done.stdout[-2000:]}")
    return found


def chromium() -> Path:
    """The browser of the journeys, a Chinese font to show them in, and the library that Playwright's own driver needs."""
    return find_or_install(find_chromium, ["chromium", "fonts-noto-cjk", DRIVER_LIBRARY[1]])


DRIVER_LIBRARY = ("libatomic.so.1", "libatomic1")


def find_chromium() -> Path | None:
    path = shutil.which("chromium")
    return Path(path) if path and has_library(DRIVER_LIBRARY[0]) else None


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def postgresql_programs() -> Path:
    """The folder that holds `initdb` and `pg_ctl`, which Debian keeps off the path."""
    return find_or_install(find_postgresql_programs, ["postgresql"])


def find_postgresql_programs() -> Path | None:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)
