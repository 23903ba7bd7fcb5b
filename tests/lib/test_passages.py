"""Passages are found by their characters, by pairs of them, by initials and by the beginning of other words."""

import pytest

from fanxing.lib.passages import passage_sought, passage_text


def finds(sought: str, *texts: str) -> bool:
    """Whether what was typed finds the texts, as the text indexes do: Latin tokens and single characters by their beginning."""
    tokens = passage_text(texts).split()
    asked = passage_sought(sought)
    by_beginning = {token for token in asked if token.isascii() or len(token) == 1}
    return bool(asked) and all(any(one.startswith(token) if token in by_beginning else one == token for one in tokens) for token in asked)


@pytest.mark.parametrize("sought", ["党史", "学党史", "史", "xds", "xxdesdjs", "ds", "2025", "202", "学 党史", "K12", "chart", "党史，学"])
def test_a_passage_is_found_by(sought: str):
    assert finds(sought, "学党史，学习党的二十大精神", "2025年K12 charter", "学习党二十大精神决算")


@pytest.mark.parametrize("sought", ["史学", "dsxq", "党课", "99", "", "，。"])
def test_a_passage_is_not_found_by(sought: str):
    assert not finds(sought, "学党史，学习党的二十大精神", "2025年")


def test_the_tokens_of_a_long_passage_grow_with_it_and_no_faster():
    short, long = (len(passage_text(["长乐路整治" * times]).split()) for times in (1, 400))
    assert long <= short + 20
    various = "".join(chr(0x4E00 + number) for number in range(2_000))
    assert len(passage_text([various])) < 60_000
