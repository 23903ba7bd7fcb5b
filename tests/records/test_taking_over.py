"""A ledger kept elsewhere, with what it says of its own past."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.actions.loading import ListRefused
from fanxing.organisations.actions.units import create_unit
from fanxing.records.actions.entries import correct_record
from fanxing.records.actions.taking_over import PastRow, take_over_records
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from fanxing.records.queries import chain, ledger_heads, standing
from tests.cast import NOW, TODAY, Cast
from tests.records.rows import MAY_DAY, enter

pytestmark = pytest.mark.usefixtures("programme")

VILLAGE, NEIGHBOUR = "990101201", "990101202"
MAY = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
Act = Record.Act


def past(unit: str = VILLAGE, *, days: int = 0, kind: str = "meeting", **data: object) -> PastRow:
    """A lesson, entered some days after the first."""
    content = {"form": "lesson", "attended": 23} | data if kind == "meeting" else data
    return PastRow(unit, kind, MAY_DAY, content, "typed", MAY + timedelta(days=days), "old-clerk", "镇经办员")


def correction(of: int, *, days: int, **data: object) -> PastRow:
    return replace(past(days=days, **data), act=Act.CORRECTION, supersedes=of)


def withdrawal(of: int, *, days: int, reason: str = "重复登记") -> PastRow:
    return replace(past(days=days), data={}, act=Act.WITHDRAWAL, supersedes=of, reason=reason)


def test_rows_keep_who_entered_them_when_and_what_became_of_them(cast: Cast):
    enter(cast)
    rows = [past(attended=1), past(NEIGHBOUR), past(days=1), correction(0, days=2, attended=10), withdrawal(2, days=3)]

    assert take_over_records(rows=rows, by=SYSTEM, at=NOW) == 5

    own = Record.objects.filter(unit=cast.village).order_by("position")
    assert [(row.position, row.act, row.data.get("attended"), row.reason) for row in own] == [
        (1, "entry", 23, ""),
        (2, "entry", 1, ""),
        (3, "entry", 23, ""),
        (4, "correction", 10, ""),
        (5, "withdrawal", None, "重复登记"),
    ]
    first = own[1]
    assert (first.recorded_at, first.recorded_by, first.recorded_by_title, first.source) == (MAY, "old-clerk", "镇经办员", "typed")
    assert [row.position for row in chain(first)] == [2, 4]
    assert [row.position for row in standing([cast.village]).order_by("position")] == [1, 4]
    assert ledger_heads([cast.village, cast.neighbour]) == {cast.village.pk: 5, cast.neighbour.pk: 1}


def test_it_is_one_event_and_the_ledger_holds_what_the_log_says(cast: Cast):
    take_over_records(rows=[past(topic="说“\\u0000”"), correction(0, days=1)], by=SYSTEM, at=NOW)
    event = Event.objects.latest("id")
    assert (event.action, event.summary, event.unit_code) == ("records.load_records", "承接 2 条台账", VILLAGE)
    assert event.details["positions"] == {str(cast.village.pk): [1, 2]}
    assert rows_not_as_logged() == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_record SET recorded_by = 'somebody else' WHERE position = 2")
    assert rows_not_as_logged() == [f"audit.Event:{event.pk}"]


def test_the_order_of_the_codes_of_units_does_not_matter(cast: Cast):
    first = create_unit(code="990101101", name="早溪村", kind="village", parent=cast.town, on=TODAY, by=SYSTEM, at=NOW)
    take_over_records(rows=[past(), past(first.code, attended=9), past(NEIGHBOUR)], by=SYSTEM, at=NOW)
    assert rows_not_as_logged() == []


def test_what_was_taken_over_can_be_corrected_here(cast: Cast):
    take_over_records(rows=[past()], by=SYSTEM, at=NOW)
    [row] = standing([cast.village])
    correct_record(record=row, occurred_on=MAY_DAY, data={"form": "lesson", "attended": 5}, reason="数错了", by=cast.secretary, at=NOW)
    assert [row.data["attended"] for row in standing([cast.village])] == [5]
    assert rows_not_as_logged() == []


def test_every_fault_is_told_and_nothing_taken_over(cast: Cast):
    rows = [
        past(),
        replace(past(), occurred_on=date(2026, 5, 5)),
        past("nowhere"),
        past(kind="party"),
        past(attended=-1),
        past(attended=True),
        replace(past(), act=Act.CORRECTION),
        correction(8, days=1),
        replace(correction(0, days=1), unit=NEIGHBOUR),
        withdrawal(0, days=1, reason=" "),
    ]
    with pytest.raises(ListRefused) as refused:
        take_over_records(rows=rows, by=SYSTEM, at=NOW)
    named = "supersedes：只有更正和撤回指明前面的一行，且须是同一单位同一类型的记录"
    assert refused.value.faults == [
        "第 2 行：日期：不能晚于今天（2026-05-04）",
        "第 3 行：没有代码为“nowhere”的单位",
        "第 4 行：方案《小方案》没有“party”这类台账，现有：经济数据（figures）、会议（meeting）",
        "第 5 行：到会人数：应为不小于 0 的整数，如 12",
        "第 6 行：到会人数：应为数字，如 12",
        "第 7 行：supersedes：更正和撤回要指明前面哪一行",
        f"第 8 行：{named}",
        f"第 9 行：{named}",
        "第 10 行：原因：请写明撤回的原因",
    ]
    assert not Record.objects.exists()


def test_only_the_system_takes_over_since_the_rows_name_others_as_writers(cast: Cast):
    with pytest.raises(NotAllowed, match="只有系统"):
        take_over_records(rows=[past()], by=cast.desk, at=NOW)
    assert not Record.objects.exists()


def test_an_empty_ledger_leaves_no_trace(cast: Cast):
    events = Event.objects.count()
    assert take_over_records(rows=[], by=SYSTEM, at=NOW) == 0
    assert Event.objects.count() == events
