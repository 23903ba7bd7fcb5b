"""How a character sounds."""

import os
from functools import lru_cache

# As in `search_text`: single characters need no table of phrases.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin  # reads the setting above when it is imported

CHARACTERS_KEPT = 30_000


@lru_cache(maxsize=CHARACTERS_KEPT)
def syllable(character: str) -> str:
    """The commonest reading of a character without its tone: 课 → ke. What is not Chinese stays as it is."""
    read = pinyin(character, style=Style.NORMAL, errors="default")
    return read[0][0] if read else character
