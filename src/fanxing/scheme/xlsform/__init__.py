"""Kinds of record as workbooks: XLSForm and an officials' plain table, in and out."""

from fanxing.scheme.xlsform.building import Note, Reading
from fanxing.scheme.xlsform.reading import read_kind
from fanxing.scheme.xlsform.words import Vocabulary
from fanxing.scheme.xlsform.writing import as_table, as_xlsform, template

__all__ = ["Note", "Reading", "Vocabulary", "as_table", "as_xlsform", "read_kind", "template"]
