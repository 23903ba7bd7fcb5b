"""The pages of procedures under the rules: read, drawn, changed in the browser or in Excel, signed by a second person."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.organisations.models import Post
from fanxing.procedures.models import Matter, MatterStep
from fanxing.programme.actions import publish
from fanxing.programme.models import LocalProcedure, ProcedureDraft, ProcedureVersion, Publication
from fanxing.programme.queries import procedures_for
from fanxing.scheme.model import Term
from fanxing.web.rule_procedures import ProcedurePage
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days
from tests.cast import FOUNDED, NOW, Cast, appoint
from tests.procedures.conftest import PROCEDURES


@pytest.fixture
def programme(cast: Cast) -> Publication:
    announce_days(days=announced_days(), by=SYSTEM, at=NOW)
    return publish(files=PROCEDURES, document_number="云组〔2026〕3号", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A second person of the city's desk."""
    return appoint("deputy", "郑洁", cast.city, Post.objects.get(pk="desk"))


@pytest.fixture
def draft(client: Client, cast: Cast, programme: Publication) -> ProcedureDraft:
    client.force_login(cast.desk)
    assert client.post(f"/rules/procedures/of/{cast.town.code}/report/begin/").status_code == 302
    return ProcedureDraft.objects.get()


def row(client: Client, draft: ProcedureDraft, table: str, at: int, **cells: str):
    """Send one row as it stands, with some cells otherwise."""
    draft.refresh_from_db()
    page = ProcedurePage(draft)
    known = page.tables[table][at] if at < len(page.tables[table]) else page.new_row(table).cells
    sent = {"version": str(draft.version), "table": table, "row": str(at), **known, **cells}
    return client.post(f"/rules/procedures/{draft.pk}/row/", sent)


def test_a_procedure_says_and_draws_itself(client: Client, cast: Cast, programme: Publication):
    client.force_login(cast.desk)
    listed = client.get("/rules/procedures/").content.decode()
    assert "随手拍" in listed
    page = client.get(f"/rules/procedures/of/{cast.village.code}/report/").content.decode()
    assert "村可以“受理转办”：填写承办单位，按分办表确定承办单位，转入“办理中”。" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="procedure"' in page
    drawing = page[page.index('<svg xmlns="http://www.w3.org/2000/svg" class="procedure"') :]
    assert "style=" not in drawing[: drawing.index("</svg>")]


def test_those_who_do_not_publish_get_nothing(client: Client, cast: Cast, draft: ProcedureDraft):
    for user in (cast.stranger, cast.secretary, cast.outsider, cast.reviewer):
        client.force_login(user)
        for path in (
            "/rules/procedures/",
            f"/rules/procedures/of/{cast.village.code}/report/",
            f"/rules/procedures/of/{cast.village.code}/report.xlsx",
            f"/rules/procedures/{draft.pk}/",
            f"/rules/procedures/{draft.pk}.xlsx",
        ):
            assert client.get(path).status_code in (403, 404), path
        for path in ("row/", "upload/", "submit/"):
            assert client.post(f"/rules/procedures/{draft.pk}/{path}").status_code in (403, 404)
        assert client.post(f"/rules/procedures/of/{cast.village.code}/report/begin/").status_code in (403, 404)


def test_a_deadline_is_changed_and_signed_by_a_second_person(client: Client, cast: Cast, draft: ProcedureDraft, deputy: User):
    assert row(client, draft, "状态", 1, 期限="9 个工作日").status_code == 302
    page = client.get(f"/rules/procedures/{draft.pk}/").content.decode()
    assert "环节“办理中”的期限由“5 个工作日”改为“9 个工作日”。" in page
    assert client.post(f"/rules/procedures/{draft.pk}/submit/").status_code == 302
    assert "不能自己发布" in client.get(f"/rules/procedures/{draft.pk}/").content.decode()
    client.post(f"/rules/procedures/{draft.pk}/publish/")
    assert not LocalProcedure.objects.exists()
    assert "份流程草案待您发布" not in client.get("/rules/").content.decode()
    client.force_login(deputy)
    assert "有 <b>1</b> 份流程草案待您发布" in client.get("/rules/").content.decode()
    client.post(f"/rules/procedures/{draft.pk}/publish/")
    assert procedures_for(cast.village)["report"].states["handling"].within == (Term(9),)
    assert procedures_for(cast.other_village)["report"].states["handling"].within == (Term(5),)

    held = f"/rules/procedures/of/{cast.town.code}/report/"
    assert "停用本级流程" in client.get(held).content.decode()
    client.post(f"{held}retire/", {"words": "试行期满"})
    assert procedures_for(cast.village)["report"].states["handling"].within == (Term(5),)


def test_the_draft_tells_what_last_months_matters_would_have_been(client: Client, cast: Cast, draft: ProcedureDraft):
    version = ProcedureVersion.objects.get(code="report", number=1)
    today = clock.today()
    matter = Matter.objects.create(
        unit=cast.village,
        version=version,
        procedure_id="report",
        title="井盖松动",
        state="checking",
        opened_on=today - timedelta(days=9),
        opened_at=clock.now(),
        opened_by="secretary",
        opened_by_title="支部书记",
        entered_on=today,
    )
    MatterStep.objects.create(
        matter=matter,
        number=2,
        verb="done",
        source="handling",
        target="checking",
        due_on=today - timedelta(days=2),
        entered_on=today - timedelta(days=9),
        was_late=True,
        taken_at=clock.now(),
        taken_by="secretary",
        taken_by_title="支部书记",
    )
    row(client, draft, "状态", 1, 期限="9 天")
    client.force_login(cast.desk)
    page = client.get(f"/rules/procedures/{draft.pk}/").content.decode()
    assert "照这份草案的期限，上个月的事项会怎样" in page
    draft.refresh_from_db()
    assert [(title, one.late, one.would_be_late) for title, one in ProcedurePage(draft).lateness] == [("办理中", 1, 0)]


def test_what_cannot_be_read_comes_back_with_what_was_sent(client: Client, draft: ProcedureDraft):
    page = row(client, draft, "状态", 1, 期限="尽快")
    assert page.status_code == 422
    assert "“尽快”读不懂" in page.content.decode()
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_step_is_added_and_one_left_out(client: Client, draft: ProcedureDraft):
    new = {"从": "办理中", "标识": "ask", "名称": "请求协调", "转入": "暂停", "由谁办": "承办单位", "填写": ""}
    assert row(client, draft, "步骤", len(draft.procedure.steps), **new).status_code == 302
    draft.refresh_from_db()
    assert draft.procedure.step("handling", "ask")
    assert row(client, draft, "步骤", 3, remove="1").status_code == 302
    draft.refresh_from_db()
    assert draft.procedure.step("paused", "resume") is None
    page = client.get(f"/rules/procedures/{draft.pk}/").content.decode()
    assert "环节“暂停”：不是结束环节，却没有步骤往下走" in page
    client.post(f"/rules/procedures/{draft.pk}/submit/")
    draft.refresh_from_db()
    assert draft.state == "editing"


def test_a_procedure_goes_out_as_excel_and_comes_back_changed(client: Client, draft: ProcedureDraft):
    book = load_workbook(BytesIO(client.get(f"/rules/procedures/{draft.pk}.xlsx").content))
    assert book.sheetnames == ["流程", "状态", "步骤", "字段"]
    book["状态"]["D3"] = "7 个工作日"
    assert sent(client, draft, book).status_code == 302
    draft.refresh_from_db()
    assert draft.procedure.states["handling"].within == (Term(7),)
    book["状态"]["D3"] = "很快"
    book["步骤"]["D2"] = "别处"
    page = sent(client, draft, book)
    assert page.status_code == 422
    text = page.content.decode()
    assert "“状态”第 2 行“期限”：“很快”读不懂" in text
    assert "“步骤”第 1 行“转入”：没有“别处”这个环节" in text


def sent(client: Client, draft: ProcedureDraft, book):
    file = BytesIO()
    book.save(file)
    return client.post(f"/rules/procedures/{draft.pk}/upload/", {"file": SimpleUploadedFile("流程.xlsx", file.getvalue())})


def test_what_is_no_workbook_or_no_row_is_refused(client: Client, draft: ProcedureDraft):
    for files in ({}, {"file": SimpleUploadedFile("a.xlsx", b"<html>")}, {"file": SimpleUploadedFile("a.xlsx", b"")}):
        assert client.post(f"/rules/procedures/{draft.pk}/upload/", files).status_code == 422
    for asked in ({"table": "别的", "row": "0"}, {"table": "状态", "row": "99"}, {"table": "状态", "row": "x"}, {}):
        assert client.post(f"/rules/procedures/{draft.pk}/row/", asked).status_code == 404


def test_the_list_of_drafts_asks_no_more_for_more(client: Client, cast: Cast, draft: ProcedureDraft):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/rules/procedures/").status_code == 200
        return len(asked)

    queries()
    before = queries()
    for _ in range(3):
        client.post(f"/rules/procedures/of/{cast.town.code}/elect/begin/")
    assert queries() == before
