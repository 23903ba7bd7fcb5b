"""A draft tried on the latest run: only what changed is reckoned anew, and what is counted otherwise from the records."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.programme.drafting import create_draft
from fanxing.programme.models import Draft, Publication
from fanxing.records.actions.entries import add_record
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Score
from fanxing.scoring.rehearsing import cases_unmet, reasons_of, rehearsed, run_behind, steadiness
from tests.cast import NOW, Cast
from tests.programme.small import FILES, with_text


def keep(unit, kind: str, **data: object):
    return add_record(unit=unit, kind=kind, occurred_on=date(2026, 3, 1), data=data, by=SYSTEM, at=NOW)


@pytest.fixture
def rated(cast: Cast, programme: Publication) -> Publication:
    """柳河村 holds the star with one lesson, 青山村 lacks lessons, 东湾村 a figure."""
    keep(cast.village, "meeting", form="lesson")
    keep(cast.village, "meeting", form="members")
    for unit in (cast.village, cast.neighbour):
        keep(unit, "figures", income=100_000)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    return programme


def draft(cast: Cast, publication: Publication, *changes: tuple[str, str], unit=None) -> Draft:
    files = dict(FILES)
    for old, new in changes:
        files = with_text("stars/village/industry.yaml", old, new, files)
    return create_draft(title="草案", unit=unit or cast.city, base=publication, files=files, by=SYSTEM, at=NOW)


def moves(one: Draft) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    trial = rehearsed(one)
    assert trial is not None
    return [(move.unit, move.gained, move.lost) for rehearsal in trial.kinds.values() for move in rehearsal.moves]


def test_nothing_moves_under_the_same_rules(cast: Cast, rated: Publication):
    trial = rehearsed(draft(cast, rated))
    assert trial is not None
    assert (trial.changed, trial.recounted, moves(draft(cast, rated))) == ((), (), [])


def test_a_lower_pass_mark_gains_and_a_higher_one_loses(cast: Cast, rated: Publication):
    assert moves(draft(cast, rated, ("pass: 70", "pass: 50"))) == [(cast.neighbour.code, ("industry",), ())]
    assert moves(draft(cast, rated, ("pass: 70", "pass: 80"))) == [(cast.village.code, (), ("industry",))]


def test_what_is_counted_otherwise_is_counted_from_the_records(cast: Cast, rated: Publication):
    all_meetings = draft(cast, rated, ("where: \"form == 'lesson'\"", "where: \"form == 'members'\""), ("1: 20}", "1: 10}"))
    trial = rehearsed(all_meetings)
    assert trial is not None
    assert (trial.recounted, moves(all_meetings)) == (("village",), [(cast.village.code, (), ("industry",))])


def test_only_the_units_that_the_draft_would_rule_are_tried(cast: Cast, rated: Publication):
    one = draft(cast, rated, ("pass: 70", "pass: 50"), unit=cast.other_town)
    trial = rehearsed(one)
    assert trial is not None
    assert trial.kinds["village"].before.facts.units.to_list() == [cast.other_village.code]
    assert moves(one) == []


def test_another_period_does_not_change_what_was_counted(cast: Cast, rated: Publication):
    one = draft(cast, rated)
    one.files = with_text("scheme.yaml", "2026-01-01, to: 2026-12-31", "2030-01-01, to: 2030-12-31")
    assert moves(one) == []


def test_trying_writes_nothing(cast: Cast, rated: Publication):
    before = list(Score.objects.order_by("pk").values())
    rehearsed(draft(cast, rated, ("pass: 70", "pass: 50")))
    assert list(Score.objects.order_by("pk").values()) == before


def test_without_a_run_or_with_rules_that_cannot_be_read_nothing_is_tried(cast: Cast, programme: Publication):
    assert (run_behind(draft(cast, programme)), rehearsed(draft(cast, programme))) == (None, None)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    broken = draft(cast, programme, ("pass: 70", "pass: high"))
    assert (rehearsed(broken), cases_unmet(broken), steadiness(broken, "village")) == (None, (), ())
    assert reasons_of(broken, cast.village.code) is None


def test_rules_with_the_wrong_full_mark_are_tried_all_the_same(cast: Cast, rated: Publication):
    assert moves(draft(cast, rated, ("score:\n", "score:\n  full: 90\n"), ("pass: 70", "pass: 50"))) != []


def test_why_a_unit_moves_is_told_in_the_sentences_of_the_draft(cast: Cast, rated: Publication):
    found = reasons_of(draft(cast, rated, ("pass: 70", "pass: 50")), cast.neighbour.code)
    assert found is not None
    _, _, changes = found
    told = {change.after.id: (change.before.word, change.after.word, change.after.sentence) for change in changes}
    assert told["industry"] == ("未达星", "达星", "产业兴旺：产业兴旺得分 50 分以上得此星。")
    assert reasons_of(draft(cast, rated), "none") is None


def test_cases_that_come_out_otherwise_are_told_with_both_values(cast: Cast, rated: Publication):
    unmet = cases_unmet(draft(cast, rated, ("4: 50", "4: 10"), ("pass: 70", "pass: 60")))
    assert cases_unmet(draft(cast, rated)) == ()
    assert unmet == ()
    unmet = cases_unmet(draft(cast, rated, ("4: 50", "4: 10")))
    assert [(one.case.title, one.node.id, one.wanted, one.found) for one in unmet] == [
        ("够格", "industry", True, False),
        ("够格", "tier", 1.0, 0.0),
    ]


def test_a_star_stands_firmly_or_hangs_on_the_exact_points(cast: Cast, rated: Publication):
    (firm,) = steadiness(draft(cast, rated, ("pass: 70", "pass: 20")), "village")
    assert (firm.held, firm.firm, firm.fair + firm.shaky) == (2, 2, 0)
    (shaky,) = steadiness(draft(cast, rated), "village")
    assert (shaky.held, shaky.firm, shaky.fair + shaky.shaky) == (1, 0, 1)
    assert steadiness(draft(cast, rated), "county") == ()


def test_a_draft_from_nothing_is_tried_on_the_rules_in_force(cast: Cast, rated: Publication):
    one = replace_base(draft(cast, rated, ("pass: 70", "pass: 50")))
    assert moves(one) == [(cast.neighbour.code, ("industry",), ())]


def replace_base(one: Draft) -> Draft:
    one.base = None
    return one
