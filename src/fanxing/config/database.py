"""Where the data is kept: SQLite in the data folder, or the PostgreSQL that a connection string names."""

from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

# How Django names what libpq calls otherwise; the rest are libpq's own options.
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite for several processes: writers wait their turn at BEGIN instead of failing in mid-transaction."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgresql(connection_string: str) -> dict[str, Any]:
    """The PostgreSQL of a URL or a `name=value` string; ValueError when it is neither or names no database."""
    try:
        parameters = conninfo_to_dict(connection_string)
    except ProgrammingError as error:
        raise ValueError(str(error)) from error
    if "dbname" not in parameters:
        raise ValueError("no database is named")
    named = {DJANGO_NAMES[key]: str(value) for key, value in parameters.items() if key in DJANGO_NAMES}
    options = {key: value for key, value in parameters.items() if key not in DJANGO_NAMES}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **named,
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
