"""The clock of a matter: across holidays, pauses one after another, what runs out by itself, and what stays where it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.models import WorkItem
from fanxing.organisations.actions.units import close_unit
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.reading import erase_personal
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.actions.walking import StepTaken
from fanxing.procedures.actions.winding import wind
from fanxing.procedures.models import Matter
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, Cast
from tests.procedures.conftest import PROCEDURES
from tests.scheme.procedures import REPORT, changed_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
HOLE = {"what": "road", "detail": "坑洼", "place": "村口"}


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)


def reported(cast: Cast, at: datetime) -> Matter:
    return open_matter(unit=cast.village, procedure="report", data=HOLE, by=cast.secretary, at=at)


def fresh(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def step(matter: Matter, verb: str, cast: Cast, at: datetime, **more: object) -> Matter:
    take_step(matter=matter, verb=verb, by=cast.secretary, at=at, **more)
    return fresh(matter)


def ruled_by(cast: Cast, *changes: tuple[str, str]) -> None:
    """From now on the village follows this text of the report."""
    files = {**PROCEDURES, "procedures/report.yaml": changed_text(REPORT, *changes)}
    publish(files=files, document_number="云组〔2026〕4号", unit=cast.town, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def test_what_waits_over_new_year_is_late_only_after_so_many_days_of_work(cast: Cast):
    # Tuesday the 30th; 31 December is worked, 1 to 3 January are off, Sunday the 4th is worked for them.
    matter = reported(cast, noon(2025, 12, 30))
    assert matter.due_on == date(2026, 1, 4)
    assert [wind(at=noon(2026, 1, day)) for day in (1, 2, 3, 4)] == [0, 0, 0, 0]
    assert wind(at=noon(2026, 1, 5)) == 1
    told = WorkItem.objects.get(source="matter", unit=cast.town)
    assert (told.title, fresh(matter).was_late) == ("已超期：随手拍，待受理", True)


def test_a_pause_over_new_year_takes_no_day_of_work(cast: Cast):
    matter = step(reported(cast, noon(2025, 12, 29)), "accept", cast, noon(2025, 12, 30))
    assert matter.due_on == date(2026, 1, 7)
    matter = step(matter, "pause", cast, noon(2025, 12, 31), reason="等配件")
    assert matter.left == 4
    assert wind(at=noon(2026, 1, 20)) == 0
    # Resumed on the first day after the holiday that is no day of work made up for.
    matter = step(matter, "resume", cast, noon(2026, 1, 5))
    assert (matter.due_on, matter.was_late) == (date(2026, 1, 9), False)


def test_two_pauses_take_nothing_from_what_was_left(cast: Cast):
    matter = step(reported(cast, noon(2026, 6, 15)), "accept", cast, noon(2026, 6, 15))
    term = matter.term_on
    for begins, ends in (((2026, 6, 16), (2026, 6, 18)), ((2026, 6, 22), (2026, 6, 24))):
        matter = step(matter, "pause", cast, noon(*begins), reason="等配件")
        matter = step(matter, "resume", cast, noon(*ends))
    # Four days of work were left on the 16th; of those that the 18th gave back three were left on the 22nd.
    assert (matter.due_on, matter.left, matter.stopped_on) == (date(2026, 6, 29), None, None)
    assert term
    assert matter.term_on == date(2026, 7, 13)


def test_a_pause_that_follows_a_pause_leads_back_to_what_was_left(cast: Cast):
    ruled_by(
        cast,
        ("  checking:", "  parts: {title: 等配件, waits_for: [handler], stopped: yes}\n  checking:"),
        ("  - {verb: done,", "  - {verb: order, title: 订配件, from: paused, to: parts, by: [handler]}\n  - {verb: done,"),
        ("  - {verb: pass,", "  - {verb: arrived, title: 配件到了, from: parts, to: handling, by: [handler]}\n  - {verb: pass,"),
    )
    matter = step(reported(cast, noon(2026, 6, 15)), "accept", cast, noon(2026, 6, 15))
    matter = step(matter, "pause", cast, noon(2026, 6, 16), reason="等配件")
    matter = step(matter, "order", cast, noon(2026, 6, 17))
    assert (matter.stopped_on, matter.left) == (date(2026, 6, 16), 4)
    matter = step(matter, "arrived", cast, noon(2026, 6, 30))
    assert (matter.due_on, matter.stopped_on) == (date(2026, 7, 6), None)


def test_over_spring_festival_the_whole_holiday_is_left_out(cast: Cast):
    # Off from the 15th to the 23rd of February; Saturday the 14th and Saturday the 28th are worked for it.
    matter = step(reported(cast, noon(2026, 2, 13)), "accept", cast, noon(2026, 2, 13))
    assert matter.due_on == date(2026, 2, 27)
    assert wind(at=noon(2026, 2, 27)) == 0
    assert wind(at=noon(2026, 2, 28)) == 1


def test_a_pause_over_spring_festival_takes_no_day_and_a_day_made_up_for_counts(cast: Cast):
    matter = step(reported(cast, noon(2026, 2, 11)), "accept", cast, noon(2026, 2, 11))
    # 12 and 13 February, Saturday the 14th worked for the holiday; then 24 and 25.
    assert matter.due_on == date(2026, 2, 25)
    matter = step(matter, "pause", cast, noon(2026, 2, 14), reason="等配件")
    assert (matter.left, wind(at=noon(2026, 2, 26))) == (2, 0)
    matter = step(matter, "resume", cast, noon(2026, 2, 27))
    # Saturday the 28th is worked, Sunday is not.
    assert (matter.due_on, matter.was_late) == (date(2026, 3, 2), False)


@pytest.mark.parametrize(("done", "late"), [((2026, 1, 4), False), ((2026, 1, 5), True)])
def test_what_is_accepted_on_the_sunday_made_up_for_is_in_time_and_a_day_later_late(cast: Cast, done: tuple[int, int, int], late: bool):
    matter = step(reported(cast, noon(2025, 12, 30)), "accept", cast, noon(*done))
    assert matter.was_late is late
    assert matter.steps.last().was_late is late


def test_what_was_late_before_new_year_is_told_above_once_through_the_holiday(cast: Cast):
    reported(cast, noon(2025, 12, 26))
    assert [wind(at=noon(*day)) for day in ((2025, 12, 30), (2025, 12, 31), (2026, 1, 1), (2026, 1, 4), (2026, 1, 5))] == [0, 1, 0, 0, 0]
    told = WorkItem.objects.get(source="matter", unit=cast.town)
    assert (told.is_urgent, told.due_on) == (True, date(2026, 1, 7))


def test_a_pause_that_begins_on_the_last_day_keeps_that_the_whole_is_over_only_after_the_holiday(cast: Cast):
    matter = step(reported(cast, noon(2025, 12, 8)), "accept", cast, noon(2025, 12, 8))
    assert matter.term_on == date(2025, 12, 29)
    matter = step(matter, "pause", cast, noon(2025, 12, 29), reason="等配件")
    assert [wind(at=noon(*day)) for day in ((2025, 12, 31), (2026, 1, 4), (2026, 1, 5))] == [0, 0, 0]
    matter = step(matter, "resume", cast, noon(2026, 1, 4))
    # Nothing of the whole was left: it is over with the day on which it goes on.
    assert (matter.term_on, wind(at=noon(2026, 1, 4)), wind(at=noon(2026, 1, 5))) == (date(2026, 1, 4), 0, 1)


def test_what_is_meant_to_run_out_is_not_late_when_it_does(cast: Cast):
    matter = reported(cast, NOW)
    matter = step(step(matter, "accept", cast, NOW), "done", cast, NOW, data={"result": "好了"})
    assert wind(at=NOW + timedelta(days=3)) == 1
    matter = fresh(matter)
    assert (matter.state, matter.was_late, matter.steps.last().was_late) == ("closed", False, False)
    assert Record.objects.get(kind="report").data["overdue"] is False


def test_what_runs_out_does_so_though_the_whole_was_told_late_before(cast: Cast):
    ruled_by(cast, ("within: [{working_days: 15}]", "within: [{working_days: 1}]"))
    matter = step(step(reported(cast, NOW), "accept", cast, NOW), "done", cast, NOW, data={"result": "好了"})
    assert wind(at=NOW + timedelta(days=2)) == 1
    assert fresh(matter).told_late_on is not None
    assert wind(at=NOW + timedelta(days=3)) == 1
    assert fresh(matter).state == "closed"


def test_what_cannot_go_on_by_itself_is_told_as_late(cast: Cast):
    ruled_by(cast, ("then: pass}", "then: pass, late_to: township}"))
    matter = step(step(reported(cast, NOW), "accept", cast, NOW), "done", cast, NOW, data={"result": "好了"})
    other = step(step(reported(cast, NOW), "accept", cast, NOW), "done", cast, NOW, data={"result": "好了"})
    # The ledger of a unit that is gone and that nobody goes on as takes nothing.
    matter.data = {**matter.data, "what": "nothing of the kind"}
    matter.save(update_fields=["data"])
    assert wind(at=NOW + timedelta(days=3)) == 2
    assert (fresh(matter).state, fresh(other).state) == ("checking", "closed")
    assert WorkItem.objects.filter(source="matter", unit=cast.town, title="已超期：随手拍，待核验").waiting().count() == 1


def test_the_clock_asks_the_database_no_more_for_what_it_told_of_before(cast: Cast):
    asked = []
    for count in (1, 4):
        for _ in range(count):
            reported(cast, NOW)
        wind(at=NOW + timedelta(days=5))
        with CaptureQueriesContext(connection) as queries:
            assert wind(at=NOW + timedelta(days=6)) == 0
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_step_that_leads_nowhere_else_puts_off_that_what_is_personal_is_erased(cast: Cast):
    ruled_by(cast, ("  - {verb: done,", "  - {verb: note, title: 说明, from: handling, to: handling, by: [handler]}\n  - {verb: done,"))
    matter = open_matter(unit=cast.village, procedure="report", data={**HOLE, "contact": "000-1234"}, by=cast.secretary, at=NOW)
    step(step(matter, "accept", cast, NOW), "note", cast, NOW + timedelta(days=200))
    assert [erase_personal(at=NOW + timedelta(days=days)) for days in (450, 564, 565)] == [0, 0, 1]


def test_what_is_handed_to_another_unit_waits_there_and_no_more_here(cast: Cast):
    ruled_by(
        cast,
        (
            "  - {verb: done,",
            "  - {verb: pass_on, title: 转办, from: handling, to: handling, by: [handler], asks: [body], assigns: body}\n  - {verb: done,",
        ),
    )
    matter = step(reported(cast, NOW), "accept", cast, NOW)
    due = matter.due_on
    take_step(matter=matter, verb="pass_on", data={"body": cast.neighbour.code}, by=cast.secretary, at=NOW + timedelta(days=1))
    waiting = WorkItem.objects.filter(source="matter").waiting()
    assert [one.unit for one in waiting] == [cast.neighbour]
    assert [one.unit for one in matter.seats.filter(is_turn=True)] == [cast.neighbour]
    assert fresh(matter).due_on == due
    take_step(matter=matter, verb="done", data={"result": "好了"}, by=cast.colleague, at=NOW + timedelta(days=1))


def test_what_waits_in_a_unit_that_is_closed_goes_to_whoever_takes_over(cast: Cast):
    from fanxing.organisations.actions.units import merge_units

    matter = reported(cast, NOW)
    merge_units(units=[cast.village], into=cast.neighbour, on=(NOW + timedelta(days=1)).date(), by=cast.desk, at=NOW + timedelta(days=1))
    at = NOW + timedelta(days=1)
    assert wind(at=at) == 1
    assert wind(at=at) == 0
    assert [one.unit for one in WorkItem.objects.filter(source="matter").waiting()] == [cast.neighbour]
    for verb, data in (("accept", {}), ("done", {"result": "好了"}), ("pass", {})):
        take_step(matter=matter, verb=verb, data=data, by=cast.colleague, at=at)
    assert Record.objects.get(kind="report").unit == cast.neighbour


def test_what_waits_in_a_unit_that_nobody_goes_on_as_stays_and_stops_nothing(cast: Cast):
    matter, other = reported(cast, NOW), open_matter(unit=cast.neighbour, procedure="report", data=HOLE, by=cast.colleague, at=NOW)
    at = NOW + timedelta(days=5)
    close_unit(unit=cast.village, on=at.date(), by=cast.desk, at=at)
    wind(at=at)
    assert (fresh(matter).was_late, fresh(other).was_late) == (True, True)


def test_a_matter_keeps_the_version_by_which_it_opened(cast: Cast):
    matter = reported(cast, NOW)
    ruled_by(cast, ("{verb: accept, title: 受理转办,", "{verb: take, title: 受理,"))
    newer = reported(cast, NOW)
    assert (matter.version_id == newer.version_id, step(matter, "accept", cast, NOW).state) == (False, "handling")
    assert step(newer, "take", cast, NOW).state == "handling"


def test_the_same_key_of_somebody_else_is_another_form(cast: Cast):
    matter = reported(cast, NOW)
    take_step(matter=matter, verb="accept", by=cast.secretary, at=NOW, turn=1, key="k")
    with pytest.raises(StepTaken):
        take_step(matter=matter, verb="accept", by=SYSTEM, at=NOW, turn=1, key="k")
