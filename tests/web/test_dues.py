"""The page of what falls due: who sees it, what it says, and the way to enter what came in."""

import re
from datetime import timedelta
from html import unescape

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.records.actions.entries import withdraw_record
from tests.cast import NOW, Cast
from tests.records.promising import KINDS, contract, pay
from tests.web.conftest import published


@pytest.fixture(autouse=True)
def promising(cast: Cast) -> None:
    published(cast, **KINDS)


def soon() -> str:
    return (clock.today() + timedelta(days=5)).isoformat()


def test_a_village_sees_each_contract_and_enters_what_came_in(cast: Cast, read):
    first = contract(cast.village, first_due=soon())
    text = unescape(read(cast.secretary, f"/units/{cast.village.code}/dues/"))
    assert ("果园合同" in text, "将到期" in text, "60,000 元" in text) == (True, True, True)
    [way] = re.findall(r'href="(/units/\d+/records/new/paid/[^"]+)"', text)
    form = read(cast.secretary, way)
    assert 'value="60000"' in form
    assert re.search(rf'<option value="{first.reference}" selected', form)


def test_what_is_met_is_said_and_nothing_more_is_entered(cast: Cast, read):
    pay(contract(cast.village, first_due=soon()), 60_000)
    text = read(cast.secretary, f"/units/{cast.village.code}/dues/")
    assert ("已收齐" in text, "登记到账" in text) == (True, False)


def test_a_receipt_names_its_contract_in_words_and_leads_to_it(cast: Cast, read):
    first = contract(cast.village, first_due=soon())
    receipt = pay(first, 60_000)
    [(address, words)] = re.findall(r'<dt>所属合同</dt><dd><a href="([^"]+)">([^<]+)</a>', read(cast.secretary, f"/records/{receipt.pk}/"))
    assert (address, "果园合同" in words) == (f"/records/{first.pk}/", True)
    gone = withdraw_record(record=first, reason="登错了", by=SYSTEM, at=NOW)
    assert gone.act == "withdrawal"
    assert "果园合同" in read(cast.secretary, f"/records/{receipt.pk}/")
    assert "（已撤回）</a>" in read(cast.secretary, f"/records/{receipt.pk}/")


def test_a_township_sees_its_villages_filters_them_and_takes_them_away(cast: Cast, read, client):
    contract(cast.village, first_due=soon())
    contract(cast.neighbour, first_due="2099-01-01")
    contract(cast.other_village, first_due=soon())
    address = f"/units/{cast.town.code}/dues/"
    everything, some = read(cast.reviewer, address), read(cast.reviewer, address + "?state=soon")
    names = (cast.village.name, cast.neighbour.name, cast.other_village.name)
    assert [name in everything for name in names] == [True, True, False]
    assert [f">{name}</a>" in some for name in names] == [True, False, False]
    assert client.get(f"/units/{cast.town.code}/dues.xlsx").status_code == 200


def test_who_enters_nothing_there_has_no_column_for_it(cast: Cast, read):
    contract(cast.village, first_due=soon())
    address = f"/units/{cast.village.code}/dues/"
    assert ['<th scope="col">登记</th>' in read(user, address) for user in (cast.secretary, cast.reviewer)] == [True, False]
    assert '<td class="line">' not in read(cast.reviewer, address)


def test_nobody_else_sees_what_is_due(cast: Cast, client):
    contract(cast.village, first_due=soon())
    for user in (cast.stranger, cast.outsider, cast.colleague):
        client.force_login(user)
        for address in (f"/units/{cast.village.code}/dues/", f"/units/{cast.village.code}/dues.xlsx"):
            assert client.get(address).status_code == 404


def test_the_page_asks_as_much_for_one_contract_as_for_many(cast: Cast, client, django_assert_max_num_queries):
    client.force_login(cast.reviewer)
    contract(cast.village, first_due=soon())
    address = f"/units/{cast.town.code}/dues/"
    client.get(address)
    with django_assert_max_num_queries(40) as first:
        client.get(address)
    for _ in range(3):
        contract(cast.neighbour, first_due=soon())
    with django_assert_max_num_queries(40) as second:
        client.get(address)
    assert len(first) == len(second)
