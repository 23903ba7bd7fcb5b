"""A county's own sheet of rules: uploaded, decided row by row, taken out again."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.programme.drafting import next_period, why_frozen
from fanxing.programme.models import Draft, Publication
from fanxing.programme.queries import programme_for
from fanxing.programme.sheets import begin_sheet, decide_row, is_changed_elsewhere, set_kinds, set_pass, sheet_workbook
from fanxing.scheme.model import Period
from fanxing.scheme.workbook import Row, example
from fanxing.scoring.rehearsing import run_behind
from fanxing.scoring.sheet_trials import star_trials
from fanxing.web.deciding import version_edited
from fanxing.web.downloads import XLSX
from fanxing.web.requests import SignedInRequest, attempt, key_of
from fanxing.web.sheets import FORM_WORDS, PAIRS, Page, RowForm, Typed, form_of, previewed
from fanxing.web.sight import authority_in
from fanxing.web.views.drafts import draft_of

PUBLISH = "programme.publish"
NOT_NOW = "这份草案已提交或已办结，细则表只能看，不能改。"


# ---- begun


@require_http_methods(["GET", "POST"])
def sheet_new(request: SignedInRequest) -> HttpResponse:
    """Begin a draft from a workbook."""
    units = _publishing_units(request)
    if not units:
        raise Http404
    chosen = next((unit for unit in units if unit.code == request.POST.get("unit")), units[0])
    base = programme_for(chosen)
    period = next_period(base, clock.today())
    sent = {"unit": chosen.code, "title": "", "from": period.start.isoformat(), "to": period.end.isoformat()}
    faults: dict[str, str] = {}
    if request.method == "POST":
        sent |= {name: request.POST.get(name, "") for name in ("title", "from", "to")}
        made = _begun(request, chosen, base, sent, faults)
        if made:
            return redirect("sheet", made.pk)
    context = {"units": units, "base": base, "sent": sent, "faults": faults, "key": key_of(request)}
    return render(request, "sheet_new.html", context, status=422 if faults else 200)


def _publishing_units(request: SignedInRequest) -> list[Unit]:
    """The very units in which the person holds a post that publishes rules."""
    return list(Unit.objects.filter(path__in=authority_in(request).seats(PUBLISH), closed_on=None).order_by("path"))


def _begun(request: SignedInRequest, unit: Unit, base: Publication | None, sent: dict[str, str], faults: dict[str, str]) -> Draft | None:
    """The draft, or what is wrong by field."""
    file = request.FILES.get("file")
    start, end = read_day(sent["from"]), read_day(sent["to"])
    if start is None or end is None or start > end:
        faults["from"] = "评定时段要有起止日期，起在前、止在后"
    elif frozen := why_frozen(Period(start, end), unit, clock.today()):
        faults["from"] = frozen
    if not isinstance(file, UploadedFile):
        faults["file"] = "请选择评分细则的工作簿（.xlsx 或 .xls）"
    if faults or start is None or end is None or not isinstance(file, UploadedFile):
        return None
    title = sent["title"].strip() or (file.name or "评分细则").rsplit(".", 1)[0][:100]
    try:
        return begin_sheet(
            file=file,
            title=title,
            unit=unit,
            base=base,
            period=Period(start, end),
            by=request.user,
            at=clock.now(),
            key=request.POST.get("key"),
        )
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        faults["file"] = str(refused)
        return None


@require_GET
def sheet_example(request: SignedInRequest) -> HttpResponse:
    """An example of a sheet."""
    return _workbook("评分细则示例.xlsx", example())


# ---- the whole sheet


@require_GET
def sheet(request: SignedInRequest, id: int) -> HttpResponse:
    """The rows of the sheet, each beside what was made of it."""
    found = _draft(request, id)
    page = Page(found)
    rows = page.rows(request.GET.get("state", ""), request.GET.get("star", ""))
    context = {"draft": found, "page": page, "rows": rows, "stars": page.stars(), **_standing(found)}
    return render(request, "sheet.html", context)


@require_GET
def sheet_trials(request: SignedInRequest, id: int) -> HttpResponse:
    """How many units each star would come to: a part of the page, since it takes a moment."""
    found = _draft(request, id)
    page = Page(found)
    tried = star_trials(found)
    context = {"rows": [(one, tried.get(one.head.key)) for one in page.stars()], "run": run_behind(found)}
    return render(request, "sheet_trials.html", context)


def _standing(found: Draft) -> dict[str, object]:
    return {
        "editable": found.state == Draft.State.EDITING,
        "elsewhere": is_changed_elsewhere(found),
        "not_now": NOT_NOW,
        "way": [("评分细则", reverse("drafts"))],
        "onwards": reverse("draft", args=[found.pk]),
    }


@require_POST
def sheet_set(request: SignedInRequest, id: int) -> HttpResponse:
    """Set the pass mark of a star, or the kind of unit of each sheet."""
    found = _draft(request, id)
    page = Page(found)
    version = version_edited(request, found)
    star = next((one for one in page.sheet.stars if one.key == request.POST.get("star")), None)
    if star is None:
        asked = {name: request.POST.get(f"kind_{number}", "") for number, (name, _) in enumerate(page.sheet.sheets)}
        kinds = {name: kind for name, kind in asked.items() if kind in page.base.kinds}
        done = attempt(
            request,
            lambda: set_kinds(draft=found, kinds=kinds, by=request.user, at=clock.now(), expected_version=version),
            "已按所选的单位类别重新读取。",
        )
    else:
        text = request.POST.get("pass", "").strip()
        value = float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else None
        if text and not value:
            messages.error(request, f"{star.title}的得星分数要填大于 0 的数字")
            return redirect("sheet", found.pk)
        done = attempt(
            request,
            lambda: set_pass(draft=found, star=star, pass_mark=value, by=request.user, at=clock.now(), expected_version=version),
            f"已改{star.title}的得星分数。",
        )
    return redirect(reverse("sheet", args=[found.pk]) + ("#stars" if done else ""))


@require_GET
def sheet_excel(request: SignedInRequest, id: int) -> HttpResponse:
    """The workbook in its own layout, with what was read and decided."""
    found = _draft(request, id)
    return _workbook(f"{found.title} 读取结果 {clock.today()}.xlsx", sheet_workbook(found))


def _workbook(name: str, content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name) or ""})


# ---- one row


@require_http_methods(["GET", "POST"])
def sheet_row(request: SignedInRequest, id: int, row: str) -> HttpResponse:
    """A row beside its original, and the form in which it is decided."""
    found = _draft(request, id)
    page = Page(found)
    here = _row(page, row)
    if request.method == "GET":
        return _row_page(request, found, page, here, _form(page, here))
    if "undo" in request.POST:
        decision, done = None, f"“{here.line.title}”已恢复为系统的读法。"
    else:
        typed = Typed(request.POST, here, page.known[here.kind])
        if typed.faults:
            return _row_page(request, found, page, here, typed.form, typed.faults)
        decision, done = typed.decision, f"“{here.line.title}”已定。"
    try:
        decide_row(
            draft=found, row=row, decision=decision, by=request.user, at=clock.now(), expected_version=version_edited(request, found)
        )
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        found.refresh_from_db()
        return _row_page(
            request, found, page, here, RowForm({name: str(value) for name, value in request.POST.items()}), {"": str(refused)}
        )
    messages.success(request, done)
    onwards = Page(found).next_open(here) if "onwards" in request.POST else None
    return redirect("sheet_row", found.pk, onwards.id) if onwards else redirect(reverse("sheet", args=[found.pk]) + f"#{here.id}")


def _form(page: Page, row: Row) -> RowForm:
    rule = page.sheet.rule(row)
    return form_of(rule, page.sheet.star_of(row), page.known[row.kind].get(rule.measure))


def _row_page(
    request: SignedInRequest, found: Draft, page: Page, row: Row, form: RowForm, faults: dict[str, str] | None = None
) -> HttpResponse:
    above, below = page.beside(row)
    context = {
        "draft": found,
        "page": page,
        "one": page.shown(row),
        "form": form,
        "faults": faults or {},
        "forms": FORM_WORDS,
        "pairs": range(PAIRS),
        "measures": list(page.known[row.kind].values()),
        "proposed": [page.known[row.kind][id] for id in row.reading.proposed if id in page.known[row.kind]],
        "stars_choices": [(star.id, star.title) for star in page.sheet.stars if star.kind == row.kind],
        "above": above,
        "below": below,
        "decided": row.id in page.sheet.decisions,
        **_standing(found),
    }
    return render(request, "sheet_row.html", context, status=422 if faults else 200)


@require_POST
def sheet_live(request: SignedInRequest, id: int, row: str) -> HttpResponse:
    """What a row would say, and give on the latest figures, as it is typed: a part of its page."""
    found = _draft(request, id)
    page = Page(found)
    here = _row(page, row)
    typed = Typed(request.POST, here, page.known[here.kind])
    said, tried = ("", None) if typed.faults else previewed(page, here, typed.decision)
    return render(request, "sheet_live.html", {"faults": list(typed.faults.values()), "said": said, "tried": tried})


# ---- in common


def _draft(request: SignedInRequest, id: int) -> Draft:
    """A draft that came as a workbook; a page that is not there for those who may not publish at its unit."""
    found = draft_of(request, id)
    if found.sheet is None:
        raise Http404
    return found


def _row(page: Page, id: str) -> Row:
    row = page.sheet.row(id)
    if row is None:
        raise Http404
    return row
