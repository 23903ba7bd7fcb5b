"""Texts among the facts come back as they went in."""

from fanxing.rating import Facts, rate
from fanxing.scheme import load_files

SCHEME = load_files(
    {
        "scheme.yaml": """
scheme: words
title: 文字
basis: example
kinds: {v: {title: 村}}
tier: {title: 等级, choose: [{when: brand == 'b', give: 2}, {when: brand == 'a' and present(place), give: 1}, {give: 0}]}
facts:
  place: {title: 地点, type: text, if_missing: stays}
  brand: {title: 品牌, type: text, if_missing: stays}
"""
    }
)


def test_a_text_is_told_as_it_was_given_whatever_words_the_rules_know() -> None:
    rating = rate(SCHEME, Facts.from_rows(SCHEME, [{"unit": "v", "place": "x", "brand": "a"}]))
    assert rating.values("v") == {"place": "x", "brand": "a", "tier": 1.0}
