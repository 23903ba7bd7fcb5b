"""Measuring: what the clock, the memory and the machine say."""

import gc
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any


def milliseconds(work: Callable[[], Any]) -> float:
    """How long some work takes by the clock; what it makes is dropped before the next."""
    gc.collect()
    begin = time.perf_counter()
    made = work()
    taken = time.perf_counter() - begin
    del made
    return taken * 1000


def pairs(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """Two sides measured in turn, A B A B, so that what else the machine does meets both; a first round is not counted."""
    found = [(milliseconds(ours), milliseconds(theirs)) for _ in range(rounds + 1)][1:]
    return [one for one, _ in found], [other for _, other in found]


def ratio(ones: list[float], others: list[float]) -> float:
    """The median of the ratios of the pairs."""
    return median(one / other for one, other in zip(ones, others, strict=True))


def peak_memory() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss remembers what the parent held when it started this process
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_child(*words: str) -> str:
    """What a bench prints when it is run on its own with these words."""
    done = subprocess.run([sys.executable, sys.argv[0], *words], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def machine() -> str:
    """Processor, cores, memory, system, load."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = next((int(line.split()[1]) / 1024**2 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    system = next(
        (line.split("=")[1].strip('"') for line in _lines("/etc/os-release") if line.startswith("PRETTY_NAME")), platform.platform()
    )
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, load {os.getloadavg()[0]:.1f} at the start"


def versions(*packages: str) -> str:
    return ", ".join([f"Python {platform.python_version()}", *(f"{package} {version(package)}" for package in packages)])


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
