"""What has not been reported, and what cannot be right: who owes which figure, until it is entered."""

import io
import re
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.test import Client

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import merge_units
from fanxing.records.actions.entries import add_record, correct_record
from fanxing.records.models import Record
from fanxing.scoring.actions import rate_all
from tests.cast import NOW, Cast
from tests.programme.small import FIGURES
from tests.web.conftest import income, lesson, published

Read = Callable[[User, str], str]
FIELDS = """  households: {title: 户数, type: count}
  converted: {title: 已改厕户数, type: count}
  stated: {title: 原报改厕率, type: share, share_of: [converted, households]}
"""


@pytest.fixture
def rated(cast: Cast) -> Cast:
    """柳河村 has its income; 青山村 and 东湾村 lack it; nobody owes lessons, which count as none."""
    publication = published(cast, **{"records/figures.yaml": FIGURES + FIELDS})
    income(cast.village)
    lesson(cast.village)
    rate_all(publication=publication, by=SYSTEM, at=NOW)
    return cast


def lacking(page: str) -> list[str]:
    return re.findall(r'<td class="head"><a href="/units/\d+/">(\S+)</a>', page)


def toilets(unit: object, share: float, converted: int = 182) -> Record:
    data = {"income": 100_000, "converted": converted, "stated": share}
    return add_record(unit=unit, kind="figures", occurred_on=date(2024, 5, 2), data=data, by=SYSTEM, at=NOW)


def test_the_desk_sees_which_body_owes_which_figure_and_where(read: Read, rated: Cast):
    page = read(rated.desk, "/desk/missing/")
    assert re.findall(r'\?record=(\w+)">经济数据</a></td><td data-label="由谁提供">(\S+)</td><td class="line quiet">(\S+)</td>', page) == [
        ("figures", "农业农村部门", "集体收入")
    ]
    assert re.findall(r'\?under=(\d+)">(\d+)</a>', page) == [("990101", "1"), ("990102", "1")]


def test_the_definition_stands_on_the_page(read: Read, rated: Cast):
    assert "什么算未报" in read(rated.desk, "/desk/missing/")


def test_the_words_to_copy_name_the_body_the_units_and_the_figure(read: Read, rated: Cast):
    page = read(rated.desk, "/desk/missing/?record=figures")
    words = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[0]
    assert words.splitlines() == [
        "农业农村部门：",
        "截至2026年6月15日，以下 2 个单位尚缺“经济数据”中的集体收入：",
        "石桥镇：青山村",
        "白沙镇：东湾村",
        "请核对后尽快导入或登记，谢谢。",
    ]
    assert lacking(page) == ["青山村", "东湾村"]


def test_a_township_is_told_of_its_own_units_each_with_what_it_lacks(read: Read, rated: Cast):
    page = read(rated.reviewer, "/desk/missing/")
    assert "石桥镇：\n截至2026年6月15日，以下 1 个单位尚缺数据：\n青山村（集体收入）" in page
    assert lacking(page) == ["青山村"]


def test_what_is_reported_after_the_run_is_no_longer_owed(read: Read, rated: Cast):
    later = NOW.replace(hour=9)
    add_record(unit=rated.neighbour, kind="figures", occurred_on=date(2024, 5, 1), data={"income": 5}, by=SYSTEM, at=later)
    assert lacking(read(rated.desk, "/desk/missing/?record=figures")) == ["东湾村"]
    assert re.search(r"未报清单<small>1 项数据还没有报齐</small></span><b>1 个单位<", read(rated.desk, "/desk/"))


def test_a_unit_that_is_closed_owes_nothing(read: Read, rated: Cast):
    merge_units(units=[rated.neighbour], into=rated.village, on=date(2026, 6, 1), by=SYSTEM, at=NOW)
    assert lacking(read(rated.desk, "/desk/missing/?record=figures")) == ["东湾村"]


def test_the_list_comes_out_as_excel(client: Client, rated: Cast):
    client.force_login(rated.desk)
    table = pl.read_excel(io.BytesIO(client.get("/desk/missing.xlsx").content))
    assert table.rows() == [
        ("990101202", "青山村", "村", "石桥镇", "经济数据", "集体收入", "农业农村部门"),
        ("990102201", "东湾村", "村", "白沙镇", "经济数据", "集体收入", "农业农村部门"),
    ]


def test_a_share_that_its_figures_cannot_give_is_doubted_until_it_is_corrected(read: Read, rated: Cast):
    record = toilets(rated.village, 0.861)
    toilets(rated.other_village, 0.875, converted=7)
    page = read(rated.desk, "/desk/doubts/")
    assert re.findall(r'href="/records/(\d+)/[^"]*">(\S+)</a>', page) == [(str(record.pk), "柳河村")]
    assert "没有一个整数总数能使 182 占 86.1%" in page
    for address in ("/units/990101201/", f"/records/{record.pk}/", "/units/990101201/records/"):
        assert "没有一个整数总数能使 182 占 86.1%" in read(rated.secretary, address), address
    correct_record(record=record, occurred_on=record.occurred_on, data=record.data | {"stated": 0.5, "households": 364}, by=SYSTEM, at=NOW)
    assert "没有疑点" in read(rated.desk, "/desk/doubts/")


def test_the_doubts_come_out_as_excel(client: Client, rated: Cast):
    toilets(rated.village, 0.861)
    client.force_login(rated.desk)
    table = pl.read_excel(io.BytesIO(client.get("/desk/doubts.xlsx").content))
    assert table.select("名称", "上级", "记录类型", "数据", "所报").rows() == [("柳河村", "石桥镇", "经济数据", "原报改厕率", "86.1%")]


@pytest.mark.parametrize("address", ["/desk/missing/", "/desk/missing/?record=figures", "/desk/doubts/", "/desk/missing.xlsx"])
def test_only_what_one_may_read_is_listed(client: Client, rated: Cast, address: str):
    toilets(rated.other_village, 0.861)
    client.force_login(rated.reviewer)
    response = client.get(address)
    assert (response.status_code, "东湾村" in response.text if "xlsx" not in address else False) == (200, False)
    assert client.get("/desk/missing/?under=990102").status_code == 404
    client.force_login(rated.stranger)
    assert "青山村" not in client.get("/desk/missing/").text


@pytest.mark.parametrize("address", ["/desk/missing/", "/desk/missing/?record=figures", "/desk/doubts/"])
def test_the_lists_cost_the_same_queries_for_one_unit_and_for_many(
    client: Client, rated: Cast, address: str, django_assert_max_num_queries
):
    client.force_login(rated.desk)
    toilets(rated.village, 0.861)
    client.get(address)
    with django_assert_max_num_queries(14) as one:
        client.get(address)
    toilets(rated.neighbour, 0.861)
    with django_assert_max_num_queries(14) as many:
        client.get(address)
    assert len(one) == len(many)
