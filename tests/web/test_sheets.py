"""The pages of a county's own sheet: uploaded, decided, shown only to who may publish."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.accounts.models import User
from fanxing.programme.models import Draft, Publication
from fanxing.programme.sheets import came
from fanxing.scheme.workbook import read_book
from tests.cast import Cast
from tests.programme.test_sheets import ROWS, workbook

Read = Callable[[User, str], str]
FIELDS = {"title": "云溪细则", "from": "2100-01-01", "to": "2100-12-31"}


def upload(client: Client, user: User, content: bytes | None = None, **fields: str) -> object:
    client.force_login(user)
    file = SimpleUploadedFile("云溪细则.xlsx", workbook() if content is None else content)
    return client.post("/rules/sheet/new/", {**FIELDS, **fields, "file": file})


@pytest.fixture
def draft(client: Client, cast: Cast, programme: Publication) -> Draft:
    """A draft of three rows, uploaded by the desk."""
    upload(client, cast.desk)
    return Draft.objects.get()


def decide(client: Client, draft: Draft, row: str, **fields: str) -> object:
    return client.post(f"/rules/{draft.pk}/sheet/{row}/", {"version": str(draft.version), **fields})


def test_a_workbook_is_uploaded_and_its_rows_stand_beside_what_was_made_of_them(client: Client, read: Read, cast: Cast, draft: Draft):
    page = read(cast.desk, f"/rules/{draft.pk}/sheet/")
    for words in ("集体收入", "10万元以上得60分，其余不得分", "10 万元以上 60 分，否则 0 分", "评分，0 至 20 分。", "各行都已有着落"):
        assert words in page


def test_stars_in_force_that_the_sheet_does_not_have_are_named(client: Client, read: Read, cast: Cast, draft: Draft):
    words = "村的产业兴旺在这张表里没有；按这张表发布以后就不再评"
    assert words not in read(cast.desk, f"/rules/{draft.pk}/sheet/")
    upload(client, cast.desk, workbook((("平安法治（100分）", *ROWS[0][1:]),)))
    assert words in read(cast.desk, f"/rules/{Draft.objects.latest('pk').pk}/sheet/")


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (b"<html></html>", {}, "内容是网页或文本"),
        (None, {"from": "2050-01-01", "to": "2050-12-31"}, "期内不改规则"),
        (None, {"from": ""}, "评定时段要有起止日期"),
    ],
    ids=["no workbook", "a period that is rated", "no day"],
)
def test_what_is_wrong_with_an_upload_is_told_and_nothing_typed_is_lost(
    client: Client, cast: Cast, programme: Publication, content: bytes | None, fields: dict[str, str], words: str
):
    response = upload(client, cast.desk, content, title="我写的名称", **fields)
    assert response.status_code == 422
    assert words in response.text
    assert "我写的名称" in response.text
    assert not Draft.objects.exists()


def test_a_workbook_sent_twice_begins_one_draft(client: Client, cast: Cast, programme: Publication):
    assert upload(client, cast.desk, key="one").url == upload(client, cast.desk, key="one").url
    assert Draft.objects.count() == 1


def test_no_file_is_told(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.desk)
    assert "请选择评分细则的工作簿" in client.post("/rules/sheet/new/", FIELDS).text


def test_only_who_may_publish_comes_in(client: Client, cast: Cast, draft: Draft):
    addresses = ["/rules/sheet/new/", *(f"/rules/{draft.pk}/{rest}" for rest in ("sheet/", "sheet.xlsx", "sheet/s1_r2/", "sheet/trials/"))]
    for user in (cast.stranger, cast.secretary, cast.reviewer):
        client.force_login(user)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert client.post(f"/rules/{draft.pk}/sheet/s1_r2/", {"how": "left_out"}).status_code == 404
        assert client.post(f"/rules/{draft.pk}/sheet/set/", {}).status_code == 404
        assert client.post(f"/rules/{draft.pk}/sheet/s1_r2/live/", {}).status_code == 404


def test_a_draft_that_came_from_no_workbook_has_no_sheet(client: Client, cast: Cast, draft: Draft):
    Draft.objects.update(sheet=None)
    client.force_login(cast.desk)
    assert client.get(f"/rules/{draft.pk}/sheet/").status_code == 404


FORMS = {
    "steps": (
        {"measure": "集体收入", "mark": "60", "value_0": "200000", "gives_0": "60", "otherwise": "10"},
        "20 万元以上 60 分，否则 10 分",
    ),
    "each": ({"measure": "党课", "mark": "20", "per": "1", "points": "5", "way": "take", "side": "below", "beyond": "4"}, "每 1 扣 5 分"),
    "scale": ({"measure": "集体收入", "mark": "60", "value_0": "0", "gives_0": "0", "value_1": "100000", "gives_1": "60"}, "其间按比例计"),
    "yes_no": ({"measure": "党课", "mark": "20"}, "党课 &gt; 0 的，得 20 分"),
    "judged": ({"mark": "20", "grades": "优秀 20\n良好，15分"}, "优秀 20 分，良好 15 分"),
    "veto": ({"lasts": "24"}, "2 年"),
    "left_out": ({}, "不计分。"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_is_decided_in_each_form(client: Client, cast: Cast, draft: Draft, form: str):
    fields, words = FORMS[form]
    live = client.post(f"/rules/{draft.pk}/sheet/s1_r4/live/", {"how": form, **fields})
    assert words in live.text
    response = decide(client, draft, "s1_r4", how=form, **fields)
    assert response["Location"] == f"/rules/{draft.pk}/sheet/#s1_r4"
    page = client.get(f"/rules/{draft.pk}/sheet/?state=decided").text
    assert words in page
    assert "党课" not in page or "measure" in fields
    undone = decide(client, Draft.objects.get(), "s1_r4", undo="yes")
    assert undone.status_code == 302
    assert came(Draft.objects.get()).sheet.decisions == {}


FAULTS = {
    "请选用哪个数据": {"how": "steps", "mark": "5", "value_0": "1", "gives_0": "5"},
    "没有这项数据": {"how": "yes_no", "mark": "5", "measure": "党课次"},
    "满分要填数字": {"how": "judged", "mark": "五分"},
    "满分要大于 0": {"how": "judged", "mark": "0"},
    "至少填 2 档": {"how": "scale", "mark": "5", "measure": "党课", "value_0": "1", "gives_0": "5"},
    "有两档的数相同": {"how": "steps", "mark": "5", "measure": "党课", "value_0": "1", "gives_0": "5", "value_1": "1", "gives_1": "3"},
    "没有看懂": {"how": "judged", "mark": "5", "grades": "很好很好"},
    "请填要求的数": {"how": "each", "mark": "5", "measure": "党课", "per": "1", "points": "1", "side": "below"},
    "一份的量要大于 0": {"how": "each", "mark": "5", "measure": "党课", "per": "0", "points": "1"},
}


@pytest.mark.parametrize("words", FAULTS)
def test_what_is_wrong_with_a_decision_is_told_and_what_was_typed_stays(client: Client, cast: Cast, draft: Draft, words: str):
    response = decide(client, draft, "s1_r4", **FAULTS[words])
    assert response.status_code == 422
    assert words in response.text
    for value in (value for name, value in FAULTS[words].items() if name not in ("how", "side")):
        assert value in response.text
    assert Draft.objects.get().version == 1


def test_saving_leads_on_to_the_next_row_that_is_open(client: Client, cast: Cast, programme: Publication):
    rows = (*ROWS[:2], ("", "", "网格建设", "", "有得满分，无不得分"), ("", "", "平安建设", "", "由专班评定"))
    upload(client, cast.desk, workbook(rows))
    draft = Draft.objects.get()
    assert "还有 <b>2</b> 行要定" in client.get(f"/rules/{draft.pk}/sheet/").text
    response = decide(client, draft, "s1_r4", how="judged", mark="10", onwards="yes")
    assert response["Location"] == f"/rules/{draft.pk}/sheet/s1_r5/"


def test_a_draft_changed_by_someone_else_meanwhile_is_told_and_what_was_typed_stays(client: Client, cast: Cast, draft: Draft):
    Draft.objects.update(version=5, edited_by="deputy", edited_by_title="另一位")
    response = decide(client, draft, "s1_r4", how="judged", mark="17")
    assert response.status_code == 422
    assert "另一位刚刚改过这份草案" in response.text
    assert 'value="17"' in response.text


def test_a_pass_mark_and_the_kind_of_a_sheet_are_set(client: Client, cast: Cast, draft: Draft):
    client.post(f"/rules/{draft.pk}/sheet/set/", {"version": "1", "star": "village/industry", "pass": "66"})
    assert came(Draft.objects.get()).sheet.passes == {"village/industry": 66.0}
    client.post(f"/rules/{draft.pk}/sheet/set/", {"version": "2", "star": "village/industry", "pass": "很多"})
    client.post(f"/rules/{draft.pk}/sheet/set/", {"version": "2", "kind_0": "village"})
    assert came(Draft.objects.get()).sheet.passes == {"village/industry": 66.0}


def test_the_workbook_and_the_example_come_out_as_excel(client: Client, cast: Cast, draft: Draft):
    sheets = read_book(client.get(f"/rules/{draft.pk}/sheet.xlsx").content).sheets
    assert [sheet.name for sheet in sheets] == ["细则", "星和分数线"]
    assert sheets[0].line(0)[5:8] == ("系统读法", "用哪个数据", "读取状态")
    [example] = read_book(client.get("/rules/sheet/example.xlsx").content).sheets
    assert "示例" in example.text(0, 0)


def test_a_submitted_draft_is_only_shown(client: Client, cast: Cast, draft: Draft):
    client.post(f"/rules/{draft.pk}/submit/", {"words": "云组〔2099〕1号", "version": "1"})
    assert Draft.objects.get().state == "submitted"
    assert "细则表只能看，不能改" in client.get(f"/rules/{draft.pk}/sheet/").text
    assert decide(client, Draft.objects.get(), "s1_r4", how="left_out").status_code == 422


def test_the_sheet_costs_the_same_queries_for_few_rows_and_for_many(client: Client, cast: Cast, programme: Publication):
    asked = []
    for rows in (ROWS, ROWS * 8):
        upload(client, cast.desk, workbook(rows))
        address = f"/rules/{Draft.objects.latest('pk').pk}/sheet/"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 10


def test_without_a_run_the_trial_says_what_is_missing(client: Client, cast: Cast, draft: Draft):
    assert "还没有可以测算的数据" in client.get(f"/rules/{draft.pk}/sheet/trials/").text
