"""What somebody else enters for a unit counts once the unit has confirmed it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import of_unit
from fanxing.lib.refusals import NotAllowed
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import NotAwaiting, confirm_records, correct_record, withdraw_record
from fanxing.records.actions.loading import RecordRow, load_records
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from fanxing.records.queries import awaiting, counting, counting_at, ledger_head, standing
from fanxing.records.validation import RecordError
from tests.cast import FOUNDED, NOW, Cast
from tests.programme.small import with_text
from tests.race import race
from tests.records.rows import LESSON, MAY_DAY, enter

CONFIRMED = with_text(
    "scheme.yaml",
    "  team:",
    "  clerk: {title: 党建办干事, permissions: township_clerk}\n  team:",
    with_text("records/meeting.yaml", "[secretary]", "[secretary, clerk]\nconfirmed_by: [secretary]"),
)


@pytest.fixture(autouse=True)
def confirming(cast: Cast) -> Publication:
    """The small programme, with meetings that the secretary confirms where the clerk enters them."""
    return publish(files=CONFIRMED, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def counted(cast: Cast) -> set[Record]:
    return set(counting([cast.village]))


def test_an_entry_of_the_unit_counts_at_once(cast: Cast):
    record = enter(cast)
    assert not record.awaits
    assert counted(cast) == {record}


def test_an_entry_of_the_township_counts_once_it_is_confirmed(cast: Cast):
    record = enter(cast, by="clerk")
    assert record.awaits
    assert (set(standing([cast.village])), counted(cast), set(awaiting(cast.secretary))) == ({record}, set(), {record})
    [confirmed] = confirm_records(records=[record], by=cast.secretary, at=NOW)
    assert (confirmed.act, confirmed.data, confirmed.occurred_on, confirmed.supersedes) == ("confirmation", LESSON, MAY_DAY, record)
    assert (counted(cast), set(awaiting(cast.secretary))) == ({confirmed}, set())
    assert rows_not_as_logged() == []


def test_what_counted_at_a_position_is_known_for_ever(cast: Cast):
    record = enter(cast, by="clerk")
    before = ledger_head(cast.village)
    [confirmed] = confirm_records(records=[record], by=cast.secretary, at=NOW)
    assert set(counting_at({cast.village.pk: before})) == set()
    assert set(counting_at({cast.village.pk: ledger_head(cast.village)})) == {confirmed}


@pytest.mark.parametrize("doer", ["clerk", "colleague", "outsider", "reviewer", "desk", "stranger"])
def test_only_the_unit_confirms(cast: Cast, doer: str):
    record = enter(cast, by="clerk")
    with pytest.raises(NotAllowed, match="您不是柳河村确认“会议”的岗位"):
        confirm_records(records=[record], by=getattr(cast, doer), at=NOW)
    assert set(awaiting(cast.secretary)) == {record}


def test_all_are_confirmed_or_none(cast: Cast):
    record, done = enter(cast, by="clerk"), enter(cast)
    with pytest.raises(NotAwaiting, match="柳河村 2026-05-01 的这条记录已经确认、更正或撤回"):
        confirm_records(records=[record, done], by=cast.secretary, at=NOW)
    assert set(awaiting(cast.secretary)) == {record}


def test_a_correction_by_the_unit_confirms(cast: Cast):
    record = enter(cast, by="clerk")
    corrected = correct_record(
        record=record, occurred_on=MAY_DAY, data={"form": "members"}, reason="会议类型选错了", by=cast.secretary, at=NOW
    )
    assert (corrected.awaits, counted(cast)) == (False, {corrected})
    with pytest.raises(NotAwaiting):
        confirm_records(records=[record], by=cast.secretary, at=NOW)


def test_a_correction_by_the_township_awaits_again(cast: Cast):
    corrected = correct_record(
        record=enter(cast), occurred_on=MAY_DAY, data={"form": "members"}, reason="会议类型选错了", by=cast.clerk, at=NOW
    )
    assert (corrected.awaits, counted(cast)) == (True, set())


def item_of(cast: Cast) -> list[tuple[str, str, str]]:
    return list(of_unit(cast.village).values_list("title", "state", "closed_by"))


def test_while_something_awaits_the_unit_is_reminded_once(cast: Cast):
    first, second = enter(cast, by="clerk"), enter(cast, by="clerk")
    assert item_of(cast) == [("确认代录的台账", "open", "")]
    confirm_records(records=[first], by=cast.secretary, at=NOW)
    assert item_of(cast) == [("确认代录的台账", "open", "")]
    withdraw_record(record=second, reason="重复登记", by=cast.secretary, at=NOW)
    assert item_of(cast) == [("确认代录的台账", "done", "secretary")]
    enter(cast, by="clerk")
    assert sorted(item_of(cast)) == [("确认代录的台账", "done", "secretary"), ("确认代录的台账", "open", "")]


def test_what_was_undone_reminds_nobody(cast: Cast):
    with pytest.raises(RecordError):
        enter(cast, by="clerk", data={})
    enter(cast)
    assert item_of(cast) == []


def test_units_are_reminded_by_a_list_at_once(cast: Cast):
    rows = [RecordRow(unit.code, "meeting", MAY_DAY, LESSON) for unit in (cast.village, cast.neighbour)]
    costs = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            load_records(rows=some, by=cast.clerk, at=NOW, source="typed")
        costs.append(len(queries))
    assert costs[1] <= costs[0] + 3  # the two heads, and the neighbour's item
    assert [item.unit for item in WorkItem.objects.order_by("pk")] == [cast.village, cast.neighbour]


def test_what_was_withdrawn_is_not_confirmed(cast: Cast):
    record = enter(cast, by="clerk")
    withdraw_record(record=record, reason="重复登记", by=cast.secretary, at=NOW)
    with pytest.raises(NotAwaiting):
        confirm_records(records=[record], by=cast.secretary, at=NOW)
    assert set(awaiting(cast.secretary)) == set()


def test_a_list_of_the_township_awaits_too(cast: Cast):
    load_records(rows=[RecordRow(cast.village.code, "meeting", MAY_DAY, LESSON)], by=cast.clerk, at=NOW, source="typed")
    assert [record.awaits for record in awaiting(cast.secretary)] == [True]
    assert rows_not_as_logged() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_wins(cast: Cast):
    record = enter(cast, by="clerk")
    outcomes = race(*[lambda: confirm_records(records=[record], by=cast.secretary, at=NOW)] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == ["NotAwaiting", "list"]
    assert len(counted(cast)) == 1
