"""The workbench: one's own unit, or the units in numbers."""

import io
import re

import polars as pl
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.programme.models import Publication
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast
from tests.web.conftest import INDUSTRY, income, lesson, published
from tests.web.test_units import Read


def test_a_secretary_begins_at_the_own_village(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    assert client.get("/desk/")["Location"] == "/units/990101201/"


def test_a_secretary_finds_only_what_there_is_for_one_village(read: Read, cast: Cast):
    page = read(cast.secretary, "/units/990101201/")
    assert re.findall(r'<a href="([^"]+)"(?: aria-current="page")?><svg[^>]*><use[^>]*/></svg>(\w+)</a></li>', page) == [
        ("/units/990101201/", "工作台"),
        ("/units/990101201/records/", "台账"),
        ("/inbox/", "待办"),
        ("/matters/", "事项"),
        ("/units/990101201/records/new/", "记一笔"),
        ("/imports/", "导入台账"),
        ("/people/", "人员"),
    ]


def test_a_phone_leads_wherever_the_side_bar_leads(read: Read, cast: Cast):
    for user in (cast.secretary, cast.clerk, cast.desk):
        page = read(user, "/inbox/")
        side, bottom = (re.search(rf'<nav class="{name}".*?</nav>', page, re.DOTALL)[0] for name in ("side", "tabs"))
        places = re.findall(r'<a href="([^"]+)"', side)
        assert re.findall(r'<a [^>]*?href="([^"]+)"', bottom) == places
        assert len(places) > 4


def test_who_answers_for_several_units_is_greeted_and_sees_them_in_numbers(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    lesson(cast.village)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    page = read(cast.reviewer, "/desk/")
    assert "石桥镇审核员，您好。" in page
    assert re.findall(r'<a class="tally" href="([^"]+)">\s*(\S+?)<b>(\d+)', page) == [
        ("/units/?under=990101", "村", "2"),
        ("/units/?under=990101&amp;least=1", "一星以上", "50"),
        ("/units/?under=990101&amp;tier=1", "一星", "1"),
        ("/units/?under=990101&amp;tier=unrated", "不评", "1"),
    ]
    assert re.findall(r"<strong>(\S+)</strong>(\S+)</span>", page) == [("柳河村", "会议")]


def test_without_a_programme_the_units_are_counted(read: Read, cast: Cast):
    assert re.search(r'href="/units/">\s*岗位所及的单位<b>3<small>个', read(cast.reviewer, "/desk/"))


def test_stars_missed_by_two_points_are_named_in_the_order_of_codes(read: Read, cast: Cast):
    publication = published(
        cast, INDUSTRY.replace("otherwise: 0}}\npass: 70", "otherwise: 38.5}}\npass: 40"), **{"cases.yaml": "cases: []"}
    )
    for unit in (cast.neighbour, cast.village):
        income(unit, 1)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    page = read(cast.desk, "/desk/near/")
    assert re.findall(r"<span>(\S+)<small>(\S+)</small></span><b>差 (\S+) 分", page) == [
        ("柳河村", "产业兴旺", "1.5"),
        ("青山村", "产业兴旺", "1.5"),
    ]


def test_in_excel_a_gap_is_as_it_is_read(client: Client, cast: Cast):
    narrow = INDUSTRY.replace("otherwise: 0}}\npass: 70", "otherwise: 38.44}}\npass: 40")
    publication = published(cast, narrow, **{"cases.yaml": "cases: []"})
    income(cast.village, 1)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    client.force_login(cast.desk)
    assert pl.read_excel(io.BytesIO(client.get("/desk/near.xlsx").content))["差几分"].to_list() == [1.56]


def test_the_workbench_costs_the_same_queries_for_one_record_and_for_many(
    client: Client, cast: Cast, programme: Publication, django_assert_num_queries
):
    income(cast.village)
    rate_all(publication=programme, by=SYSTEM, at=NOW)
    client.force_login(cast.reviewer)
    for month in (1, 2, 3):
        client.get("/desk/")
        with django_assert_num_queries(19):
            client.get("/desk/")
        lesson(cast.village, month)
