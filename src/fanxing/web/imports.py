"""An uploaded sheet as its page shows it: columns, first rows, what would be written, what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from fanxing.lib.table_files import Rows
from fanxing.records.ingest.keeping import Correction, Findings, findings_kept, match_kept, rows_kept
from fanxing.records.ingest.matching import UNIT, Match, called, headers_of, missing, personal_columns, targets_of, unmatched
from fanxing.records.models import RecordImport
from fanxing.scheme.model import RecordKind
from fanxing.web.formats import day
from fanxing.web.ledger import said

ROWS_SHOWN = 5
FAULTS_SHOWN = 200
CORRECTIONS_SHOWN = 200
NOTHING = "（空）"
# What the reader adds to a day.
MIDNIGHT = " 00:00:00"


@dataclass(frozen=True)
class Heading:
    """A column of the sheet: its header, what it says, and what stands in its first rows."""

    index: int
    header: str
    target: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class FaultyRow:
    """A row that is wrong: its number as Excel shows it, what stands for the unit, and (column, what stands there, what would be right)."""

    number: int
    place: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Change:
    """A correction proposed: (title, as the ledger has it, as the row says) for each thing that differs."""

    number: int
    record: int
    unit: str
    on: date
    words: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Look:
    """What the page of an uploaded sheet shows."""

    kept: RecordImport
    kind: RecordKind
    rows: Rows
    match: Match
    findings: Findings

    @property
    def headings(self) -> list[Heading]:
        """The columns, those without any header or content left out."""
        first = self.first
        found = enumerate(zip(headers_of(self.rows, self.match), self.match.targets, strict=True))
        examples = [(index, header, target, tuple(row[index] for row in first if row[index])[:2]) for index, (header, target) in found]
        head = self.rows[self.match.head] if self.match.head >= 0 else []
        return [Heading(*one) for one in examples if one[3] or (head and head[one[0]])]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """(id, title, required) of all that a column can say."""
        return [(target.id, target.title, target.required) for target in targets_of(self.kind)]

    @property
    def first(self) -> list[list[str]]:
        """The first rows below the head, as they were read."""
        rows = (row for row in self.rows[self.match.head + 1 :] if any(row))
        return [[cell.removesuffix(MIDNIGHT) for cell in row] for row in islice(rows, ROWS_SHOWN)]

    @property
    def left_out(self) -> list[str]:
        """The headers of columns that are not imported."""
        return unmatched(self.rows, self.match)

    @property
    def personal(self) -> list[str]:
        """The headers of columns that say something personal: nothing of them was read."""
        return list(personal_columns(self.rows, self.kind).values())

    @property
    def missing(self) -> list[str]:
        """What is required and has no column."""
        return missing(self.kind, self.match)

    @cached_property
    def faulty(self) -> list[FaultyRow]:
        """The first of the faulty rows."""
        return list(self._faulty())

    @property
    def places(self) -> set[str]:
        """What stands for the units of these rows."""
        return {row.place for row in self.faulty}

    def _faulty(self) -> Iterator[FaultyRow]:
        for row, faults in islice(self.findings.by_row(), FAULTS_SHOWN):
            cells = tuple((called(self.kind, fault.target), self._cell(row, fault.target), fault.words) for fault in faults)
            yield FaultyRow(row + 1, self._cell(row, UNIT), cells)

    def changes(self) -> Iterator[Change]:
        """The first of the corrections proposed."""
        return (self._change(one) for one in self.findings.corrections[:CORRECTIONS_SHOWN])

    def _change(self, one: Correction) -> Change:
        words = tuple((called(self.kind, id), self._said(id, before), self._said(id, after)) for id, before, after in one.changes)
        return Change(one.row + 1, one.record, one.unit, date.fromisoformat(one.day), words)

    def _said(self, id: str, value: object) -> str:
        if value is None:
            return NOTHING
        field = self.kind.field(id)
        return said(field, value) if field else day(date.fromisoformat(str(value)))

    def _cell(self, row: int, target: str) -> str:
        column = self.match.column_of(target)
        return self.rows[row][column].removesuffix(MIDNIGHT) if column is not None else ""


def look(kept: RecordImport, kind: RecordKind) -> Look:
    """All of it unpacked; only after `rows` and `findings` were read. Of a sheet imported long ago the cells are gone."""
    match = match_kept(kept)
    if not kept.rows:
        return Look(kept, kind, [[""] * len(match.targets)], Match(-1, match.targets), Findings())
    return Look(kept, kind, rows_kept(kept), match, findings_kept(kept))


def chosen(sent: Sequence[str]) -> list[int]:
    """The records that were ticked to be corrected."""
    return [int(one) for one in sent if one.isdecimal()]
