"""A column of tokens, its text index on either database, and how it is asked.

SQLite keeps the index in a table of its own that triggers keep equal to the column; PostgreSQL in a GIN index on an
expression. Both follow every write of the column by themselves, so that no action can forget them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup

from fanxing.lib.search_text import is_initials


class SearchTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Tokens as `lib.search_text` writes them, in a column named `search_text`; asked with `holds`."""


@SearchTextField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]  # generic only in the stubs
    """Whether the text has all of some tokens, Latin ones and single characters as the beginning of one:
    `search_text__holds=("柳河", "河村")`."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[str]]:
        model = self.lhs.target.model
        row = f"{connection.ops.quote_name(self.lhs.alias)}.{connection.ops.quote_name(model._meta.pk.column)}"
        index = f"{model._meta.db_table}_search"
        within = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608  # names of our own
        return f"{row} IN ({within})", [asked(self.rhs, '"{}"', "*", " ")]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[str]]:
        column, parameters = self.process_lhs(compiler, connection)
        text = f"array_to_tsvector(string_to_array({column}, ' ')) @@ %s::tsquery"
        return text, [*parameters, asked(self.rhs, "'{}'", ":*", " & ")]


def asked(tokens: Sequence[str], quoted: str, beginning: str, both: str) -> str:
    """The tokens as a text index is asked for them; they hold letters, digits and characters alone."""
    return both.join(quoted.format(token) + (beginning if is_initials(token) or len(token) == 1 else "") for token in tokens)


def laid_on(vendor: str, table: str, key: str) -> list[str]:
    """The statements that lay the index on a table with the integer primary key named."""
    index = f"{table}_search"
    if vendor == "postgresql":
        return [f"CREATE INDEX {index} ON {table} USING gin (array_to_tsvector(string_to_array(search_text, ' ')))"]
    put = f"INSERT INTO {index} (rowid, search_text) VALUES (new.{key}, new.search_text)"  # noqa: S608  # names of our own
    take = f"INSERT INTO {index} ({index}, rowid, search_text) VALUES ('delete', old.{key}, old.search_text)"  # noqa: S608  # names of our own
    return [
        # Tokens alone, without their places: a third of the size, and all that is asked for.
        f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content='{table}', content_rowid='{key}', detail='none', columnsize=0)",
        f"CREATE TRIGGER {index}_in AFTER INSERT ON {table} BEGIN {put}; END",
        f"CREATE TRIGGER {index}_out AFTER DELETE ON {table} BEGIN {take}; END",
        f"CREATE TRIGGER {index}_on AFTER UPDATE OF search_text ON {table} BEGIN {take}; {put}; END",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",  # noqa: S608  # names of our own
    ]


def taken_off(vendor: str, table: str) -> list[str]:
    """The statements that take the index off again."""
    index = f"{table}_search"
    if vendor == "postgresql":
        return [f"DROP INDEX {index}"]
    return [*(f"DROP TRIGGER {index}_{event}" for event in ("on", "out", "in")), f"DROP TABLE {index}"]
