"""The codes of units, and the path made of them: `/410000/411002/`, from the root down to the unit itself."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

ROOT = "/"


def path_of(code: str, parent_path: str = ROOT) -> str:
    """The path of a unit below a parent."""
    return f"{parent_path}{code}/"


def upwards(path: str) -> list[str]:
    """A path, and those of all units above it, the highest first."""
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[:count])}/" for count in range(1, len(codes) + 1)]


def within(path: str, *, field: str = "path") -> Q:
    """What lies at the path or below it, as a range that an ordinary index serves on every database.

    Not `startswith`: SQLite's LIKE knows no case and uses no index. "0" is the character after "/".
    """
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "0"})


def beginning(code: str, *, field: str = "code") -> Q:
    """The codes that begin so, as a range; "~" comes after every character that a code may have."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": code + "~"})


def _bytewise(parameters: dict[str, Any], connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Compared byte by byte, as SQLite does by itself and PostgreSQL only when told."""
    return {**parameters, "collation": "C"} if connection.vendor == "postgresql" else parameters


class PathField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text of which a range is everything below a unit."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return _bytewise(super().db_parameters(connection), connection)


class CodeField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """A code: in the same order on every database, and by its beginning a range."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return _bytewise(super().db_parameters(connection), connection)
