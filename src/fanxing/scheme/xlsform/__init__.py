"""Kinds of record as workbooks: XLSForm and an officials' plain table, in and out."""

from fanxing.scheme.xlsform.building import Note, Reading
from fanxing.scheme.xlsform.editing import may_grow, with_field_up, with_texts, without_field
from fanxing.scheme.xlsform.reading import read_kind
from fanxing.scheme.xlsform.words import Vocabulary
from fanxing.scheme.xlsform.writing import as_table, as_xlsform, field_texts, kind_texts, template

__all__ = [
    "Note",
    "Reading",
    "Vocabulary",
    "as_table",
    "as_xlsform",
    "field_texts",
    "kind_texts",
    "may_grow",
    "read_kind",
    "template",
    "with_field_up",
    "with_texts",
    "without_field",
]
