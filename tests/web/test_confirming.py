"""What others entered for a unit, confirmed on its page; and what that moves."""

import re
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from fanxing.scoring.models import Score
from tests.cast import NOW, Cast
from tests.programme.small import FILES
from tests.web.conftest import LONG, income, lesson, published
from tests.web.test_unit import VILLAGE, words
from tests.web.test_units import Read

CONFIRM = f"{VILLAGE}records/confirm/"
CLERKS = LONG.replace("  team:", "  clerk: {title: 党建办干事, permissions: township_clerk}\n  team:")
MEETING = FILES["records/meeting.yaml"].replace("[secretary]", "[secretary, clerk]\nconfirmed_by: [secretary]\nlate_after: 30")


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    """The small programme, with meetings that the secretary confirms where the clerk enters them."""
    return published(cast, **{"scheme.yaml": CLERKS, "records/meeting.yaml": MEETING})


def entered(cast: Cast, *days: int, form: str = "lesson") -> list[Record]:
    """Meetings of June 2026 that the clerk entered for 柳河村."""
    return [
        add_record(unit=cast.village, kind="meeting", occurred_on=date(2026, 6, day), data={"form": form}, by=cast.clerk, at=NOW)
        for day in days
    ]


def confirm(client: Client, cast: Cast, *records: Record, by: str = "secretary"):
    client.force_login(getattr(cast, by))
    return client.post(CONFIRM, {"record": [one.pk for one in records]})


def lines(page: str) -> list[str]:
    return words(page, "awaiting-line")


def test_what_awaits_is_shown_with_who_entered_it(read: Read, cast: Cast):
    entered(cast, 3, 1)
    lesson(cast.village)
    page = read(cast.secretary, CONFIRM)
    assert re.findall(r'<strong>(\S+)</strong> <span class="num-date">(\S+)</span>', page) == [
        ("会议", "2026年6月3日"),
        ("会议", "2026年6月1日"),
    ]
    assert re.findall(r"<small>(石桥镇党建办干事 \S+ \S+)</small>", page) == ["石桥镇党建办干事 2026年6月15日 12:00登记，填写"] * 2
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page
    assert read(cast.secretary, f"{CONFIRM}?tick=all").count(" checked") == 2


def test_an_entry_that_came_late_is_marked(read: Read, cast: Cast):
    early = date(2026, 5, 1)
    record = add_record(unit=cast.village, kind="meeting", occurred_on=early, data={"form": "lesson"}, by=cast.clerk, at=NOW)
    assert [
        re.findall(r'<span class="pill[^>]*>(.*?)</span>', read(cast.secretary, page)) for page in (CONFIRM, f"/records/{record.pk}/")
    ] == [
        ["迟报 15 天"],
        ["待确认", "迟报 15 天", "本页"],
    ]


def test_all_chosen_are_confirmed_and_the_page_says_what_moved(client: Client, cast: Cast):
    income(cast.village)
    first, second, third = entered(cast, 1, 2, 3)
    response = confirm(client, cast, first, third)
    assert (response.status_code, response["Location"]) == (302, f"{CONFIRM}?moved=4-6")
    page = client.get(response["Location"]).text
    assert words(page, "card-title") == ["已确认 2 条，星级 零星 → 一星"]
    assert re.findall(r'<h3><a href="(\S+)">.*?</a> <b>(.*?)</b> <span class="pill pill-good">(.*?)</span></h3>\s*<p>(.*?)</p>', page) == [
        (f"{VILLAGE}scores/industry/", "50 → 70 分", "达星", "党课得分 +20 分")
    ]
    assert re.findall(r'<li><a href="(\S+/figures/\S+)">([^<]+)<', page) == [(f"{VILLAGE}figures/lessons/", "党课 0 → 2")]
    assert re.findall(r'name="record" value="(\d+)"', page) == [str(second.pk)]
    assert Score.objects.get(unit=cast.village).stars == {"industry": {"points": 70.0, "held": True}}


def test_the_page_says_the_same_of_a_confirmation_for_ever(client: Client, cast: Cast):
    income(cast.village)
    [record] = entered(cast, 1)
    address = confirm(client, cast, record)["Location"]
    before = words(client.get(address).text, "card-title")
    confirm(client, cast, *entered(cast, 2, 3, 4))
    assert words(client.get(address).text, "card-title") == before
    for nonsense in ("1", "3-1", "a-b", "1-999"):
        assert client.get(f"{CONFIRM}?moved={nonsense}").status_code == 200


def test_what_moves_nothing_says_so(client: Client, cast: Cast):
    response = confirm(client, cast, *entered(cast, 1, form="members"))
    assert "得分没有变化" in client.get(response["Location"]).text


def test_nothing_is_confirmed_where_one_was_changed_meanwhile(client: Client, cast: Cast):
    first, second = entered(cast, 1, 2)
    confirm(client, cast, first)
    response = confirm(client, cast, first, second)
    assert response.status_code == 422
    assert "柳河村 2026-06-01 的这条记录已经确认、更正或撤回" in response.text
    assert re.findall(r'name="record" value="(\d+)" checked', response.text) == [str(second.pk)]
    assert Record.objects.awaiting().get() == second


def test_nothing_chosen_is_told(client: Client, cast: Cast):
    entered(cast, 1)
    response = confirm(client, cast)
    assert (response.status_code, "请先勾选要确认的记录。" in response.text) == (422, True)


def test_what_the_unit_does_not_recognise_is_withdrawn_with_a_reason(client: Client, cast: Cast):
    [record] = entered(cast, 1)
    client.force_login(cast.secretary)
    response = client.post(f"/records/{record.pk}/withdraw/", {"reason": "没有开过这次会", "next": CONFIRM})
    assert response["Location"] == CONFIRM
    assert "已撤回会议。" in str(next(iter(get_messages(response.wsgi_request))))
    assert "没有待确认的记录" in client.get(CONFIRM).text


@pytest.mark.parametrize(
    ("name", "read", "written"),
    [
        ("secretary", 200, 302),
        ("clerk", 200, 403),
        ("reviewer", 200, 403),
        ("desk", 200, 403),
        ("colleague", 404, 404),
        ("outsider", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_the_unit_confirms_its_superiors_look_on_and_nobody_else_sees_it(client: Client, cast: Cast, name: str, read: int, written: int):
    records = entered(cast, 1)
    client.force_login(getattr(cast, name))
    page = client.get(CONFIRM)
    assert (page.status_code, 'type="checkbox"' in page.text) == (read, name == "secretary")
    assert confirm(client, cast, *records, by=name).status_code == written
    assert Record.objects.counting().count() == (1 if name == "secretary" else 0)


def test_a_record_of_another_unit_is_not_confirmed_here(client: Client, cast: Cast):
    add_record(unit=cast.neighbour, kind="meeting", occurred_on=date(2026, 6, 1), data={"form": "lesson"}, by=cast.clerk, at=NOW)
    theirs = Record.objects.get()
    assert confirm(client, cast, theirs).status_code == 422
    assert Record.objects.awaiting().get() == theirs


def test_the_units_page_inbox_and_record_lead_to_it(read: Read, cast: Cast):
    [record] = entered(cast, 1)
    for page in (VILLAGE, "/inbox/", f"/records/{record.pk}/"):
        assert f'href="{CONFIRM}"' in read(cast.secretary, page), page
    assert "去确认（1 条）" in read(cast.secretary, "/inbox/")


def test_those_with_several_units_see_where_something_awaits(client: Client, read: Read, cast: Cast):
    entered(cast, 1, 2)
    add_record(unit=cast.neighbour, kind="meeting", occurred_on=date(2026, 6, 1), data={"form": "lesson"}, by=cast.clerk, at=NOW)
    found = {}
    for name in ("clerk", "desk", "stranger"):
        found[name] = re.findall(r'<td class="head"><a href="(\S+)">(\S+)</a>.*?>(\d+) 条', read(getattr(cast, name), "/records/confirm/"))
    ours, theirs = (CONFIRM, "柳河村", "2"), ("/units/990101202/records/confirm/", "青山村", "1")
    assert found == {"clerk": [ours, theirs], "desk": [ours, theirs], "stranger": []}
    assert "青山村" not in read(cast.clerk, "/records/confirm/?q=lhc")
    client.force_login(cast.secretary)
    assert client.get("/records/confirm/")["Location"] == CONFIRM


def test_the_pages_cost_the_same_queries_for_one_record_and_for_many(client: Client, cast: Cast, django_assert_max_num_queries):
    costs: list[list[int]] = []
    for days in ((1,), (2, 3, 4, 5, 6)):
        entered(cast, *days)
        costs.append([])
        for name, page in (("secretary", CONFIRM), ("secretary", "/inbox/"), ("clerk", "/records/confirm/")):
            client.force_login(getattr(cast, name))
            client.get(page)
            with django_assert_max_num_queries(25) as queries:
                client.get(page)
            costs[-1].append(len(queries))
    assert costs[0] == costs[1]
