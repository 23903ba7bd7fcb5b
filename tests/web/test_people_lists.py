"""People and posts brought in by Excel, on the pages."""

import io
import re
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fanxing.lib.spreadsheets import Column, workbook
from fanxing.organisations.models import Assignment, Person
from fanxing.organisations.people_listed import COLUMNS
from fanxing.programme.models import Publication
from tests.cast import Cast, found
from tests.web.conftest import LONG, published

POSTS = """beside:
  grid: {title: 网格, is: place}
posts:
  head: {title: 网格长, permissions: no_access, kinds: [grid], establishment: {grid: 1}, phone: public, named: yes}
  chair: {title: 村主任, permissions: no_access, kinds: [village], side: management}
"""
PAGE = "/units/990101/people/import/"
GOOD = ("第一网格", "王芳", "网格长", "2026-03-01", None, "0374-1234567", None, None, None, None)


@pytest.fixture(autouse=True)
def programme(cast: Cast) -> Publication:
    made = published(cast, **{"scheme.yaml": LONG.replace("posts:\n", POSTS)})
    found("990101201W1", "第一网格", "grid", cast.village)
    return made


def upload(client: Client, *rows: tuple):
    content = workbook(sheet="填写", columns=[Column(one) for one in COLUMNS], rows=rows, zone=ZoneInfo("Asia/Shanghai"))
    return client.post(PAGE, {"file": SimpleUploadedFile("人员.xlsx", content)})


def plan_in(page: str) -> str:
    match = re.search(r'name="plan" value="(\w+)"', page)
    assert match, page
    return match[1]


def test_a_list_is_looked_at_and_then_imported(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address = upload(client, GOOD)["Location"]
    page = client.get(address).text
    assert dict(re.findall(r'<div class="tally">\s*(\S+?)<b>(\d+)', page)) == {"新登记": "1", "新任职": "1", "更新": "0", "不变": "0"}
    assert not Assignment.objects.filter(person__name="王芳").exists()
    done = client.post(address, {"plan": plan_in(page)}, follow=True)
    assert "已按表导入：登记 1 人，任职 1 个，更新 0 个" in done.text
    assert Assignment.objects.get(person__name="王芳").unit.code == "990101201W1"
    assert "导入；表里的内容不再保留" in client.get(address).text
    assert "都已经登记过" in client.get(upload(client, GOOD)["Location"]).text


def test_faults_stand_on_the_page_and_in_the_workbook(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address = upload(client, GOOD, ("柳河村", "李明", "乡长", "2026-03-01", *[None] * 6))["Location"]
    page = client.get(address).text
    assert "有 1 处要改，什么都还没有导入" in page
    content = io.BytesIO(client.get(f"{address}faults.xlsx").content)
    assert pl.read_excel(content)["需要改正"].to_list() == [None, "岗位：柳河村可设的岗位有：支部书记、村主任"]
    sheet = openpyxl.load_workbook(content).active
    noted = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert noted == {"C3": "柳河村可设的岗位有：支部书记、村主任"}
    assert [sheet[place].fill.fgColor.rgb for place in ("C2", "C3")] == ["00000000", "FFFFE0B8"]


def test_the_returned_workbook_comes_back_once_it_is_put_right(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    wrong = ("柳河村", "李明", "村主任", "去年三月", *[None] * 6)
    address = upload(client, GOOD, wrong)["Location"]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}faults.xlsx").content)).active
    assert sheet["D3"].comment.text == "日期写成 2025-12-01 这样"
    sheet["D3"] = "2026-03-01"
    file = io.BytesIO()
    sheet.parent.save(file)
    again = client.post(PAGE, {"file": SimpleUploadedFile("改好.xlsx", file.getvalue())})["Location"]
    assert "新任职 2 个" in client.get(again).text


def test_a_faulty_list_writes_nothing(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address = upload(client, GOOD, ("柳河村", "李明", "乡长", "2026-03-01", *[None] * 6))["Location"]
    assert (client.post(address, {"plan": "x"}).status_code, Person.objects.filter(name="王芳").exists()) == (422, False)


def test_the_template_offers_units_and_the_posts_one_may_give(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/units/990101/people/import.xlsx").content))
    assert [cell.value.rstrip("*") for cell in book["填写"][1]] == list(COLUMNS)
    lists = [[cell.value for cell in column if cell.value] for column in book["选项"].columns]
    assert lists[0] == ["石桥镇", "柳河村", "第一网格", "青山村"]
    assert [title for title in ("网格长", "村主任", "支部书记") if title in lists[2]] == ["网格长", "村主任", "支部书记"]
    assert len(book["填写"].data_validations.dataValidation) == 4


def test_what_cannot_be_read_is_said_at_the_field(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    for content, words in ((b"PK\x03\x04x", "不是完整的 Excel 文件"), (b"a,b", "前 10 行里没有表头")):
        answer = client.post(PAGE, {"file": SimpleUploadedFile("x.xlsx", content)})
        assert (answer.status_code, words in answer.text) == (422, True)


def test_only_those_who_keep_people_see_it_and_each_their_own_upload(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address = upload(client, GOOD)["Location"]
    found = {}
    for name in ("clerk", "desk", "secretary", "reviewer", "outsider", "stranger"):
        client.force_login(getattr(cast, name))
        pages = (PAGE, "/units/990101/people/import.xlsx", address, f"{address}faults.xlsx")
        found[name] = [client.get(page).status_code for page in pages]
    nothing = [404] * 4
    assert found == {
        "clerk": [200] * 4, "desk": [200, 200, 404, 404],
        "secretary": nothing, "reviewer": nothing, "outsider": nothing, "stranger": nothing,
    }  # fmt: skip


def test_the_page_of_people_leads_there(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    assert PAGE in client.get("/people/").text
    client.force_login(cast.secretary)
    assert "/people/import/" not in client.get("/people/").text
