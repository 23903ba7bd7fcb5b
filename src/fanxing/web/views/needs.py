"""Open needs beside the offers that fit; who takes one on, and that it was done."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import visible_to
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.records.actions.entries import correct_record
from fanxing.records.models import Record
from fanxing.records.naming import named
from fanxing.records.offers import Need, Offer, open_needs, open_offers, teams
from fanxing.records.queries import changed_by
from fanxing.scheme.model import RecordKind
from fanxing.web.downloads import excel
from fanxing.web.entries import DAY, texts_of
from fanxing.web.ledger import brief, said
from fanxing.web.requests import SignedInRequest, back
from fanxing.web.sight import Sight, sight_of
from fanxing.web.views.entering import REASON, Form, changeable
from fanxing.web.views.records import opened

SHOWN = 60
SHEET = [Column("单位", 20), Column("类别", 14), Column("需要什么", 36), Column("提出日期", 12), Column("认领", 24), Column("谁能帮", 60)]


@require_GET
def needs(request: SignedInRequest, code: str) -> HttpResponse:
    """What is needed here and below and by whom it could be met, and everything that is offered."""
    sight = sight_of(request, code, "record.view")
    offers, found = _looked_up(request, sight)
    context = {
        "unit": sight.unit,
        "needs": [(one, words_about(one), words_wanted(one)) for one in found[:SHOWN]],
        "count": len(found),
        "open": sum(not one.by for one in found),
        "offers": [(one, words_about(one), words_offered(one)) for one in offers[:SHOWN]],
        "teams": _teams(request, sight),
        "shown": SHOWN,
        "offered": {one.record.pk: words_offered(one) for one in offers},
        "several": any(one.record.unit_id != sight.unit.pk for one in found),
        "may_take": {one.record.pk for one in found if _may_settle(sight, one)},
    }
    return render(request, "needs.html", context)


def _may_settle(sight: Sight, one: Need) -> bool:
    authority, unit = sight.authority, one.record.unit
    return authority.may("record.correct", unit) and authority.holds(changed_by(one.kind), unit)


@require_GET
def needs_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The open needs as a workbook."""
    sight = sight_of(request, code, "record.view")
    return excel(f"{sight.unit.name}需求与资源", SHEET, map(_cells, _looked_up(request, sight)[1]))


def _cells(one: Need) -> list[Cell]:
    helping = "；".join(f"{offer.giver}：{words_offered(offer)}" for offer in one.offers)
    return [one.record.unit.name, words_about(one), words_wanted(one), one.record.occurred_on, one.by or None, helping or None]


def _teams(request: SignedInRequest, sight: Sight) -> list[tuple[Record, str, str]]:
    """(record, name, what it is about and how many they are) of those who may take needs on."""
    found = teams(sight.unit, visible_to(request.user, "record.view").filter(within(sight.unit.path)), SHOWN)
    return [(record, *_words_of_team(record, kind)) for record, kind in found]


def _words_of_team(team: Record, kind: RecordKind) -> tuple[str, str]:
    name = named(team, team, kind).name
    counts = (f"{one.title} {said(one, team.data[one.id])}" for one in kind.fields if one.type == "count" and one.id in team.data)
    return name, "，".join([brief(kind, team.data, name), *counts])


def _looked_up(request: SignedInRequest, sight: Sight) -> tuple[list[Offer], list[Need]]:
    units: QuerySet[Unit] = visible_to(request.user, "record.view").filter(within(sight.unit.path))
    # What is offered above is offered here.
    above = Unit.objects.filter(code__in=sight.unit.path.strip("/").split("/"))
    today = clock.today()
    offers = open_offers(sight.unit, units | above.filter(sight.authority.reach("record.view")), today=today)
    return offers, open_needs(sight.unit, units, offers, today=today)


def words_about(one: Need | Offer) -> str:
    """What it is about, as the choice is called."""
    field = one.kind.field(one.meets.about) if isinstance(one, Need) else next((f for f in one.kind.fields if f.type == "choice"), None)
    return said(field, one.about) if field else one.about


def words_wanted(one: Need) -> str:
    """What is needed: the texts of the record but for who took it on."""
    return _texts(one, {one.meets.by})


def words_offered(one: Offer) -> str:
    """What is offered: the texts of the record but for who gives, and its last day."""
    texts = _texts(one, set(), one.giver)
    days = (field for field in one.kind.fields if field.type == "date" and field.id in one.record.data)
    last = next((said(field, one.record.data[field.id]) for field in days), "")
    return f"{texts}（至{last}）" if last else texts


def _texts(one: Need | Offer, without: set[str], giver: str = "") -> str:
    texts = (one.record.data.get(field.id) for field in one.kind.fields if field.type in ("text", "long text") and field.id not in without)
    return "，".join(str(text) for text in texts if text and text != giver)


@require_POST
def need_settled(request: SignedInRequest, id: int) -> HttpResponse:
    """Somebody takes a need on (`by`), or it is confirmed as done: the record is corrected so."""
    found = opened(request, id)
    kind = changeable(found, "record.correct")
    meets, record = kind.meets, found.record
    if meets is None:
        raise Http404
    by = request.POST.get("by", "").strip()
    settled = {meets.claimed: True, meets.by: by} if by else {meets.confirmed: True}
    data, reason = {**record.data, **settled}, f"由{by}认领" if by else "受助一方确认已办完"
    texts = {DAY: record.occurred_on.isoformat(), **texts_of(kind, data), REASON: reason}

    def write(at: datetime) -> Record:
        key = request.POST.get("key")
        return correct_record(record=record, occurred_on=record.occurred_on, data=data, reason=reason, by=request.user, at=at, key=key)

    form = Form(record.unit, kind, back(request, reverse("needs", args=[record.unit.code])), record)
    return form.send(request, texts, write, f"{reason}，已记入台账。")
