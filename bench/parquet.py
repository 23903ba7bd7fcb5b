"""A province: facts from a Parquet file, results to a Parquet file, through the functions that `fanxing rate` uses."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import fanxing_itself
import numpy as np
import polars as pl
from workload import inputs, scheme_files

from fanxing.rating import rate
from fanxing.rating.reading import read_facts
from fanxing.rating.writing import write_table


@contextmanager
def written(units: int) -> Iterator[tuple[Path, Path]]:
    """A folder with the scheme, and a file with the facts."""
    with tempfile.TemporaryDirectory() as name:
        folder, facts = Path(name) / "scheme", Path(name) / "facts.parquet"
        for path, text in scheme_files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        drawn = inputs(units)
        columns = [pl.Series(id, column).fill_nan(None) for id, column in drawn.columns.items()]
        codes = pl.Series("unit", [f"{number:012}" for number in np.random.default_rng(1).permutation(units)])
        pl.DataFrame([codes, pl.Series("kind", drawn.kinds()), *columns]).write_parquet(facts)
        yield folder, facts


def steps(facts: Path, rounds: int) -> dict[str, float]:
    """Milliseconds for each step, the medians of some rounds."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds + 1):
        for step, taken in _steps(facts).items():
            found.setdefault(step, []).append(taken)
    return {step: median(taken[1:]) for step, taken in found.items()}


def _steps(path: Path) -> dict[str, float]:
    scheme = fanxing_itself.scheme()
    moments = [time.perf_counter()]
    facts = read_facts(scheme, path)
    moments.append(time.perf_counter())
    rating = rate(scheme, facts)
    moments.append(time.perf_counter())
    table = rating.table()
    moments.append(time.perf_counter())
    write_table(table, path.parent / "results.parquet")
    moments.append(time.perf_counter())
    taken = [(end - begin) * 1000 for begin, end in pairwise(moments)]
    return dict(zip(("read and check", "rate", "table", "write"), taken, strict=True)) | {"all": sum(taken)}


def command(folder: Path, facts: Path) -> float:
    """Milliseconds for the whole command, Python's start and the loading of the scheme included."""
    words = [sys.executable, "-m", "fanxing.cli", "rate", "--scheme", str(folder), "--facts", str(facts)]
    begin = time.perf_counter()
    subprocess.run([*words, "--out", str(facts.parent / "out.parquet")], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000
