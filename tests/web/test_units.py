"""The list of units: what each one sees, and what it costs."""

import re
from datetime import date

import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import create_unit, merge_units
from tests.cast import FOUNDED, NOW, Cast


def listed(client: Client, user: User, query: str = "") -> list[str]:
    client.force_login(user)
    response = client.get(f"/units/{query}")
    assert response.status_code == 200
    return re.findall(r'<td class="head">(.+?)</td>', response.text)


def test_everyone_sees_the_units_of_the_own_post_and_below(client: Client, cast: Cast):
    assert listed(client, cast.secretary) == ["柳河村"]
    assert listed(client, cast.reviewer) == ["石桥镇", "柳河村", "青山村"]
    assert listed(client, cast.desk) == ["云溪市", "石桥镇", "柳河村", "青山村", "白沙镇", "东湾村"]


def test_someone_without_a_post_sees_none_and_is_told_whom_to_ask(client: Client, cast: Cast):
    assert listed(client, cast.stranger) == []
    assert "请联系管理员核对岗位" in client.get("/units/").text
    assert "这个账号还没有岗位" in client.get("/").text


@pytest.mark.parametrize(("query", "names"), [("?q=山", ["青山村"]), ("?q=990101201", ["柳河村"]), ("?q=东湾", [])])
def test_a_search_stays_within_what_one_may_see(client: Client, cast: Cast, query: str, names: list[str]):
    assert listed(client, cast.reviewer, query) == names


def test_the_workbench_counts_the_units_of_the_list(client: Client, cast: Cast):
    client.force_login(cast.reviewer)
    assert re.search(r'href="/units/">\s*岗位所及的单位<b>3<small>个', client.get("/").text)


def test_the_list_costs_the_same_queries_for_one_unit_and_for_many(client: Client, cast: Cast, django_assert_num_queries):
    for user in (cast.secretary, cast.desk):
        client.force_login(user)
        with django_assert_num_queries(5):  # session, user, posts, count, rows
            client.get("/units/")


def test_the_list_turns_its_pages(client: Client, cast: Cast):
    for number in range(60):
        create_unit(code=f"9901013{number:02}", name=f"{number}组", kind="village", parent=cast.town, on=FOUNDED, by=SYSTEM, at=NOW)
    assert [len(listed(client, cast.reviewer, query)) for query in ("", "?page=2", "?page=99")] == [50, 13, 13]


def test_a_closed_unit_says_since_when(client: Client, cast: Cast):
    merge_units(units=[cast.neighbour], into=cast.village, on=date(2026, 3, 1), by=SYSTEM, at=NOW)
    client.force_login(cast.reviewer)
    assert re.search(r'青山村 <span class="pill">2026年3月1日撤销</span>', client.get("/units/").text)
