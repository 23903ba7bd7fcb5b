"""Points lost, as an explanation tells them."""

from fanxing.rating import Facts, explain, rate
from fanxing.scheme import load


def test_nothing_is_lost_by_what_stands_outside_the_full_mark():
    scheme = load("five-star")
    explanation = explain(rate(scheme, Facts.from_rows(scheme, [{"unit": "a", "kind": "village"}])), "a")
    extra = explanation.find("civility_extra")
    assert extra is not None
    assert extra.extra
    assert [(part.value, part.full, part.lost) for part in extra.parts] == [(0.0, 4.0, None)]
