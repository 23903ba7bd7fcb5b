"""What others entered for a unit is confirmed by the unit, and then counts."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching
from fanxing.records.actions.entries import confirm_records
from fanxing.records.models import Record
from fanxing.scoring.actions import refresh
from fanxing.scoring.queries import account, heir_of
from fanxing.web.confirming import Card, awaiting_by_unit, awaiting_in, cards, confirmers, moved_within, span_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, authority_in, own_unit, sight_of

ROWS = 50
ALL = "all"


@require_http_methods(["GET", "POST"])
def records_confirm(request: SignedInRequest, code: str) -> HttpResponse:
    """What awaits confirmation in a unit: all of it or some is confirmed together, and the page says what that moved."""
    sight = sight_of(request, code, "record.view")
    if request.method == "GET":
        return _page(request, sight)
    asked = {int(id) for id in request.POST.getlist("record") if id.isdecimal()}
    records = list(Record.objects.filter(unit=sight.unit, pk__in=asked).order_by("position"))
    if not records:
        return _page(request, sight, fault="请先勾选要确认的记录。")
    for record in records:
        record.unit = sight.unit
    at = clock.now()
    try:
        rows = confirm_records(records=records, by=request.user, at=at)
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, sight, fault=f"{refused}。其余的没有确认，请核对后再确认一次。", ticked=asked)
    counting = heir_of(sight.unit)
    if found := account(counting):
        refresh(unit=counting, publication=found.publication, at=at)
    return redirect(f"{reverse('records_confirm', args=[code])}?moved={span_of(rows)}")


def _page(request: SignedInRequest, sight: Sight, fault: str = "", ticked: set[int] | None = None) -> HttpResponse:
    page = Paginator(awaiting_in(sight.unit).select_related("kind_version"), ROWS).get_page(request.GET.get("page"))
    chosen = None if request.GET.get("tick") == ALL else ticked or set()
    shown: list[Card] = list(cards(sight, page, chosen))
    context = {
        "unit": sight.unit,
        "page": page,
        "cards": shown,
        "confirmable": sum(card.may_confirm for card in shown),
        "all_ticked": bool(shown) and all(card.ticked for card in shown),
        "confirmers": confirmers(sight.unit, (card.kind for card in shown)),
        "moved": moved_within(sight.unit, request.GET.get("moved", "")) if sight.may("score.view") and not fault else None,
        "fault": fault,
        "several": not own_unit(request),
    }
    return render(request, "records_confirm.html", context, status=422 if fault else 200)


@dataclass(frozen=True)
class Place:
    """A unit in which records await confirmation."""

    unit: Unit
    count: int
    since: object


@require_GET
def confirmations(request: SignedInRequest) -> HttpResponse:
    """The units in which something awaits confirmation; for who answers for one unit its own page."""
    if code := own_unit(request):
        return redirect("records_confirm", code)
    units = Unit.objects.filter(authority_in(request).reach("record.view"))
    if words := request.GET.get("q", "").strip():
        units = matching(units, words)
    waiting = awaiting_by_unit(Record.objects.filter(unit__in=units.order_by().values("pk")).awaiting())
    found = Unit.objects.filter(pk__in=waiting).select_related("parent").order_by("code")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "places": [Place(unit, *waiting[unit.pk]) for unit in page],
        "total": sum(count for count, _ in waiting.values()),
    }
    return render(request, "confirmations.html", context)
