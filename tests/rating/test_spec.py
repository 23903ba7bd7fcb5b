"""Every example of the manual comes out, in the engine and in the slow one; and the printed manual is up to date."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fanxing.rating import Facts, rate
from fanxing.scheme import load_files
from tests.rating import reference
from tests.rating.manual import Example, chapters, printed

EXAMPLES = [pytest.param(example, id=example.title.split(" · ")[0]) for chapter in chapters() for example in chapter.examples]


def on_twelve_digits(table: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {unit: {node: _twelve_digits(value) for node, value in row.items()} for unit, row in table.items()}


def _twelve_digits(value: Any) -> Any:
    if isinstance(value, bool | str | date) or value is None:
        return value
    return reference.TWELVE_DIGITS.plus(Decimal(str(value)))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_engine_gives_the_printed_table(example: Example) -> None:
    scheme = load_files(example.files())
    rating = rate(scheme, Facts.from_rows(scheme, example.given()), example.as_of)
    reasons = dict(rating.table().select("unit", "reason").rows())
    expected = example.expected()
    found = {
        unit: {node: reasons[unit] if node == "reason" else rating.value(unit, node) for node in row} for unit, row in expected.items()
    }
    assert on_twelve_digits(found) == on_twelve_digits(expected)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_slow_engine_gives_it_too(example: Example) -> None:
    facts = {str(row["unit"]): row for row in example.given()}
    rated = reference.rate(load_files(example.files()), facts, example.as_of or date(2025, 12, 31))
    expected = {unit: {node: value for node, value in row.items() if node != "reason"} for unit, row in example.expected().items()}
    found = {unit: {node: rated[unit].get(node) for node in row} for unit, row in expected.items()}
    assert on_twelve_digits(found) == on_twelve_digits(expected)


def test_the_printed_manual_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "rating.md"
    assert page.read_text("utf-8") == printed(), "run tools/print_rating_manual.py"
