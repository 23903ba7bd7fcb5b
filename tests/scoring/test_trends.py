"""How units stood in the runs of the past, and how a year gone by is rated."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import move_unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Run, Score
from fanxing.scoring.queries import Tally, course, latest_run, stale, tallies, trend
from fanxing.scoring.tasks import refresh_stale_scores
from tests.cast import NOW, TODAY, Cast
from tests.programme.small import with_text

MARCH = datetime(2026, 3, 31, 12, tzinfo=UTC)
JANUARY = datetime(2027, 1, 9, tzinfo=UTC)


@pytest.fixture
def runs(cast: Cast, programme: Publication) -> list[Run]:
    """Rated in March, when no figure was there, and in June, when one village had its star."""
    before = rate_all(publication=programme, by=SYSTEM, at=MARCH)
    for kind, data in (("figures", {"income": 100_000}), *[("meeting", {"form": "lesson"})] * 4):
        add_record(unit=cast.village, kind=kind, occurred_on=date(2026, 5, 6), data=data, by=SYSTEM, at=NOW)
    add_record(unit=cast.other_village, kind="figures", occurred_on=date(2026, 5, 6), data={"income": 1}, by=SYSTEM, at=NOW)
    return [before, rate_all(publication=programme, by=SYSTEM, at=NOW)]


def test_a_trend_tells_the_tiers_and_stars_of_every_run(runs: list[Run]) -> None:
    before, after = trend()

    assert [(one.run, one.as_of) for one in (before, after)] == [(runs[0].pk, date(2026, 3, 31)), (runs[1].pk, TODAY)]
    assert before.tallies == {"village": Tally("village", 3, {"": 3}, {"industry": 0})}
    assert after.tallies == {"village": Tally("village", 3, {"1": 1, "0": 1, "": 1}, {"industry": 1})}
    assert after.publication == runs[1].publication


def test_a_trend_of_a_place_counts_what_lies_there_and_lay_there_then(cast: Cast, runs: list[Run]) -> None:
    move_unit(unit=cast.village, parent=cast.other_town, on=TODAY, by=SYSTEM, at=NOW)

    assert [one.tallies["village"].tiers for one in trend(cast.town)] == [{"": 2}, {"1": 1, "": 1}]
    assert [one.tallies["village"].units for one in trend(cast.other_town)] == [1, 1]
    assert [one.as_of for one in trend(last=1)] == [TODAY]


def test_of_two_runs_as_of_one_day_the_newer_one_counts(cast: Cast, programme: Publication, runs: list[Run]) -> None:
    add_record(unit=cast.neighbour, kind="figures", occurred_on=date(2026, 5, 6), data={"income": 1}, by=SYSTEM, at=NOW)
    again = rate_all(publication=programme, by=SYSTEM, at=NOW)

    assert [one.run for one in trend()] == [runs[0].pk, again.pk]
    assert latest_run() == again


def test_the_parts_of_a_place_have_tallies_of_their_own(cast: Cast, runs: list[Run]) -> None:
    found = [tallies(runs[1], place.path)["village"].tiers for place in cast.city.children.order_by("code")]

    assert found == [{"1": 1, "": 1}, {"0": 1}]


def test_a_unit_has_a_course(cast: Cast, runs: list[Run]) -> None:
    assert [(one.as_of, one.tier, one.stars) for one in course(cast.village)] == [
        (date(2026, 3, 31), "", {"industry": None}),
        (TODAY, "1", {"industry": True}),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_trend_takes_as_many_queries_however_many_runs(
    cast: Cast, programme: Publication, count: int, django_assert_num_queries: object
) -> None:
    for month in range(1, count + 1):
        rate_all(publication=programme, by=SYSTEM, at=datetime(2026, month, 20, tzinfo=UTC))
    trend(cast.city)  # reads the results of each run, which are kept, since they never change

    with django_assert_num_queries(2):  # type: ignore[operator]  # the fixture is untyped
        assert len(trend(cast.city)) == count


def test_a_year_gone_by_is_rated_as_of_its_end_and_left_alone_afterwards(cast: Cast, programme: Publication, runs: list[Run]) -> None:
    files = with_text("scheme.yaml", "period: {from: 2026-01-01, to: 2026-12-31}", "period: {from: 2027-01-01, to: 2027-12-31}")
    later = publish(files=files, document_number="", unit=cast.city, by=SYSTEM, at=JANUARY)
    assert later != programme

    run = rate_all(publication=programme, by=SYSTEM, at=JANUARY)

    assert (run.as_of, run.unit_count) == (date(2026, 12, 31), 3)
    add_record(unit=cast.village, kind="figures", occurred_on=date(2026, 12, 30), data={"income": 1}, by=SYSTEM, at=JANUARY)
    assert [score.unit for score in stale(programme)] == [cast.village]


def test_stale_scores_are_reckoned_together(cast: Cast, programme: Publication, runs: list[Run]) -> None:
    for unit in (cast.village, cast.neighbour):
        add_record(unit=unit, kind="figures", occurred_on=TODAY, data={"income": 5}, by=SYSTEM, at=NOW)
    refresh_stale_scores(at=NOW)
    assert stale(programme) == []
    assert dict(Score.objects.values_list("unit__code", "tier")) == {"990101201": "0", "990101202": "0", "990102201": "0"}
    assert {score.run for score in Score.objects.all()} == {runs[1]}


def test_the_command_rates_what_rules_and_prints_its_progress(cast: Cast, programme: Publication) -> None:
    out = StringIO()
    call_command("rate_all", stdout=out)

    title, *stages, done = out.getvalue().splitlines()
    assert title == str(programme)
    assert [line.split("　")[0] for line in stages] == ["  1/3 读取台账", "  2/3 计算得分", "  3/3 保存结果"]
    assert done.startswith("已计算 3 个单位，评定日 2026-")
    with pytest.raises(CommandError, match="有 0 个，应恰好一个"):
        call_command("rate_all", "--publication", "nothing")


def test_where_nothing_was_published_the_command_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="还没有适用的方案"):
        call_command("rate_all")
