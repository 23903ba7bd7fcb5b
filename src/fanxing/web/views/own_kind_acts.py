"""What is done with a unit's own kind of record: its texts changed, what its workbook asked for settled; submitted, published, retired."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.programme.kind_drafting import begin_kind, drop_kind, publish_kind, retire_kind, return_kind, save_kind, submit_kind
from fanxing.programme.local_kinds import local_kinds_of
from fanxing.programme.models import KindVersion
from fanxing.scheme.model import RecordKind
from fanxing.scheme.xlsform import Note, may_grow, with_field_up, with_texts, without_field
from fanxing.web.deciding import Actions, decide, version_edited
from fanxing.web.own_kinds import FIELD_KEYS, NEW, WHOLE_LISTS, WHOLE_TEXTS, KindPage
from fanxing.web.requests import SignedInRequest, attempt
from fanxing.web.sight import authority_in
from fanxing.web.views.own_kinds import PUBLISH, kind_draft_of, laid_open

LONGEST = 5_000


# ---- changed


@require_POST
def own_kind_whole(request: SignedInRequest, id: int) -> HttpResponse:
    """What the kind says as a whole."""
    page = KindPage(kind_draft_of(request, id))
    sent = {key: request.POST.get(key, "")[:LONGEST] for key in WHOLE_TEXTS}
    sent |= {key: "、".join(request.POST.getlist(key)) for key in WHOLE_LISTS}
    reading = with_texts(page.kind, page.words, whole=sent)
    page.sent, page.sent_field = sent, ""
    if wrong := tuple(one.words for one in reading.notes if one.blocks):
        page.sent_faults = wrong
        return laid_open(request, page, status=422)
    return _saved(request, page, reading.kind, page.notes, "已改基本信息。", "#whole")


@require_POST
def own_kind_field(request: SignedInRequest, id: int) -> HttpResponse:
    """One field: saved, added, left out, moved up, or proposed from what is known. What its workbook asked for is settled with it."""
    page = KindPage(kind_draft_of(request, id))
    of = request.POST.get("field", "")
    if of != NEW and page.kind.field(of) is None:
        raise Http404
    if "remove" in request.POST:
        return _saved(request, page, without_field(page.kind, of), _settled(page, of), "已删去这一项。", "#fields")
    if "up" in request.POST:
        return _saved(request, page, with_field_up(page.kind, of), page.notes, "已上移。", f"#f-{of}")
    if "prefill_from" in request.POST:
        source = request.POST["prefill_from"]
        reading = with_texts(page.kind, page.words, field=of, said={"prefill": source})
        return _saved(request, page, reading.kind, page.notes, "已改为用已有的数预填，登记的人只要核对。", f"#f-{of}")
    sent = {key: request.POST.get(key, "")[:LONGEST] for key in FIELD_KEYS}
    return _field_saved(request, page, of, sent)


def _field_saved(request: SignedInRequest, page: KindPage, of: str, sent: Mapping[str, str]) -> HttpResponse:
    page.sent, page.sent_field = sent, of
    if of == NEW and not may_grow(page.kind):
        page.sent_faults = ("项太多了，请拆成几种台账",)
        return laid_open(request, page, status=422)
    reading = with_texts(page.kind, page.words, field="" if of == NEW else of, said=sent)
    changed = reading.kind.fields[-1].id if of == NEW else of
    if wrong := tuple(one.words for one in reading.notes if one.blocks and one.field == changed):
        page.sent_faults = wrong
        return laid_open(request, page, status=422)
    return _saved(request, page, reading.kind, _settled(page, of), f"已保存“{sent['title'].strip()}”。", f"#f-{changed}")


@require_POST
def own_kind_note(request: SignedInRequest, id: int) -> HttpResponse:
    """Something that the workbook asked for and that is no field, left out."""
    page = KindPage(kind_draft_of(request, id))
    place = request.POST.get("note", "")
    kept = tuple(one for number, one in enumerate(page.notes) if str(number) != place)
    return _saved(request, page, page.kind, kept, "已按不要这一行处理。", "#notes")


def _settled(page: KindPage, of: str) -> tuple[Note, ...]:
    """The notes but those of a field."""
    return tuple(one for one in page.notes if one.field != of)


def _saved(request: SignedInRequest, page: KindPage, kind: RecordKind, notes: tuple[Note, ...], done: str, anchor: str) -> HttpResponse:
    """Save, and go back to the page; or the page again with what was sent and why it was not saved."""
    draft = page.draft
    try:
        save_kind(draft=draft, kind=kind, notes=notes, by=request.user, at=clock.now(), expected_version=version_edited(request, draft))
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        draft.refresh_from_db()
        messages.error(request, str(refused))
        return laid_open(request, KindPage(draft, page.sent, page.sent_field, (str(refused),)), status=422)
    messages.success(request, done)
    return redirect(reverse("own_kind", args=[draft.pk]) + anchor)


# ---- decided


@require_POST
def own_kind_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Submit, return, publish or drop a draft, as it was read."""
    found = kind_draft_of(request, id)
    acted = decide(request, found, act, ACTS, DONE)
    return redirect("own_kinds") if acted and act in ("drop", "publish") else redirect("own_kind", found.pk)


ACTS: Actions = {"submit": submit_kind, "return": return_kind, "publish": publish_kind, "drop": drop_kind}
DONE = {
    "submit": "已提交，待另一位有发布权限的人核对后发布。",
    "return": "已退回修改。",
    "publish": "已发布，现在就可以登记。",
    "drop": "已作废。",
}


# ---- of a kind that is kept


@require_POST
def own_kind_next(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """Begin the next version of a kind that a unit has added."""
    unit = _unit(request, code)
    local = local_kinds_of(unit).get(kind)
    if local is None:
        raise Http404
    base = KindVersion.objects.get(pk=local.version)
    draft = begin_kind(unit=unit, base=base, by=request.user, at=clock.now(), key=request.POST.get("key"))
    return redirect("own_kind", draft.pk)


@require_POST
def own_kind_retire(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """Let no new records of a kind be entered any more."""
    unit, reason = _unit(request, code), request.POST.get("words", "")
    attempt(
        request, lambda: retire_kind(unit=unit, kind=kind, reason=reason, by=request.user, at=clock.now()), "已停用，以前登记的都还在。"
    )
    return redirect("own_kinds")


def _unit(request: SignedInRequest, code: str) -> Unit:
    """The unit; a page that is not there for those who may not publish for it."""
    unit = Unit.objects.filter(authority_in(request).reach(PUBLISH), code=code).first()
    if unit is None:
        raise Http404
    return unit
