"""Drafts of rules: listed, begun, laid open with what they would change, and annexed in words."""

from collections.abc import Mapping
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.spreadsheets import Column
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.programme.drafting import DraftMoved, create_draft, next_period, save_draft, why_frozen, why_not_publisher
from fanxing.programme.models import Attachment, Draft, Publication
from fanxing.programme.queries import (
    attachments_within,
    drafts_of,
    kinds_awaiting_publication,
    procedures_awaiting_publication,
    programme_for,
    scheme_of,
)
from fanxing.scheme import Scheme
from fanxing.scheme.differences import differences
from fanxing.scheme.editing import examine, for_period
from fanxing.scheme.meter import changes
from fanxing.scheme.meter_words import change_sentence
from fanxing.scheme.model import Period, UnitKind
from fanxing.scoring.queries import Step
from fanxing.scoring.rehearsing import DRAWS, SPREAD, cases_unmet, reasons_of, rehearsed, run_behind, steadiness
from fanxing.web.deciding import version_edited
from fanxing.web.downloads import excel
from fanxing.web.drafts import Opened, Tab
from fanxing.web.faults import told
from fanxing.web.requests import SignedInRequest, key_of
from fanxing.web.sight import authority_in
from fanxing.web.trials import Results, cells

ROWS = 50
OPEN = (Draft.State.EDITING, Draft.State.SUBMITTED)
MOVES_SHEET = [
    Column("代码", 16),
    Column("名称", 20),
    Column("所在", 16),
    Column("类型", 12),
    Column("现行规则下星级", 16),
    Column("草案规则下星级", 16),
    Column("得星", 24),
    Column("失星", 24),
]


@require_GET
def drafts(request: SignedInRequest) -> HttpResponse:
    """The rules in force, those to come, and the drafts."""
    _require_publisher(request)
    today = clock.today()
    attached = list(attachments_within(request.user))
    found = list(drafts_of(request.user))
    context = {
        "ruling": _ruling(attached, today),
        "coming": [one for one in reversed(attached) if one.valid_from > today],
        "open": [one for one in found if one.state in OPEN],
        "closed": [one for one in found if one.state not in OPEN],
        "kinds_awaiting": kinds_awaiting_publication(request.user),
        "procedures_awaiting": procedures_awaiting_publication(request.user),
    }
    return render(request, "drafts.html", context)


def _ruling(attached: list[Attachment], today: date) -> list[Attachment]:
    """What rules each of the units to which something is attached, today."""
    newest: dict[int, Attachment] = {}
    for one in attached:
        if one.valid_from <= today:
            newest.setdefault(one.unit_id, one)
    return sorted(newest.values(), key=lambda one: one.unit.path)


@require_http_methods(["GET", "POST"])
def draft_new(request: SignedInRequest) -> HttpResponse:
    """Begin a draft from the rules in force, for the period after theirs."""
    _require_publisher(request)
    choices = _ruling(list(attachments_within(request.user)), clock.today())
    if not choices:
        return render(request, "draft_new.html", {"choices": [], "fault": "", "sent": {}})
    chosen = next((one for one in choices if one.unit.code == request.POST.get("unit")), choices[0])
    period = next_period(chosen.publication, clock.today())
    sent = {"title": f"{period.start.year} 年评分细则", "from": period.start.isoformat(), "to": period.end.isoformat()}
    fault = ""
    if request.method == "POST":
        sent = {name: request.POST.get(name, "") for name in sent}
        made = _begun(request, chosen, sent)
        if isinstance(made, Draft):
            return redirect("draft", made.pk)
        fault = made
    context = {"choices": choices, "chosen": chosen, "sent": sent, "fault": fault, "key": key_of(request)}
    return render(request, "draft_new.html", context, status=422 if fault else 200)


def _begun(request: SignedInRequest, chosen: Attachment, sent: Mapping[str, str]) -> Draft | str:
    """The draft that was asked for; or what is wrong."""
    start, end = read_day(sent["from"]), read_day(sent["to"])
    if start is None or end is None or start > end:
        return "评定时段要有起止日期，起在前、止在后"
    base = Publication.objects.get(pk=chosen.publication_id)
    if refusal := why_frozen(Period(start, end), chosen.unit, clock.today()):
        return refusal
    files, key = for_period(base.files, start, end), request.POST.get("key")
    try:
        return create_draft(title=sent["title"], unit=chosen.unit, base=base, files=files, by=request.user, at=clock.now(), key=key)
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        return str(refused)


@require_http_methods(["GET", "POST"])
def draft(request: SignedInRequest, id: int) -> HttpResponse:
    """A draft laid open, and what it would change; a number sent is saved at once."""
    found = draft_of(request, id)
    sent = {name: str(value) for name, value in request.POST.items() if ".yaml:" in name}
    opened, fault = Opened(found, sent), ""
    if request.method == "POST":
        fault = _saved(request, found, opened)
        if not request.headers.get("HX-Request") and not fault and not opened.wrong:
            return redirect(request.get_full_path())
        opened = Opened(found, sent)
    context = _laid_open(request, found, opened) | {"fault": fault}
    return render(request, "draft.html", context, status=422 if fault or opened.wrong else 200)


def _saved(request: SignedInRequest, found: Draft, opened: Opened) -> str:
    """Save what was sent; what is wrong with that as a whole."""
    if not opened.edits:
        return ""
    try:
        save_draft(draft=found, files=opened.files(), expected_version=version_edited(request, found), by=request.user, at=clock.now())
    except DraftMoved as refused:
        found.refresh_from_db()
        return str(refused)
    return ""


def _laid_open(request: SignedInRequest, found: Draft, opened: Opened) -> dict[str, object]:
    """What the page of a draft shows."""
    scheme, today = opened.scheme, clock.today()
    kind = _kind(request, opened)
    tabs = opened.tabs(kind) if kind else []
    star = _star(request, tabs)
    return {
        "draft": found,
        "opened": opened,
        "kind": kind,
        "kinds": opened.kinds(),
        "tabs": tabs,
        "star_shown": star,
        "rows": opened.rows(kind, star) if kind and star else [],
        "period": opened.period(),
        "faults": [told(one, scheme) for one in opened.faults],
        "editable": found.state == Draft.State.EDITING,
        "frozen": why_frozen(scheme.period, found.unit, today) if scheme and found.state in OPEN else "",
        "not_publisher": why_not_publisher(found, request.user),
        "burden": _burden(found, scheme),
        **_tried(request, found),
    }


def _tried(request: SignedInRequest, found: Draft) -> dict[str, object]:
    """What the draft would change, for a page: `run` is there even where it cannot be tried."""
    run, trial = run_behind(found), rehearsed(found)
    results = Results(trial, found.unit, request.GET.get("under", ""), request.GET.get("way", "")) if trial else None
    page = Paginator(results.found() if results else [], ROWS).get_page(request.GET.get("page"))
    return {"run": run, "results": results, "page": page, "movers": results.movers(list(page.object_list)) if results else []}


def _burden(found: Draft, scheme: Scheme | None) -> list[str]:
    """How the draft moves what units and bodies have to type, in sentences."""
    if found.base is None or scheme is None:
        return []
    return [change_sentence(one) for one in changes(scheme_of(found.base), scheme) if one.moved]


def _kind(request: SignedInRequest, opened: Opened) -> UnitKind | None:
    kinds = opened.scheme.kinds if opened.scheme else {}
    return kinds.get(request.GET.get("kind", "")) or next(iter(kinds.values()), None)


def _star(request: SignedInRequest, tabs: list[Tab]) -> str:
    """The star asked for, or the first that the draft changes, or the first."""
    ids = [tab.id for tab in tabs]
    asked = request.GET.get("star", "")
    return asked if asked in ids else next((tab.id for tab in tabs if tab.changes), ids[0] if ids else "")


@require_GET
def draft_checks(request: SignedInRequest, id: int) -> HttpResponse:
    """The worked cases that no longer come out, each to be accepted by itself: a part of the page, since it takes a moment."""
    found = draft_of(request, id)
    context = {"draft": found, "unmet": cases_unmet(found), "editable": found.state == Draft.State.EDITING}
    return render(request, "draft_checks.html", context)


@require_GET
def draft_steadiness(request: SignedInRequest, id: int, kind: str) -> HttpResponse:
    """How firmly the stars of a kind stand under the draft: a part of the page, asked for, since it takes seconds."""
    found = draft_of(request, id)
    return render(request, "draft_steadiness.html", {"stars": steadiness(found, kind), "spread": SPREAD, "draws": DRAWS})


@require_GET
def draft_unit(request: SignedInRequest, id: int, code: str) -> HttpResponse:
    """Why a unit would move: every rule that gives otherwise."""
    found = draft_of(request, id)
    reasons = reasons_of(found, code)
    unit = Unit.objects.filter(authority_in(request).reach("score.view"), code=code).select_related("parent").first()
    if reasons is None or unit is None:
        raise Http404
    _, _, changes = reasons
    rows = [(one, _points(one.before), _points(one.after)) for one in changes]
    return render(request, "draft_unit.html", {"draft": found, "unit": unit, "rows": rows})


def _points(step: Step) -> str:
    """Of a star the points behind it; of other rules nothing."""
    scores = (f"得分 {part.word}" for part in step.parts if part.form not in ("fact", "star"))
    return next(scores, "") if step.form == "star" else ""


@require_GET
def draft_annex(request: SignedInRequest, id: int) -> HttpResponse:
    """What changes, in sentences to be printed as the annex of a document, with the counts before and after."""
    found = draft_of(request, id)
    base = found.base or programme_for(found.unit)
    examined = examine(found.files)
    changed = differences(scheme_of(base), examined.scheme) if base and examined.scheme else None
    faults = [told(one, examined.scheme) for one in examined.faults]
    context = {"draft": found, "base": base, "changed": changed, "faults": faults, **_tried(request, found)}
    return render(request, "draft_annex.html", context)


@require_GET
def draft_moves_excel(request: SignedInRequest, id: int) -> HttpResponse:
    """Who gains and who loses, as a workbook."""
    found = draft_of(request, id)
    trial = rehearsed(found)
    results = Results(trial, found.unit, request.GET.get("under", ""), request.GET.get("way", "")) if trial else None
    movers = results.movers(results.found()) if results else []
    return excel(f"{found.title} 得星失星名单", MOVES_SHEET, cells(movers))


def draft_of(request: SignedInRequest, id: int) -> Draft:
    """The draft; a page that is not there for those who may not publish at its unit."""
    reach = Unit.objects.filter(authority_in(request).reach("programme.publish"))
    found = Draft.objects.filter(pk=id, unit__in=reach).select_related("unit", "base", "publication").defer("workbook").first()
    if found is None:
        raise Http404
    return found


def _require_publisher(request: SignedInRequest) -> None:
    if not authority_in(request).holds_anywhere("programme.publish"):
        raise Http404
