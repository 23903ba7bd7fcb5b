"""Reading the ledger."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.authority import visible_to
from fanxing.organisations.models import Unit
from fanxing.records.actions.entries import correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.records.queries import chain, counting_at, ledger_head, ledger_heads, recordable_kinds, standing, visible_records
from tests.cast import NOW, Cast
from tests.records.rows import LESSON, MAY_DAY, enter

pytestmark = pytest.mark.usefixtures("programme")


def correct(record: Record, attended: int) -> Record:
    return correct_record(record=record, occurred_on=MAY_DAY, data=LESSON | {"attended": attended}, reason="数错了", by=SYSTEM, at=NOW)


def withdraw(record: Record) -> Record:
    return withdraw_record(record=record, reason="重复登记", by=SYSTEM, at=NOW)


@pytest.fixture
def rows(cast: Cast) -> list[Record]:
    """Row 1 stands; 2 was corrected by 3, that by 5; 4 was withdrawn by 6; a neighbour has one more."""
    first, second = enter(cast), enter(cast)
    third = correct(second, 24)
    fourth = enter(cast)
    fifth = correct(third, 25)
    sixth = withdraw(fourth)
    return [first, second, third, fourth, fifth, sixth, enter(cast, unit=cast.neighbour, by="colleague")]


def test_what_stands_is_neither_superseded_nor_a_withdrawal(cast: Cast, rows: list[Record]):
    assert set(standing([cast.village])) == {rows[0], rows[4]}
    assert set(standing(Unit.objects.filter(kind="village"))) == {rows[0], rows[4], rows[6]}
    assert set(standing([cast.other_village])) == set()


def test_what_stood_when_the_ledger_was_shorter_can_be_read_again(cast: Cast, rows: list[Record]):
    stood = [{row.position for row in counting_at({cast.village.pk: head})} for head in range(7)]
    assert stood == [set(), {1}, {1, 2}, {1, 3}, {1, 3, 4}, {1, 4, 5}, {1, 5}]
    assert set(counting_at({cast.village.pk: 6, cast.neighbour.pk: 1})) == set(standing([cast.village, cast.neighbour]))
    assert set(counting_at({})) == set()


def test_the_head_of_a_ledger_moves_with_every_row(cast: Cast, rows: list[Record]):
    assert [ledger_head(unit) for unit in (cast.village, cast.neighbour, cast.other_village)] == [6, 1, 0]
    assert ledger_heads(Unit.objects.all()) == {cast.village.pk: 6, cast.neighbour.pk: 1}


def test_a_chain_holds_all_versions_oldest_first(rows: list[Record], django_assert_num_queries):
    first, second, third, fourth, fifth, sixth, _ = rows
    for record in (second, third, fifth):
        with django_assert_num_queries(1):
            assert chain(record) == [second, third, fifth]
    assert (chain(fourth), chain(sixth), chain(first)) == ([fourth, sixth], [fourth, sixth], [first])


def test_records_are_seen_by_who_may_read_the_ledger(cast: Cast, rows: list[Record]):
    seen = {
        name: visible_records(getattr(cast, name)).count()
        for name in ("secretary", "colleague", "outsider", "reviewer", "desk", "stranger")
    }
    assert seen == {"secretary": 6, "colleague": 1, "outsider": 0, "reviewer": 7, "desk": 7, "stranger": 0}
    assert set(visible_records(cast.secretary).standing()) == {rows[0], rows[4]}


def test_reading_costs_the_same_however_much_there_is(cast: Cast, rows: list[Record], django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(visible_records(cast.reviewer).standing()) == 3
    with django_assert_num_queries(2):
        assert len(standing(visible_to(cast.reviewer, "record.view"))) == 3
    with django_assert_num_queries(3):
        recordable_kinds(cast.secretary, cast.village)


def test_before_a_programme_rules_nothing_is_offered(cast: Cast):
    assert recordable_kinds(SYSTEM, cast.village, on=date(2019, 12, 31)) == []
