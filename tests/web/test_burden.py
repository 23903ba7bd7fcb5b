"""The burden meter on its page."""

import io

import polars as pl
from django.test import Client

from fanxing.programme.models import Publication
from tests.cast import Cast
from tests.web.conftest import lesson
from tests.web.test_units import Read


def test_it_tells_what_a_kind_of_unit_types_and_what_bodies_supply(read: Read, cast: Cast, programme: Publication):
    page = read(cast.desk, "/burden/")
    told = ["平均每个村自己要填的", "农业农村部门", "村不再填", "怎么算的", "没有评分项用到"]
    assert [words for words in told if words not in page] == []


def test_who_answers_for_one_unit_sees_what_was_typed_there(read: Read, cast: Cast, programme: Publication):
    lesson(cast.village, 3)
    page = read(cast.secretary, "/burden/")
    assert ("柳河村自己要填的" in page, "近一年实际录入" in page) == (True, True)


def test_it_goes_out_as_a_workbook(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.desk)
    table = pl.read_excel(io.BytesIO(client.get("/burden.xlsx").getvalue()))
    assert table["记录类型"].to_list() == ["会议", "经济数据"]


def test_a_stranger_gets_nothing(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.stranger)
    assert [client.get(path).status_code for path in ("/burden/", "/burden.xlsx")] == [404, 404]
    client.logout()
    assert client.get("/burden/").status_code == 302
