"""The column by which units are found, its text index on either database, and how it is asked.

SQLite keeps the index in a table of its own that triggers keep equal to the column; PostgreSQL in a GIN index on an
expression. Both follow every write of the column by themselves, so that no action can forget them.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Lookup

from fanxing.lib.search_text import is_initials

ON_SQLITE = (
    # Tokens alone, without their places: a third of the size, and all that is asked for.
    "CREATE VIRTUAL TABLE organisations_unit_search USING fts5("
    "search_text, content='organisations_unit', content_rowid='id', detail='none', columnsize=0)",
    "CREATE TRIGGER organisations_unit_search_in AFTER INSERT ON organisations_unit BEGIN"
    " INSERT INTO organisations_unit_search (rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER organisations_unit_search_out AFTER DELETE ON organisations_unit BEGIN"
    " INSERT INTO organisations_unit_search (organisations_unit_search, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER organisations_unit_search_on AFTER UPDATE OF search_text ON organisations_unit BEGIN"
    " INSERT INTO organisations_unit_search (organisations_unit_search, rowid, search_text)"
    " VALUES ('delete', old.id, old.search_text);"
    " INSERT INTO organisations_unit_search (rowid, search_text) VALUES (new.id, new.search_text); END",
    "INSERT INTO organisations_unit_search (organisations_unit_search) VALUES ('rebuild')",
)
OFF_SQLITE = (
    "DROP TRIGGER organisations_unit_search_on",
    "DROP TRIGGER organisations_unit_search_out",
    "DROP TRIGGER organisations_unit_search_in",
    "DROP TABLE organisations_unit_search",
)
ON_POSTGRESQL = (
    "CREATE INDEX organisations_unit_search ON organisations_unit USING gin (array_to_tsvector(string_to_array(search_text, ' ')))",
)
OFF_POSTGRESQL = ("DROP INDEX organisations_unit_search",)


class SearchTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Tokens as `lib.search_text` writes them; asked with `holds`."""


@SearchTextField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]  # generic only in the stubs
    """Whether the text has all of some tokens, Latin ones as the beginning of one: `search_text__holds=("柳河", "河村")`."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[str]]:
        table = connection.ops.quote_name(self.lhs.alias)
        within = "SELECT rowid FROM organisations_unit_search WHERE organisations_unit_search MATCH %s"
        return f'{table}."id" IN ({within})', [_asked(self.rhs, '"{}"', "*", " ")]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[str]]:
        column, parameters = self.process_lhs(compiler, connection)
        text = f"array_to_tsvector(string_to_array({column}, ' ')) @@ %s::tsquery"
        return text, [*parameters, _asked(self.rhs, "'{}'", ":*", " & ")]


def _asked(tokens: Sequence[str], quoted: str, beginning: str, both: str) -> str:
    """The tokens as a text index is asked for them; they hold letters, digits and characters alone."""
    return both.join(quoted.format(token) + (beginning if is_initials(token) else "") for token in tokens)


def create_index(apps: object, schema: BaseDatabaseSchemaEditor) -> None:
    """Lay the text index on; for migrations. Any later one that writes the table anew on SQLite drops the triggers: call it again."""
    for statement in ON_SQLITE if schema.connection.vendor == "sqlite" else ON_POSTGRESQL:
        schema.execute(statement)


def drop_index(apps: object, schema: BaseDatabaseSchemaEditor) -> None:
    """Take the text index off; for migrations."""
    for statement in OFF_SQLITE if schema.connection.vendor == "sqlite" else OFF_POSTGRESQL:
        schema.execute(statement)
