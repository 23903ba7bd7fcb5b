"""Many records at once, and the ledger held against the log."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.audit.references import reference
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.authority import Doer
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import correct_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from fanxing.records.queries import ledger_heads, standing
from tests.cast import NOW, Cast
from tests.race import race
from tests.records.rows import LESSON, MAY_DAY, enter

pytestmark = pytest.mark.usefixtures("programme")

VILLAGE, NEIGHBOUR = "990101201", "990101202"


def lesson(unit: str = VILLAGE, *, on: date | None = MAY_DAY, kind: str = "meeting", **data: object) -> RecordRow:
    return RecordRow(unit, kind, on, LESSON | data)


def load(*rows: RecordRow, by: Doer = SYSTEM, key: str | None = None, at=NOW) -> int:
    return load_records(rows=rows, by=by, at=at, source="demo", key=key)


def test_a_list_is_loaded_in_its_order(cast: Cast):
    enter(cast)
    written = load(lesson(attended=1), lesson(NEIGHBOUR, attended=2), lesson(attended=3, topic=" 党史 "), by=SYSTEM)
    rows = Record.objects.order_by("unit__code", "position").values_list("unit__code", "position", "data", "recorded_by", "source")
    assert (written, list(rows)) == (
        3,
        [
            (VILLAGE, 1, {"form": "lesson", "attended": 23}, "secretary", "typed"),
            (VILLAGE, 2, {"form": "lesson", "attended": 1}, "system", "demo"),
            (VILLAGE, 3, {"form": "lesson", "attended": 3, "topic": "党史"}, "system", "demo"),
            (NEIGHBOUR, 1, {"form": "lesson", "attended": 2}, "system", "demo"),
        ],
    )
    assert ledger_heads([cast.village, cast.neighbour, cast.town]) == {cast.village.pk: 3, cast.neighbour.pk: 1}


def test_a_load_is_one_event_with_count_and_digest(cast: Cast):
    load(lesson(), lesson(), by=cast.secretary)
    event = Event.objects.latest("id")
    digest = event.details.pop("digest")
    assert (event.action, event.actor, event.unit_code, event.summary, len(digest)) == (
        "records.load_records",
        "secretary",
        VILLAGE,
        "批量登记 2 条台账",
        64,
    )
    assert event.details == {"source": "demo", "count": 2, "positions": {str(cast.village.pk): [1, 2]}}


def test_every_fault_of_a_list_is_told_and_nothing_loaded(cast: Cast):
    with pytest.raises(ListRefused) as refused:
        load(
            lesson(),
            lesson(on=date(2027, 1, 1), attended=-1),
            lesson("nowhere"),
            lesson(kind="party"),
            lesson(on=None),
        )
    assert refused.value.faults == [
        "第 2 行：日期：不能晚于今天（2026-06-15）；到会人数：应为不小于 0 的整数，如 12",
        "第 3 行：没有代码为“nowhere”的单位",
        "第 4 行：方案《小方案》没有“party”这类台账，现有：经济数据（figures）、会议（meeting）",
        "第 5 行：日期：应为日期，如 2025-03-08",
    ]
    assert not Record.objects.exists()


def test_a_list_is_loaded_where_one_may_record(cast: Cast):
    assert load(lesson(), by=cast.secretary) == 1
    with pytest.raises(NotAllowed, match="您在青山村没有“登记台账”的权限"):
        load(lesson(), lesson(NEIGHBOUR), by=cast.secretary)
    with pytest.raises(NotAllowed, match="“经济数据”由专班登记"):
        load(RecordRow(VILLAGE, "figures", MAY_DAY, {"income": 1}), by=cast.secretary)
    assert Record.objects.count() == 1


def test_the_same_list_sent_twice_is_loaded_once(cast: Cast):
    later = NOW + timedelta(minutes=1)
    assert [load(lesson(), key="file-1"), load(lesson(), key="file-1", at=later), load(lesson(), lesson(), key="file-1")] == [1, 0, 2]
    assert Record.objects.count() == 3


def test_an_empty_list_writes_nothing(cast: Cast):
    events = Event.objects.count()
    assert (load(), Event.objects.count()) == (0, events)


def test_loading_costs_a_query_for_many_rows(cast: Cast, django_assert_num_queries, django_assert_max_num_queries):
    load(lesson())
    with django_assert_num_queries(13):
        load(lesson())
    # SQLite takes some 70 rows in a statement, PostgreSQL all.
    with django_assert_max_num_queries(16):
        load(*[lesson(), lesson(NEIGHBOUR)] * 100)


@pytest.mark.django_db(transaction=True)
def test_lists_loaded_at_once_leave_no_gap(transactional_db: None, cast: Cast, programme: Publication):
    there_and_back = [lesson(), lesson(NEIGHBOUR)] * 20, [lesson(NEIGHBOUR), lesson()] * 20
    results = race(*(lambda rows=rows: load(*rows) for rows in there_and_back), lambda: enter(cast))
    assert [one for one in results if isinstance(one, Exception)] == []
    positions = [list(unit.records.order_by("pk").values_list("position", flat=True)) for unit in (cast.village, cast.neighbour)]
    assert positions == [list(range(1, 42)), list(range(1, 41))]
    assert rows_not_as_logged() == []


# Against the log


def filled(cast: Cast) -> list[Record]:
    """A ledger with loaded, entered and corrected rows between each other."""
    enter(cast)
    load(lesson(topic="一"), lesson(NEIGHBOUR, attended=4))
    record = enter(cast)
    correct_record(record=record, occurred_on=MAY_DAY, data=LESSON | {"attended": 24}, by=cast.secretary, at=NOW)
    load(lesson(topic="二"), lesson(topic="三"))
    return list(Record.objects.filter(unit=cast.village).order_by("position"))


def tamper(sql: str, *values: object) -> None:
    """What someone with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_ledger_is_as_logged(cast: Cast):
    filled(cast)
    output = StringIO()
    call_command("ledger_verify", stdout=output)
    assert (rows_not_as_logged(), output.getvalue()) == ([], "完好：7 条，与操作日志相符\n")


def test_a_changed_row_is_found(cast: Cast):
    entered, loaded = filled(cast)[:2]
    for record in (entered, loaded):
        tamper("UPDATE records_record SET occurred_on = %s WHERE id = %s", date(2026, 4, 1), record.pk)
    event = Event.objects.filter(action="records.load_records").earliest("id")
    assert rows_not_as_logged() == sorted([reference(event), reference(entered)])
    with pytest.raises(CommandError, match="台账与操作日志不符"):
        call_command("ledger_verify")


def test_rows_that_are_gone_or_were_never_logged_are_found(cast: Cast):
    rows = filled(cast)
    tamper("DELETE FROM records_recordtext WHERE record_id IN (%s, %s)", rows[0].pk, rows[-1].pk)
    tamper("DELETE FROM records_record WHERE id = %s", rows[-1].pk)
    tamper("DELETE FROM records_record WHERE id = %s", rows[0].pk)
    slipped_in = Record.objects.create(
        unit=cast.village,
        position=99,
        kind="meeting",
        kind_version=rows[0].kind_version,
        occurred_on=MAY_DAY,
        source="typed",
        recorded_at=NOW,
    )
    event = Event.objects.filter(action="records.load_records").latest("id")
    assert rows_not_as_logged() == sorted([reference(event), reference(rows[0]), reference(slipped_in)])
    assert list(standing([cast.village])) != []
