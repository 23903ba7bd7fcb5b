"""What a name is found by: its characters, every two that stand together, and its pinyin initials from any of them on.

A text index of single tokens serves all three on every database, two characters too: trigram indexes find nothing shorter
than three.
"""

import os
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice, pairwise, product

# Whole words would help only to choose among readings, and we keep them all: 50 MB less in every process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin  # reads the setting above when it is imported

# A name of many polyphones is found by its commonest readings.
READINGS_OF_A_NAME = 16
CHARACTERS_KEPT = 30_000


def search_text(name: str) -> str:
    """The tokens of a name with a space between them, each once.

    柳河村 → 柳 河 村 柳河 河村 lhc hc c
    """
    plain = _plain(name)
    return " ".join(dict.fromkeys(chain(_chinese(plain), _chinese(_pairs(plain)), _initials(plain))))


def tokens_sought(text: str) -> tuple[str, ...]:
    """The tokens that what somebody typed asks for, all of them; none when it has neither letter nor digit.

    河村 → 河村; 柳河村 → 柳河 河村; lhc → lhc, which is to be sought as the beginning of a token: see `is_initials`.
    """
    words = (_plain(word) for word in unicodedata.normalize("NFKC", text).split())
    return tuple(dict.fromkeys(token for word in words if word for token in _tokens_of_word(word)))


def is_initials(token: str) -> bool:
    """Whether the token can only be found as the beginning of initials: it has no Chinese character."""
    return token.isascii()


def _tokens_of_word(word: str) -> Iterator[str]:
    if word.isascii() or len(word) == 1:
        yield word
    else:
        # Two Latin letters of a mixed name stand in its initials, not among its pairs.
        yield from (pair for pair in _pairs(word) if not pair.isascii())


def _plain(name: str) -> str:
    """Letters, digits and characters alone, small and of one width: brackets and spaces keep nobody from finding a name."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).lower() if letter.isalnum())


def _pairs(plain: str) -> Iterator[str]:
    return (one + other for one, other in pairwise(plain))


def _chinese(tokens: str | Iterator[str]) -> Iterator[str]:
    return (token for token in tokens if not token.isascii())


def _initials(plain: str) -> Iterator[str]:
    """The initials of the name from each character on, in every reading: 长乐村 is found by clc, zlc, cyc and zyc."""
    for start in range(len(plain)):
        yield from map("".join, islice(product(*map(readings, plain[start:])), READINGS_OF_A_NAME))


@lru_cache(maxsize=CHARACTERS_KEPT)
def readings(character: str) -> str:
    """The first letters of a character's readings, commonest first; a letter or digit is its own."""
    if character.isascii():
        return character
    letters = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return "".join(letter for letter in dict.fromkeys(chain.from_iterable(letters)) if letter.isascii()) or character
