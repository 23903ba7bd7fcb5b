"""A unit's page: where it stands, what is missing, who answers for it; and its score sheet."""

import io
import re
from datetime import date

import polars as pl
import pytest
from django.test import Client

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from tests.cast import NOW, Cast, appoint
from tests.web.conftest import INDUSTRY, income, lesson, published
from tests.web.test_units import Read

VILLAGE = "/units/990101201/"


def words(page: str, css: str) -> list[str]:
    """The text of every element of a class."""
    found = re.findall(rf'<(\w+) class="{css}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", inner)).strip() for _, inner in found]


def test_a_unit_shows_its_tier_its_stars_and_what_is_missing(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    page = read(cast.secretary, VILLAGE)
    assert words(page, "standing-word") == ["零星"]
    assert words(page, "star-points") == ["50 / 100"]
    assert words(page, "star-words") == ["差 20 分"]
    assert re.findall(r'离下一颗星最近的是 <a href="([^"]+)">(\S+)</a>，还差 <b>(\S+)</b> 分', page) == [
        (f"{VILLAGE}scores/industry/", "产业兴旺", "20")
    ]
    assert words(page, "gains") == ["党课得分党课 0可得 50 分"]


def test_a_star_that_is_held_says_by_how_much(read: Read, cast: Cast, programme: Publication):
    income(cast.village)
    for month in (1, 2, 3, 4):
        lesson(cast.village, month)
    page = read(cast.secretary, VILLAGE)
    assert (words(page, "standing-word"), words(page, "star-words")) == (["一星"], ["高出达星线 30 分"])
    assert "离下一颗星最近的是" not in page


def test_a_unit_that_is_not_rated_says_which_figure_it_lacks(read: Read, cast: Cast, programme: Publication):
    page = read(cast.secretary, VILLAGE)
    assert (words(page, "standing-word"), words(page, "star-words")) == (["不评"], ["不评：缺集体收入"])
    assert "暂不评定星级：缺集体收入。" in page


def test_a_veto_in_force_says_until_when_and_a_need_that_is_not_met_is_named(read: Read, cast: Cast):
    conditions = """
needs: [{id: taught, title: 至少一次党课, basis: example, when: lessons >= 1}]
vetoes: [{id: idle, title: 收入通报, basis: example, when: income > 0, lasts: 600 months, if_undecided: no}]
"""
    window = INDUSTRY.replace("{latest: figures.income}", "{latest: figures.income, within: 600 months}")
    published(cast, window + conditions, **{"cases.yaml": "cases: []"})
    income(cast.village)
    page = read(cast.secretary, VILLAGE)
    assert words(page, "star-words") == ["差 20 分", "还须：至少一次党课", "否决：收入通报，至 2074年4月30日"]
    assert "离下一颗星最近的是" not in page
    verdicts = re.findall(r'<strong>(\S+)</strong><span class="pill[^"]*">(\S+)</span>', read(cast.secretary, f"{VILLAGE}scores/industry/"))
    assert verdicts == [("至少一次党课", "还没有"), ("收入通报", "否决中")]


def test_people_are_named_only_to_those_who_may_see_them(read: Read, cast: Cast, programme: Publication):
    team = appoint("team", "郑洁", cast.city, Post.objects.get(pk="team"))
    named, unnamed = read(cast.reviewer, VILLAGE), read(team, VILLAGE)
    answers = re.compile(r'class="answers-post">(\S+?)</span>\s*<strong><(?:a|span)[^>]*>(\S+?)<')
    assert answers.findall(named) == [("支部书记", "林秀英")]
    assert answers.findall(unnamed) == [("支部书记", "在任")]
    assert "林秀英" not in unnamed


def test_only_those_who_may_record_are_offered_to(read: Read, cast: Cast, programme: Publication):
    offered = re.compile(r'href="(/units/990101201/records/new/[^"]*)"')
    assert offered.findall(read(cast.reviewer, VILLAGE)) == []
    assert set(offered.findall(read(cast.secretary, VILLAGE))) == {
        f"{VILLAGE}records/new/",
        f"{VILLAGE}records/new/meeting/?next={VILLAGE}",
    }


def test_the_last_records_lead_to_their_pages(read: Read, cast: Cast, programme: Publication):
    first, second = lesson(cast.village, 1), lesson(cast.village, 2)
    assert re.findall(r'<a href="/records/(\d+)/"><span><strong>会议</strong>(.+?)</span>', read(cast.secretary, VILLAGE)) == [
        (str(second.pk), "党课，到会人数 23 人，学党史"),
        (str(first.pk), "党课，到会人数 23 人，学党史"),
    ]


def test_a_unit_that_is_not_rated_itself_leads_to_those_below_it(read: Read, cast: Cast, programme: Publication):
    page = read(cast.reviewer, "/units/990101/")
    assert re.findall(r'<a class="tally" href="(\S+)">\s*下属参评单位<b>(\d+)', page) == [("/units/?under=990101", "2")]
    assert words(page, "standing-word") == []
    assert ("自己没有台账" in page, "还没有记录" in page) == (True, False)
    assert "records/new/" not in page


def test_a_unit_without_a_programme_still_has_a_page(read: Read, cast: Cast):
    assert "还没有记录" in read(cast.secretary, VILLAGE)


def test_a_closed_unit_says_so_and_takes_no_records_from_its_page(read: Read, cast: Cast, programme: Publication):
    merge_units(units=[cast.neighbour], into=cast.village, on=date(2026, 3, 1), by=SYSTEM, at=NOW)
    page = read(cast.reviewer, "/units/990101202/")
    assert '青山村已于 2026年3月1日 撤销，台账计入 <a href="/units/990101201/">柳河村</a>。' in page
    assert "records/new/" not in page
    assert words(page, "standing-word") == []


PAGES = [
    VILLAGE,
    f"{VILLAGE}scores.xlsx",
    f"{VILLAGE}scores/industry/",
    f"{VILLAGE}scores/tier/",
    f"{VILLAGE}figures/lessons/",
    f"{VILLAGE}records/",
    f"{VILLAGE}records.xlsx",
    f"{VILLAGE}records/new/meeting/",
]


def visited(client: Client, address: str) -> int:
    """The status of the answer; a file that it sends is closed, but not the database, as `close` would."""
    response = client.get(address)
    for close in response._resource_closers:
        close()
    return response.status_code


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_a_unit_is_there_for_those_who_answer_for_it_and_for_nobody_else(
    client: Client, cast: Cast, programme: Publication, address: str
):
    income(cast.village)
    lesson(cast.village)
    found = {}
    for name in ("secretary", "colleague", "outsider", "stranger"):
        client.force_login(getattr(cast, name))
        found[name] = visited(client, address)
    assert found == {"secretary": 200, "colleague": 404, "outsider": 404, "stranger": 404}


@pytest.mark.parametrize("address", [one for one in PAGES if "/new/" not in one])
def test_a_page_of_a_unit_costs_the_same_queries_for_one_record_and_for_many(
    client: Client, cast: Cast, programme: Publication, address: str, django_assert_max_num_queries
):
    income(cast.village)
    lesson(cast.village, 1)
    client.force_login(cast.secretary)
    visited(client, address)
    with django_assert_max_num_queries(30) as one:
        visited(client, address)
    for month in (2, 3, 4):
        lesson(cast.village, month)
    with django_assert_max_num_queries(30) as many:
        visited(client, address)
    assert len(many) == len(one)


def test_the_score_sheet_holds_every_rule_and_figure(client: Client, cast: Cast, programme: Publication):
    income(cast.village)
    client.force_login(cast.secretary)
    table = pl.read_excel(io.BytesIO(client.get(f"{VILLAGE}scores.xlsx").content))
    assert table.select("项目", "数值", "单位", "满分", "失分").rows() == [
        ("星级", "0", "", None, None),
        ("　产业兴旺", "未达星", "", None, None),
        ("　　产业兴旺得分", "50", "", 100, 50),
        ("　　　党课得分", "0", "", 50, 50),
        ("　　　　党课", "0", "", None, None),
        ("　　　收入得分", "50", "", 50, 0),
        ("　　　　集体收入", "100000", "元", None, None),
    ]
    assert table["规则"][3].startswith("按党课，4 以上 50 分")
