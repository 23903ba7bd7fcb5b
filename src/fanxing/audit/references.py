"""Names rows in text, so that the log needs no foreign keys."""

from django.db.models import Model

from fanxing.lib.canonical import digest


def reference(row: Model) -> str:
    """The row's name in the log: `organisations.Unit:411002` by its natural key, else by its number."""
    natural = getattr(row, "natural_key", None)
    key = "/".join(map(str, natural())) if natural else row.pk
    return f"{row._meta.label}:{key}"


def row_digest(row: Model) -> str:
    """The digest of all columns of the row; the same before it is written and after it is read back.

    A column that came to a model after its rows were logged stands in `added_later` there, and counts only where it is filled.
    """
    columns = {field.attname: field.to_python(field.value_from_object(row)) for field in row._meta.concrete_fields}
    later = getattr(row, "added_later", ())
    return digest({name: value for name, value in columns.items() if value or name not in later})
