"""Circulars: what one was sent and what one's units sent, one of them, and writing one."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fanxing.circulars.actions import answer_circular, open_circular, recall_circular, send_circular
from fanxing.circulars.models import ANSWER_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Circular, Recipient
from fanxing.circulars.queries import Reached, reached_by, received_by, recipients_of, sent_by_units_of, state_of, unread_count
from fanxing.circulars.templates import templates
from fanxing.circulars.wording import CHOICES, answer_words, group_text, spoken_text
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.web.circulars import Draft, answers_given, draft_from, draft_like, draft_sent, kinds_below, posts_below, way_to_round
from fanxing.web.requests import SignedInRequest, key_of
from fanxing.web.sight import authority_in, sight_of

ROWS = 50
PREVIEW = "preview"
SENT = "sent"
# What the sender asks to see of those whom it reached.
UNREAD, SILENT = "unread", "silent"
# So many of those whom it did not reach are named.
NAMED = 100


@require_GET
def circulars(request: SignedInRequest) -> HttpResponse:
    """What one was sent, or (`side=sent`) what the units sent whose work one plans."""
    authority = authority_in(request)
    units = list(Unit.objects.filter(path__in=authority.seats("work.plan"), closed_on=None).order_by("path"))
    is_sent = request.GET.get("side") == SENT and bool(units)
    rows = sent_by_units_of(authority) if is_sent else received_by(request.user)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "is_sent": is_sent, "units": units, "unread": unread_count(request.user)}
    return render(request, "circulars.html", context)


@require_GET
def circular(request: SignedInRequest, id: int) -> HttpResponse:
    """One circular: for its recipient, who has read it by that, and for its sender, who sees how it stands."""
    mine = received_by(request.user).select_related("circular__replaces", "person").filter(circular=id).first()
    sent = sent_by_units_of(authority_in(request)).filter(pk=id).first()
    found = sent or (mine.circular if mine else None)
    if found is None:
        raise Http404
    if mine:
        open_circular(recipient=mine, by=request.user, at=clock.now())
    today, newer = clock.today(), getattr(found, "replaced_by", None)
    context = {
        "circular": found,
        "mine": mine,
        "is_answerable": bool(mine) and found.is_answerable(today),
        "choices": CHOICES.get(found.asks, {}),
        "mine_said": answer_words(found, mine.answer) if mine else "",
        "longest": ANSWER_LENGTH,
        "group": group_text(found),
        "spoken": spoken_text(found),
        "newer": newer,
        "may_open_newer": newer and (sent or received_by(request.user).filter(circular=newer).exists()),
        **(_standing(request, found) if sent else {"state": None}),
    }
    return render(request, "circular.html", context)


def _standing(request: SignedInRequest, found: Circular) -> dict[str, object]:
    """How it stands; names only where the person may see the people."""
    state, authority, show = state_of(found), authority_in(request), request.GET.get("show", "")
    rows = recipients_of(found)
    if show == UNREAD:
        rows = rows.filter(read_at=None)
    if show == SILENT:
        rows = rows.filter(answered_at=None)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    told = [(one, one.person.name if authority.may("person.view", one.unit) else "", answer_words(found, one.answer)) for one in page]
    round_title, round_way = way_to_round(found, state, request.user)
    return {
        "state": state,
        "answers": answers_given(found, state),
        "page": page,
        "told": told,
        "unreached": found.unreached[:NAMED],
        "round_title": round_title,
        "round_way": round_way,
    }


@require_POST
def circular_answer(request: SignedInRequest, id: int) -> HttpResponse:
    """Answer a circular by one tap, a number or a few words."""
    mine = get_object_or_404(Recipient.objects.select_related("circular", "person"), circular=id, person__user=request.user)
    answer, note = request.POST.get("answer", ""), request.POST.get("note", "")

    def act(at: datetime) -> str:
        answered = answer_circular(recipient=mine, answer=answer, note=note, by=request.user, at=at)
        return "已回复，并记入台账。" if answered.record else f"已回复：{answer_words(mine.circular, answered.answer)}。"

    return _done(request, id, act)


@require_POST
def circular_recall(request: SignedInRequest, id: int) -> HttpResponse:
    """Take a circular back."""
    sent = get_object_or_404(sent_by_units_of(authority_in(request)), pk=id)

    def act(at: datetime) -> str:
        recall_circular(circular=sent, reason=request.POST.get("reason", ""), by=request.user, at=at)
        return "已撤回，收到的人会看到“已撤回”。"

    return _done(request, id, act)


def _done(request: SignedInRequest, id: int, act: Callable[[datetime], str]) -> HttpResponse:
    try:
        messages.success(request, act(clock.now()))
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("circular", id)


@require_http_methods(["GET", "POST"])
def circular_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Write a circular of a unit: from a template, like another one (`like`), or in its place (`replaces`); sent as it is shown."""
    sight = sight_of(request, code, "work.view")
    if not sight.may("work.plan"):
        raise NotAllowed(f"您的岗位不从{sight.unit.name}发通知")
    replaces, like = _of(request, sight.unit, "replaces"), _of(request, sight.unit, "like")
    before = replaces or like
    if request.method == "GET":
        template = templates().get(request.GET.get("template", ""), next(iter(templates().values())))
        return _form(request, sight.unit, draft_like(before) if before else draft_from(template), replaces, like)
    draft = draft_sent(request.POST, before)
    try:
        said, address = draft.said(), draft.address(sight.unit)
        if PREVIEW in request.POST:
            return _form(request, sight.unit, draft, replaces, like, reached=reached_by(address, on=clock.today()))
        key = key_of(request)
        sent = send_circular(unit=sight.unit, said=said, address=address, replaces=replaces, by=request.user, at=clock.now(), key=key)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _form(request, sight.unit, draft, replaces, like, fault=str(refusal))
    messages.success(request, f"已发出，送达 {sent.recipients.count()} 人。")
    return redirect("circular", sent.pk)


def _of(request: SignedInRequest, unit: Unit, name: str) -> Circular | None:
    """The circular of the unit that the address or the form names."""
    id = request.POST.get(name) or request.GET.get(name, "")
    return get_object_or_404(Circular.objects.select_related("unit", "place"), unit=unit, pk=id) if id.isdecimal() else None


def _form(
    request: SignedInRequest,
    unit: Unit,
    draft: Draft,
    replaces: Circular | None,
    like: Circular | None,
    *,
    fault: str = "",
    reached: Reached | None = None,
) -> HttpResponse:
    context = {
        "unit": unit,
        "draft": draft,
        "templates": templates().values(),
        "replaces": replaces,
        "like": like,
        "posts": posts_below(unit, clock.today()),
        "kinds": kinds_below(unit),
        "asks": Circular.Asks.choices,
        "fault": fault,
        "reached": reached,
        "key": key_of(request),
        "longest": {"title": TITLE_LENGTH, "text": TEXT_LENGTH},
    }
    return render(request, "circular_new.html", context, status=422 if fault else 200)
