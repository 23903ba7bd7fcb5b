"""One spelling of a value as JSON, so that the same content always has the same digest."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from typing import TypeAlias
from uuid import UUID

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


def plain(value: object) -> Plain:
    """The value as JSON can hold it, spelled so that no database changes it on the way.

    Whole floats become integers, since PostgreSQL hands 1e5 back as 100000. Moments are written in UTC,
    decimals without trailing zeros. Refuses NaN, infinity, NUL characters and naive moments with ValueError,
    and types that JSON does not know with TypeError.
    """
    match value:
        case None | bool() | int():
            return value
        case str():
            return _text(value)
        case float():
            return _number(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case UUID():
            return str(value)
        case Mapping():
            return {_key(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def canonical_json(value: object) -> str:
    """The value as JSON with sorted keys and no spaces; equal values give equal text."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """The SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return sha256(canonical_json(value).encode()).hexdigest()


def _text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("text must not contain NUL: PostgreSQL cannot store it")
    # A str subclass, such as a Django choice, becomes the text it stands for.
    return str.__str__(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys must be text, not {type(key).__name__}")
    return _text(key)


def _number(value: float) -> int | float:
    if not isfinite(value):
        raise ValueError(f"{value} is not a number that JSON can hold")
    return int(value) if value.is_integer() else value


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC).isoformat()
