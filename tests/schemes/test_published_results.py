"""Three schemes that nobody here wrote come out as published: see data/README.md."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from fanxing.rating import Facts, rate
from fanxing.scheme import load

SAMPLES = Path(__file__).parent / "data"
WHOLE = os.environ.get("WORKED_DATA")


@dataclass(frozen=True)
class Published:
    """A published file.

    whole   where the whole file lies in its folder
    unit    the code of the unit of a row
    tier    the published tier of a row; None where none was published
    needs   the inputs without which there is no result
    """

    scheme: str
    whole: str
    unit: Callable[[dict[str, str]], str]
    tier: Callable[[dict[str, str]], str | None]
    needs: tuple[str, ...]


FILES = (
    Published(
        "food-hygiene",
        "fhrs/worked.csv",
        unit=lambda row: row["fhrsid"],
        tier=lambda row: row["rating_value"] if row["rating_value"].isdigit() else None,
        needs=("hygiene", "structural", "confidence"),
    ),
    Published(
        "nursing-home",
        "cms_nursing_home/worked.csv",
        unit=lambda row: row["ccn"],
        tier=lambda row: row["overall"] or None,
        needs=("health_inspection",),
    ),
    Published(
        "hdi",
        "hdi/worked.csv",
        unit=lambda row: f"{row['iso3']}-{row['year']}",
        tier=lambda row: row["hdicode"] or None,
        needs=("le", "eys", "mys", "gnipc"),
    ),
)
PATHS = [pytest.param(one, SAMPLES / f"{one.scheme}.csv", id=f"{one.scheme}-sample") for one in FILES] + [
    pytest.param(one, Path(WHOLE) / one.whole, id=f"{one.scheme}-whole") for one in FILES if WHOLE
]


def rows_and_results(published: Published, path: Path) -> tuple[list[dict[str, str]], pl.DataFrame]:
    """The rows of a published file as texts, and what our scheme makes of them."""
    rows = pl.read_csv(path, infer_schema=False).fill_null("")
    units = pl.Series("unit", [published.unit(row) for row in rows.to_dicts()])
    scheme = load(published.scheme)
    return rows.to_dicts(), rate(scheme, Facts.from_frame(scheme, rows.with_columns(units), path.name)).table()


@pytest.mark.parametrize(("published", "path"), PATHS)
def test_the_tier_of_every_row_with_inputs_is_the_published_one(published: Published, path: Path) -> None:
    rows, table = rows_and_results(published, path)
    found = dict(zip(table["unit"], table["tier"], strict=True))
    expected = {
        published.unit(row): published.tier(row) for row in rows if published.tier(row) and all(row[one] for one in published.needs)
    }
    assert len(expected) > 80
    assert {unit: found[unit] for unit in expected} == expected


@pytest.mark.parametrize(("published", "path"), PATHS)
def test_a_row_that_lacks_an_input_is_not_rated_and_says_why(published: Published, path: Path) -> None:
    rows, table = rows_and_results(published, path)
    lacking = [published.unit(row) for row in rows if not all(row[one] for one in published.needs)]
    unrated = table.filter(pl.col("tier").is_null())
    assert lacking
    assert unrated["unit"].to_list() == lacking
    assert unrated["reason"].null_count() == 0


@pytest.mark.parametrize(("published", "path"), [one for one in PATHS if str(one.id).startswith("hdi")])
def test_every_published_development_index_comes_out_to_three_decimals(published: Published, path: Path) -> None:
    rows, table = rows_and_results(published, path)
    found = dict(zip(table["unit"], table["total"], strict=True))
    expected = {published.unit(row): float(row["hdi"]) for row in rows if row["hdi"]}
    assert {unit: found[unit] for unit in expected} == expected
