"""What a passage is found by: its characters, every two that stand together, and the initials of every few; whole words of other letters.

As `lib.search_text` does for names, but for texts of any length: initials from each character on run over a few characters only,
in its commonest readings, so that the tokens of a passage grow with it and no faster.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, pairwise, product

from fanxing.lib.search_text import is_initials, readings

# So many initials make a token; who types more asks for every run of so many.
INITIALS = 4
READINGS_OF_A_RUN = 3
# The words of the choices of all kinds.
WORDS_KEPT = 5_000


def passage_text(texts: Iterable[str]) -> str:
    """The tokens of some texts with a space between them, each once.

    学党史 2025 → 学 党 史 学党 党史 xds xd … 2025
    """
    return " ".join(dict.fromkeys(token for text in texts for run in _runs(text) for token in _tokens(run)))


def passage_sought(text: str) -> tuple[str, ...]:
    """The tokens that what somebody typed asks for, all of them; Latin ones and single characters as the beginning of a token."""
    return tuple(dict.fromkeys(token for run in _runs(text) for token in _tokens_sought(run)))


def holds(words: str, tokens: Iterable[str]) -> bool:
    """Whether a few words hold all of some tokens that are sought, as the text index would say."""
    kept = _kept(words)
    return all(one in kept or (_is_beginning(one) and any(token.startswith(one) for token in kept)) for one in tokens)


@lru_cache(maxsize=WORDS_KEPT)
def _kept(words: str) -> frozenset[str]:
    return frozenset(passage_text([words]).split())


def _is_beginning(token: str) -> bool:
    return is_initials(token) or len(token) == 1


def _runs(text: str) -> Iterator[str]:
    """Runs of characters, and of Latin letters or digits; marks and spaces part them."""
    for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower().replace("_", " ")):
        yield from re.findall(r"[a-z0-9]+|[^a-z0-9]+", word)


def _tokens(run: str) -> Iterator[str]:
    if run.isascii():
        yield run
        if _is_word(run):
            yield from (run[start : start + INITIALS] for start in range(len(run)))
        return
    yield from run
    yield from (one + other for one, other in pairwise(run))
    for start in range(len(run)):
        letters = map(readings, run[start : start + INITIALS])
        yield from map("".join, islice(product(*letters), READINGS_OF_A_RUN))


def _tokens_sought(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    elif not run.isascii():
        yield from (one + other for one, other in pairwise(run))
    elif _is_word(run):
        yield from (run[start : start + INITIALS] for start in range(len(run) - INITIALS + 1))
    else:
        yield run


def _is_word(run: str) -> bool:
    """Whether Latin letters are more than a token of initials holds."""
    return len(run) > INITIALS and not run.isdigit()
