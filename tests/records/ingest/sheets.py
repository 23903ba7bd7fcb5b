"""Sheets as people send them, and a programme with a kind of record that says what makes two the same."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.ingest.importing import begin_check, begin_import, check_import, upload_records, write_import
from fanxing.records.models import RecordImport
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import FILES

VISIT = """
title: 走访
nature: activity
day: 走访日期
recorded_by: [secretary, clerk]
confirmed_by: [secretary]
identity: [day, household]
fields:
  household: {title: 走访户, type: text, required: yes}
  minutes: {title: 时长, type: count, unit: 分钟, most: 600}
  share: {title: 满意率, type: share}
  solved: {title: 是否解决, type: yes/no}
  again: {title: 下次走访, type: date}
  host: {title: 接待单位, type: unit}
"""
SCHEME = FILES["scheme.yaml"].replace("  team: {", "  clerk: {title: 党建办干事, permissions: township_clerk}\n  team: {")
MEETING = FILES["records/meeting.yaml"].replace("[secretary]", "[secretary, clerk]")
ALL_FILES = {**FILES, "scheme.yaml": SCHEME, "records/visit.yaml": VISIT, "records/meeting.yaml": MEETING}
HEAD = ("单位", "走访日期", "走访户", "时长（分钟）", "满意率", "是否解决")


@pytest.fixture
def visits(cast: Cast) -> Publication:
    """The small programme with visits, which a township may enter for its villages, ruling the whole city since 2020."""
    return publish(files=ALL_FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def xlsx(*rows: Sequence[object]) -> bytes:
    """A workbook with these rows; days as dates, `#…` as the result of a formula that failed."""
    file = BytesIO()
    with Workbook(file) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy/m/d"})
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, index, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001  # no zone
                elif isinstance(cell, str) and cell.startswith("#"):
                    sheet.write_formula(number, index, "=NA()", None, cell)
                else:
                    sheet.write(number, index, cell)
    return file.getvalue()


def csv(*rows: Sequence[object], encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    return "\n".join(separator.join(map(str, row)) for row in rows).encode(encoding)


def upload(unit: Unit, content: bytes, *, by: Doer = SYSTEM, kind: str = "visit", file_name: str = "走访.xlsx") -> RecordImport:
    return upload_records(unit=unit, kind=kind, content=content, file_name=file_name, by=by, at=NOW)


def checked(unit: Unit, content: bytes, *, by: Doer = SYSTEM, kind: str = "visit") -> RecordImport:
    """The sheet uploaded and checked."""
    kept = upload(unit, content, by=by, kind=kind)
    begin_check(kept=kept)
    check_import(kept=kept, by=by, at=NOW)
    return kept


def brought_in(
    unit: Unit, content: bytes, *, by: Doer = SYSTEM, kind: str = "visit", good_rows: bool = False, correct: bool = False
) -> RecordImport:
    """The sheet uploaded, checked and imported."""
    kept = checked(unit, content, by=by, kind=kind)
    chosen = None if correct else ()
    begin_import(kept=kept, good_rows=good_rows, corrections=chosen, expected=kept.counts["digest"])
    write_import(kept=kept, by=by, at=NOW)
    return kept


def tally(kept: RecordImport) -> tuple[int, int, int, int]:
    """New rows, those in the ledger already, corrections proposed, faulty ones."""
    return kept.counts["new"], kept.counts["same"], kept.counts["corrections"], kept.counts["faulty"]
