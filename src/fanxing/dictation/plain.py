"""A message as the rules look at it: as long as it was written, so that every position stays."""

import re

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；：！？（）"}
OTHER = str.maketrans({"：": ":", "（": "(", "）": ")", "\u3000": " ", "\t": " ", "\r": " ", "\u3007": "零"})
SOFT = re.compile(r"[ 、]")
HARD = re.compile(r"[，,；;。！!？?\n]")


def plain(text: str) -> str:
    """Full-width digits, letters and signs as plain ones; character for character."""
    return text.translate(WIDE).translate(OTHER).lower() if len(text.lower()) == len(text) else text.translate(WIDE).translate(OTHER)


def is_one_clause(between: str) -> bool:
    """Whether two things with this between them stand in one clause."""
    return HARD.search(between) is None
