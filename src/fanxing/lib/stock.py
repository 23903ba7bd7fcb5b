"""Telling PostgreSQL how many rows there are."""

from django.db import connection, models


def take_stock(model: type[models.Model] | None = None) -> None:
    """Count the rows of a table, or of all, anew for the planner: PostgreSQL does it by itself only after the transaction, and till then
    plans, and checks foreign keys when it ends, as if the rows just written were not there. SQLite has no need of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}" if model else "ANALYZE")
