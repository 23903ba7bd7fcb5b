"""Fanxing against others on the same rules: `./dev bench rating [--quick] [--units N …] [--sides NAME …]`.

Every side gets the facts in its own form, untimed; then it is timed in turn with Fanxing; its results are compared with Fanxing's; and
its memory is that of a process of its own.
"""

import argparse
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

import fanxing_itself
from measuring import in_a_child, machine, milliseconds, pairs, peak_memory, ratio, versions
from workload import INDICATORS, KINDS, Inputs, Results, inputs

PACKAGES = ("numpy", "polars", "pandas", "openfisca-core")
SIZES = (2_526, 60_000, 600_000)
PROVINCE = 600_000


@dataclass(frozen=True)
class Side:
    """One way of doing the work. `most`: how many units at most are measured (what more would take is scaled up)."""

    title: str
    module: str
    run: str = "run"
    most: int = PROVINCE

    def loaded(self) -> Any:
        return importlib.import_module(self.module)

    def worker(self, given: Inputs) -> Callable[[], Any]:
        """The work on some facts, ready to be done again and again."""
        side = self.loaded()
        return partial(getattr(side, self.run), side.prepare(given.first(self.most)))

    def results(self, made: Any) -> Results:
        found: Results = self.loaded().results(made)
        return found


OURS = Side("Fanxing, every rule kept", "fanxing_itself")
SIDES = {
    "results": Side("Fanxing, results only", "fanxing_itself", "run_results"),
    "numpy": Side("NumPy by hand", "by_hand"),
    "polars": Side("Polars", "in_polars"),
    "pandas": Side("pandas", "in_pandas"),
    "openfisca": Side("OpenFisca-core", "in_openfisca"),
    "python": Side("plain Python", "in_python", most=30_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Fanxing against others on the same rules")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no size above 60,000")
    parser.add_argument("--units", type=int, nargs="+", default=SIZES, help="sizes to measure")
    parser.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES), help="whom to measure")
    parser.add_argument("--memory-of", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        print(memory_of(options.memory_of, options.units[0]))
        return
    sizes = [size for size in options.units if size <= SIZES[1]] if options.quick else options.units
    print(f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions(*PACKAGES)}.")
    rules = sum(len(kind.nodes) for kind in fanxing_itself.scheme().kinds.values()) // len(KINDS)
    print(f"{INDICATORS} indicators, {rules} rules a kind of unit, {len(KINDS)} kinds of unit, 5 % missing.")
    for size in sizes:
        compare(size, [SIDES[name] for name in options.sides], rounds=3 if options.quick else rounds(size))
    province(max(sizes), rounds=1 if options.quick else 5)
    one_village(rounds=20 if options.quick else 200)
    what_if(rounds=5 if options.quick else 50)


def rounds(size: int) -> int:
    """The smaller, the more: what a moment's disturbance weighs."""
    return 31 if size < 10_000 else 15 if size < 100_000 else 7


def compare(size: int, sides: list[Side], rounds: int) -> None:
    """A table of one size."""
    given = inputs(size)
    ours = OURS.worker(given)
    wanted = OURS.results(ours())
    lines, mine = [], []
    for side in sides:
        theirs = side.worker(given)
        tiers, points = side.results(theirs()).differences(wanted.first(side.most))
        scale = max(size / side.most, 1)
        our_times, their_times = pairs(ours, theirs, 1 if scale > 1 else rounds)
        mine += our_times
        their_times = [one * scale for one in their_times]
        note = f"; measured on {side.most:,} units, scaled" if scale > 1 else ""
        lines.append((side, median(their_times), f"{ratio(their_times, our_times):.2f}", f"{tiers}, {points:.0e}{note}"))
    print(f"\n{size:,} units; the facts alone are {sum(column.nbytes for column in given.columns.values()) / 1e6:,.0f} MB\n")
    print("| side | ms | times Fanxing | peak MB | tiers that differ, points at most |")
    print("|---|--:|--:|--:|---|")
    for side, time, compared, agreement in [(OURS, median(mine), "", ""), *lines]:
        print(f"| {side.title} | {time:,.1f} | {compared} | {memory(side, size)} | {agreement} |")


def memory(side: Side, size: int) -> str:
    """The peak of a process that does nothing else; in brackets without the facts in its form, and what Python and libraries hold."""
    name = next((name for name, one in SIDES.items() if one is side), "ours")
    return in_a_child("--memory-of", name, "--units", str(size)) if size <= side.most else ""


def memory_of(name: str, size: int) -> str:
    worker = SIDES.get(name, OURS).worker(inputs(size))
    before = peak_memory()
    made = worker()
    peak = peak_memory()
    del made
    return f"{peak:,.0f} ({peak - before:+,.0f})"


def province(units: int, rounds: int) -> None:
    """Parquet to Parquet."""
    import parquet

    with parquet.written(units) as (folder, facts):
        taken = parquet.steps(facts, rounds)
        whole = median(parquet.command(folder, facts) for _ in range(rounds))
    print(f"\n{units:,} units from Parquet to Parquet, through the functions of `fanxing rate`\n")
    print("| step | ms |\n|---|--:|")
    for step, time in taken.items():
        print(f"| {step} | {time:,.0f} |")
    print(f"| the command, from its start to its end | {whole:,.0f} |")


def one_village(rounds: int) -> None:
    """One unit from its records."""
    import one_unit

    scheme = one_unit.scheme()
    records = one_unit.records(scheme)
    one_unit.explained(scheme, records)
    taken = median(milliseconds(lambda: one_unit.explained(scheme, records)) for _ in range(rounds))
    count = sum(len(frame) for frame in records.values())
    print(f"\nOne village from {count} records by the five stars: facts, points, stars and the whole explanation in {taken:.1f} ms")


def what_if(rounds: int) -> None:
    """Suppositions."""
    import supposing

    print("\nWhat if, by the five stars\n\n| asked | ms |\n|---|--:|")
    for asked, time in supposing.measured(rounds):
        print(f"| {asked} | {time:,.1f} |")


if __name__ == "__main__":
    main()
