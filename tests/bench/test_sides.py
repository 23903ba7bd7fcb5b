"""The sides of the rating bench do the same work: what they give is what Fanxing gives."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

BENCH = Path(__file__).parents[2] / "bench"
# What stands beside Fanxing, and what must be installed for it (`./dev bench` installs all).
SIDES = {"by_hand": "numpy", "in_polars": "polars", "in_python": "math", "in_pandas": "pandas", "in_openfisca": "openfisca_core"}


@pytest.fixture(autouse=True)
def _bench_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


@pytest.mark.parametrize("name", [name for name, needs in SIDES.items() if find_spec(needs)])
def test_all_sides_agree(name: str) -> None:
    given = import_module("workload").inputs(3_000)
    ours, side = import_module("fanxing_itself"), import_module(name)
    wanted = ours.results(ours.run(ours.prepare(given)))

    tiers, points = side.results(side.run(side.prepare(given))).differences(wanted)

    assert tiers == 0
    assert points < 1e-9


def test_differences_are_counted() -> None:
    results = import_module("workload").Results
    nothing = np.nan
    one = results(np.array([1, 2, nothing, nothing]), {"total": np.array([10, 20, nothing, 30.0])})
    other = results(np.array([1, 3, nothing, 4]), {"total": np.array([10, 20.5, nothing, 30.0])})
    without = results(one.tier, {"total": np.array([10, nothing, nothing, 30.0])})

    assert one.differences(one) == (0, 0)
    assert one.differences(other) == (2, 0.5)
    assert one.differences(without) == (0, np.inf)


def test_one_village_is_explained_from_its_records() -> None:
    one_unit = import_module("one_unit")
    scheme = one_unit.scheme()
    records = one_unit.records(scheme)

    explanation = one_unit.explained(scheme, records)

    assert sum(len(frame) for frame in records.values()) >= one_unit.RECORDS
    assert {star for star in scheme.kinds[one_unit.KIND].stars if explanation.find(star)} == set(scheme.kinds[one_unit.KIND].stars)


def test_a_file_goes_from_parquet_to_parquet() -> None:
    parquet = import_module("parquet")
    with parquet.written(500) as (_, facts):
        steps = parquet.steps(facts, rounds=1)
        assert (facts.parent / "results.parquet").exists()
    assert list(steps) == ["read and check", "rate", "table", "write", "all"]
