"""The column by which units and people are found, and its text index."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from fanxing.lib.text_index import SearchTextField, laid_on, taken_off

__all__ = ["PEOPLE", "UNITS", "SearchTextField", "create_index", "drop_index"]

UNITS, PEOPLE, KEY = "organisations_unit", "organisations_person", "id"


def create_index(apps: object, schema: BaseDatabaseSchemaEditor, table: str = UNITS) -> None:
    """Lay the text index of a table on; for migrations. Any later one that writes the table anew on SQLite drops the triggers:
    call it again."""
    for statement in laid_on(schema.connection.vendor, table, KEY):
        schema.execute(statement)


def drop_index(apps: object, schema: BaseDatabaseSchemaEditor, table: str = UNITS) -> None:
    """Take the text index of a table off; for migrations."""
    for statement in taken_off(schema.connection.vendor, table):
        schema.execute(statement)
