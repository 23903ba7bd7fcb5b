"""A county's own sheet of rules, as a workbook, to a draft scheme and back."""

from fanxing.scheme.workbook.draft import STATES, Decision, Reading, Row, SheetDraft, StarHead, State, of_plain
from fanxing.scheme.workbook.example import example
from fanxing.scheme.workbook.exporting import export
from fanxing.scheme.workbook.files import scheme_files
from fanxing.scheme.workbook.measures import Measure, measures
from fanxing.scheme.workbook.points import FORMS, Points
from fanxing.scheme.workbook.reading import read_book
from fanxing.scheme.workbook.sheets import Book, Sheet, Unreadable
from fanxing.scheme.workbook.understanding import understand

__all__ = [
    "FORMS",
    "STATES",
    "Book",
    "Decision",
    "Measure",
    "Points",
    "Reading",
    "Row",
    "Sheet",
    "SheetDraft",
    "StarHead",
    "State",
    "Unreadable",
    "example",
    "export",
    "measures",
    "of_plain",
    "read_book",
    "scheme_files",
    "understand",
]
