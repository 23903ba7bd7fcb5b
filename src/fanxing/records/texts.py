"""What a record is found by: the texts that were typed into it, and the places it names."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fanxing.lib.passages import passage_text
from fanxing.scheme.model import RecordKind

TYPED = ("text", "long text", "place")
TEXTS_KEPT = 20_000


def fields_sought(kind: RecordKind) -> tuple[str, ...]:
    """The fields of a kind by whose words its records are found: those typed in words, the personal ones never."""
    return tuple(field.id for field in kind.fields if field.type in TYPED and not field.personal)


def tokens_of(kind: RecordKind, data: Mapping[str, Any]) -> str:
    """The tokens by which a record that says this is found; empty where it has no text."""
    texts = tuple(str(data[id]) for id in fields_sought(kind) if data.get(id))
    return _tokens(texts) if texts else ""


# Topics and places are said again and again.
_tokens = lru_cache(maxsize=TEXTS_KEPT)(passage_text)
