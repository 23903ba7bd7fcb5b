"""What `fanxing import` does and says."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer
from fanxing.records.ingest.matching import called
from fanxing.records.ingest.whole import Imported, import_file

FAULTS_SAID = 20


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended: its exit code, what it says, and on stderr why it did not do its work."""

    code: int
    lines: Sequence[str] = ()
    fault: str = ""


def run(*, kind: str, file: Path, unit: str, dry_run: bool, good_rows: bool, report: Path, username: str) -> Told:
    """Import a file as the system or a user: 1 where rows are faulty and nothing was written, 2 where the file, the kind, the unit or the
    user cannot be used, otherwise 0."""
    by = doer(username)
    if by is None:
        return Told(2, fault=f"没有用户名为“{username}”的账号")
    if not os.access(report.parent, os.W_OK):
        return Told(2, fault=f"{report}：这个文件夹不在，或者不能写入；还没有导入")
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return Told(2, fault=f"{file}：没有这个文件")
    except OSError as error:
        return Told(2, fault=f"{file}：{error.strerror}")
    try:
        imported = import_file(
            kind=kind,
            content=content,
            file_name=file.name,
            unit=unit,
            good_rows=good_rows,
            dry_run=dry_run,
            by=by,
            at=clock.now(),
        )
    except Refused as refusal:
        return Told(2, fault=f"{file.name}：{refusal}")
    report.write_bytes(imported.report)
    return Told(1 if imported.is_refused else 0, [*_counts(imported, dry_run), f"标注过的表：{report}"], _faults(imported))


def doer(username: str) -> Doer | None:
    """The user of that name, or the system where none is named; None where there is no such user."""
    return User.objects.filter(username=username, is_active=True).first() if username else SYSTEM


def _counts(imported: Imported, dry_run: bool) -> list[str]:
    checked = imported.checked
    lines = [
        f"新增 {len(checked.new):,} 行，台账里已有 {checked.same:,} 行，可更正 {len(checked.corrections):,} 行，有误 {checked.faulty:,} 行",
        *([f"没有对上、未导入的列：{'、'.join(imported.unmatched)}"] if imported.unmatched else []),
    ]
    if dry_run:
        return [*lines, "只检查，没有写入"]
    return [
        *lines,
        "什么都没有导入；改正后再来，或加 --good-rows 只导入没有错误的行" if imported.is_refused else f"已导入 {imported.written:,} 条",
    ]


def _faults(imported: Imported) -> str:
    faults = imported.checked.faults
    said = [f"第 {fault.row + 1} 行 {called(imported.kind, fault.target)}：{fault.words}" for fault in faults[:FAULTS_SAID]]
    return "\n".join([*said, *([f"……共 {len(faults):,} 处"] if len(faults) > FAULTS_SAID else [])])
