"""Numbers with their units, and how the pieces of a sentence are set."""

import pytest

from fanxing.scheme.wording import amount, join, months, number, points, quoted, value_word


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0, "分", "0 分"),
        (300000.0, "元", "30 万元"),
        (15000.0, "元", "1.5 万元"),
        (12345.0, "元", "12345 元"),
        (9999.0, "元", "9999 元"),
        (150000000.0, "元", "1.5 亿元"),
        (-20000.0, "元", "−2 万元"),
        (60000.0, "人", "6 万人"),
        (60000.0, "", "6 万"),
        (0.95, "%", "95%"),
        (1.1, "%", "110%"),
        (0.0002, "%", "0.02%"),
        (75000.0, "2017 年购买力平价美元", "75000（2017 年购买力平价美元）"),
        (75000.0, "mu", "75000 mu"),
        (4.0, "个季度", "4 个季度"),
        (0.1 + 0.2, "", "0.3"),
        (1e300, "元", "1e+300 元"),
        (1e-12, "", "1e−12"),
    ],
)
def test_an_amount_reads_well(value, unit, words):
    assert amount(value, unit) == words


def test_points_are_given_or_taken():
    assert [points(20.0), points(0.5), points(0.0), points(-2.0)] == ["20 分", "0.5 分", "0 分", "扣 2 分"]


def test_a_plain_value_is_said_by_its_word_if_it_has_one():
    assert value_word("city", words={"city": "市级"}) == "市级"
    assert [value_word(one) for one in (None, True, False, "A", 2.5)] == ["缺失", "是", "否", "A", "2.5"]


def test_digits_and_letters_stand_apart_from_chinese():
    assert join("按", "2 年", "计") == "按 2 年计"
    assert join("为", "A", "的") == "为 A 的"
    assert join("达到", "95%", "以上", "，", "得", "5") == "达到 95% 以上，得 5"
    assert join("", "（5）", "分", "") == "（5）分"


def test_other_small_words():
    assert [months(6), months(12), months(24), months(30)] == ["6 个月", "12 个月", "2 年", "30 个月"]
    assert quoted("村“两委”职数") == "“村‘两委’职数”"
    assert number(-0.5) == "−0.5"
