"""The tree of units as those see it who keep it, and every change of it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.audit.actions import once
from fanxing.audit.queries import events_about
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scoring.actions import refresh
from fanxing.scoring.queries import heir_of
from fanxing.web.changes import CHANGES, ChangeForm, Ground, possible, stake_of
from fanxing.web.listing import Words, words_everywhere
from fanxing.web.requests import SignedInRequest, key_of
from fanxing.web.sight import Sight, authority_in, sight_of

MANAGE = "unit.manage"
BRANCHES = 500
FOUND = 50
EVENTS = 30


@dataclass(frozen=True)
class Branch:
    """A unit in the tree: whether something is below it, and what, where it is open."""

    code: str
    name: str
    kind: str
    parent: str
    has_more: bool
    below: "list[Branch] | None" = None


def branches(units: QuerySet[Unit], words: Words, opened: dict[str, list[Branch]] | None = None) -> list[Branch]:
    """The units as branches of the tree, those named in `opened` with what is below them."""
    has_more = Exists(Unit.objects.filter(parent=OuterRef("pk"), closed_on=None))
    rows = units.filter(closed_on=None).order_by("path").annotate(has_more=has_more)
    found = rows.values_list("code", "name", "kind", "parent__name", "has_more")[:BRANCHES]
    return [Branch(code, name, words.kind(kind), above or "", more, (opened or {}).get(code)) for code, name, kind, above, more in found]


@require_GET
def unit_tree(request: SignedInRequest) -> HttpResponse:
    """The tree, open down to the unit that the address names; or the units that a search finds."""
    authority = authority_in(request)
    managed = Unit.objects.filter(authority.reach(MANAGE))
    tops = managed.filter(path__in=authority.seats(MANAGE))
    if not tops:
        raise NotAllowed("您的岗位不维护单位")
    words, text = words_everywhere(), request.GET.get("q", "").strip()
    context: dict[str, object] = {"q": text, "tops": [], "found": [], "open": request.GET.get("open", "")}
    if text:
        context["found"] = branches(matching(managed, text), words)[:FOUND]
    else:
        context["tops"] = _opened(managed, tops, words, request.GET.get("open", ""))
    return render(request, "unit_tree.html", context)


def _opened(managed: QuerySet[Unit], tops: QuerySet[Unit], words: Words, code: str) -> list[Branch]:
    """The topmost units, each open, and what is open below them down to a unit."""
    sought = managed.filter(code=code).values_list("path", flat=True).first() or ""
    paths = {*sought.strip("/").split("/"), *tops.values_list("code", flat=True)} - {""}
    opened: dict[str, list[Branch]] = {}
    for one in managed.filter(code__in=paths).order_by("-path"):
        opened[one.code] = branches(managed.filter(parent=one), words, opened)
    return branches(tops, words, opened)


@require_GET
def unit_below(request: SignedInRequest, code: str) -> HttpResponse:
    """What is right below a unit, to be put into the tree."""
    sight = sight_of(request, code, MANAGE)
    found = branches(Unit.objects.filter(parent=sight.unit), words_everywhere())
    return render(request, "unit_below.html", {"branches": found, "most": BRANCHES})


@require_GET
def unit_keeping(request: SignedInRequest, code: str) -> HttpResponse:
    """A unit as its keeper sees it: what hangs on it, what can be done, and its history."""
    sight = sight_of(request, code, MANAGE)
    here, words = sight.unit, words_everywhere()
    events = events_about(here).order_by("-id") if sight.may("audit.view") else events_about(here).none()
    context = {
        "unit": here,
        "kind": words.kind(here.kind),
        "stake": stake_of([here], clock.today()),
        "changes": possible(here),
        "states": [(one, words.kind(one.kind)) for one in here.states.select_related("parent").order_by("-valid_from")],
        "successions": list(here.successions.select_related("successor")),
        "precessions": list(here.precessions.select_related("predecessor")),
        "events": list(events[:EVENTS]),
    }
    return render(request, "unit_keeping.html", context)


@require_http_methods(["GET", "POST"])
def unit_change(request: SignedInRequest, code: str, change: str) -> HttpResponse:
    """A change of a unit: its form, what it will do in words, and, confirmed, done."""
    sight = sight_of(request, code, MANAGE)
    form_class = CHANGES.get(change)
    if form_class is None or form_class not in possible(sight.unit):
        raise Http404
    ground = Ground(sight.unit, sight.authority, words_everywhere())
    if request.method == "GET":
        return _asked(request, sight, form_class(ground=ground))
    form = form_class(request.POST, ground=ground)
    step = request.POST.get("step")
    if not form.is_valid() or step == "edit":
        return _asked(request, sight, form, 200 if step == "edit" else 422)
    try:
        if step != "confirm":
            said = list(form.said())
            _rehearse(form, request)
            return render(request, "unit_change_preview.html", _context(sight, form, request) | {"said": said})
        done = _done(form, request)
    except Refused as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        form.add_error(None, str(refusal))
        return _asked(request, sight, form, 422)
    messages.success(request, f"{form.title}：已办好，记入操作日志。")
    return redirect("unit_keeping", done)


def _asked(request: SignedInRequest, sight: Sight, form: ChangeForm, status: int = 200) -> HttpResponse:
    return render(request, "unit_change.html", _context(sight, form, request), status=status)


def _context(sight: Sight, form: ChangeForm, request: SignedInRequest) -> dict[str, object]:
    return {"unit": sight.unit, "form": form, "key": key_of(request)}


def _rehearse(form: ChangeForm, request: SignedInRequest) -> None:
    """Do it and take it back: whatever would be refused is refused now."""
    with transaction.atomic():
        form.do(by=request.user, at=clock.now())
        transaction.set_rollback(True)
    form.ground.unit.refresh_from_db()


def _done(form: ChangeForm, request: SignedInRequest) -> str:
    """The code of the unit to be shown next; a form sent twice is done once."""
    at = clock.now()
    content = {name: request.POST.getlist(name) for name in form.fields} | {"unit": form.ground.unit.code, "change": form.id}

    def write() -> Unit:
        unit = form.do(by=request.user, at=at)
        # Of a unit that was split the one that goes on with its records.
        _rate_again(heir_of(unit), at)
        return unit

    return once(key=request.POST.get("key", ""), content=content, by=request.user, at=at, write=write).rpartition(":")[2]


def _rate_again(unit: Unit, at: datetime) -> None:
    """Keep the score of a unit up with what it now is and what counts for it."""
    unit.refresh_from_db()
    publication = None if unit.closed_on else programme_for(unit)
    if publication and unit.kind in scheme_of(publication).kinds:
        refresh(unit=unit, publication=publication, at=at)
