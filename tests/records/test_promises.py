"""What is promised in units, and how people are told of what falls due."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.dues import State
from fanxing.records.promises import Promise, expecting_kinds, promises
from fanxing.records.tasks import announce_what_falls_due
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.records.promising import PROMISING, contract, pay


@pytest.fixture(autouse=True)
def published(cast: Cast) -> None:
    publish(files=PROMISING, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


def promised(cast: Cast) -> list[Promise]:
    return promises(Unit.objects.all(), expecting_kinds(cast.village), today=TODAY)


def waiting(unit: Unit) -> list[tuple[str, date]]:
    return list(WorkItem.objects.filter(unit=unit).waiting().values_list("title", "due_on"))


def test_each_contract_knows_what_was_received_under_it_also_after_a_correction(cast: Cast):
    first, other = contract(cast.village), contract(cast.neighbour, yearly_sum=9_000)
    more = {**first.data, "yearly_sum": 80_000}
    correct_record(record=first, occurred_on=first.occurred_on, data=more, reason="金额写错", by=SYSTEM, at=NOW)
    pay(first, 30_000)
    withdraw_record(record=pay(first, 5_000), reason="重复", by=SYSTEM, at=NOW)
    own, theirs = promised(cast)
    assert [(due.due_on, due.sum, due.received) for due in own.dues] == [(date(2026, 6, 20), 80_000, 30_000)]
    assert (own.reference, own.title, own.state(TODAY), theirs.reference) == (first.reference, "果园合同", State.SOON, other.reference)


def test_as_many_questions_for_many_contracts_as_for_one(cast: Cast, django_assert_num_queries):
    kinds = expecting_kinds(cast.village)
    contract(cast.village)
    with django_assert_num_queries(2):
        promises(Unit.objects.all(), kinds, today=TODAY)
    for unit in (cast.village, cast.neighbour, cast.other_village):
        pay(contract(unit), 10)
    with django_assert_num_queries(2):
        promises(Unit.objects.all(), kinds, today=TODAY)


def test_what_falls_due_soon_waits_in_the_inbox_until_it_is_met_and_once_however_often_it_is_announced(cast: Cast):
    first = contract(cast.village)
    expected = [("果园合同：2026年6月20日到期，应收 6 万元", date(2026, 6, 20))]
    assert waiting(cast.village) == expected
    announce_what_falls_due(at=NOW)
    pay(first, 20_000)
    assert waiting(cast.village) == expected
    pay(first, 40_000)
    assert waiting(cast.village) == []
    assert WorkItem.objects.get(unit=cast.village).outcome == "已收齐，或不再到期"
    announce_what_falls_due(at=NOW)
    assert waiting(cast.village) == []


def test_what_was_overdue_when_it_came_in_waits_from_today(cast: Cast):
    contract(cast.village, first_due="2026-03-01")
    contract(cast.neighbour, first_due="2026-09-01")
    announce_what_falls_due(at=NOW)
    assert [day for _, day in waiting(cast.village)] == [TODAY]
    assert waiting(cast.neighbour) == []


def test_a_contract_that_ends_lets_nobody_wait(cast: Cast):
    first = contract(cast.village)
    correct_record(record=first, occurred_on=first.occurred_on, data={**first.data, "holds": False}, reason="终止", by=SYSTEM, at=NOW)
    assert waiting(cast.village) == []
