"""The pages of a unit's own kinds of record: uploaded, mended, signed by a second person, recorded; shown only to who may publish."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post
from fanxing.programme.models import KindDraft, LocalKind, Publication
from fanxing.records.actions.entries import add_record
from fanxing.records.ingest.reach import importable_kinds
from fanxing.records.models import Record
from fanxing.scheme.model import Field, RecordKind
from fanxing.scheme.workbook import read_book
from fanxing.scheme.xlsform import Vocabulary, as_xlsform, read_kind
from tests.cast import NOW, Cast, appoint
from tests.scheme.test_xlsform import book
from tests.web.conftest import INDUSTRY, LONG, published

Read = Callable[[User, str], str]
ROWS = [
    ["字段名称", "类型", "单位", "必填", "选项", "标识"],
    ["走访户数", "整数", "户", "是", "", "homes"],
    ["方式", "多选", "", "", "上门、电话", "ways"],
    ["到会人数", "整数", "人", "", "", "attended_twice"],
]
KIND = [
    ["项目", "内容"],
    ["名称", "入户走访"],
    ["哪些单位登记", "村"],
    ["由谁登记", "支部书记"],
    ["每年登记几次", "12"],
    ["标识", "own_visit"],
]


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


def upload(client: Client, user: User, content: bytes | None = None, **fields: str):
    client.force_login(user)
    file = SimpleUploadedFile("走访.xlsx", book(填报项=ROWS, 台账=KIND) if content is None else content)
    return client.post("/rules/kinds/new/", {"file": file, **fields})


@pytest.fixture
def draft(client: Client, cast: Cast, programme: Publication) -> KindDraft:
    """The visits, uploaded by the desk: one of three fields is refused."""
    upload(client, cast.desk)
    return KindDraft.objects.get()


def change(client: Client, draft: KindDraft, field: str, **said: str):
    draft.refresh_from_db()
    return client.post(f"/rules/kinds/{draft.pk}/field/", {"version": str(draft.version), "field": field, **said})


def mended(client: Client, draft: KindDraft) -> KindDraft:
    """The draft with the refused field made a choice, and the field that is known left out."""
    change(client, draft, "ways", title="方式", type="choice", choices="上门\n电话")
    change(client, draft, "attended_twice", remove="1")
    draft.refresh_from_db()
    return draft


def act(client: Client, user: User, draft: KindDraft, verb: str, **said: str):
    client.force_login(user)
    draft.refresh_from_db()
    return client.post(f"/rules/kinds/{draft.pk}/{verb}/", {"version": str(draft.version), **said}, follow=True)


def test_a_table_is_uploaded_and_laid_open_with_what_it_would_be(read: Read, cast: Cast, draft: KindDraft):
    page = read(cast.desk, f"/rules/kinds/{draft.pk}/")
    for words in (
        "入户走访",
        "还有 1 处要改",
        "类型“多选”不收：一项只能选一个；请把每个选项改成一个“是否”项",
        "每登记一次要填 <b>4</b> 项（连日期），每年约 12 次",
        "登记时的样子",
        "这 3 项中有 1 项台账里已有",
        "“会议”的“到会人数”，本地还没有记录",
    ):
        assert words in page, words


def test_since_when_a_fact_is_known_is_told(read: Read, cast: Cast, draft: KindDraft):
    add_record(unit=cast.village, kind="meeting", occurred_on=date(2024, 3, 8), data={"form": "lesson"}, by=SYSTEM, at=NOW)
    assert "“会议”的“到会人数”，自 2024年3月8日 起已有数据" in read(cast.desk, f"/rules/kinds/{draft.pk}/")


def test_a_county_adds_a_kind_and_a_village_records_one_the_same_minute(client: Client, cast: Cast, deputy: User, draft: KindDraft):
    mended(client, draft)
    assert "已提交" in act(client, cast.desk, draft, "submit").text
    assert "已发布，现在就可以登记" in act(client, deputy, draft, "publish").text
    client.force_login(cast.secretary)
    assert "入户走访" in client.get("/units/990101201/records/new/").text
    client.post("/units/990101201/records/new/own_visit/", {"occurred_on": "2026-06-01", "homes": "3", "ways": "上门", "key": "k"})
    record = Record.objects.get(kind="own_visit")
    # In the ledger of the unit the kind can be chosen, and one sees its columns.
    assert f'<a href="/records/{record.pk}/"' in client.get("/units/990101201/records/?kind=own_visit").text
    assert '<option value="own_visit"' in client.get("/units/990101201/records/").text
    assert (record.unit, record.data) == (cast.village, {"homes": 3, "ways": "上门"})
    listed = client.get("/units/990101201/records/")
    assert "入户走访" in listed.text
    client.force_login(cast.desk)
    page = client.get("/rules/kinds/").text
    assert "在登记" in page
    assert '<td class="num" data-label="记录">1</td>' in page


def test_what_is_wrong_with_a_change_is_told_and_nothing_typed_is_lost(client: Client, cast: Cast, draft: KindDraft):
    response = change(client, draft, "homes", title="我写的名称", type="count", least="许多")
    assert response.status_code == 422
    assert "“许多”应为数字" in response.text
    assert "我写的名称" in response.text
    draft.refresh_from_db()
    assert draft.record_kind.fields[0].title == "走访户数"


def test_fields_are_added_moved_and_left_out(client: Client, cast: Cast, draft: KindDraft):
    change(client, draft, "-", title="备注", type="long text")
    change(client, draft, "ways", up="1")
    change(client, draft, "homes", remove="1")
    draft.refresh_from_db()
    assert [one.title for one in draft.record_kind.fields] == ["方式", "到会人数", "备注"]


def test_the_kind_as_a_whole_is_changed(client: Client, cast: Cast, draft: KindDraft):
    said = {
        "title": "走访",
        "nature": "outcome",
        "times": "24",
        "kinds": ["village"],
        "recorded_by": ["secretary"],
        "basis": "云办〔2026〕1 号",
    }
    assert client.post(f"/rules/kinds/{draft.pk}/whole/", {"version": "1", "identity": ["month", "homes"], **said}).status_code == 302
    kind = KindDraft.objects.get().record_kind
    assert (kind.title, kind.nature, kind.times, kind.identity) == ("走访", "outcome", 24.0, ("month", "homes"))
    refused = client.post(f"/rules/kinds/{draft.pk}/whole/", {"version": "1", **said, "times": "常常"})
    assert (refused.status_code, "“常常”应为数字" in refused.text) == (422, True)


def test_a_kind_that_asks_for_too_much_says_so(client: Client, cast: Cast, programme: Publication):
    for times, is_told in (("12", False), ("60", True)):
        kind = [row if row[0] != "每年登记几次" else [row[0], times] for row in KIND]
        page = client.get(upload(client, cast.desk, book(填报项=ROWS, 台账=kind))["Location"]).text
        assert ("村一年要填 244 项，超过 120 项" in page) == is_told


def test_only_posts_that_work_in_the_ledger_of_its_units_are_offered(client: Client, cast: Cast):
    posts = "  head: {title: 网格长, permissions: no_access}\n  office: {title: 机关书记, permissions: branch_secretary, kinds: [organ]}\n"
    organ = INDUSTRY.replace("lesson_points", "organ_lesson").replace("income_points", "organ_income")
    scheme = LONG.replace("stars: [industry]}\n", "stars: [industry]}\n  organ: {title: 机关, stars: [industry]}\n").replace(
        "posts:\n", f"posts:\n{posts}"
    )
    published(cast, **{"scheme.yaml": scheme, "stars/organ/industry.yaml": organ})
    page = client.get(upload(client, cast.desk)["Location"]).text
    offered = re.findall(r'name="recorded_by" value="(\w+)"', page)
    assert offered == ["secretary", "team"]


def test_rows_that_are_no_fields_are_left_out_one_by_one(client: Client, cast: Cast, programme: Publication):
    rows = [["type", "name", "label"], ["text", "x", "字"], ["calculate", "y", "数"]]
    upload(client, cast.desk, book(survey=rows, settings=[["form_title"], ["甲"]]))
    draft = KindDraft.objects.get()
    assert "台账不算数" in client.get(f"/rules/kinds/{draft.pk}/").text
    client.post(f"/rules/kinds/{draft.pk}/note/", {"version": "1", "note": "0"})
    draft.refresh_from_db()
    assert draft.notes == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html></html>", "内容是网页或文本"), (book(Sheet1=[["姓名"], ["甲"]]), "没有可读的表"), (b"", "空的|请选择")],
    ids=["a page", "another table", "nothing"],
)
def test_what_is_no_form_is_told(client: Client, cast: Cast, programme: Publication, content: bytes, words: str):
    response = upload(client, cast.desk, content)
    assert response.status_code == 422
    assert any(one in response.text for one in words.split("|"))
    assert not KindDraft.objects.exists()


def test_a_kind_is_written_without_a_workbook(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.desk)
    assert client.post("/rules/kinds/new/", {"empty": "1"}).status_code == 302
    assert "还没有填报项" in client.get(f"/rules/kinds/{KindDraft.objects.get().pk}/").text


def test_who_wrote_it_is_told_that_another_publishes(client: Client, read: Read, cast: Cast, deputy: User, draft: KindDraft):
    act(client, cast.desk, mended(client, draft), "submit")
    assert "请由另一位有发布权限的人核对后发布" in read(cast.desk, f"/rules/kinds/{draft.pk}/")
    refused = act(client, cast.desk, draft, "publish")
    assert "不能自己发布" in refused.text
    assert not LocalKind.objects.exists()
    assert "件待您发布" in read(deputy, "/rules/kinds/")
    assert "件待您发布" not in read(cast.desk, "/rules/kinds/")
    assert "<b>1</b> 种本级台账待您发布" in read(deputy, "/rules/")
    assert "种本级台账待您发布" not in read(cast.desk, "/rules/")
    assert "退回：再看" in act(client, deputy, draft, "return", words="再看").text
    assert "已作废" in act(client, cast.desk, draft, "drop").text


def test_a_kind_grows_is_retired_and_comes_back(client: Client, cast: Cast, deputy: User, draft: KindDraft):
    act(client, cast.desk, mended(client, draft), "submit")
    act(client, deputy, draft, "publish")
    response = client.post("/rules/kinds/of/990000/own_visit/next/")
    assert "第 2 版，只能增加、不能删减" in client.get(response.url).text
    client.post("/rules/kinds/of/990000/own_visit/retire/", {"words": "并入日志"})
    assert "并入日志" in client.get("/rules/kinds/").text
    client.force_login(cast.secretary)
    assert client.get("/units/990101201/records/new/own_visit/").status_code == 403


def test_kinds_go_out_as_workbooks(client: Client, cast: Cast, draft: KindDraft):
    words = Vocabulary({"village": "村"}, {"secretary": "支部书记", "team": "专班"})
    for address in (f"/rules/kinds/{draft.pk}/xlsform.xlsx", f"/rules/kinds/{draft.pk}/table.xlsx"):
        assert read_kind(client.get(address).content, words).kind == draft.record_kind
    assert read_kind(client.get("/rules/kinds/of/990000/meeting/xlsform.xlsx").content, words).kind.title == "会议"
    assert client.get(f"/rules/kinds/{draft.pk}/original/").content == bytes(draft.workbook)
    assert [one.name for one in read_book(client.get("/rules/kinds/template.xlsx").content).sheets] == ["填报项", "台账"]


def test_others_find_nothing_here(client: Client, cast: Cast, draft: KindDraft):
    town_desk = appoint("towndesk", "马超", cast.town, Post.objects.create(id="towndesk", title="创建办", permission_set="city_desk"))
    pages = (f"/rules/kinds/{draft.pk}/original/", f"/rules/kinds/{draft.pk}/table.xlsx", "/rules/kinds/of/990000/meeting/table.xlsx")
    forms = (f"/rules/kinds/{draft.pk}/submit/", f"/rules/kinds/{draft.pk}/field/", f"/rules/kinds/{draft.pk}/whole/")
    ends = ("/rules/kinds/of/990000/own_visit/retire/", "/rules/kinds/of/990000/own_visit/next/")
    for user in (cast.stranger, cast.secretary, cast.reviewer, cast.outsider, town_desk):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [404] * 3, user
        assert [client.post(form, {"field": "homes"}).status_code for form in (*forms, *ends)] == [404] * 5, user
        if user != town_desk:
            assert [client.get(page).status_code for page in ("/rules/kinds/", "/rules/kinds/new/", "/rules/kinds/template.xlsx")] == [
                404
            ] * 3
    assert "入户走访" not in client.get("/rules/kinds/").text


def test_the_pages_cost_the_same_for_one_kind_and_for_many(client: Client, cast: Cast, deputy: User, draft: KindDraft):
    def costs(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    act(client, cast.desk, mended(client, draft), "submit")
    act(client, deputy, draft, "publish")
    client.force_login(cast.desk)
    one = costs("/rules/kinds/")
    for number in range(3):
        kind = RecordKind(
            id=f"own_{number}",
            title=f"另一种{number}",
            basis="本级自定",
            nature="activity",
            recorded_by=("secretary",),
            fields=(Field(id="x", title="字", type="text", basis="本级自定"),),
        )
        upload(client, cast.desk, as_xlsform(kind))
        more = KindDraft.objects.latest("pk")
        act(client, cast.desk, more, "submit")
        act(client, deputy, more, "publish")
    client.force_login(cast.desk)
    assert costs("/rules/kinds/") == one


def test_a_record_of_a_kind_that_was_added_changes_no_score(client: Client, cast: Cast, deputy: User, draft: KindDraft):
    act(client, cast.desk, mended(client, draft), "submit")
    act(client, deputy, draft, "publish")
    client.force_login(cast.secretary)
    before = client.get("/units/990101201/scores.xlsx").content
    add_record(unit=cast.village, kind="own_visit", occurred_on=date(2026, 6, 1), data={"homes": 3}, by=SYSTEM, at=clock.now())
    after = client.get("/units/990101201/scores.xlsx").content
    assert read_book(before).sheets == read_book(after).sheets


def test_a_kind_that_was_added_is_imported_and_weighed_with_the_others(client: Client, cast: Cast, deputy: User, draft: KindDraft):
    act(client, cast.desk, mended(client, draft), "submit")
    act(client, deputy, draft, "publish")
    client.force_login(cast.secretary)
    assert [kind.id for kind in importable_kinds(cast.secretary, cast.village)] == ["meeting", "own_visit"]
    assert "入户走访" in client.get("/burden/").text


def test_what_is_known_may_be_proposed_by_the_form_instead(client: Client, cast: Cast, draft: KindDraft):
    change(client, draft, "attended_twice", prefill_from="meeting.attended")
    draft.refresh_from_db()
    assert draft.record_kind.fields[2].prefill == "meeting.attended"
    assert "已用它预填" in client.get(f"/rules/kinds/{draft.pk}/").text
