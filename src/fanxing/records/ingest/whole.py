"""A file imported in one go, as the command line does it."""

from dataclasses import dataclass
from datetime import datetime

from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.records.ingest.checking import Checked
from fanxing.records.ingest.importing import begin_check, begin_import, check_import, kind_of, upload_records, write_import
from fanxing.records.ingest.keeping import findings_kept, match_kept, rows_kept
from fanxing.records.ingest.matching import headers_of, missing, unmatched
from fanxing.records.ingest.returned import returned_workbook
from fanxing.records.models import RecordImport
from fanxing.scheme.model import RecordKind

UNITS_NAMED = 5


@dataclass(frozen=True)
class Imported:
    """What came of a file: how many rows were written, what was found in it, and the workbook that goes back."""

    kind: RecordKind
    written: int
    checked: Checked
    unmatched: tuple[str, ...]
    report: bytes

    @property
    def is_refused(self) -> bool:
        """Whether rows are faulty and therefore nothing was written."""
        return bool(self.checked.faults) and not self.written


def import_file(
    *, kind: str, content: bytes, file_name: str, unit: str, good_rows: bool, dry_run: bool, by: Doer, at: datetime
) -> Imported:
    """Check a file and import it, unless rows are faulty (then only the good ones, and only where that is asked for).

    `unit` is a code, or blank: then the file names the units. Corrections are proposed, not made. Raises Refused where the file, its
    columns, the kind or the unit cannot be used.
    """
    kept = upload_records(unit=_top(unit, by), kind=kind, content=content, file_name=file_name, by=by, at=at)
    try:
        checked = _checked(kept, by, at)
        written = 0
        if not dry_run and (good_rows or not checked.faults):
            begin_import(kept=kept, good_rows=good_rows, corrections=(), expected=checked.digest)
            written = write_import(kept=kept, by=by, at=at)
        return Imported(
            kind_of(kept.unit, kind, at), written, checked, tuple(unmatched(rows_kept(kept), match_kept(kept))), report_of(kept, at)
        )
    finally:
        if kept.state != RecordImport.State.IMPORTED:
            RecordImport.objects.filter(pk=kept.pk).delete()


def report_of(kept: RecordImport, at: datetime) -> bytes:
    """The workbook that goes back: the sheet with its faults marked, and what came of it."""
    definition = kind_of(kept.unit, kept.kind, at)
    counts = kept.counts
    result = [
        ("类型", definition.title),
        ("范围", kept.unit.name),
        ("文件", kept.file_name),
        ("可以新增", f"{counts.get('new', 0):,} 行"),
        ("台账里已有", f"{counts.get('same', 0):,} 行，不再重复"),
        ("与台账不同，可更正", f"{counts.get('corrections', 0):,} 行"),
        ("有误", f"{counts.get('faulty', 0):,} 行，见“表”中标出的格子和“错误说明”一列"),
        ("状态", kept.get_state_display()),
    ]
    return returned_workbook(rows=rows_kept(kept), match=match_kept(kept), kind=definition, findings=findings_kept(kept), result=result)


def _checked(kept: RecordImport, by: Doer, at: datetime) -> Checked:
    match, definition = match_kept(kept), kind_of(kept.unit, kept.kind, at)
    if lacking := missing(definition, match):
        headers = "、".join(headers_of(rows_kept(kept), match)) if match.head >= 0 else ""
        raise Refused(f"表里没有“{'、'.join(lacking)}”这样的列，读不了{definition.title}" + (f"；找到的列：{headers}" if headers else ""))
    begin_check(kept=kept)
    checked = check_import(kept=kept, by=by, at=at)
    if checked is None:
        kept.refresh_from_db()
        raise Refused(kept.message or "这次导入已被取消")
    if not (checked.new or checked.same or checked.corrections or checked.faults):
        raise Refused("表头下面没有填好的行")
    return checked


def _top(code: str, by: Doer) -> Unit:
    """The unit at and below which the file may name units."""
    if code:
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise Refused(f"没有代码为“{code}”的单位")
        return unit
    authority = authority_of(by)
    paths = [path for path in authority.tops("record.add") if path != "/"]
    tops = Unit.objects.filter(path__in=paths) if paths else Unit.objects.filter(parent=None)
    found = list(tops.order_by("code")[: UNITS_NAMED + 1])
    if len(found) != 1:
        named = "、".join(f"{unit.code}（{unit.name}）" for unit in found[:UNITS_NAMED])
        raise Refused(f"请用 --unit 写明单位的代码，如 {named}" if found else "还没有单位")
    return found[0]
