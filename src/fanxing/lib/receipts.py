"""Codes that somebody without an account keeps: shown once, stored as a digest."""

import hashlib
import re
import secrets

# Without 0 and O, 1, I and L, which are read wrongly on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, GROUP = 3, 4


def new_receipt() -> str:
    """A code such as 7KQM-2XRA-9TFE: 31^12 of them, none of which is guessed."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def receipt_digest(receipt: str) -> str:
    """What is stored of a code, however it was typed."""
    return hashlib.sha256(_plain(receipt).encode()).hexdigest()


def receipt_as_given(receipt: str) -> str:
    """A code as it was first shown, however it was typed."""
    plain = _plain(receipt)
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def _plain(receipt: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", receipt.upper())
