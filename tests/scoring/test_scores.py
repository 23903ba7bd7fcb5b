"""Where units stand: reckoned from the ledger, kept up with it, and traced back to its records."""

from datetime import date

import pytest
from django.db import models

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.units import change_kind, create_unit, merge_units, split_unit
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.rating import moved
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.scoring.actions import NobodyToRate, rate_all, rated_units, refresh
from fanxing.scoring.models import Run, Score
from fanxing.scoring.queries import account, explanation, records_behind, stale, standings, unscored
from fanxing.scoring.readings import Reason, readings
from fanxing.scoring.reckoning import again
from fanxing.scoring.tasks import refresh_stale_scores
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.programme.small import FILES, with_text

LESSON = {"form": "lesson", "attended": 23}


def lesson(cast: Cast, day: int, *, month: int = 3, unit: Unit | None = None, year: int = 2026) -> Record:
    on = date(year, month, day)
    return add_record(unit=unit or cast.village, kind="meeting", occurred_on=on, data=LESSON, by=SYSTEM, at=NOW)


def income(unit: Unit, amount: int) -> Record:
    return add_record(unit=unit, kind="figures", occurred_on=date(2026, 5, 1), data={"income": amount}, by=SYSTEM, at=NOW)


def score_of(unit: Unit) -> Score:
    found = account(unit, at=NOW)
    assert found is not None
    return found.score


def test_a_unit_without_the_figures_is_not_rated_and_the_reason_is_said(cast: Cast, programme: Publication) -> None:
    lesson(cast, 1)

    score = score_of(cast.village)

    assert (score.tier, score.total, score.reason) == ("", None, "缺集体收入")
    assert score.stars == {"industry": {"points": None, "held": None}}


def test_records_make_points_and_points_make_the_star(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    lesson(cast, 1)
    assert (score_of(cast.village).tier, score_of(cast.village).stars) == ("1", {"industry": {"points": 70.0, "held": True}})

    for day in (2, 3, 4):
        lesson(cast, day)

    assert score_of(cast.village).stars == {"industry": {"points": 100.0, "held": True}}


def test_a_withdrawn_record_counts_no_more_and_a_corrected_one_as_corrected(cast: Cast, programme: Publication) -> None:
    figure = income(cast.village, 100_000)
    held = lesson(cast, 1)

    withdraw_record(record=held, reason="重复登记", by=SYSTEM, at=NOW)
    assert score_of(cast.village).stars == {"industry": {"points": 50.0, "held": False}}

    correct_record(record=figure, occurred_on=date(2026, 5, 1), data={"income": 99_999}, by=SYSTEM, at=NOW)
    assert score_of(cast.village).stars == {"industry": {"points": 0.0, "held": False}}


def test_what_happened_outside_the_period_or_after_the_day_of_rating_does_not_count(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    lesson(cast, 31, month=12, year=2025)

    assert score_of(cast.village).stars["industry"]["points"] == 50.0
    assert score_of(cast.village).as_of == TODAY


def test_the_records_behind_a_figure_are_those_it_counts(cast: Cast, programme: Publication) -> None:
    first, second = lesson(cast, 8), lesson(cast, 1)
    lesson(cast, 1, unit=cast.neighbour)
    members = add_record(unit=cast.village, kind="meeting", occurred_on=date(2026, 3, 2), data={"form": "members"}, by=SYSTEM, at=NOW)
    older, newer = income(cast.village, 1), income(cast.village, 2)

    assert list(records_behind(cast.village, "lessons", at=NOW)) == [second, first]
    assert list(records_behind(cast.village, "income", at=NOW)) == [newer]
    assert list(records_behind(cast.village, "nothing", at=NOW)) == []
    assert [(one.fact.id, one.kept_out) for one in readings(first, at=NOW)] == [("lessons", None)]
    why = [[one.kept_out for one in readings(record, at=NOW)] for record in (members, older, newer)]
    assert why == [[Reason.CONDITION], [Reason.OLDER], [None]]


def test_what_a_record_moved_is_told_from_the_figure_up_to_the_tier(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    before = explanation(cast.village, at=NOW)
    lesson(cast, 1)
    after = explanation(cast.village, at=NOW)

    assert before is not None
    assert after is not None
    assert [(one.after.id, one.before.value, one.after.value) for one in moved(before, after)] == [
        ("lessons", 0.0, 1.0),
        ("lesson_points", 0.0, 20.0),
        ("industry_score", 50.0, 70.0),
        ("industry", False, True),
        ("tier", 0.0, 1.0),
    ]


def test_a_run_rates_every_unit_and_keeps_what_it_saw(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    lesson(cast, 1)

    run = rate_all(publication=programme, by=SYSTEM, at=NOW)

    assert rated_units(programme) == [cast.village, cast.neighbour, cast.other_village]
    assert (run.unit_count, run.as_of, run.made_by) == (3, TODAY, "system")
    assert run.heads == {str(cast.village.pk): 2}
    saved = standings(Unit.objects.all(), programme).values_list("unit__code", "tier", "reason", "run")
    assert list(saved) == [
        (cast.village.code, "1", "", run.pk),
        (cast.neighbour.code, "", "缺集体收入", run.pk),
        (cast.other_village.code, "", "缺集体收入", run.pk),
    ]
    assert Event.objects.filter(action="scoring.rate_all").values_list("summary", flat=True).get() == "按《小方案》计算了 3 个单位的得分"


def test_a_run_gives_the_same_result_for_ever(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    first = lesson(cast, 1)
    run = rate_all(publication=programme, by=SYSTEM, at=NOW)
    withdraw_record(record=first, reason="重复登记", by=SYSTEM, at=NOW)
    lesson(cast, 2)

    assert again(run).value(cast.village.code, "industry_score") == 70.0
    assert list(records_behind(cast.village, "lessons", run=run)) == [first]


def test_a_saved_score_is_current_until_the_ledger_moves_on(cast: Cast, programme: Publication) -> None:
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    saved = Score.objects.get(unit=cast.village)
    assert stale(programme) == []
    assert (score_of(cast.village).stars, score_of(cast.village).tier) == (saved.stars, saved.tier)

    income(cast.village, 100_000)

    assert [score.unit for score in stale(programme)] == [cast.village]
    assert score_of(cast.village).stars == {"industry": {"points": 50.0, "held": False}}
    assert Score.objects.get(unit=cast.village).stars == saved.stars


def test_the_timetable_brings_stale_scores_up_to_date(cast: Cast, programme: Publication) -> None:
    run = rate_all(publication=programme, by=SYSTEM, at=NOW)
    income(cast.village, 100_000)

    refresh_stale_scores(at=NOW)

    score = Score.objects.get(unit=cast.village)
    assert (score.stars, score.run) == ({"industry": {"points": 50.0, "held": False}}, run)
    assert stale(programme) == []


def test_the_timetable_rates_what_the_tree_has_become_since_the_run(cast: Cast, programme: Publication) -> None:
    other = create_unit(code="c", name="河畔社区", kind="community", parent=cast.town, on=FOUNDED, by=SYSTEM, at=NOW)
    income(cast.village, 100_000)
    assert unscored(programme, today=TODAY) == []
    refresh_stale_scores(at=NOW)
    assert not Score.objects.exists()

    rate_all(publication=programme, by=SYSTEM, at=NOW)
    assert unscored(programme, today=TODAY) == []

    new = create_unit(code="n", name="新村", kind="village", parent=cast.town, on=TODAY, by=SYSTEM, at=NOW)
    change_kind(unit=other, kind="village", on=TODAY, by=SYSTEM, at=NOW)
    split_unit(unit=cast.village, into=[new, cast.neighbour], records_to=cast.neighbour, on=TODAY, by=SYSTEM, at=NOW)
    assert unscored(programme, today=TODAY) == [cast.neighbour, other, new]
    refresh_stale_scores(at=NOW)
    assert Score.objects.get(unit=cast.neighbour).stars == {"industry": {"points": 50.0, "held": False}}
    assert set(Score.objects.values_list("unit__code", flat=True)) >= {"c", "n"}
    assert unscored(programme, today=TODAY) == []


def test_a_score_of_other_stars_is_none_of_the_unit(cast: Cast, programme: Publication) -> None:
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    Score.objects.filter(unit=cast.village).update(stars={"harmony": {"points": 9.0, "held": True}})
    assert unscored(programme, today=TODAY) == [cast.village]


def test_the_records_of_a_merged_unit_count_for_its_successor(cast: Cast, programme: Publication) -> None:
    income(cast.village, 100_000)
    given = lesson(cast, 1, unit=cast.neighbour)
    merge_units(units=[cast.neighbour], into=cast.village, on=TODAY, by=SYSTEM, at=NOW)
    village = Unit.objects.get(pk=cast.village.pk)

    assert score_of(village).stars == {"industry": {"points": 70.0, "held": True}}
    assert list(records_behind(village, "lessons", at=NOW)) == [given]
    assert [(one.fact.id, one.kept_out) for one in readings(given, at=NOW)] == [("lessons", None)]

    run = rate_all(publication=programme, by=SYSTEM, at=NOW)
    assert run.unit_count == 2
    withdraw_record(record=given, reason="重复登记", by=SYSTEM, at=NOW)
    assert [score.unit for score in stale(programme)] == [village]


def test_ranks_are_those_among_the_peers_of_the_last_run(cast: Cast, programme: Publication) -> None:
    ranked = with_text(
        "stars/village/industry.yaml",
        "{id: lesson_points,",
        "{id: place_points, title: 名次得分, steps: {of: place, up_to: {1: 10}, otherwise: 0}}\n    - {id: lesson_points,",
    )
    ranked = with_text("stars/village/industry.yaml", "score:", "nodes:\n  place: {title: 名次, rank: {of: income}}\nscore:", ranked)
    publication = publish(files=ranked, document_number="云组〔2026〕4号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    for unit, amount in ((cast.village, 200), (cast.neighbour, 100), (cast.other_village, 50)):
        income(unit, amount)
    rate_all(publication=publication, by=SYSTEM, at=NOW)

    income(cast.other_village, 150)
    places = {unit.name: explanation(unit, at=NOW) for unit in (cast.village, cast.neighbour, cast.other_village)}

    found = {name: told.find("place") for name, told in places.items() if told}
    assert {name: step.value for name, step in found.items() if step} == {"柳河村": 1.0, "青山村": 2.0, "东湾村": 2.0}


def test_units_of_a_kind_that_the_programme_does_not_know_have_no_score(cast: Cast, programme: Publication) -> None:
    assert account(cast.town, at=NOW) is None
    assert explanation(cast.town, at=NOW) is None
    assert list(records_behind(cast.town, "lessons", at=NOW)) == []


def test_only_who_may_publish_at_its_place_may_rate_all(cast: Cast, programme: Publication) -> None:
    with pytest.raises(NotAllowed):
        rate_all(publication=programme, by=cast.reviewer, at=NOW)

    assert Run.objects.count() == Score.objects.count() == 0
    assert rate_all(publication=programme, by=cast.desk, at=NOW).made_by == "desk"


def test_a_programme_that_rules_nobody_is_refused(cast: Cast) -> None:
    publication = publish(files=FILES, document_number="", unit=cast.village, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    other = publish(
        files=with_text("scheme.yaml", "小方案", "另一方案"), document_number="", unit=cast.village, valid_from=FOUNDED, by=SYSTEM, at=NOW
    )
    assert rated_units(other) == [cast.village]

    with pytest.raises(NobodyToRate):
        rate_all(publication=publication, by=SYSTEM, at=NOW)


def test_a_score_has_one_row_a_unit(cast: Cast, programme: Publication) -> None:
    refresh(unit=cast.village, publication=programme, at=NOW)
    refresh(unit=cast.village, publication=programme, at=NOW)

    assert Score.objects.filter(unit=cast.village).count() == 1
    constraint = next(one for one in Score._meta.constraints if isinstance(one, models.UniqueConstraint))
    assert constraint.fields == ("publication", "unit")


@pytest.mark.parametrize("records", [1, 12])
def test_reading_takes_as_many_queries_however_many_records(
    cast: Cast, programme: Publication, records: int, django_assert_num_queries: object
) -> None:
    for day in range(1, records + 1):
        lesson(cast, day)
    assert explanation(cast.village, at=NOW)

    with django_assert_num_queries(4):  # type: ignore[operator]  # the fixture is untyped
        explanation(cast.village, at=NOW)
