"""Drafts that came as a workbook: begun, decided, published, and rated by."""

import io
from datetime import date
from functools import cache

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post
from fanxing.programme.drafting import DraftMoved, publish_draft, submit_draft
from fanxing.programme.models import Draft, Publication
from fanxing.programme.queries import scheme_of
from fanxing.programme.sheets import InvalidSheet, begin_sheet, came, decide_row, is_changed_elsewhere, set_kinds, set_pass, sheet_workbook
from fanxing.scheme.model import Period
from fanxing.scheme.workbook import Decision, Points, read_book, understand
from fanxing.scheme.workbook.draft import Row
from tests.cast import NOW, Cast, appoint

NEXT = Period(date(2027, 1, 1), date(2027, 12, 31))
HEADINGS = ("星", "任务", "评分内容", "分值", "评分标准")
ROWS = (
    ("产业兴旺（100分）", "收入", "集体收入", 60, "10万元以上得60分，其余不得分"),
    ("", "组织", "党课", 20, "每开展1次得5分，最高20分"),
    ("", "", "产业规划", 20, "由专班综合评定"),
)


@cache  # a workbook bears the second it was made in
def workbook(rows: tuple[tuple[str | int, ...], ...] = ROWS) -> bytes:
    """A sheet of rules as an office might send it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("细则")
        for at, row in enumerate((HEADINGS, *rows)):
            page.write_row(at, 0, row)
    return file.getvalue()


def begun(cast: Cast, programme: Publication, content: bytes | None = None) -> Draft:
    file = SimpleUploadedFile("云溪细则.xlsx", workbook() if content is None else content)
    return begin_sheet(file=file, title="云溪细则", unit=cast.city, base=programme, period=NEXT, by=cast.desk, at=NOW)


def rows_of(draft: Draft) -> list[Row]:
    return list(came(draft).sheet.rows)


def test_a_workbook_begins_a_draft_that_is_a_scheme(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    assert [(row.line.title, row.reading.state, row.reading.points.measure) for row in rows_of(draft)] == [
        ("集体收入", "read", "income"),
        ("党课", "read", "lessons"),
        ("产业规划", "judged", ""),
    ]
    assert bytes(draft.workbook or b"") == workbook()
    assert (draft.title, draft.base, came(draft).period) == ("云溪细则", programme, NEXT)
    assert not is_changed_elsewhere(draft)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空的"), (b"<html></html>", "网页或文本"), (workbook(()), "没有读到评分细则")],
    ids=["nothing", "a page", "no rows"],
)
def test_what_is_no_sheet_of_rules_begins_nothing(cast: Cast, programme: Publication, content: bytes, words: str):
    with pytest.raises(InvalidSheet, match=words):
        begun(cast, programme, content)
    assert not Draft.objects.exists()


def test_who_may_not_publish_begins_nothing(cast: Cast, programme: Publication):
    file = SimpleUploadedFile("细则.xlsx", workbook())
    with pytest.raises(NotAllowed):
        begin_sheet(file=file, title="细则", unit=cast.city, base=programme, period=NEXT, by=cast.secretary, at=NOW)


def test_a_decision_changes_the_rules_and_is_taken_back(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    row, before = rows_of(draft)[2].id, draft.files
    rule = Points("each", measure="lessons", mark=20.0, points=2.0)
    decide_row(draft=draft, row=row, decision=Decision(rule), by=cast.desk, at=NOW, expected_version=draft.version)
    assert came(draft).sheet.decisions == {row: Decision(rule)}
    assert draft.files != before
    assert not any(path.startswith("records/marks_") for path in draft.files)
    decide_row(draft=draft, row=row, decision=None, by=cast.desk, at=NOW, expected_version=draft.version)
    assert draft.files == before


def test_of_two_who_decide_at_once_one_is_told(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    row, seen = rows_of(draft)[0].id, draft.version
    decide_row(draft=draft, row=row, decision=Decision(Points("left_out")), by=cast.desk, at=NOW, expected_version=seen)
    with pytest.raises(DraftMoved):
        decide_row(draft=draft, row=row, decision=None, by=cast.desk, at=NOW, expected_version=seen)
    with pytest.raises(InvalidSheet):
        decide_row(draft=draft, row="s9_r9", decision=None, by=cast.desk, at=NOW, expected_version=draft.version)


def test_a_pass_mark_is_decided_and_kinds_are_said(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    [star] = came(draft).sheet.stars
    set_pass(draft=draft, star=star, pass_mark=55.0, by=cast.desk, at=NOW, expected_version=draft.version)
    assert "pass: 55" in draft.files["stars/village/industry.yaml"]
    set_kinds(draft=draft, kinds={"细则": "village"}, by=cast.desk, at=NOW, expected_version=draft.version)
    assert len(rows_of(draft)) == 3


def test_rules_changed_elsewhere_are_noticed(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    draft.files = {**draft.files, "scheme.yaml": draft.files["scheme.yaml"] + "\n"}
    assert is_changed_elsewhere(draft)


def test_the_workbook_comes_out_with_what_was_decided(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    row = rows_of(draft)[0].id
    decide_row(draft=draft, row=row, decision=Decision(Points("judged", mark=50.0)), by=cast.desk, at=NOW, expected_version=draft.version)
    again = understand(read_book(sheet_workbook(draft)), "云溪细则.xlsx", scheme_of(programme))
    assert again == came(draft).sheet


def test_the_draft_is_published_by_a_second_person(cast: Cast, programme: Publication):
    draft = begun(cast, programme)
    deputy = appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))
    submit_draft(draft=draft, document_number="云组〔2026〕12号", by=cast.desk, at=NOW)
    publication = publish_draft(draft=draft, by=deputy, at=NOW)
    scheme = scheme_of(publication)
    assert (scheme.title, scheme.period, scheme.kinds["village"].stars) == ("云溪细则", NEXT, ("industry",))
    assert scheme.kinds["village"].nodes["industry_score"].full == 100
    [kind] = [kind for kind in scheme.records.values() if kind.id.startswith("marks_")]
    assert (kind.nature, kind.kinds, [field.title for field in kind.fields]) == ("judgement", ("village",), ["产业规划"])
