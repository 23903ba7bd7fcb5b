"""Sheets of three offices come through: published by a second person, they rate; and before that they are tried."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Post
from fanxing.programme.actions import publish
from fanxing.programme.drafting import publish_draft, submit_draft
from fanxing.programme.models import Draft, Publication
from fanxing.programme.queries import scheme_of
from fanxing.programme.sheets import begin_sheet, came, decide_row
from fanxing.records.actions.entries import add_record
from fanxing.scheme import read_folder
from fanxing.scheme.editing import for_period
from fanxing.scheme.model import Period
from fanxing.scheme.workbook import Decision, Points
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Score
from fanxing.scoring.sheet_trials import RowTrial, StarTrial, row_trial, star_trials
from tests.cast import FOUNDED, NOW, Cast, appoint
from tests.scheme.workbook.offices import OFFICES, one_sheet

NEXT = Period(date(2027, 1, 1), date(2027, 12, 31))
THEN = datetime(2027, 11, 30, 4, tzinfo=UTC)


@pytest.fixture
def in_force(cast: Cast) -> Publication:
    """The programme with its stars of villages and communities, in force for the year."""
    files = for_period(read_folder("five-star"), date(2026, 1, 1), date(2026, 12, 31))
    return publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def begun(cast: Cast, in_force: Publication, office: Callable[[], bytes]) -> Draft:
    file = SimpleUploadedFile(f"{office.__name__}.xlsx", office())
    return begin_sheet(file=file, title="云溪细则", unit=cast.city, base=in_force, period=NEXT, by=cast.desk, at=NOW)


def settle(draft: Draft, cast: Cast) -> None:
    """Answer every question as the system proposes."""
    for row in [row for row in came(draft).sheet.rows if came(draft).sheet.state(row) == "ask"]:
        rule = row.reading.points
        decided = Decision(rule if rule.form == "veto" else replace(rule, mark=rule.mark or 10.0))
        decide_row(draft=draft, row=row.id, decision=decided, by=cast.desk, at=NOW, expected_version=draft.version)
    assert came(draft).sheet.open == 0


@pytest.mark.parametrize("office", OFFICES.values(), ids=OFFICES)
def test_the_sheet_of_an_office_is_published_and_rates(cast: Cast, in_force: Publication, office: Callable[[], bytes]):
    draft = begun(cast, in_force, office)
    settle(draft, cast)
    submit_draft(draft=draft, document_number="云组〔2026〕12号", by=cast.desk, at=NOW)
    deputy = appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))
    publication = publish_draft(draft=draft, by=deputy, at=NOW)
    kind = scheme_of(publication).kinds["village"]
    marks = [one for one in scheme_of(publication).records.values() if one.id.startswith("marks_village")]
    for record in marks:
        full = {
            field.id: field.choices[0][0] if field.choices else True if field.type == "yes/no" else field.most for field in record.fields
        }
        data = {id: value for id, value in full.items() if record.field(id).type != "yes/no"}
        if data:
            add_record(unit=cast.village, kind=record.id, occurred_on=date(2027, 5, 1), data=data, by=SYSTEM, at=THEN)
    rate_all(publication=publication, by=SYSTEM, at=THEN)
    score = Score.objects.get(unit=cast.village, publication=publication)
    assert set(score.stars) == set(kind.stars)
    assert all(one["points"] is not None or one["held"] is None for one in score.stars.values())


def test_before_the_marks_are_there_a_trial_tells_between_what_and_what(cast: Cast, in_force: Publication):
    rate_all(publication=in_force, by=SYSTEM, at=NOW)
    draft = begun(cast, in_force, one_sheet)
    assert star_trials(draft) == {
        "village/party_branch": StarTrial(3, 0, 0),
        "village/industry": StarTrial(3, 0, 0),
        "village/ecology": StarTrial(3, 0, 0),
        "village/safety": StarTrial(3, 0, 0),
    }
    sheet = came(draft).sheet
    assert row_trial(draft, sheet, sheet.rows[0]) == RowTrial(units=3, full=0, none=3, missing=0, mean=0.0)
    assert row_trial(draft, sheet, sheet.rows[4]) == RowTrial(units=3, full=0, none=0, missing=3, mean=0.0)
    assert row_trial(draft, sheet, sheet.rows[2]) is None
    easy = sheet.decide(sheet.rows[0].id, Decision(Points("steps", "members_quarters", 100.0, ((0.0, 100.0),))))
    assert row_trial(draft, easy, easy.rows[0]) == RowTrial(units=3, full=3, none=0, missing=0, mean=100.0)


def test_without_a_run_nothing_is_tried(cast: Cast, in_force: Publication):
    assert star_trials(begun(cast, in_force, one_sheet)) == {}
