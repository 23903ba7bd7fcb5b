"""Digests: the name by which an exact version of rules is known for ever."""

import hashlib
import json

from fanxing.scheme.model import RecordKind, Scheme, plain


def digest_of(value: object) -> str:
    """SHA-256 (hex) over the canonical JSON of what a value says; comments, layout and place in the file do not matter."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rating_digest(scheme: Scheme) -> str:
    """The digest of the rating rules: kinds of unit with their facts, nodes and stars, and the period."""
    return digest_of([scheme.id, dict(scheme.kinds), scheme.period])


def record_kind_digest(kind: RecordKind) -> str:
    """The digest of one kind of record."""
    return digest_of(kind)
