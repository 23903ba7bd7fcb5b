"""The facts table as it is kept."""

from fanxing.rating import Facts
from fanxing.scheme import load


def test_a_text_that_all_units_lack_is_kept_as_missing():
    scheme = load("five-star")
    facts = Facts.from_rows(scheme, [{"unit": "a", "kind": "village"}, {"unit": "b", "kind": "village"}])
    assert facts.frame(scheme)["brand_level"].to_list() == [None, None]
