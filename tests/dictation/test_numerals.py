"""Amounts as people say them."""

import pytest

from fanxing.dictation.numerals import amounts, read_number
from fanxing.dictation.plain import plain


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("十二", 12),
        ("二十", 20),
        ("一百二十", 120),
        ("一百零三", 103),
        ("三百五", 350),
        ("两千三", 2300),
        ("两千三百一十", 2310),
        ("两千零三", 2003),
        ("一万二", 12_000),
        ("四万二千", 42_000),
        ("十二万", 120_000),
        ("一亿", 100_000_000),
        ("3.5万", 35_000),
        ("3万2千", 32_000),
        ("3万2", 32_000),
        ("1,200", 1200),
        ("三点五", 3.5),
        ("七八", None),
        ("万一", None),
        ("百", None),
    ],
)
def test_a_number_is_read_in_either_writing(said: str, number: float | None):
    assert read_number(said) == number


@pytest.mark.parametrize(
    ("said", "value", "unit", "words"),
    [
        ("到了二十八个党员", 28, "人", "二十八个"),
        ("来了5名", 5, "人", "5名"),
        ("去了俩人", 2, "人", "俩人"),
        ("卖了3.5万元", 35_000, "元", "3.5万元"),
        ("花了两千三百块钱", 2300, "元", "两千三百块钱"),
        ("占15%", 15, "%", "15%"),
        ("占\uff11\uff15％", 15, "%", "\uff11\uff15％"),
        ("两个半小时", 2.5, "小时", "两个半小时"),
        ("半小时", 0.5, "小时", "半小时"),
        ("90分钟", 1.5, "小时", "90分钟"),
        ("植树八百株", 800, "棵", "八百株"),
        ("能源120千克标准煤", 120, "千克标准煤", "120千克标准煤"),
    ],
)
def test_an_amount_is_read_with_what_it_counts(said: str, value: float, unit: str, words: str):
    (found,) = amounts(plain(said), ["千克标准煤"])
    assert (found.value, found.unit, found.span.of(said), found.rough, found.each) == (value, unit, words, False, False)


@pytest.mark.parametrize("said", ["五十来人", "二十多人", "40余人", "十几个人", "大概有七个人", "约30户", "七八个人", "20人左右"])
def test_what_is_only_rough_is_marked_so(said: str):
    assert [one.rough for one in amounts(said, [])] == [True]


def test_one_of_several_is_marked_so():
    assert [(one.value, one.each) for one in amounts("十二人每人两小时", [])] == [(12, False), (2, True)]


@pytest.mark.parametrize("said", ["第三网格", "二车间", "3号楼", "八十岁", "三中全会", "一起去", "统一安排", "一定"])
def test_what_only_looks_like_an_amount_is_none(said: str):
    assert amounts(said, []) == []
