"""A procedure that a unit changes for itself: begun from what holds, signed by a second person, in force at once, retired."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Post
from fanxing.programme.actions import publish
from fanxing.programme.models import ProcedureDraft, ProcedureVersion, Publication
from fanxing.programme.procedure_drafting import (
    NoProcedure,
    ProcedureMoved,
    ProcedureRefused,
    begin_procedure,
    drop_procedure,
    faults_of_procedure,
    publish_procedure,
    retire_procedure,
    return_procedure,
    save_procedure,
    submit_procedure,
)
from fanxing.programme.queries import procedures_for
from fanxing.programme.two_people import SamePerson
from fanxing.scheme.model import Procedure, Term
from tests.cast import FOUNDED, NOW, TODAY, Cast, appoint
from tests.programme.test_procedures import WITH_ERRAND


@pytest.fixture
def programme(cast: Cast) -> Publication:
    return publish(files=WITH_ERRAND, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


@pytest.fixture
def draft(cast: Cast, programme: Publication) -> ProcedureDraft:
    return begin_procedure(unit=cast.town, procedure="errand", by=cast.desk, at=NOW)


def slower(procedure: Procedure, days: int = 9) -> Procedure:
    state = replace(procedure.states["open"], within=(Term(days),))
    return replace(procedure, states={**procedure.states, "open": state})


def saved(draft: ProcedureDraft, by: User, days: int = 9) -> ProcedureDraft:
    return save_procedure(draft=draft, procedure=slower(draft.procedure, days), by=by, at=NOW)


def test_a_draft_begins_with_the_version_that_holds(draft: ProcedureDraft):
    assert (draft.base, draft.procedure, draft.title) == (ProcedureVersion.objects.get(), ProcedureVersion.objects.get().procedure, "代办")
    assert faults_of_procedure(draft, NOW) == ["与现在的版本没有差别"]
    event = Event.objects.latest("id")
    assert (event.action, event.actor, event.summary) == ("programme.begin_procedure", "desk", "起草流程“代办”")


def test_what_two_people_sign_holds_in_the_unit_and_below_it(draft: ProcedureDraft, cast: Cast, deputy: User):
    submit_procedure(draft=saved(draft, cast.desk), by=cast.desk, at=NOW)
    local = publish_procedure(draft=draft, by=deputy, at=NOW)
    assert (local.version.number, draft.state) == (2, "published")
    assert procedures_for(cast.village, TODAY)["errand"].states["open"].within == (Term(9),)
    assert procedures_for(cast.other_village, TODAY)["errand"].states["open"].within[-1] == Term(1)
    assert Event.objects.latest("id").summary == f"发布流程“代办”，{cast.town.name}及以下自 {TODAY} 起适用"
    retire_procedure(unit=cast.town, procedure="errand", reason="试行期满", by=cast.desk, at=NOW)
    assert procedures_for(cast.village, TODAY) == procedures_for(cast.other_village, TODAY)
    with pytest.raises(NoProcedure):
        retire_procedure(unit=cast.town, procedure="errand", reason="又一次", by=cast.desk, at=NOW)


def test_who_wrote_it_does_not_publish_it(draft: ProcedureDraft, cast: Cast):
    submit_procedure(draft=saved(draft, cast.desk), by=cast.desk, at=NOW)
    with pytest.raises(SamePerson):
        publish_procedure(draft=draft, by=cast.desk, at=NOW)
    row = ProcedureDraft.objects.filter(pk=draft.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="published", decided_by="desk", decided_at=NOW, local=None)


def test_only_who_may_publish_at_the_unit_writes_drafts(draft: ProcedureDraft, cast: Cast):
    for user in (cast.stranger, cast.secretary, cast.reviewer, cast.outsider, cast.clerk):
        for act in (
            lambda user=user: begin_procedure(unit=cast.town, procedure="errand", by=user, at=NOW),
            lambda user=user: saved(draft, user),
            lambda user=user: submit_procedure(draft=draft, by=user, at=NOW),
            lambda user=user: drop_procedure(draft=draft, by=user, at=NOW),
            lambda user=user: retire_procedure(unit=cast.town, procedure="errand", reason="不", by=user, at=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_what_is_unfit_is_not_submitted(draft: ProcedureDraft, cast: Cast):
    broken = replace(draft.procedure, steps=())
    save_procedure(draft=draft, procedure=broken, by=cast.desk, at=NOW)
    with pytest.raises(ProcedureRefused, match="不是结束环节，却没有步骤往下走"):
        submit_procedure(draft=draft, by=cast.desk, at=NOW)


def test_of_two_who_change_at_once_one_is_told(draft: ProcedureDraft, cast: Cast, deputy: User):
    other = ProcedureDraft.objects.get(pk=draft.pk)
    saved(draft, cast.desk)
    with pytest.raises(ProcedureMoved, match="刚刚改过这份草案"):
        saved(other, deputy)


def test_a_draft_whose_base_is_no_longer_in_force_is_begun_anew(draft: ProcedureDraft, cast: Cast, deputy: User):
    second = begin_procedure(unit=cast.town, procedure="errand", by=cast.desk, at=NOW)
    submit_procedure(draft=saved(draft, cast.desk), by=cast.desk, at=NOW)
    publish_procedure(draft=draft, by=deputy, at=NOW)
    with pytest.raises(ProcedureRefused, match="刚刚有了新的版本"):
        submit_procedure(draft=saved(second, cast.desk, 8), by=cast.desk, at=NOW)


def test_a_draft_is_returned_with_a_reason_and_dropped(draft: ProcedureDraft, cast: Cast, deputy: User):
    submit_procedure(draft=saved(draft, cast.desk), by=cast.desk, at=NOW)
    with pytest.raises(NoProcedure, match="请填写退回原因"):
        return_procedure(draft=draft, reason=" ", by=deputy, at=NOW)
    return_procedure(draft=draft, reason="太慢", by=deputy, at=NOW)
    assert (draft.state, draft.reason) == ("editing", "太慢")
    drop_procedure(draft=draft, by=cast.desk, at=NOW)
    assert draft.state == "dropped"
    with pytest.raises(ProcedureMoved):
        saved(draft, cast.desk)


def test_no_draft_is_begun_of_what_is_not_there(cast: Cast, programme: Publication):
    with pytest.raises(NoProcedure, match="没有“lost”这种流程"):
        begin_procedure(unit=cast.town, procedure="lost", by=cast.desk, at=NOW)
