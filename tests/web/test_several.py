"""Several records entered in a grid: all or none, what is wrong at its cell, what is the same at its row."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.audit.models import Event
from fanxing.programme.actions import publish
from fanxing.records.models import Record
from tests.cast import FOUNDED, NOW, Cast
from tests.web.test_forms_of_types import FILES
from tests.web.test_records import told

ROWS = [
    {"occurred_on": "2026/5/1", "about": "修路", "amount": "1,200 元", "season": "2026年第二季度"},
    {},
    {"occurred_on": "2026年5月2日", "about": "其他", "what": "清淤"},
]


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> None:
    """The small programme with a kind of record that has a field of every type."""
    publish(files=FILES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def page(client: Client, cast: Cast) -> Client:
    client.force_login(cast.secretary)
    return client


def address(cast: Cast, kind: str = "task") -> str:
    return f"/units/{cast.village.code}/records/new/{kind}/many/"


def sent(rows: list[dict[str, str]], **more: str) -> dict[str, str]:
    cells = {f"{number}-{name}": text for number, row in enumerate(rows, start=1) for name, text in row.items()}
    return {"key": "k1", "rows": str(len(rows)), **cells, **more}


def faults(response: HttpResponse) -> list[tuple[str, str]]:
    return re.findall(r'<small class="fault" id="([^"]+)_error">([^<]+)<', response.content.decode())


def test_the_grid_has_a_column_for_the_day_and_every_field_that_can_be_typed(page: Client, cast: Cast):
    text = page.get(address(cast)).text
    titles = re.findall(r'data-title="([^"]+)"', text)
    assert titles[:4] == ["日期", "类别", "具体内容", "花费"]
    assert "联系人" not in titles
    assert "现场照片、联系人不在这里填，登记以后打开那一条再补。" in text
    assert '<datalist id="of_about"><option value="修路"></option><option value="其他"></option></datalist>' in text
    assert 'id="5-about"' in text
    assert 'id="6-about"' not in text


def test_all_rows_that_say_something_are_entered_in_their_order(page: Client, cast: Cast):
    response = page.post(address(cast), sent(ROWS, next="/desk/"))
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    found = [(str(one.occurred_on), one.data) for one in Record.objects.order_by("position")]
    assert found == [
        ("2026-05-01", {"about": "road", "amount": 1200, "season": "2026-Q2"}),
        ("2026-05-02", {"about": "other", "what": "清淤"}),
    ]
    assert told(response)[0].startswith("已登记 2 条任务。")


def test_the_same_form_sent_again_enters_nothing_more(page: Client, cast: Cast):
    page.post(address(cast), sent(ROWS))
    response = page.post(address(cast), sent(ROWS))
    assert (response.status_code, Record.objects.count()) == (302, 2)
    assert told(response)[-1] == "这张表刚才已经提交过，没有重复登记。"


def test_what_is_wrong_stands_at_its_cell_and_nothing_is_entered(page: Client, cast: Cast):
    rows = [*ROWS, {"occurred_on": "明天", "about": "修桥"}, {"about": "other", "amount": "很多"}]
    response = page.post(address(cast), sent(rows))
    assert response.status_code == 422
    assert faults(response) == [
        ("4-occurred_on", "应为日期，如 2025-03-08"),
        ("4-about", "应为下列之一：修路、其他"),
        ("5-occurred_on", "应为日期，如 2025-03-08"),
        ("5-what", "类别为其他时必填"),
        ("5-amount", "应为数字，如 12.5"),
    ]
    assert "有 2 行要改，一行也没有登记。" in response.text
    assert 'name="1-amount" value="1,200 元"' in response.text
    assert not Record.objects.exists()


def test_a_row_that_is_the_same_as_a_record_shows_it_and_is_entered_where_one_insists(page: Client, cast: Cast):
    page.post(address(cast), sent(ROWS[:1]))
    again = [{"occurred_on": "2026-05-09", "about": "修路"}, ROWS[2]]
    response = page.post(address(cast), sent(again, key="k2"))
    first = Record.objects.get()
    assert response.status_code == 422
    assert f'href="/records/{first.pk}/correct/' in response.text
    assert "已有的这条：<b>2026年5月1日</b>" in response.text
    assert re.findall(r'type="checkbox" name="([^"]+)"', response.text) == ["1-beside"]
    assert page.post(address(cast), sent(again, key="k2", **{"1-beside": "yes"})).status_code == 302
    assert Record.objects.count() == 3


def test_of_two_rows_that_are_the_same_the_second_says_so(page: Client, cast: Cast):
    rows = [ROWS[0], {}, {"occurred_on": "2026-06-01", "about": "修路"}]
    response = page.post(address(cast), sent(rows))
    assert "与第 1 行是同一件事" in response.text
    assert re.findall(r'type="checkbox" name="([^"]+)"', response.text) == ["3-beside"]
    assert not Record.objects.exists()


def test_more_rows_are_had_without_script_and_what_was_typed_stays(page: Client, cast: Cast):
    text = page.post(address(cast), sent(ROWS, more="yes")).text
    assert 'name="rows" value="8"' in text
    assert 'name="3-what" value="清淤"' in text
    assert not Record.objects.exists()


def test_no_row_at_all_is_told(page: Client, cast: Cast):
    response = page.post(address(cast), sent([{}, {}]))
    assert (response.status_code, "还没有填写任何一行" in response.text) == (422, True)


def test_no_more_rows_are_taken_than_the_page_offers(page: Client, cast: Cast):
    page.post(address(cast, "meeting"), sent([{"occurred_on": "2026-05-01", "form": "党课", "topic": f"第{n}讲"} for n in range(60)]))
    assert Record.objects.count() == 50


def test_it_costs_the_same_queries_for_one_row_and_for_twenty(page: Client, cast: Cast, django_assert_max_num_queries):
    def rows(count: int) -> list[dict[str, str]]:
        return [{"occurred_on": "2026-05-01", "form": "党课", "topic": f"{count}-{n}"} for n in range(count)]

    page.post(address(cast, "meeting"), sent(rows(2), key="a"))
    with django_assert_max_num_queries(80) as few:
        page.post(address(cast, "meeting"), sent(rows(1), key="b"))
    with django_assert_max_num_queries(80) as many:
        page.post(address(cast, "meeting"), sent(rows(20), key="c"))
    assert (len(many), Record.objects.count()) == (len(few), 23)


def test_the_log_names_every_record_once(page: Client, cast: Cast):
    page.post(address(cast), sent(ROWS))
    event = Event.objects.get(action="records.add_records")
    assert (event.summary, len(event.rows), event.unit_code) == ("柳河村一次登记 2 条任务", 2, cast.village.code)


@pytest.mark.parametrize("who", ["colleague", "outsider", "stranger"])
def test_others_get_no_grid(client: Client, cast: Cast, who: str):
    client.force_login(getattr(cast, who))
    assert [client.get(address(cast)).status_code, client.post(address(cast), sent(ROWS)).status_code] == [404, 404]
    assert not Record.objects.exists()


def test_who_reads_the_ledger_but_does_not_enter_this_kind_is_told_so(client: Client, cast: Cast):
    client.force_login(cast.reviewer)
    assert client.post(address(cast), sent(ROWS)).status_code == 403
    assert not Record.objects.exists()
