"""What is kept of an uploaded sheet between a look and the next: its rows, and what came of checking them."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.lib.table_files import Rows
from fanxing.organisations.named import Candidate
from fanxing.records.ingest.checking import Checked, Fault, Ready
from fanxing.records.ingest.matching import Match
from fanxing.records.models import RecordImport
from fanxing.records.validation import Value

# Fast: a sheet of 100,000 rows packs to a tenth in less than a second.
LEVEL = 3
FAULTS_KEPT = 100_000
CORRECTIONS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Correction:
    """A row that would correct a record: (field or `day`, value in the ledger, value of the row) for each thing that differs."""

    row: int
    record: int
    unit: str
    day: str
    changes: tuple[tuple[str, Value | None, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of a check, as far as pages and the returned workbook show it."""

    faults: tuple[Fault, ...] = ()
    corrections: tuple[Correction, ...] = ()
    candidates: tuple[tuple[str, tuple[Candidate, ...]], ...] = ()

    def by_row(self) -> Iterator[tuple[int, list[Fault]]]:
        """The faulty rows with their faults, in the order of the sheet."""
        gathered: dict[int, list[Fault]] = {}
        for fault in self.faults:
            gathered.setdefault(fault.row, []).append(fault)
        return iter(gathered.items())


def pack(content: object) -> bytes:
    """Plain data in little room."""
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), LEVEL)


def rows_kept(kept: RecordImport) -> Rows:
    """All the cells of an uploaded sheet."""
    return _unpacked(kept.rows) if kept.rows else []


def match_kept(kept: RecordImport) -> Match:
    """Which column says what."""
    return Match(kept.head, tuple(kept.targets))


def findings_kept(kept: RecordImport) -> Findings:
    """What came of the last check."""
    if not kept.findings:
        return Findings()
    faults, corrections, candidates = _unpacked(kept.findings)
    return Findings(
        tuple(Fault(*one) for one in faults),
        tuple(Correction(row, record, unit, day, tuple(map(tuple, changes))) for row, record, unit, day, changes in corrections),
        tuple((name, tuple(Candidate(*one) for one in bearers)) for name, bearers in candidates),
    )


def keep_findings(kept: RecordImport, checked: Checked) -> None:
    """Put what came of a check into the row, not saving it."""
    faults = [[one.row, one.target, one.words] for one in checked.faults[:FAULTS_KEPT]]
    corrections = [_correction(one) for one in checked.corrections[:CORRECTIONS_KEPT]]
    candidates = [[name, [[one.code, one.name, one.above] for one in bearers]] for name, bearers in checked.candidates.items()]
    kept.findings = pack([faults, corrections, candidates])
    kept.counts = {
        "new": len(checked.new),
        "same": checked.same,
        "corrections": len(checked.corrections),
        "faulty": checked.faulty,
        "faults": len(checked.faults),
        "units": len({one.unit.pk for one in (*checked.new, *checked.corrections)}),
        "awaiting": sum(one.awaits for one in checked.new),
        "digest": checked.digest,
    }


def _correction(one: Ready) -> list[object]:
    assert one.corrects is not None
    before, after = one.corrects.data, one.data
    changes = [[id, before.get(id), after.get(id)] for id in {**before, **after} if before.get(id) != after.get(id)]
    if one.corrects.day != one.day:
        changes.insert(0, ["day", one.corrects.day.isoformat(), one.day.isoformat()])
    return [one.row, one.corrects.id, one.unit.name, one.day.isoformat(), changes]


def _unpacked(packed: bytes | memoryview) -> list:  # type: ignore[type-arg]  # what was packed
    found: list = json.loads(zlib.decompress(bytes(packed)))  # type: ignore[type-arg]
    return found
