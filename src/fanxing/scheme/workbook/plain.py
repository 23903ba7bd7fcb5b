"""The text of a cell made plain for reading: half-width, without blanks, Chinese numerals before measure words as digits."""

import re
import unicodedata

UNITS = (
    "个百分点|百分点|%|万元|亿元|元|万|亿|人次|次|个季度|个月|个|起|例|人|名|户|件|处|项|天|小时|场|期|篇|年|月|季度|条|类|支|家|亩|岁|公里|批|宗|台|套|"
    "座|盏|棵|份|平方米|分"
)
UNIT = rf"(?:{UNITS})"
NUMBER = r"\d{1,12}(?:\.\d{1,6})?"
_NUMERAL = re.compile(
    rf"(?<![第同统唯十百一二两三四五六七八九])([一二两三四五六七八九十百]+)(?={UNIT})(?!分)|(?<=[得扣计加减记])([一二两三四五六七八九十百]+)(?=分)"
)
_PERCENT = re.compile(r"百分之([一二两三四五六七八九十百]+|\d+(?:\.\d+)?)")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SIZES = {"万": 10_000, "亿": 100_000_000}
MARK = re.compile(rf"^[(\[]?(?:满分|计|共)?({NUMBER})分?[)\]]?$")
MARK_IN_TEXT = re.compile(rf"[(\[【](?:满分|共|计|分值)?:?({NUMBER})分[)\]】]")
WEIGHT = re.compile(rf"^({NUMBER})%$")


def plain(text: str) -> str:
    """A text for the patterns: NFKC, no blanks within a line, numerals as digits."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[^\S\n]+", "", text).replace("。", ";").replace("、", ",")
    text = _PERCENT.sub(lambda found: f"{_numeral(found[1])}%", text)
    return _NUMERAL.sub(lambda found: _numeral(found[1] or found[2]), text)


def _numeral(text: str) -> str:
    """Up to 999: 三十二 is 32. What is digits already stays."""
    if text[0].isdigit():
        return text
    total, digit = 0, 0
    for letter in text:
        if letter in "十百":
            total += (digit or 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[letter]
    return str(total + digit)


def amount(number: str, unit: str = "") -> float:
    """30 with 万元 is 300000."""
    return float(number) * next((size for sign, size in _SIZES.items() if unit.startswith(sign)), 1)


def mark(text: str) -> float | None:
    """The mark a cell of marks holds: 10, 10分, （5分）; None where it holds no mark."""
    found = MARK.match(plain(text))
    return float(found[1]) if found else None


def weight(text: str) -> float | None:
    """The weight a cell holds: 15% is 0.15."""
    found = WEIGHT.match(plain(text))
    return float(found[1]) / 100 if found else None


def mark_in(text: str) -> float | None:
    """The one mark that stands in brackets in a text: 阵地建设（5分）."""
    found = MARK_IN_TEXT.findall(plain(text))
    return float(found[0]) if len(found) == 1 else None


def without_mark(text: str) -> str:
    """A title without its mark in brackets."""
    return re.sub(r"\s*[(（\[【](?:满分|共|计|分值)?[:：]?\s*\d+(?:\.\d+)?\s*分\s*[)）\]】]", "", text).strip()


def key(text: str) -> str:
    """A text for comparing: nothing but its letters and digits."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()
