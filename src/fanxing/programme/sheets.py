"""Drafts that came as a workbook: begun from it, decided row by row, taken out again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from fanxing.lib.canonical import digest
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer
from fanxing.organisations.models import Unit
from fanxing.programme.drafting import create_draft, save_draft
from fanxing.programme.models import Draft, Publication
from fanxing.scheme import Fault, Scheme, SchemeError, load_files, read_folder
from fanxing.scheme.editing import for_period
from fanxing.scheme.model import Period
from fanxing.scheme.workbook import Decision, SheetDraft, StarHead, Unreadable, export, of_plain, read_book, scheme_files, understand
from fanxing.scheme.workbook.sheets import MOST_BYTES

USUAL = "five-star"  # whose figures are looked for where no programme is in force yet
SCHEMES_KEPT = 8


class InvalidSheet(Refused):
    """A workbook that cannot be read, or holds no rows; or a row that is not there."""


class RefusedRules(InvalidSheet):
    """What was decided makes rules that are refused; `faults` say why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True)
class Came:
    """A sheet as a draft keeps it: what was understood, the period it is for, and the digest of the rules made from it, by which one
    sees whether they were changed elsewhere since."""

    sheet: SheetDraft
    period: Period
    files: str

    def plain(self) -> dict[str, Any]:
        """As the draft keeps it."""
        return {"sheet": self.sheet.plain(), "period": [self.period.start.isoformat(), self.period.end.isoformat()], "files": self.files}


def came(draft: Draft) -> Came:
    """The sheet of a draft that came as a workbook."""
    kept: Mapping[str, Any] = draft.sheet or {}  # only of drafts that have one
    start, end = map(date.fromisoformat, kept["period"])
    return Came(of_plain(kept["sheet"]), Period(start, end), kept["files"])


def is_changed_elsewhere(draft: Draft) -> bool:
    """Whether the rules were changed other than by the sheet, which would be lost with the next decision."""
    return draft.sheet is not None and draft.sheet["files"] != digest(draft.files)


def base_files(draft_base: Publication | None) -> Mapping[str, str]:
    """The rules that a sheet's rows are measured by and that it changes."""
    files: Mapping[str, str] = draft_base.files if draft_base else read_folder(USUAL)
    return files


def base_scheme(draft_base: Publication | None) -> Scheme:
    """The same as a scheme."""
    return scheme_of_files(base_files(draft_base))


def scheme_of_files(files: Mapping[str, str]) -> Scheme:
    """A scheme by its files, kept in the process while a draft is worked on. Raises SchemeError."""
    return _scheme(tuple(sorted(files.items())))


@lru_cache(maxsize=SCHEMES_KEPT)
def _scheme(files: tuple[tuple[str, str], ...]) -> Scheme:
    return load_files(dict(files), guarded=False)


def begin_sheet(
    *,
    file: UploadedFile,
    title: str,
    unit: Unit,
    base: Publication | None,
    period: Period,
    by: Doer,
    at: datetime,
    key: str | None = None,
) -> Draft:
    """Begin a draft from a workbook (.xlsx, .xls), once for each `key`. Raises InvalidSheet, and what `create_draft` raises."""
    # One byte more than may be read tells that there are too many.
    content = file.read(MOST_BYTES + 1)
    sheet = _understood(content, file.name or "评分细则.xlsx", base, {})
    files = _files(sheet, base, title, period)
    kept = Came(sheet, period, digest(files))
    came_as = {"sheet": kept.plain(), "workbook": content}
    return create_draft(title=title, unit=unit, base=base, files=files, **came_as, by=by, at=at, key=key)


def _files(sheet: SheetDraft, base: Publication | None, title: str, period: Period) -> dict[str, str]:
    """The rules a sheet makes for a period; worked cases of kinds of unit that it does not speak of move along."""
    before = dict(_moved(tuple(base_files(base).items()), period))
    return scheme_files(sheet, before, title=title, period=period)


@lru_cache(maxsize=SCHEMES_KEPT)
def _moved(files: tuple[tuple[str, str], ...], period: Period) -> tuple[tuple[str, str], ...]:
    """The rules in force for another period; asked for with every decision."""
    return tuple(for_period(dict(files), period.start, period.end).items())


def _understood(content: bytes, name: str, base: Publication | None, kinds: Mapping[str, str]) -> SheetDraft:
    try:
        sheet = understand(read_book(content), name, base_scheme(base), kinds)
    except Unreadable as refusal:
        raise InvalidSheet(str(refusal)) from refusal
    if not sheet.rows:
        why = "；".join(f"工作表“{one}”{words}" for one, words in sheet.unread)
        raise InvalidSheet(f"没有读到评分细则。{why}")
    return sheet


def decide_row(*, draft: Draft, row: str, decision: Decision | None, by: Doer, at: datetime, expected_version: int) -> Draft:
    """Decide about a row of the sheet, or take the decision back. Raises InvalidSheet (RefusedRules where the
    guard refuses it), and what `save_draft` raises."""
    kept = came(draft)
    if kept.sheet.row(row) is None:
        raise InvalidSheet("细则表里没有这一行，请刷新后再改")
    return _save(draft, kept, kept.sheet.decide(row, decision), by, at, expected_version)


def set_pass(*, draft: Draft, star: StarHead, pass_mark: float | None, by: Doer, at: datetime, expected_version: int) -> Draft:
    """Decide from how many points a star is earned, or take that back. Raises what `save_draft` raises."""
    kept = came(draft)
    return _save(draft, kept, kept.sheet.with_pass(star, pass_mark), by, at, expected_version)


def set_kinds(*, draft: Draft, kinds: Mapping[str, str], by: Doer, at: datetime, expected_version: int) -> Draft:
    """Say which kind of unit each sheet of the workbook is for; the rows are read anew, decisions stay. Raises what `save_draft` raises."""
    kept = came(draft)
    sheet = _understood(bytes(draft.workbook or b""), kept.sheet.document, draft.base, {**dict(kept.sheet.sheets), **kinds})
    decisions = {id: one for id, one in kept.sheet.decisions.items() if sheet.row(id)}
    passes = {star.key: kept.sheet.passes[star.key] for star in sheet.stars if star.key in kept.sheet.passes}
    return _save(draft, kept, replace(sheet, decisions=decisions, passes=passes), by, at, expected_version)


def _save(draft: Draft, kept: Came, sheet: SheetDraft, by: Doer, at: datetime, expected_version: int) -> Draft:
    files = _files(sheet, draft.base, draft.title, kept.period)
    try:
        load_files(files)
    except SchemeError as error:  # the guard: disputes that cost points, say
        raise RefusedRules(error.faults) from error
    now = Came(sheet, kept.period, digest(files))
    return save_draft(draft=draft, files=files, sheet=now.plain(), expected_version=expected_version, by=by, at=at)


def sheet_workbook(draft: Draft) -> bytes:
    """The workbook as it came with what was read and decided, as .xlsx."""
    return export(came(draft).sheet, bytes(draft.workbook or b""), base_scheme(draft.base))
