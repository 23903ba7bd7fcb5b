"""How work stands: one notion of on time, each unit in the order of the tree."""

import io
import re
from datetime import date, timedelta

import polars as pl
import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.inbox.actions import NewItem, close_item, drop_item, open_items
from fanxing.inbox.models import WorkItem
from fanxing.inbox.queries import Work, visible_items, work_of
from fanxing.organisations.actions.people import assign
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Post, Unit
from tests.cast import FOUNDED, NOW, TODAY, Cast, appoint
from tests.web.test_units import Read

PAGE = "/inbox/state/"
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.DEMO, settings.TODAY = True, TODAY


def wait(unit: Unit, day: date, source: str = "typed") -> WorkItem:
    return open_items(unit=unit, items=[NewItem("事", day)], source=source, by=SYSTEM, at=NOW - 100 * A_DAY).opened[0]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """In 柳河村 one is done in time and one late, one is dropped late, one is late and open, one waits; one is done in 东湾村."""
    for day in (TODAY, TODAY - A_DAY):
        close_item(item=wait(cast.village, day), by=SYSTEM, at=NOW)
    drop_item(item=wait(cast.village, TODAY - A_DAY), by=SYSTEM, at=NOW)
    wait(cast.village, TODAY - A_DAY)
    wait(cast.village, TODAY + A_DAY)
    close_item(item=wait(cast.village, TODAY - 95 * A_DAY), by=SYSTEM, at=NOW - 95 * A_DAY)
    close_item(item=wait(cast.other_village, TODAY, "route"), by=SYSTEM, at=NOW)
    return cast


def rows(page: str) -> list[list[str]]:
    body = re.findall(r"<tr>(<td.*?)</tr>", page)
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in body]


def test_on_time_is_closed_in_time_of_closed_and_late(busy: Cast):
    items = visible_items(authority_of(busy.secretary, on=TODAY))
    found = work_of(items, at=NOW, since=NOW - 90 * A_DAY)
    assert (found, found.share) == (Work(waiting=2, late=1, closed=3, in_time=1), 0.25)
    assert Work().share is None


def test_who_answers_for_one_unit_sees_how_its_work_stands(read: Read, busy: Cast):
    page = read(busy.secretary, PAGE)
    assert re.findall(r"按期办结率<b>(.*?)</b>", page) == ["25.0%"]
    assert rows(page) == []


def test_who_answers_for_several_sees_each_in_the_order_of_the_tree(read: Read, busy: Cast):
    page = read(busy.desk, PAGE)
    assert rows(page) == [["石桥镇", "2", "1", "3", "1", "25.0%"], ["白沙镇", "0", "0", "1", "1", "100.0%"]]
    assert re.findall(r"按期办结率<b>(.*?)</b>", page) == ["—", "40.0%"]
    assert rows(read(busy.reviewer, PAGE)) == [["柳河村", "2", "1", "3", "1", "25.0%"]]


def test_one_goes_down_the_tree_and_back(read: Read, busy: Cast):
    wait(busy.town, TODAY)
    wait(busy.city, TODAY - A_DAY)
    page = read(busy.desk, PAGE)
    assert [row[:3] for row in rows(page)] == [["云溪市本级", "1", "1"], ["石桥镇", "3", "1"], ["白沙镇", "0", "0"]]
    assert f'href="?under={busy.town.code}"' in page
    assert f'href="/inbox/?whose=all&amp;under={busy.town.code}&amp;when=overdue"' in page
    below = read(busy.desk, f"{PAGE}?under={busy.town.code}")
    assert [row[:3] for row in rows(below)] == [["石桥镇本级", "1", "0"], ["柳河村", "2", "1"]]
    assert f'href="?under={busy.city.code}">云溪市</a>' in below
    assert "石桥镇合计" in below


def test_who_answers_in_several_places_sees_the_highest_of_them(read: Read, busy: Cast):
    both = appoint("both", "两处的人", busy.village, Post.objects.get(pk="secretary"))
    assign(person=both.person, unit=busy.other_town, post=Post.objects.get(pk="reviewer"), valid_from=FOUNDED, by=SYSTEM, at=NOW)
    assert [row[0] for row in rows(read(both, PAGE))] == ["柳河村", "白沙镇"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?days=365", [("石桥镇", "4"), ("白沙镇", "1")]),
        ("?source=route", [("白沙镇", "1")]),
        ("?under=990101", [("柳河村", "3")]),
        ("?q=东湾", [("东湾村", "1")]),
        ("?q=飞机场", []),
        ("?days=x", [("石桥镇", "3"), ("白沙镇", "1")]),
    ],
)
def test_filters_stand_in_the_address(read: Read, busy: Cast, query: str, found: list[tuple[str, str]]):
    assert [(row[0], row[3]) for row in rows(read(busy.desk, PAGE + query))] == found


def test_a_unit_that_one_may_not_see_is_not_there(client: Client, read: Read, busy: Cast):
    client.force_login(busy.secretary)
    assert client.get(f"{PAGE}?under=990102").status_code == 404
    assert "<tr>" not in read(busy.stranger, PAGE)


def test_it_comes_out_as_excel(client: Client, busy: Cast):
    client.force_login(busy.desk)
    table = pl.read_excel(io.BytesIO(client.get("/inbox/state.xlsx").content))
    assert table.select("单位", "上级", "已超期", "按期办结").rows() == [("石桥镇", "云溪市", 1, 1), ("白沙镇", "云溪市", 0, 1)]


def test_it_costs_the_same_queries_for_one_unit_and_for_many(client: Client, cast: Cast, django_assert_num_queries):
    client.force_login(cast.desk)
    wait(cast.village, TODAY)
    client.get(PAGE)
    with django_assert_num_queries(11) as one:
        client.get(PAGE)
    for unit in (cast.neighbour, cast.other_village, cast.town):
        wait(unit, TODAY)
    with django_assert_num_queries(len(one)):
        client.get(PAGE)
