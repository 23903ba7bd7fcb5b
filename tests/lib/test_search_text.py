"""What a name is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.lib.search_text import READINGS_OF_A_NAME, is_initials, readings, search_text, tokens_sought

CHARACTERS = "柳河村镇社区长乐重庆单县石桥东西南北前后家行一二三\uff21b3·（）"
NAMES = st.text(st.sampled_from(CHARACTERS), max_size=8)


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("柳河村", "柳 河 村 柳河 河村 lhc hc c"),
        ("长乐", "长 乐 长乐 zl zy cl cy l y"),
        (" 柳河（北） ", "柳 河 北 柳河 河北 lhb hb b"),
        ("\uff21区3", "区 a区 区3 aq3 ao3 q3 o3 3"),
        ("", ""),
    ],
)
def test_the_tokens_of_a_name(name: str, tokens: str):
    assert search_text(name) == tokens


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("柳河村", ("柳河", "河村")),
        ("村", ("村",)),
        ("LHC", ("lhc",)),
        ("石桥 lhc", ("石桥", "lhc")),
        ("第3组", ("第3", "3组")),
        ("村（北）", ("村北",)),
        ("A1栋", ("1栋",)),
        (" —— ", ()),
    ],
)
def test_what_somebody_typed_asks_for(typed: str, sought: tuple[str, ...]):
    assert tokens_sought(typed) == sought


def test_a_name_of_many_polyphones_has_a_bounded_text():
    assert len(search_text("长乐重单行").split()) <= 5 + 4 + 5 * READINGS_OF_A_NAME


@given(NAMES)
def test_every_part_of_a_name_finds_it_by_characters(name: str):
    """The oracle is the plainest search there is: the part stands in the name."""
    tokens = search_text(name).split()
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            assert all(is_found(token, tokens) for token in tokens_sought(name[start:end]))


@given(NAMES)
def test_every_name_is_found_by_its_commonest_initials_from_any_character_on(name: str):
    letters = [letter for letter in name if letter.isalnum()]
    for start in range(len(letters)):
        typed = "".join(readings(letter)[0] for letter in letters[start:])
        assert all(is_found(token, search_text(name).split()) for token in tokens_sought(typed))


def is_found(token: str, tokens: list[str]) -> bool:
    return any(one.startswith(token) for one in tokens) if is_initials(token) else token in tokens
