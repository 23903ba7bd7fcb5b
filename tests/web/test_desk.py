"""The desk in numbers: every number leads to the units it counts, for the person and the place; it ranks nothing."""

import html
import io
import re
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.models import Post, Unit
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from fanxing.scoring.models import Score
from tests.cast import NOW, Cast, appoint
from tests.web.city import build, run
from tests.web.conftest import lesson
from tests.web.test_unit import words

LINK = re.compile(r'<a[^>]* ?href="(/units/\?[^"]*)"[^>]*>((?:(?!</a>).)*)</a>', re.DOTALL)


@pytest.fixture
def desk(db: None) -> User:
    """The desk of a small city, rated twice."""
    publication, _ = build()
    run(publication, date(2026, 6, 10), seed=3)
    return appoint("desk", "孙立", Unit.objects.get(code="990000"), Post.objects.get(pk="desk"))


@pytest.fixture
def read(client: Client, desk: User) -> Callable[[str], str]:
    client.force_login(desk)
    return lambda address: client.get(address).text


def number(text: str) -> str:
    """The number that a link shows."""
    shown = re.findall(r"<b>([\d.,%]+)", text) or re.findall(r"^\s*([\d.,]+%?)\s*$", text)
    return shown[0] if shown else ""


@pytest.mark.parametrize("address", ["/desk/", "/desk/?kind=village", "/desk/?under=990001", "/desk/?under=990001101"])
def test_every_number_leads_to_exactly_as_many_units(read: Callable[[str], str], address: str):
    checked = 0
    for query, text in LINK.findall(read(address)):
        shown = number(text)
        if not shown or shown.endswith("%"):
            continue
        listed = re.findall(r"共 ([\d,]+) 个单位", read(html.unescape(query)))
        assert (query, listed[0] if listed else "0") == (query, shown)
        checked += 1
    assert checked > 15


def test_shares_are_of_what_the_same_row_counts(read: Callable[[str], str]):
    page = read("/desk/?kind=village")
    reached = Score.objects.filter(unit__kind="village", tier__in=["3", "4", "5"]).count()
    share = f"{reached / Score.objects.filter(unit__kind='village').count():.2%}"
    assert re.search(rf"三星以上<b>{share}<small>{reached} 个", page)


def test_kinds_that_are_counted_together_have_a_row_of_their_own(read: Callable[[str], str]):
    both = Score.objects.filter(unit__kind__in=["village", "community"])
    reached = both.filter(tier__in=["3", "4", "5"]).count()
    [row] = re.findall(r"<tr><td class=\"head\"><a [^>]*>村和社区合计</a>.*?</tr>", read("/desk/"), re.DOTALL)
    assert f">{both.count()}</a>" in row
    assert f">{reached / both.count():.2%}</a>" in row
    [address] = set(re.findall(r'href="(/units/[^"]*least=3[^"]*)"', row))
    assert f"共 {reached} 个单位" in read(html.unescape(address))


def test_the_key_of_the_course_names_every_tier_that_a_column_shows(read: Callable[[str], str]):
    page = read("/desk/?under=990001101")
    key = re.findall(r'id="course-title".*?</header>', page, re.DOTALL)[0]
    table = re.findall(r'moments-table">(.*?)</table>', page, re.DOTALL)[0]
    shown = {word for word, count in re.findall(r'data-label="([^"]+)">(\d+)<', table) if count != "0"}
    assert shown == set(re.findall(r"</svg>([^<]+)</span>", key))


def test_what_lies_outside_the_counts_is_not_counted(read: Callable[[str], str]):
    counted = Score.objects.exclude(unit__kind="compound").count()
    assert re.search(rf"合计<b>{counted}<", read("/desk/"))
    assert "小区" not in read("/desk/")
    assert re.search(rf"下属参评单位<b>{counted}<", read("/units/990000/"))


def test_of_each_unit_the_newest_record_is_shown(client: Client, cast: Cast, programme: Publication):
    for month in (1, 2):
        lesson(cast.village, month)
    lesson(cast.neighbour)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    client.force_login(cast.desk)
    feed = re.findall(r'id="recent-title".*?</section>', client.get("/desk/").text, re.DOTALL)[0]
    assert re.findall(r"<strong>(\S+)</strong>\S+</span><small>(\S+) · .+? 登记</small>", feed) == [
        ("青山村", "2024年3月8日"),
        ("柳河村", "2024年2月8日"),
    ]


def test_one_goes_down_from_the_city_to_the_units(read: Callable[[str], str]):
    places = re.compile(r'<td class="head"><a href="/desk/\?under=(\d+)">(\S+)</a>')
    assert places.findall(read("/desk/")) == [("990001", "云溪县"), ("990002", "白石区")]
    assert [code for code, _ in places.findall(read("/desk/?under=990001"))] == ["990001101", "990001102"]
    units = re.findall(r'<li><a href="/units/(\d+)/">', read("/desk/?under=990001101"))
    assert units == sorted(units)
    assert set(units) == set(Unit.objects.filter(parent__code="990001101").values_list("code", flat=True))


def test_the_course_is_that_of_the_runs(read: Callable[[str], str]):
    table = re.findall(r'moments-table">(.*?)</table>', read("/desk/?kind=village"), re.DOTALL)[0]
    days = re.findall(r'<td class="head">(\S+)</td>', table)
    assert days == ["2026年6月10日", "2026年5月31日"]
    first = [int(one) for one in re.findall(r'data-label="[^"]+">(\d+)<', table.split("</tr>")[1])]
    assert first == [Score.objects.filter(unit__kind="village", tier=tier).count() for tier in ("5", "4", "3", "2", "1", "0", "")]


def test_a_township_sees_its_own_part_and_no_other_place(client: Client, desk: User):
    Post.objects.create(id="reviewer", title="审核员", permission_set="township_reviewer", kinds=[])
    reviewer = appoint("reviewer", "陈晓梅", Unit.objects.get(code="990001101"), Post.objects.get(pk="reviewer"))
    client.force_login(reviewer)
    page = client.get("/desk/").text
    assert words(page, "page-head")[0].startswith("双湾镇工作台")
    assert {code[:9] for code in re.findall(r'<li><a href="/units/(\d+)/">', page)} == {"990001101"}
    assert client.get("/desk/?under=990002").status_code == 404
    assert client.get("/desk.xlsx?under=990002").status_code == 404


def test_the_numbers_come_out_as_excel(client: Client, desk: User):
    client.force_login(desk)
    table = pl.read_excel(io.BytesIO(client.get("/desk.xlsx").content))
    assert table.columns == ["范围", "代码", "单位数", "五星", "四星", "三星", "二星", "一星", "零星", "不评", "三星以上", "占比"]
    assert table["范围"].to_list() == ["村", "城市社区", "村和社区合计", "机关", "企业", "合计", "云溪县", "白石区", "云岭市直属"]
    assert sum(table["单位数"].to_list()[6:]) == table["单位数"].to_list()[5]


@pytest.mark.parametrize("address", ["/desk/", "/desk/?under=990001", "/desk/?under=990001101"])
def test_the_desk_costs_the_same_queries_in_a_small_city_and_a_larger_one(
    client: Client, db: None, django_assert_max_num_queries, address: str
):
    build(counties=3, townships=4, villages=9)
    client.force_login(appoint("desk", "孙立", Unit.objects.get(code="990000"), Post.objects.get(pk="desk")))
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)
