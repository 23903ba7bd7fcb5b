"""The whole tree taken out as Excel and brought back."""

import io
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanxing.accounts.models import User
from fanxing.lib.spreadsheets import Column, workbook
from fanxing.lib.table_files import MOST_BYTES
from fanxing.organisations.models import Unit, UnitImport
from tests.cast import Cast

Read = Callable[[User, str], str]
COLUMNS = ("代码", "名称", "类型", "上级代码")


def exported(client: Client, code: str = "990000") -> pl.DataFrame:
    return pl.read_excel(io.BytesIO(client.get(f"/unit-lists/{code}.xlsx").content))


def file_of(rows: list[tuple]) -> SimpleUploadedFile:
    content = workbook(sheet="单位", columns=[Column(one) for one in COLUMNS], rows=rows, zone=ZoneInfo("Asia/Shanghai"))
    return SimpleUploadedFile("单位表.xlsx", content)


def upload(client: Client, rows: list[tuple], unit: str = "990000"):
    return client.post("/unit-lists/", {"unit": unit, "on": "2026-03-01", "file": file_of(rows)})


def present(client: Client) -> list[tuple]:
    return [tuple(cell or "" for cell in row[:4]) for row in exported(client).rows()]


def plan_in(page: str) -> str:
    found = re.search(r'name="plan" value="(\w+)"', page)
    assert found, page
    return found[1]


def test_the_present_list_is_the_tree_and_brought_back_changes_nothing(client: Client, cast: Cast):
    client.force_login(cast.desk)
    table = exported(client)
    assert table.columns == [*COLUMNS, "上级名称（仅供查看）"]
    assert table.rows()[2] == ("990101201", "柳河村", "village", "990101", "石桥镇")
    response = upload(client, present(client))
    assert "表和现有单位完全一样" in client.get(response["Location"]).text


def test_a_changed_list_is_looked_at_and_then_imported(client: Client, cast: Cast):
    client.force_login(cast.desk)
    rows = [row for row in present(client) if row[0] != "990102201"]
    rows[2] = ("990101201", "柳溪村", "village", "990102")
    rows.append(("990101203", "红旗村", "village", "990101"))
    address = upload(client, rows)["Location"]
    page = client.get(address).text
    tallies = dict(re.findall(r'<div class="tally">\s*(\S+?)<b>(\d+)', page))
    assert tallies == {"新设": "1", "更名": "1", "划转": "1", "改类型": "0", "表中没有": "1", "不变": "4"}
    assert Unit.objects.get(code="990101201").name == "柳河村"
    done = client.post(address, {"plan": plan_in(page)}, follow=True)
    assert "已按表更新：设立 1 个，变更 1 个，撤销 0 个。" in done.text
    names = dict(Unit.objects.filter(closed_on=None).values_list("code", "name"))
    assert (names["990101201"], names["990101203"], names["990102201"]) == ("柳溪村", "红旗村", "东湾村")
    assert "已由 desk 于" in client.get(address).text


def test_what_is_absent_is_closed_where_it_is_chosen(client: Client, cast: Cast):
    client.force_login(cast.desk)
    address = upload(client, [row for row in present(client) if row[0] != "990102201"])["Location"]
    client.post(address, {"plan": plan_in(client.get(address).text), "close": ["990102201"]})
    assert Unit.objects.get(code="990102201").closed_on is not None


def test_faults_stand_on_the_page_and_in_the_workbook(client: Client, cast: Cast):
    client.force_login(cast.desk)
    address = upload(client, [*present(client), ("x y", "红旗村", "庄", "nowhere")])["Location"]
    page = client.get(address).text
    assert "有 3 处要改，什么都还没有导入" in page
    assert 'name="plan"' not in page
    table = pl.read_excel(io.BytesIO(client.get(f"{address}faults.xlsx").content))
    assert table["需要改正"].to_list()[:6] == [None] * 6
    assert [part[:4] for part in table["需要改正"][6].split("；") if part.startswith(COLUMNS)] == ["代码：代", "类型：类", "上级代码"]
    assert client.post(address, {"plan": "x"}).status_code == 422
    assert Unit.objects.count() == 6


def test_a_plan_that_is_no_longer_so_is_shown_anew(client: Client, cast: Cast):
    client.force_login(cast.desk)
    address = upload(client, [*present(client), ("990101203", "红旗村", "village", "990101")])["Location"]
    response = client.post(address, {"plan": "0" * 64})
    assert (response.status_code, "请再看一遍" in response.text) == (422, True)
    assert UnitImport.objects.get().imported_at is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04none")}, "不是完整的 Excel 文件"),
        ({"file": SimpleUploadedFile("x.xlsx", b"P" * (MOST_BYTES + 2))}, "文件超过 20 MB"),
        ({}, "请选择文件"),
        ({"file": SimpleUploadedFile("x.xlsx", b"none"), "on": ""}, "请填写生效日期"),
    ],
)
def test_what_cannot_be_read_is_said_on_the_form(client: Client, cast: Cast, data: dict, fault: str):
    client.force_login(cast.desk)
    response = client.post("/unit-lists/", {"unit": "990000", "on": "2026-03-01", **data})
    assert (response.status_code, fault in response.text) == (422, True)


def test_lists_are_for_keepers(client: Client, cast: Cast):
    client.force_login(cast.desk)
    address = upload(client, present(client))["Location"]
    for user in (cast.reviewer, cast.secretary, cast.stranger):
        client.force_login(user)
        answers = [client.get(one).status_code for one in ("/unit-lists/", "/unit-lists/990101.xlsx", address, f"{address}faults.xlsx")]
        assert answers == [403, 404, 404, 404]
