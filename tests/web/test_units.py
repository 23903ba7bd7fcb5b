"""The list of units: what each one sees, and what it costs."""

import io
import re
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import create_unit, merge_units
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from tests.cast import FOUNDED, NOW, Cast
from tests.web.conftest import INDUSTRY, LONG, income, lesson, published

Read = Callable[[User, str], str]


def listed(read: Read, user: User, query: str = "") -> list[str]:
    return re.findall(r'<td class="head"><a href="[^"]+">(.+?)</a>', read(user, f"/units/{query}"))


@pytest.fixture
def rated(cast: Cast, programme: Publication) -> Cast:
    """The cast after a run: 柳河村 holds the star, 青山村 does not, 东湾村 lacks a figure and is not rated."""
    income(cast.village)
    lesson(cast.village)
    income(cast.neighbour, 1)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    return cast


def test_everyone_sees_the_units_of_the_own_post_and_below(read: Read, cast: Cast):
    assert listed(read, cast.secretary) == ["柳河村"]
    assert listed(read, cast.reviewer) == ["石桥镇", "柳河村", "青山村"]
    assert listed(read, cast.desk) == ["云溪市", "石桥镇", "柳河村", "青山村", "白沙镇", "东湾村"]


def test_someone_without_a_post_sees_none_and_is_told_whom_to_ask(read: Read, cast: Cast):
    assert listed(read, cast.stranger) == []
    assert "请联系管理员核对岗位" in read(cast.stranger, "/units/")
    assert "这个账号现在没有岗位" in read(cast.stranger, "/desk/")


@pytest.mark.parametrize(("query", "names"), [("?q=山", ["青山村"]), ("?q=990101201", ["柳河村"]), ("?q=东湾", []), ("?under=990102", [])])
def test_a_search_stays_within_what_one_may_see(read: Read, cast: Cast, query: str, names: list[str]):
    assert listed(read, cast.reviewer, query) == names


def test_where_a_programme_rules_only_the_units_it_rates_are_listed(read: Read, rated: Cast):
    assert listed(read, rated.desk) == ["柳河村", "青山村", "东湾村"]
    assert listed(read, rated.desk, "?under=990102") == ["东湾村"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?tier=1", ["柳河村"]),
        ("?tier=0", ["青山村"]),
        ("?tier=unrated", ["东湾村"]),
        ("?star=industry", ["柳河村"]),
        ("?star=pk__gt", ["柳河村", "青山村", "东湾村"]),
        ("?tier=1&star=industry&q=青", []),
    ],
)
def test_the_filters_stand_in_the_address(read: Read, rated: Cast, query: str, names: list[str]):
    assert listed(read, rated.desk, query) == names


def test_each_tier_is_counted_and_leads_to_its_units(read: Read, rated: Cast):
    page = read(rated.desk, "/units/?q=村")
    counted = re.findall(r'<a class="chip" href="\?q=%E6%9D%91&amp;([^"]+)">(\S+?) <span class="count">(\d+)</span>', page)
    assert counted == [("tier=1", "一星", "1"), ("tier=0", "零星", "1"), ("tier=unrated", "不评", "1")]


def test_a_star_is_drawn_held_not_held_and_not_rated(read: Read, rated: Cast):
    drawn = re.findall(r'aria-label="([^"]+)"><span class="([^"]+)"', read(rated.desk, "/units/"))
    assert drawn == [
        ("产业兴旺已得", "glyph glyph-held of-violet"),
        ("产业兴旺未得", "glyph glyph-none of-violet"),
        ("产业兴旺不评", "glyph glyph-unrated of-violet"),
    ]


def test_the_list_as_excel_holds_what_the_filter_shows(client: Client, rated: Cast):
    client.force_login(rated.desk)
    response = client.get("/units.xlsx?q=村&star=")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8D%95%E4%BD%8D%E6%98%9F%E7%BA%A7")
    table = pl.read_excel(io.BytesIO(response.content))
    assert table.columns == ["代码", "名称", "类型", "上级", "星级", "产业兴旺", "不评原因"]
    assert table.rows() == [
        ("990101201", "柳河村", "村", "石桥镇", "一星", "达星", None),
        ("990101202", "青山村", "村", "石桥镇", "零星", "未达星", None),
        ("990102201", "东湾村", "村", "白沙镇", "不评", None, "缺集体收入"),
    ]
    client.force_login(rated.secretary)
    assert pl.read_excel(io.BytesIO(client.get("/units.xlsx").content))["名称"].to_list() == ["柳河村"]


def test_the_list_costs_the_same_queries_for_one_unit_and_for_many(client: Client, rated: Cast, django_assert_num_queries):
    # session, user, rules, posts, node, count, rows, scores, way, places, whether many, places counted, tiers, own unit, what is due
    for user in (rated.secretary, rated.reviewer):
        client.force_login(user)
        client.get("/units/")
        with django_assert_num_queries(15):
            client.get("/units/")
    client.force_login(rated.desk)
    for place in ("990101", "990102"):
        client.get(f"/units/?under={place}")
        with django_assert_num_queries(18):  # and the places beside it, and what waits for a second person
            client.get(f"/units/?under={place}")


def test_the_list_turns_its_pages(read: Read, cast: Cast):
    for number in range(60):
        create_unit(code=f"9901013{number:02}", name=f"{number}组", kind="village", parent=cast.town, on=FOUNDED, by=SYSTEM, at=NOW)
    assert [len(listed(read, cast.reviewer, query)) for query in ("", "?page=2", "?page=99")] == [50, 13, 13]


def test_a_closed_unit_stands_apart_and_says_since_when(read: Read, cast: Cast, programme: Publication):
    merge_units(units=[cast.neighbour], into=cast.village, on=date(2026, 3, 1), by=SYSTEM, at=NOW)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    assert listed(read, cast.reviewer) == ["柳河村"]
    assert listed(read, cast.reviewer, "?closed=yes") == ["青山村"]
    assert re.search(r'青山村</a> <span class="pill">2026年3月1日撤销</span>', read(cast.reviewer, "/units/?closed=yes"))


def test_kinds_outside_the_counts_are_listed_only_where_they_are_asked_for_or_sought(read: Read, cast: Cast):
    scheme = LONG.replace("stars: [industry]}", "stars: [industry]}\n  compound: {title: 小区, stars: [industry], counted: no}")
    files = {"stars/compound/industry.yaml": INDUSTRY.replace("village", "compound")}
    published(cast, **{"scheme.yaml": scheme, **files})
    create_unit(code="c1", name="河畔小区", kind="compound", parent=cast.village, on=FOUNDED, by=SYSTEM, at=NOW)
    page = read(cast.desk, "/units/?under=990101")
    assert listed(read, cast.desk, "?under=990101") == ["柳河村", "青山村"]
    assert "小区不计入，点类型另看" in page
    assert re.findall(r'kind=(\w+)">(\S+?) <span class="count">(\d+)', page) == [("village", "村", "2"), ("compound", "小区", "1")]
    assert re.findall(r'under=(\d+)"[^>]*><span>(\S+)</span><span class="count">(\d+)', page) == [
        ("990101", "石桥镇", "2"),
        ("990102", "白沙镇", "1"),
    ]
    assert listed(read, cast.desk, "?kind=compound") == ["河畔小区"]
    assert listed(read, cast.desk, "?q=河畔") == ["河畔小区"]


def test_in_excel_a_star_is_called_as_the_kinds_listed_call_it(client: Client, cast: Cast):
    scheme = LONG.replace("stars: [industry]}", "stars: [industry]}\n  compound: {title: 小区, stars: [industry], counted: no}")
    files = {"stars/compound/industry.yaml": INDUSTRY.replace("village", "compound").replace("产业兴旺", "物业兴旺")}
    published(cast, **{"scheme.yaml": scheme, **files})
    client.force_login(cast.desk)

    def columns(query: str) -> list[str]:
        return pl.read_excel(io.BytesIO(client.get(f"/units.xlsx{query}").content)).columns

    assert [name for name in columns("") if name.endswith("兴旺")] == ["产业兴旺"]
    assert [name for name in columns("?kind=compound") if name.endswith("兴旺")] == ["物业兴旺"]
