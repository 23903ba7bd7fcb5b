"""Texts about a person: what is shown of them, and what the log holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.lib.personal import masked, salted_digest

SALT, OTHER_SALT = "00" * 16, "11" * 16


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800001234", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("0374-1234567", "037****4567"),
        ("0374-1234567转801", "037****7801"),
        ("1234567", "****67"),
        ("张三", "张**"),
        ("欧阳海棠", "欧**"),
        (" 林秀英 ", "林**"),
        ("张", "**"),
        ("", ""),
        ("zhang@example.com", "z**"),
        ("李四 13800001234", "李**"),
    ],
)
def test_what_is_shown_tells_one_from_another_and_no_more(text, shown):
    assert masked(text) == shown


@given(st.text(min_size=2).filter(lambda text: len(text.strip()) > 1))
def test_no_text_is_shown_whole(text):
    assert text.strip() not in masked(text)


def test_a_digest_holds_a_text_to_its_place():
    held = salted_digest(SALT, "records.Record:1", "contact", "13800001234")
    assert held == salted_digest(SALT, "records.Record:1", "contact", "13800001234")
    others = [
        salted_digest(SALT, "records.Record:1", "contact", "13800001235"),
        salted_digest(SALT, "records.Record:2", "contact", "13800001234"),
        salted_digest(SALT, "records.Record:1", "name", "13800001234"),
        salted_digest(OTHER_SALT, "records.Record:1", "contact", "13800001234"),
    ]
    assert held not in others
