"""Digests: the name by which an exact version of rules is known for ever."""

import hashlib
import json
from dataclasses import replace

from fanxing.scheme.model import Procedure, RecordKind, Scheme, UnitKind, plain


def digest_of(value: object) -> str:
    """SHA-256 (hex) over the canonical JSON of what a value says; comments, layout and place in the file do not matter."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rating_digest(scheme: Scheme) -> str:
    """The digest of the rating rules: kinds of unit with their facts, nodes and stars, and the period. What it takes to better a fact
    is no part of it: an estimate that is put right changes no result."""
    return digest_of([scheme.id, {id: _rating(kind) for id, kind in scheme.kinds.items()}, scheme.period])


def _rating(kind: UnitKind) -> UnitKind:
    return replace(kind, facts={id: replace(fact, effort=None) for id, fact in kind.facts.items()})


def record_kind_digest(kind: RecordKind) -> str:
    """The digest of one kind of record."""
    return digest_of(kind)


def procedure_digest(procedure: Procedure) -> str:
    """The digest of one procedure."""
    return digest_of(procedure)
