"""Procedures under the rules: in sentences and drawn, as Excel, changed in a draft, published by a second person."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.programme.local_procedures import own_procedures_for
from fanxing.programme.models import ProcedureDraft
from fanxing.programme.procedure_drafting import (
    begin_procedure,
    drop_procedure,
    publish_procedure,
    retire_procedure,
    return_procedure,
    save_procedure,
    submit_procedure,
)
from fanxing.programme.queries import procedures_for, programme_for, scheme_of
from fanxing.programme.two_people import why_not_second
from fanxing.scheme import Scheme
from fanxing.scheme.model import Procedure
from fanxing.scheme.procedure_sentences import say_procedure
from fanxing.scheme.procedure_tables import COLUMNS, FIELDS, STATES, STEPS, WHOLE, read_procedure_tables
from fanxing.scheme.procedure_workbook import procedure_workbook, read_procedure_workbook
from fanxing.scheme.workbook import Unreadable
from fanxing.scheme.workbook.sheets import MOST_BYTES
from fanxing.web.deciding import Actions, decide, version_edited
from fanxing.web.downloads import XLSX
from fanxing.web.requests import SignedInRequest, attempt, key_of
from fanxing.web.rule_procedures import FLAGS, HINTS, LONG, TYPE_WORDS, ProcedurePage, drawing_of
from fanxing.web.sight import authority_in

PUBLISH = "programme.publish"
OPEN = (ProcedureDraft.State.EDITING, ProcedureDraft.State.SUBMITTED)
LONGEST = 5_000


# ---- what holds


@require_GET
def rule_procedures(request: SignedInRequest) -> HttpResponse:
    """The procedures that hold where one publishes, and the drafts of changes to them."""
    units = list(Unit.objects.filter(path__in=authority_in(request).seats(PUBLISH), closed_on=None).order_by("path"))
    if not units:
        raise Http404
    unit = next((one for one in units if one.code == request.GET.get("unit")), units[0])
    own = own_procedures_for(unit)
    drafts = ProcedureDraft.objects.filter(unit__in=Unit.objects.filter(authority_in(request).reach(PUBLISH)))
    found = list(drafts.select_related("unit").defer("definition").order_by("-edited_at", "-pk"))
    context = {
        "unit": unit,
        "units": units,
        "procedures": [(one, own.get(id)) for id, one in procedures_for(unit).items()],
        "open": [one for one in found if one.state in OPEN],
        "closed": [one for one in found if one.state not in OPEN],
    }
    return render(request, "rule_procedures.html", context)


@require_GET
def rule_procedure(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """A procedure that holds in a unit: its sentences and its drawing."""
    unit, one, scheme = _held(request, code, procedure)
    context = {
        "unit": unit,
        "procedure": one,
        "said": say_procedure(one, scheme),
        "drawing": drawing_of(one, scheme),
        "own": own_procedures_for(unit).get(procedure),
        "key": key_of(request),
    }
    return render(request, "rule_procedure.html", context)


@require_GET
def rule_procedure_excel(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """A procedure that holds in a unit, as Excel."""
    _, one, scheme = _held(request, code, procedure)
    return _workbook(one, scheme)


@require_POST
def rule_procedure_begin(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """Begin to change a procedure for a unit and all below it."""
    unit, _, _ = _held(request, code, procedure)
    draft = begin_procedure(unit=unit, procedure=procedure, by=request.user, at=clock.now(), key=request.POST.get("key"))
    return redirect("procedure_draft", draft.pk)


@require_POST
def rule_procedure_retire(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """Let a unit's own procedure hold no more."""
    unit, _, _ = _held(request, code, procedure)
    words = request.POST.get("words", "")
    attempt(
        request,
        lambda: retire_procedure(unit=unit, procedure=procedure, reason=words, by=request.user, at=clock.now()),
        "已停用本级流程；在办的照原来的办完。",
    )
    return redirect("rule_procedures")


def _held(request: SignedInRequest, code: str, procedure: str) -> tuple[Unit, Procedure, Scheme]:
    """The unit, the procedure that holds there and the rules; a page that is not there for those who may not publish for it."""
    unit = Unit.objects.filter(authority_in(request).reach(PUBLISH), code=code).first()
    publication = programme_for(unit) if unit else None
    found: Mapping[str, Procedure] = procedures_for(unit) if unit else {}
    if unit is None or publication is None or procedure not in found:
        raise Http404
    return unit, found[procedure], scheme_of(publication)


# ---- a draft


@require_GET
def procedure_draft(request: SignedInRequest, id: int) -> HttpResponse:
    """A draft: what it says, what it changes, its rows to be edited."""
    return _laid_open(request, ProcedurePage(_draft_of(request, id)))


def _laid_open(request: SignedInRequest, page: ProcedurePage, *, status: int = 200, sheet_faults: tuple[str, ...] = ()) -> HttpResponse:
    draft = page.draft
    context = {
        "draft": draft,
        "page": page,
        "tables": ((STATES, "环节", "states"), (STEPS, "步骤", "steps"), (FIELDS, "填报项", "fields")),
        "FLAGS": FLAGS,
        "LONG": LONG,
        "HINTS": HINTS,
        "types": TYPE_WORDS,
        "editable": draft.state == ProcedureDraft.State.EDITING,
        "faults": page.faults if draft.state in OPEN else [],
        "sheet_faults": sheet_faults,
        "not_signatory": why_not_second(draft, request.user),
    }
    return render(request, "procedure_draft.html", context, status=status)


@require_GET
def procedure_draft_excel(request: SignedInRequest, id: int) -> HttpResponse:
    """A draft as Excel."""
    page = ProcedurePage(_draft_of(request, id))
    return _workbook(page.procedure, page.scheme)


@require_POST
def procedure_draft_row(request: SignedInRequest, id: int) -> HttpResponse:
    """One row of a draft: saved, added or left out."""
    page = ProcedurePage(_draft_of(request, id))
    table, place = request.POST.get("table", ""), request.POST.get("row", "")
    if table not in COLUMNS or not (place.isascii() and place.isdigit()) or int(place[:4]) > len(page.tables[table]):
        raise Http404
    at = int(place[:4])
    cells = {column: request.POST.get(column, "")[:LONGEST].replace("\r\n", "\n") for column in COLUMNS[table]}
    removed = "remove" in request.POST and table != WHOLE
    found, faults = page.changed(table, at, None if removed else cells)
    page.sent, page.sent_table, page.sent_row, page.sent_faults = cells, table, at, faults
    if faults:
        return _laid_open(request, page, status=422)
    return _saved(request, page, found, "已删去。" if removed else "已保存。", f"#{table}")


@require_POST
def procedure_draft_upload(request: SignedInRequest, id: int) -> HttpResponse:
    """A draft changed in Excel: all of it, or nothing with what is wrong row by row."""
    page = ProcedurePage(_draft_of(request, id))
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or (file.size or 0) > MOST_BYTES:
        return _laid_open(request, page, status=422, sheet_faults=(f"请选择工作簿（.xlsx，{MOST_BYTES // 1024 // 1024} MB 以内）",))
    try:
        found, faults = read_procedure_tables(page.procedure, page.scheme, read_procedure_workbook(file.read()))
    except Unreadable as error:
        return _laid_open(request, page, status=422, sheet_faults=(str(error),))
    if faults:
        return _laid_open(request, page, status=422, sheet_faults=tuple(str(one) for one in faults))
    return _saved(request, page, found, "已按工作簿修改。", "")


def _saved(request: SignedInRequest, page: ProcedurePage, procedure: Procedure, done: str, anchor: str) -> HttpResponse:
    """Save, and go back to the page; or the page again with what was sent and why it was not saved."""
    draft = page.draft
    try:
        save_procedure(draft=draft, procedure=procedure, by=request.user, at=clock.now(), expected_version=version_edited(request, draft))
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        draft.refresh_from_db()
        messages.error(request, str(refused))
        return _laid_open(request, ProcedurePage(draft, page.sent, page.sent_table, page.sent_row, (str(refused),)), status=422)
    messages.success(request, done)
    return redirect(reverse("procedure_draft", args=[draft.pk]) + anchor)


@require_POST
def procedure_draft_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Submit, return, publish or drop a draft, as it was read."""
    draft = _draft_of(request, id)
    acted = decide(request, draft, act, ACTS, DONE)
    return redirect("rule_procedures") if acted and act in ("drop", "publish") else redirect("procedure_draft", draft.pk)


ACTS: Actions = {"submit": submit_procedure, "return": return_procedure, "publish": publish_procedure, "drop": drop_procedure}
DONE = {
    "submit": "已提交，待另一位有发布权限的人核对后发布。",
    "return": "已退回修改。",
    "publish": "已发布，新的事项从现在起照此办理；在办的照原来的办完。",
    "drop": "已作废。",
}


def _draft_of(request: SignedInRequest, id: int) -> ProcedureDraft:
    """The draft; a page that is not there for those who may not publish at its unit."""
    reach = Unit.objects.filter(authority_in(request).reach(PUBLISH))
    found = ProcedureDraft.objects.filter(pk=id, unit__in=reach).select_related("unit", "base", "local").first()
    if found is None:
        raise Http404
    return found


def _workbook(procedure: Procedure, scheme: Scheme) -> HttpResponse:
    disposition = content_disposition_header(True, f"{procedure.title}流程 {clock.today()}.xlsx") or ""
    content = procedure_workbook(procedure, scheme)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
