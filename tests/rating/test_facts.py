"""The facts table as it is kept."""

import pytest

from fanxing.rating import Facts, FactsError
from fanxing.scheme import load


def test_a_text_that_all_units_lack_is_kept_as_missing():
    scheme = load("five-star")
    facts = Facts.from_rows(scheme, [{"unit": "a", "kind": "village"}, {"unit": "b", "kind": "village"}])
    assert facts.frame(scheme)["brand_level"].to_list() == [None, None]


@pytest.mark.parametrize("value", [1e300, float("inf"), float("nan"), -1e16])
def test_a_number_that_cannot_be_reckoned_with_is_refused(value):
    scheme = load("hdi")
    fact = next(iter(next(iter(scheme.kinds.values())).facts))
    with pytest.raises(FactsError, match=f"unit a, column {fact}: .* is out of bounds; it must be a number"):
        Facts.from_rows(scheme, [{"unit": "a", fact: value}])
