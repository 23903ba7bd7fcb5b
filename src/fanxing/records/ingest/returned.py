"""The workbook that goes back: the sheet as it was sent, each faulty cell marked, with what would be right."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from fanxing.lib.table_files import Rows
from fanxing.lib.typed_text import day_of
from fanxing.records.ingest.checking import Fault
from fanxing.records.ingest.keeping import Findings
from fanxing.records.ingest.matching import DAY, TOLD, Match, called
from fanxing.scheme.model import RecordKind

# A sheet with more notes than this opens slowly; the column beside the rows says it all.
MOST_NOTES = 5_000
NUMBERS = frozenset({"count", "number", "money", "share"})
# Fifteen digits are what a spreadsheet keeps; what begins with a zero is a code.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
FORMATS: Mapping[str, Mapping[str, object]] = {
    "head": {"bold": True, "bg_color": "#EAF1FE", "bottom": 1, "valign": "vcenter", "text_wrap": True},
    "plain": {"valign": "vcenter"},
    "wrong": {"bg_color": "#FFE0B8", "border": 1, "border_color": "#B54708", "valign": "vcenter"},
    "told": {"font_color": "#8A3B00", "text_wrap": True, "valign": "vcenter"},
}
DATED = {name: {**look, "num_format": "yyyy-mm-dd"} for name, look in FORMATS.items()}


def returned_workbook(*, rows: Rows, match: Match, kind: RecordKind, findings: Findings, result: Sequence[tuple[str, str]]) -> bytes:
    """The rows as an .xlsx with a column 错误说明, and a sheet that says what came of it (`result`: label, words)."""
    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "constant_memory": True}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("表")
        _Marking(book, sheet, rows, match, kind, findings).write()
        summary = book.add_worksheet("导入结果")
        summary.set_column(0, 0, 22)
        summary.set_column(1, 1, 60)
        for number, (label, words) in enumerate(result):
            summary.write_string(number, 0, label)
            summary.write_string(number, 1, words)
    return file.getvalue()


class _Marking:
    def __init__(self, book: Workbook, sheet: Worksheet, rows: Rows, match: Match, kind: RecordKind, findings: Findings) -> None:
        self.sheet, self.rows, self.match, self.kind = sheet, rows, match, kind
        self.formats = {(name, False): book.add_format(look) for name, look in FORMATS.items()}
        self.formats |= {(name, True): book.add_format(look) for name, look in DATED.items()}
        self.faults: Mapping[int, list[Fault]] = dict(findings.by_row())
        self.notes = 0
        head = rows[match.head] if match.head >= 0 else []
        # A workbook that was returned before keeps its column.
        self.told = head.index(TOLD) if TOLD in head else len(rows[0])
        types = {field.id: field.type for field in kind.fields}
        self.types = [types.get(target, "date" if target == DAY else "") for target in match.targets]

    def write(self) -> None:
        for index in range(len(self.rows[0])):
            self.sheet.set_column(index, index, 16)
        self.sheet.set_column(self.told, self.told, 60)
        for number, row in enumerate(self.rows):
            if number == self.match.head:
                self._head(number, row)
            else:
                self._row(number, row)
        self.sheet.freeze_panes(self.match.head + 1, 0)

    def _head(self, number: int, row: Sequence[str]) -> None:
        for index, text in enumerate(row):
            self.sheet.write_string(number, index, text, self.formats["head", False])
        self.sheet.write_string(number, self.told, TOLD, self.formats["head", False])

    def _row(self, number: int, row: Sequence[str]) -> None:
        faults = self.faults.get(number, [])
        wrong = {column: fault.words for fault in faults if (column := self.match.column_of(fault.target)) is not None}
        for index, text in enumerate(row):
            if index != self.told:
                self._cell(number, index, text, "wrong" if index in wrong else "plain")
            if index in wrong and self.notes < MOST_NOTES:
                self.notes += 1
                self.sheet.write_comment(number, index, wrong[index], {"x_scale": 2})
        if faults:
            words = "；".join(f"{called(self.kind, fault.target)}：{fault.words}" for fault in faults)
            self.sheet.write_string(number, self.told, words, self.formats["told", False])

    def _cell(self, number: int, index: int, text: str, look: str) -> None:
        sort = self.types[index] if index < len(self.types) else ""
        day = day_of(text) if sort == "date" else None
        if day and day.year >= 1900:
            self.sheet.write_datetime(number, index, datetime(day.year, day.month, day.day), self._look(look, dated=True))  # noqa: DTZ001  # no zone
        elif sort in NUMBERS and NUMBER.fullmatch(text):
            self.sheet.write_number(number, index, float(text), self._look(look))
        elif text:
            self.sheet.write_string(number, index, text, self._look(look))
        elif look != "plain":
            self.sheet.write_blank(number, index, None, self._look(look))

    def _look(self, look: str, *, dated: bool = False) -> Format:
        return self.formats[look, dated]
