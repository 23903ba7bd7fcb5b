"""A sheet of records uploaded, matched, checked and imported, or given up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.lib.stock import take_stock
from fanxing.lib.table_files import rows_of
from fanxing.organisations.authority import Authority, Doer, authority_of, require
from fanxing.organisations.models import Unit
from fanxing.programme.queries import kinds_for
from fanxing.records.actions.ledger import append_rows, as_row, lock_heads
from fanxing.records.actions.reminders import remind
from fanxing.records.ingest.checking import ADVANCED_EVERY, Checked, Ready, check
from fanxing.records.ingest.keeping import keep_findings, match_kept, pack, rows_kept
from fanxing.records.ingest.matching import Match, matched, normal, rematched, without_personal
from fanxing.records.integrity import LOADED, ContentDigest
from fanxing.records.models import ColumnMatch, Record, RecordImport
from fanxing.records.texts import tokens_of
from fanxing.scheme.model import RecordKind

State = RecordImport.State
# How much of the work of an import is checking everything once more.
CHECKING = 0.4
# From how many rows on they are counted anew for the planner.
LARGE = 10_000
NOT_IMPORTED = (State.READ, State.CHECKING, State.CHECKED, State.WRITING)


class ImportMoved(Refused):
    """The import is not in a state in which this can be done: imported, given up or at work meanwhile."""


class ImportFaulty(Refused):
    """Rows are faulty; nothing was imported."""


class LedgerMoved(Refused):
    """What would be written is no longer what was looked at; nothing was imported."""


class GivenUp(Refused):
    """Somebody cancelled the import while it was written; nothing was imported."""


def upload_records(*, unit: Unit, kind: str, content: bytes, file_name: str, by: Doer, at: datetime) -> RecordImport:
    """Keep a sheet of records for the units at and below one, its columns matched as far as they can be; the ledger stays as it is.

    Raises NotATable where it cannot be read. What the same person uploaded of this kind before and did not import is dropped.
    """
    require(by, "record.add", unit, on=timezone.localdate(at))
    definition = kind_of(unit, kind, at)
    rows = without_personal(rows_of(content), definition)
    match = matched(rows, definition, remembered(kind, _seat(unit, by, at)))
    with transaction.atomic():
        RecordImport.objects.filter(uploaded_by=by.username, kind=kind, state__in=(State.READ, State.CHECKED, State.CANCELLED)).delete()
        return RecordImport.objects.create(
            unit=unit,
            kind=kind,
            file_name=file_name[-200:],
            digest=sha256(content).hexdigest(),
            rows=pack(rows),
            row_count=len(rows) - match.head - 1,
            head=match.head,
            targets=list(match.targets),
            uploaded_by=by.username,
            uploaded_at=at,
        )


def kind_of(unit: Unit, kind: str, at: datetime) -> RecordKind:
    """The kind of record by the rules of the unit; raises Refused where there is none."""
    kinds = kinds_for(unit, timezone.localdate(at))
    if kind not in kinds:
        raise Refused(
            f"{unit.name}的方案没有“{kind}”这类台账{_nearest(kind, kinds)}" if kinds else f"{unit.name}还没有适用的方案，请先发布"
        )
    return kinds[kind]


def _nearest(kind: str, kinds: Mapping[str, RecordKind]) -> str:
    """The kinds that were probably meant, or all there are."""
    near = [kinds[id] for id in get_close_matches(kind, kinds)] or [one for one in kinds.values() if kind in one.title]
    words = "、".join(f"{one.title}（{one.id}）" for one in near or kinds.values())
    return f"，是不是：{words}" if near else f"，现有：{words}"


def remembered(kind: str, seat: Unit) -> dict[str, str]:
    """What columns of some headers were matched to before, in the sheets of a unit."""
    return dict(ColumnMatch.objects.filter(kind=kind, unit=seat).values_list("header", "target"))


@transaction.atomic
def match_columns(*, kept: RecordImport, targets: Sequence[str], by: Doer, at: datetime) -> Match:
    """Say what each column says, and remember it for the next sheet of the kind."""
    require(by, "record.add", kept.unit, on=timezone.localdate(at))
    rows = rows_kept(kept)
    before = match_kept(kept)
    head = max(before.head, 0)
    match = rematched(head, rows[head], kind_of(kept.unit, kept.kind, at), targets)
    seat = _seat(kept.unit, by, at)
    changed = {normal(text): target for text, target in zip(rows[head], match.targets, strict=True) if text}
    ColumnMatch.objects.bulk_create(
        (ColumnMatch(unit=seat, kind=kept.kind, header=header, target=target) for header, target in changed.items()),
        update_conflicts=True,
        unique_fields=["unit", "kind", "header"],
        update_fields=["target"],
    )
    waiting = RecordImport.objects.filter(pk=kept.pk, state__in=(State.READ, State.CHECKED))
    if not waiting.update(state=State.READ, head=head, targets=list(match.targets), row_count=len(rows) - head - 1, counts={}, message=""):
        raise ImportMoved("这张表正在处理或已经导入，不能再改列的对应")
    kept.refresh_from_db()
    return match


def begin_check(*, kept: RecordImport) -> None:
    """Say that the rows are being checked; raises ImportMoved where they are already, or nothing is left to check."""
    _move(kept, (State.READ, State.CHECKED), State.CHECKING)


def check_import(*, kept: RecordImport, by: Doer, at: datetime) -> Checked | None:
    """Check the rows of an upload that `begin_check` began, and keep what came of it; None where it was given up meanwhile."""
    try:
        checked = _checked(kept, by, at)
    except Refused as refusal:
        _back(kept, State.CHECKING, State.READ, str(refusal))
        return None
    keep_findings(kept, checked)
    found = {"findings": kept.findings, "counts": kept.counts, "message": "", "done": kept.row_count}
    if not RecordImport.objects.filter(pk=kept.pk, state=State.CHECKING).update(state=State.CHECKED, **found):
        return None
    kept.refresh_from_db()
    return checked


def begin_import(*, kept: RecordImport, good_rows: bool, corrections: Collection[int] | None, expected: str) -> None:
    """Say that what was looked at is being imported: the new rows, and the corrections of some records (None: all proposed).

    Raises ImportFaulty where rows are faulty and not only the good ones are wanted, LedgerMoved where `expected` is not the digest of the
    last check.
    """
    kept.refresh_from_db()
    if kept.counts.get("faulty") and not good_rows:
        raise ImportFaulty(f"有 {kept.counts['faulty']:,} 行有误，没有导入；请改正后再上传，或选择只导入没有错误的行")
    if kept.state == State.CHECKED and kept.counts.get("digest") != expected:
        raise LedgerMoved("这张表重新检查过，请再看一遍后导入")
    kept.chosen = {"good_rows": good_rows, "corrections": None if corrections is None else sorted(corrections)}
    RecordImport.objects.filter(pk=kept.pk, state=State.CHECKED).update(chosen=kept.chosen)
    _move(kept, (State.CHECKED,), State.WRITING)


def write_import(*, kept: RecordImport, by: Doer, at: datetime) -> int:
    """Import what `begin_import` began: all that was chosen, or nothing; return how many rows were written.

    Everything is checked once more before the transaction begins, which then only inserts. Where the ledger has moved since it was looked
    at, the import waits again to be looked at, and LedgerMoved is raised; GivenUp where somebody cancelled it.
    """
    try:
        checked = _checked(kept, by, at, share=CHECKING)
        if checked.digest != kept.counts["digest"]:
            keep_findings(kept, checked)
            RecordImport.objects.filter(pk=kept.pk).update(findings=kept.findings, counts=kept.counts)
            raise LedgerMoved("台账在您查看之后有了变动，请再看一遍后导入")
        return _write(kept, checked, by, at)
    except GivenUp:
        raise
    except Refused as refusal:
        _back(kept, State.WRITING, State.CHECKED, str(refusal))
        raise


def cancel_import(*, kept: RecordImport, by: Doer, at: datetime) -> None:
    """Give an import up; what it was about to write is not written. Raises ImportMoved once it was imported."""
    require(by, "record.add", kept.unit, on=timezone.localdate(at))
    _move(kept, NOT_IMPORTED, State.CANCELLED)


def _checked(kept: RecordImport, by: Doer, at: datetime, *, share: float = 1) -> Checked:
    """Check the rows; `share` is how much of the whole work that is."""

    def advance(done: int) -> None:
        _advance(kept, share * done)

    return check(rows=rows_kept(kept), match=match_kept(kept), kind=kept.kind, top=kept.unit, by=by, at=at, advance=advance)


def _advance(kept: RecordImport, done: float) -> None:
    RecordImport.objects.filter(pk=kept.pk).update(done=round(done))


def _write(kept: RecordImport, checked: Checked, by: Doer, at: datetime) -> int:
    chosen = kept.chosen["corrections"]
    corrections = [one for one in checked.corrections if one.corrects and (chosen is None or one.corrects.id in chosen)]
    ready = sorted([*checked.new, *corrections], key=lambda one: (one.unit.pk, one.row))
    kind = kind_of(kept.unit, kept.kind, at)
    source = source_of(kind)
    digest = ContentDigest()
    prepared, texts = [], []
    for number, one in enumerate(ready):
        if number % ADVANCED_EVERY == 0:
            _advance(kept, CHECKING * kept.row_count + (1 - CHECKING) * number)
        record = _record(one, kept, source, by, at)
        digest.add(record)
        prepared.append(as_row(record))
        texts.append(tokens_of(kind, record.data))
    written = {**kept.counts, "written": len(prepared)}
    with transaction.atomic():
        # First, and so that whoever cancels at the same moment waits, or has cancelled.
        _move(kept, (State.WRITING,), State.IMPORTED, GivenUp("这次导入已被取消"), imported_at=at, counts=written)
        if prepared:
            _insert(kept, ready, prepared, texts, len(corrections), source, str(digest), by, at)
    return len(prepared)


def _insert(
    kept: RecordImport,
    ready: Sequence[Ready],
    prepared: list[list[object]],
    texts: list[str],
    corrected: int,
    source: str,
    digest: str,
    by: Doer,
    at: datetime,
) -> None:
    heads = lock_heads({one.unit.pk for one in ready})
    before = dict(heads)
    try:
        append_rows(prepared, texts, heads)
    except IntegrityError as error:
        raise LedgerMoved("要更正的记录刚刚已被更正或撤回，请再看一遍后导入") from error
    if len(prepared) > LARGE:
        take_stock(Record)
    if awaited := {one.unit.pk for one in ready if one.awaits or (one.corrects and one.corrects.awaits)}:
        remind(awaited, by=by, at=at)
    record_event(
        by=by,
        at=at,
        action=LOADED,
        subject=kept,
        unit_code=kept.unit.code,
        summary=f"从表格导入 {len(prepared)} 条台账" + (f"，其中更正 {corrected} 条" if corrected else ""),
        details={
            "source": source,
            "kind": kept.kind,
            "count": len(prepared),
            "corrections": corrected,
            "left_out": kept.counts["faulty"],
            "file": kept.digest,
            "digest": digest,
            "positions": {str(unit): [before[unit] + 1, last] for unit, last in heads.items()},
        },
    )


def source_of(kind: RecordKind) -> str:
    """Where the rows of a sheet come from: the body that holds such figures, or whoever typed them for others to confirm."""
    return f"import:{kind.held_by}" if kind.held_by and not kind.confirmed_by else "typed"


def _record(one: Ready, kept: RecordImport, source: str, by: Doer, at: datetime) -> Record:
    return Record(
        unit=one.unit,
        kind=kept.kind,
        kind_version_id=one.version,
        occurred_on=one.day,
        data=one.data,
        act=Record.Act.CORRECTION if one.corrects else Record.Act.ENTRY,
        supersedes_id=one.corrects.id if one.corrects else None,
        awaits=one.awaits,
        reason=f"按表格“{kept.file_name}”更正" if one.corrects else "",
        source=source,
        recorded_at=at,
        recorded_by=by.username,
        recorded_by_title=by.display_name,
    )


def _move(kept: RecordImport, before: Collection[str], after: str, otherwise: Refused | None = None, **more: object) -> None:
    """From one state to another, unless somebody else moved it first."""
    done = 0 if after in (State.CHECKING, State.WRITING) else kept.done
    if not RecordImport.objects.filter(pk=kept.pk, state__in=before).update(state=after, done=done, **more):
        raise otherwise or ImportMoved("这张表的状态已经变了，请刷新后再看")
    kept.refresh_from_db()


def _back(kept: RecordImport, before: str, after: str, message: str) -> None:
    RecordImport.objects.filter(pk=kept.pk, state=before).update(state=after, message=message)
    kept.refresh_from_db()


def _seat(unit: Unit, by: Doer, at: datetime) -> Unit:
    """The unit of the post by which somebody imports for a unit: the nearest at or above it."""
    authority: Authority = authority_of(by, on=timezone.localdate(at))
    paths = [path for path in authority.seats("record.add") if unit.path.startswith(path)]
    return Unit.objects.filter(path=max(paths, key=len)).first() or unit if paths else unit
