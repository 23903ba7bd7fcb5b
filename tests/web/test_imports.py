"""Records brought in from a spreadsheet, page by page."""

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.people import define_posts
from fanxing.organisations.models import Post
from fanxing.programme.models import Publication
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record, RecordImport
from fanxing.records.tasks import check_uploaded, write_uploaded
from fanxing.web.views import imports
from tests.cast import NOW, Cast, appoint
from tests.records.ingest.sheets import HEAD, visits, xlsx

__all__ = ["visits"]

pytestmark = pytest.mark.usefixtures("visits")

Read = Callable[[User, str], str]
DAY = date(2025, 5, 1)
GOOD = ["柳河村", DAY, "张三家", 30, "", ""]
WRONG = ["青山村", DAY, "李四家", "很久", "", ""]


def upload(client: Client, *rows: list, head: tuple[str, ...] = HEAD, unit: str = "990101", kind: str = "visit"):
    return client.post(f"/units/{unit}/import/", {"kind": kind, "file": SimpleUploadedFile("走访.xlsx", xlsx(head, *rows))})


def digest_in(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found, page
    return found[1]


def preview(client: Client, *rows: list, **more) -> tuple[str, str]:
    """The address of the uploaded sheet, and its page."""
    address = upload(client, *rows, **more)["Location"]
    return address, client.get(address).text


def test_a_sheet_is_looked_at_and_then_imported(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD)
    assert "确认，导入 1 行" in page
    assert "其中 1 条是代录，要等单位确认后才计入得分" in page
    assert not Record.objects.exists()
    response = client.post(f"{address}go/", {"digest": digest_in(page)}, follow=True)
    assert "已导入 1 条" in response.text
    assert Record.objects.get().data == {"household": "张三家", "minutes": 30}


def test_faulty_rows_come_first_and_keep_everything_out(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD, WRONG)
    assert "1 行有误，什么都还没有写入" in page
    assert "应为数字，如 12" in page
    refused = client.post(f"{address}go/", {"digest": digest_in(page)})
    assert (refused.status_code, "有 1 行有误，没有导入" in refused.text, Record.objects.count()) == (422, True, 0)
    client.post(f"{address}go/", {"digest": digest_in(page), "good_rows": "yes"})
    assert Record.objects.get().unit == cast.village


def test_the_returned_workbook_marks_the_cell(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address, _ = preview(client, GOOD, WRONG)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}returned.xlsx").content)).worksheets[0]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment] == ["D3"]
    assert sheet.cell(3, 7).value == "时长：应为数字，如 12"


def test_a_correction_is_made_only_where_it_is_ticked(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    address, page = preview(client, GOOD, unit="990101201")
    client.post(f"{address}go/", {"digest": digest_in(page)})
    address, page = preview(client, [*GOOD[:3], 45, "", ""], unit="990101201")
    assert "<s>30 分钟</s> → <ins>45 分钟</ins>" in page
    first = Record.objects.get()
    client.post(f"{address}go/", {"digest": digest_in(page), "correct": str(first.pk)})
    assert list(Record.objects.standing().values_list("act", "data__minutes")) == [("correction", 45)]


def test_columns_are_matched_by_hand_and_remembered(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    head = ("走访日期", "户主姓名", "备注")
    address, page = preview(client, [DAY, "张三家", "略"], head=head, unit="990101201")
    assert "不导入：户主姓名、备注" in page
    client.post(f"{address}match/", {"c0": "day", "c1": "household", "c2": ""})
    assert "确认，导入 1 行" in client.get(address).text
    _, page = preview(client, [DAY, "张三家", "略"], head=head, unit="990101201")
    assert "不导入：备注" in page


def test_a_sheet_without_a_day_says_what_is_missing(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    _, page = preview(client, ["张三家"], head=("走访户",), unit="990101201")
    assert "还没有对上必填的列：走访日期" in page
    _, page = preview(client, ["甲"], head=("乙",), unit="990101201")
    assert "前几行里没有找到表头" in page


def test_a_sheet_that_says_nothing_is_not_taken_for_what_is_there_already(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    for rows, words in (([], "表头下面没有填好的行"), ([["柳河村", "", "", "", "", ""]], "表头下面没有填好的行")):
        assert words in preview(client, *rows)[1]
    assert "全部对上" not in preview(client, GOOD, head=tuple("甲乙丙丁戊己"))[1]


def test_a_large_sheet_is_worked_on_in_the_background(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD)
    assert "检查中" in page
    kept = RecordImport.objects.get()
    check_uploaded.func(kept.pk)
    assert client.get(f"{address}progress/")["HX-Refresh"] == "true"
    page = client.get(address).text
    client.post(f"{address}go/", {"digest": digest_in(page)})
    assert "导入中" in client.get(address).text
    assert "HX-Refresh" not in client.get(f"{address}progress/")
    write_uploaded.func(kept.pk)
    kept.refresh_from_db()
    assert (kept.state, Record.objects.count()) == ("imported", 1)


def test_what_is_under_way_in_the_background_can_be_cancelled(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    client.force_login(cast.clerk)
    address, _ = preview(client, GOOD)
    kept = RecordImport.objects.get()
    check_uploaded.func(kept.pk)
    client.post(f"{address}go/", {"digest": digest_in(client.get(address).text)})
    client.post(f"{address}cancel/")
    write_uploaded.func(kept.pk)
    assert ("已取消，什么都没有写入" in client.get(address).text, Record.objects.exists()) == (True, False)


@pytest.mark.parametrize("who", ["stranger", "outsider", "colleague", "secretary"])
def test_others_see_neither_the_upload_nor_its_rows(client: Client, cast: Cast, who: str):
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD, WRONG)
    client.force_login(getattr(cast, who))
    pages = [client.get(address), client.get(f"{address}returned.xlsx"), client.get(f"{address}progress/")]
    acts = [client.post(f"{address}{act}/", {"digest": digest_in(page)}) for act in ("go", "match", "cancel")]
    assert [one.status_code for one in (*pages, *acts)] == [404] * 6
    assert "走访.xlsx" not in client.get("/imports/").text
    assert RecordImport.objects.get().state == "checked"


def test_who_may_look_may_not_act_for_whoever_uploaded(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD)
    client.force_login(cast.reviewer)
    assert client.get(address).status_code == 200
    assert [client.post(f"{address}{act}/", {"digest": digest_in(page)}).status_code for act in ("go", "cancel")] == [404, 404]


@pytest.mark.parametrize("address", ["/units/990101201/import/", "/records/import/visit.xlsx?unit=990101201"])
@pytest.mark.parametrize("who", ["stranger", "outsider", "colleague"])
def test_nobody_uploads_or_takes_a_template_for_others(client: Client, cast: Cast, who: str, address: str):
    client.force_login(getattr(cast, who))
    assert client.get(address).status_code == 404


def test_of_an_import_long_ago_only_the_counts_are_left(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    address, page = preview(client, GOOD, WRONG)
    client.post(f"{address}go/", {"digest": digest_in(page), "good_rows": "yes"})
    RecordImport.objects.update(rows=b"", findings=b"")
    assert "导入 1 条" in client.get(address).text
    assert client.get(f"{address}returned.xlsx").status_code == 404


def test_a_file_that_is_no_table_is_refused_beside_the_field(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    file = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no")
    response = client.post("/units/990101201/import/", {"kind": "visit", "file": file})
    assert (response.status_code, "不是完整的 Excel 文件" in response.text) == (422, True)


def test_the_list_of_uploads_costs_the_same_for_one_and_for_many(client: Client, cast: Cast, read: Read):
    client.force_login(cast.clerk)
    upload(client, GOOD)
    client.get("/imports/")
    with CaptureQueriesContext(connection) as one:
        client.get("/imports/")
    upload(client, ["2025-05-01", "党课"], head=("日期", "会议类型"), unit="990101201", kind="meeting")
    with CaptureQueriesContext(connection) as two:
        assert client.get("/imports/").text.count("走访.xlsx") == 2
    assert len(two) == len(one)


def template(client: Client, address: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(client.get(address).content))


def test_a_template_of_one_unit_asks_for_no_unit(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    book = template(client, "/records/import/visit.xlsx?unit=990101201")
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["走访日期*", "走访户*", "时长（分钟）", "满意率", "是否解决", "下次走访", "接待单位"]
    assert (book.sheetnames, sheet.max_row) == (["填写", "说明", "选项"], 1)
    validations = {str(one.sqref): (one.type, one.formula1) for one in sheet.data_validations.dataValidation}
    assert validations["E2:E2001"] == ("list", "选项!$E$1:$E$2")
    assert validations["C2:C2001"] == ("whole", "0")


def test_a_template_of_a_township_offers_its_units(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    book = template(client, "/records/import/visit.xlsx?unit=990101")
    assert book.worksheets[0]["A1"].value == "单位*"
    assert [cell.value for cell in book["选项"]["A"]] == ["柳河村", "青山村"]
    rows = template(client, "/records/import/visit.xlsx?unit=990101&rows=each").worksheets[0]
    assert [[cell.value for cell in row[:2]] for row in rows.iter_rows()] == [
        ["单位代码", "单位名称"],
        ["990101201", "柳河村"],
        ["990101202", "青山村"],
    ]


def test_a_filled_template_is_imported_as_it_is(client: Client, cast: Cast):
    client.force_login(cast.clerk)
    book = template(client, "/records/import/visit.xlsx?unit=990101&rows=each")
    sheet = book.worksheets[0]
    sheet["C2"], sheet["D2"], sheet["G2"] = DAY, "张三家", "是"
    file = io.BytesIO()
    book.save(file)
    response = client.post("/units/990101/import/", {"kind": "visit", "file": SimpleUploadedFile("a.xlsx", file.getvalue())})
    page = client.get(response["Location"]).text
    assert ("确认，导入 1 行" in page, "全部对上" in page) == (True, True)
    client.post(f"{response['Location']}go/", {"digest": digest_in(page)})
    assert Record.objects.get().data == {"household": "张三家", "solved": True}


def test_departments_figures_say_where_they_are_missing(client: Client, cast: Cast, visits: Publication, read: Read):
    page = read(cast.desk, "/figures/")
    assert "经济数据" in page
    assert "0 / 3" in page
    assert "农业农村部门" in page
    lacking = read(cast.desk, "/figures/figures/?unit=990101")
    assert ("2 个单位未报" in lacking, "柳河村" in lacking, "东湾村" in lacking) == (True, True, False)
    client.force_login(cast.colleague)
    assert client.get("/figures/figures/?unit=990101201").status_code == 404


def test_who_imports_no_figures_has_no_column_for_it(cast: Cast, visits: Publication, read: Read):
    post = Post(id="team", title="专班", permission_set="star_team", kinds=["city"])
    define_posts(posts=[post], by=SYSTEM, at=NOW)
    team = appoint("team", "钱进", cast.city, post)
    assert ["模板和导入" in read(user, "/figures/") for user in (team, cast.colleague)] == [True, False]


def test_everyone_sees_the_figures_of_their_own_units_and_a_stranger_none(client: Client, cast: Cast, read: Read):
    for unit in (cast.other_village, cast.village):
        add_record(unit=unit, kind="figures", occurred_on=DAY.replace(year=2026), data={"income": 1}, by=SYSTEM, at=NOW)
    assert re.search(r"\d / \d", read(cast.desk, "/figures/"))[0] == "2 / 3"
    assert re.search(r"\d / \d", read(cast.clerk, "/figures/"))[0] == "1 / 2"
    assert re.search(r"\d / \d", read(cast.colleague, "/figures/"))[0] == "0 / 1"
    client.force_login(cast.stranger)
    assert [client.get(address).status_code for address in ("/figures/", "/figures/figures/", "/imports/")] == [403] * 3
