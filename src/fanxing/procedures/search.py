"""The text index of matters; see `lib.text_index`."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from fanxing.lib.text_index import laid_on, taken_off

TABLE, KEY = "procedures_matter", "id"


def create_index(apps: object, schema: BaseDatabaseSchemaEditor) -> None:
    """Lay the text index on; for migrations. Any later one that writes the table anew on SQLite drops the triggers: call it again."""
    for statement in laid_on(schema.connection.vendor, TABLE, KEY):
        schema.execute(statement)


def drop_index(apps: object, schema: BaseDatabaseSchemaEditor) -> None:
    """Take the text index off; for migrations."""
    for statement in taken_off(schema.connection.vendor, TABLE):
        schema.execute(statement)
