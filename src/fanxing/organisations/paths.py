"""The materialised path of a unit: `/410000/411002/`, the codes from the root down to the unit itself."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

ROOT = "/"


def path_of(code: str, parent_path: str = ROOT) -> str:
    """The path of a unit below a parent."""
    return f"{parent_path}{code}/"


def within(path: str, *, field: str = "path") -> Q:
    """What lies at the path or below it, as a range that an ordinary index serves on every database.

    Not `startswith`: SQLite's LIKE knows no case and uses no index. "0" is the character after "/".
    """
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "0"})


class PathField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text that is compared byte by byte, as SQLite does by itself and PostgreSQL only when told."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        bytewise = {"collation": "C"} if connection.vendor == "postgresql" else {}
        return {**super().db_parameters(connection), **bytewise}
