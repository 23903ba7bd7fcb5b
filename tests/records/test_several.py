"""Several records of one kind are entered together, or none is."""

from datetime import date

import pytest

from fanxing.audit.models import Event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.programme.models import Publication
from fanxing.records.actions.several import Entry, RowsRefused, add_records
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import LedgerHead, Record
from tests.cast import NOW, Cast
from tests.programme.small import programme
from tests.records.rows import LESSON, MAY_DAY, enter

__all__ = ["programme"]


def add(cast: Cast, *entries: Entry, by: str = "secretary", **more: object) -> list[Record]:
    arguments = {"unit": cast.village, "kind": "meeting", "at": NOW} | more
    return add_records(entries=entries, by=getattr(cast, by), **arguments)  # type: ignore[arg-type]


def lesson(day: int, **more: object) -> Entry:
    return Entry(date(2026, 5, day), {**LESSON, "topic": f"第{day}讲"}, **more)  # type: ignore[arg-type]


def test_they_stand_in_the_ledger_in_their_order(cast: Cast, programme: Publication):
    enter(cast)
    written = add(cast, lesson(3), lesson(2))
    assert [(one.position, one.occurred_on.day) for one in written] == [(2, 3), (3, 2)]
    assert LedgerHead.objects.get(unit=cast.village).position == 3
    assert {(one.recorded_by, one.source) for one in written} == {("secretary", "typed")}


def test_the_log_holds_what_was_written(cast: Cast, programme: Publication):
    add(cast, lesson(1), lesson(2))
    assert rows_not_as_logged() == []
    assert Event.objects.filter(action__startswith="records.").count() == 1


def test_the_same_form_gives_the_same_records(cast: Cast, programme: Publication):
    first = add(cast, lesson(1), lesson(2), key="k")
    enter(cast)
    assert (add(cast, lesson(1), lesson(2), key="k"), Record.objects.count()) == (first, 3)


def test_one_that_is_wrong_keeps_all_out_and_each_fault_is_told(cast: Cast, programme: Publication):
    with pytest.raises(RowsRefused, match="有 2 行要改，一行也没有登记") as refused:
        add(cast, lesson(1), Entry(None, LESSON), Entry(MAY_DAY, {"form": "lesson", "attended": 900}))
    assert refused.value.faults == {1: {"occurred_on": "应为日期，如 2025-03-08"}, 2: {"attended": "不能大于 500"}}
    assert not Record.objects.exists()


def test_one_that_repeats_one_before_it_keeps_all_out_unless_it_is_to_stand_beside(cast: Cast, programme: Publication):
    with pytest.raises(RowsRefused) as refused:
        add(cast, lesson(1), lesson(2), lesson(1))
    assert (refused.value.twice, Record.objects.exists()) == ({2: 0}, False)
    assert len(add(cast, lesson(1), lesson(2), lesson(1, beside=True))) == 3


def test_none_is_refused(cast: Cast, programme: Publication):
    with pytest.raises(Refused, match="还没有填写任何一行"):
        add(cast)


@pytest.mark.parametrize("who", ["colleague", "reviewer", "stranger"])
def test_others_may_not(cast: Cast, programme: Publication, who: str):
    with pytest.raises(NotAllowed):
        add(cast, lesson(1), by=who)
    assert not Record.objects.exists()
