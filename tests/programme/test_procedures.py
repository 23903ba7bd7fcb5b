"""Procedures published beside the rules: versions, read back as they were, and those that a unit has in their place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import AppendOnlyError
from fanxing.audit.queries import rows_not_as_recorded
from fanxing.programme.actions import procedure_version, publish
from fanxing.programme.models import LocalProcedure, ProcedureVersion, Publication
from fanxing.programme.procedures import definition, procedure
from fanxing.programme.queries import procedure_versions, procedure_versions_for, procedures_for, scheme_of
from fanxing.scheme.digests import procedure_digest
from fanxing.scheme.model import Procedure
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.programme.small import FILES
from tests.scheme.procedures import ELECT, REPORT, changed_text, loaded

ERRAND = """
title: 代办
titled: what
opened_by: [anyone]
asks: [what, number]
begins: open
fields:
  what: {title: 事项, type: text, required: yes}
  number: {title: 件数, type: count, least: 1, most: 3}
  kept: {title: 归档, type: count}
parties:
  anyone: {title: 群众, at: anyone}
  staff: {title: 村, posts: [secretary]}
states:
  open: {title: 办理中, waits_for: [staff], within: [{working_days: 3, when: number > 1}, {working_days: 1}]}
  done: {title: 已办结, ends: yes}
steps:
  - {verb: finish, title: 办结, from: open, to: done, by: [staff], sets: {kept: 1}}
"""
WITH_ERRAND = {**FILES, "procedures/errand.yaml": ERRAND}
SLOWER = changed_text(ERRAND, ("{working_days: 1}", "{working_days: 2}"))


def put(cast: Cast, text: str = ERRAND) -> Publication:
    files = {**FILES, "procedures/errand.yaml": text}
    return publish(files=files, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def own(cast: Cast, one: Procedure, *, ends: bool = False, days: int = 0) -> LocalProcedure:
    return LocalProcedure.objects.create(
        unit=cast.town,
        version=procedure_version(one),
        valid_from=TODAY + timedelta(days=days),
        ends=ends,
        reason="不再试行" if ends else "",
        made_at=NOW,
        made_by="desk",
        made_by_title="创建办",
    )


@pytest.mark.parametrize(("id", "text"), [("report", REPORT), ("elect", ELECT)])
def test_a_procedure_is_read_back_as_it_was_stored(id: str, text: str):
    kept = loaded(text, id)
    assert procedure(definition(kept)) == kept  # type: ignore[arg-type]  # a mapping


def test_a_procedure_is_read_back_from_the_database_as_it_was_published(cast: Cast):
    publication = put(cast)
    version = publication.procedures.get()
    assert (version.code, version.number, str(version)) == ("errand", 1, "errand 第 1 版")
    assert version.procedure == scheme_of(publication).procedures["errand"]
    assert version.digest == procedure_digest(version.procedure)
    assert rows_not_as_recorded(ProcedureVersion) == []
    with pytest.raises(AppendOnlyError):
        version.delete()


def test_what_is_published_anew_is_the_next_version_and_what_is_the_same_is_not(cast: Cast):
    first, slower = put(cast), put(cast, SLOWER)
    again = put(cast, f"{ERRAND}\n")
    numbers = [publication.procedures.get().number for publication in (first, slower, again)]
    assert (numbers, ProcedureVersion.objects.count()) == ([1, 2, 1], 2)


def test_a_unit_has_the_procedures_of_the_rules_that_hold_there(cast: Cast):
    assert (procedures_for(cast.village), procedure_versions_for(cast.village)) == ({}, {})
    publication = put(cast)
    assert procedures_for(cast.village) == {"errand": loaded_errand()}
    assert procedure_versions_for(cast.village) == procedure_versions(publication) == {"errand": publication.procedures.get().pk}


def loaded_errand() -> Procedure:
    return ProcedureVersion.objects.get(number=1).procedure


def test_a_unit_may_have_its_own_in_their_place_until_it_ends(cast: Cast):
    put(cast)
    errand = loaded_errand()
    brief, other = replace(errand, title="快办"), replace(errand, id="brief", title="便民")
    own(cast, brief, days=1)
    own(cast, other)
    assert procedures_for(cast.village, TODAY) == {"errand": errand, "brief": other}
    tomorrow = TODAY + timedelta(days=1)
    assert procedures_for(cast.village, tomorrow) == {"errand": brief, "brief": other}
    assert set(procedure_versions_for(cast.village, tomorrow).values()) == {procedure_version(one).pk for one in (brief, other)}
    assert procedures_for(cast.city, tomorrow) == {"errand": errand}
    own(cast, brief, ends=True, days=2)
    assert procedures_for(cast.village, tomorrow + timedelta(days=1)) == {"errand": errand, "brief": other}
