"""Drafts of rules: written, submitted with a document number, published by a second person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from fanxing.audit.actions import written_once
from fanxing.lib import clock
from fanxing.lib.canonical import digest, plain
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish, publishable
from fanxing.programme.models import Draft, Publication
from fanxing.programme.queries import programme_for
from fanxing.programme.two_people import PUBLISH, SamePerson, begin, end, record, signed, words_given
from fanxing.scheme.editing import years_later
from fanxing.scheme.model import Period

LONGEST_TITLE = 100


class InvalidDraft(Refused):
    """What was said of a draft cannot stand: no title, no document number, no reason."""


class DraftMoved(Refused):
    """Someone changed or decided the draft meanwhile."""


class PeriodBegun(Refused):
    """The rules would change within a period that is being rated already."""


@transaction.atomic
def create_draft(
    *,
    title: str,
    unit: Unit,
    files: Mapping[str, str],
    by: Doer,
    at: datetime,
    base: Publication | None = None,
    sheet: object = None,
    workbook: bytes | None = None,
    key: str | None = None,
) -> Draft:
    """Begin a draft of rules for a unit and all below it, from the files of a publication or of a workbook.

    The files need not be a scheme without faults yet. A form sent twice under one `key` begins one draft. Raises InvalidDraft,
    NotAllowed.
    """
    require(by, PUBLISH, unit, on=clock.today(at))
    words = words_given("名称", title, most=LONGEST_TITLE, lacking=InvalidDraft)
    made_of = {"base": base.digest if base else None, "files": digest(files)}

    def write() -> Draft:
        draft = Draft.objects.create(
            title=words,
            base=base,
            unit=unit,
            files=plain(files),
            sheet=plain(sheet),
            workbook=workbook,
            **signed("created", by, at),
            **signed("edited", by, at),
        )
        record("create_draft", draft, f"起草《{draft.title}》", made_of, by, at)
        return draft

    return written_once(key=key, content={"unit": unit.code, "title": words, **made_of}, by=by, at=at, model=Draft, write=write)


@transaction.atomic
def save_draft(
    *,
    draft: Draft,
    by: Doer,
    at: datetime,
    files: Mapping[str, str] | None = None,
    sheet: object = None,
    title: str | None = None,
    expected_version: int | None = None,
) -> Draft:
    """Put new files, a new sheet or a new title in the place of the old ones; what is not given stays.

    `expected_version` is the version that was changed (that of `draft` if it is not said). Raises DraftMoved where it is no
    longer the last one, InvalidDraft, NotAllowed.
    """
    begin("save", draft, expected_version, by, at, moved=DraftMoved)
    if files is not None:
        draft.files = plain(files)
    if sheet is not None:
        draft.sheet = plain(sheet)
    if title is not None:
        draft.title = words_given("名称", title, most=LONGEST_TITLE, lacking=InvalidDraft)
    end("save", draft, **signed("edited", by, at))
    record("save_draft", draft, f"修改《{draft.title}》", {"files": digest(draft.files), "version": draft.version}, by, at)
    return draft


@transaction.atomic
def submit_draft(*, draft: Draft, document_number: str, by: Doer, at: datetime, expected_version: int | None = None) -> Draft:
    """Hand a draft over to be published by a second person.

    It must be fit to be published as it stands. Raises SchemeRefused with every fault, PeriodBegun, InvalidDraft, DraftMoved,
    NotAllowed.
    """
    number = words_given("文号", document_number, most=LONGEST_TITLE, lacking=InvalidDraft)
    begin("submit", draft, expected_version, by, at, moved=DraftMoved)
    _require_fit(draft, by, at)
    end("submit", draft, document_number=number, reason="", **signed("submitted", by, at))
    record("submit_draft", draft, f"提交《{draft.title}》{number}，待第二人发布", {"files": digest(draft.files)}, by, at)
    return draft


@transaction.atomic
def return_draft(*, draft: Draft, reason: str, by: Doer, at: datetime, expected_version: int | None = None) -> Draft:
    """Give a submitted draft back to be written on, for a reason. Raises InvalidDraft, DraftMoved, NotAllowed."""
    words = words_given("退回原因", reason, lacking=InvalidDraft)
    begin("return", draft, expected_version, by, at, moved=DraftMoved)
    end("return", draft, reason=words)
    record("return_draft", draft, f"退回《{draft.title}》", {"reason": words}, by, at)
    return draft


@transaction.atomic
def publish_draft(*, draft: Draft, by: Doer, at: datetime, expected_version: int | None = None) -> Publication:
    """Publish a submitted draft, as someone who neither submitted it nor edited it last.

    `expected_version` is the version that was read. Raises SamePerson, PeriodBegun, DraftMoved, and what `publish` raises.
    """
    begin("publish", draft, expected_version, by, at, moved=DraftMoved)
    if refusal := why_not_publisher(draft, by):
        raise SamePerson(refusal)
    _require_fit(draft, by, at)
    publication = publish(files=draft.files, document_number=draft.document_number, unit=draft.unit, by=by, at=at)
    end("publish", draft, publication=publication, **signed("decided", by, at))
    record("publish_draft", draft, f"发布《{draft.title}》{draft.document_number}", {"publication": publication.digest}, by, at)
    return publication


@transaction.atomic
def drop_draft(*, draft: Draft, by: Doer, at: datetime, expected_version: int | None = None) -> Draft:
    """Give a draft up; it stays to be read. Raises DraftMoved, NotAllowed."""
    begin("drop", draft, expected_version, by, at, moved=DraftMoved)
    end("drop", draft, **signed("decided", by, at))
    record("drop_draft", draft, f"作废《{draft.title}》", {}, by, at)
    return draft


def why_not_publisher(draft: Draft, by: Doer) -> str:
    """Why this person may not be the one to publish the draft, in words; empty if they may."""
    for did, username, title in (
        ("提交", draft.submitted_by, draft.submitted_by_title),
        ("最后修改", draft.edited_by, draft.edited_by_title),
    ):
        if by.username == username:
            return f"这份草案由您（{title}）{did}，须由另一位有发布权限的人核对后发布"
    return ""


def why_frozen(period: Period | None, unit: Unit, today: date) -> str:
    """Why rules for a period may not be published for a unit on a day, in words; empty if they may.

    Rules do not change while they rate: who rules the unit today stays until its period has ended.
    """
    ruling = programme_for(unit, today)
    if ruling is None:
        return ""
    begins = period.start if period else today
    until = ruling.period_to or today
    if begins > until:
        return ""
    begun = f"{ruling.period_from} 至 {until} 的评定已按{ruling}开始" if ruling.period_to else f"评定已按{ruling}开始"
    return f"{begun}，期内不改规则。请把草案的评定时段改到 {until + timedelta(days=1)} 或以后"


def next_period(base: Publication | None, today: date) -> Period:
    """The period for which rules are written after some: as long as theirs, from the day after it; else the next calendar year."""
    if base is None or base.period_from is None or base.period_to is None:
        return Period(date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
    start, end = base.period_to + timedelta(days=1), years_later(base.period_to, 1)
    return Period(start, end if start == years_later(base.period_from, 1) else start + (base.period_to - base.period_from))


def _require_fit(draft: Draft, by: Doer, at: datetime) -> None:
    scheme = publishable(files=draft.files, by=by, at=at)
    if refusal := why_frozen(scheme.period, draft.unit, clock.today(at)):
        raise PeriodBegun(refusal)
