"""Codes for walls: whoever scans one opens the form of a place with the place filled in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from fanxing.audit.actors import PUBLIC
from fanxing.organisations.authority import NOTHING
from fanxing.organisations.models import Unit
from fanxing.procedures.parties import may_open
from fanxing.procedures.queries import places_spoken_of
from fanxing.programme.queries import procedures_for
from fanxing.scheme.model import Procedure
from fanxing.web.listing import words_everywhere
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import sight_of

MOST_PLACES = 100
SHEETS = 50


@dataclass(frozen=True)
class Place:
    """A place of a unit: what it is called, and the address of the form in which it is filled in."""

    name: str
    address: str


@require_GET
def place_codes(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """The places of a unit, to choose those of which sheets are to be printed."""
    unit, chosen = _asked(request, code, procedure)
    return render(request, "place_codes.html", {"unit": unit, "procedure": chosen, "places": _places(unit, chosen), "most": SHEETS})


@require_GET
def place_sheets(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """One sheet of A4 for each of the places asked for, and for one that is typed."""
    unit, chosen = _asked(request, code, procedure)
    wanted = [*request.GET.getlist("place"), request.GET.get("other", "").strip()][: SHEETS + 1]
    known = {one.name: one for one in _places(unit, chosen)}
    places = [known.get(name) or _place(unit, chosen, name[:100]) for name in dict.fromkeys(wanted) if name]
    sheets = [(one, request.build_absolute_uri(one.address)) for one in places or [_place(unit, chosen, "")]]
    context = {"unit": unit, "procedure": chosen, "sheets": [(place, address, drawn(address)) for place, address in sheets]}
    return render(request, "place_sheets.html", context)


def drawn(address: str) -> SafeString:
    """The code of an address as SVG without a style of its own, readable with a quarter of it dirty."""
    code = segno.make_qr(address, error="q")
    return mark_safe(code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 - the address is drawn, not written


def openable_with_place(unit: Unit, procedures: Iterable[Procedure]) -> list[Procedure]:
    """Those of a unit's procedures by which everybody may open a matter there, and say where."""
    return [one for one in procedures if one.place_field and may_open(one, unit, by=PUBLIC, authority=NOTHING)]


def _asked(request: SignedInRequest, code: str, procedure: str) -> tuple[Unit, Procedure]:
    unit = sight_of(request, code, "unit.view").unit
    chosen = next((one for one in openable_with_place(unit, procedures_for(unit).values()) if one.id == procedure), None)
    if chosen is None:
        raise Http404
    return unit, chosen


def _places(unit: Unit, procedure: Procedure) -> list[Place]:
    """The parts of the unit, then what reports have called its places."""
    found = {one.name: one for one in _parts(unit, procedure)}
    for name in places_spoken_of(unit, procedure):
        found.setdefault(name, _place(unit, procedure, name))
    return list(found.values())[:MOST_PLACES]


def _parts(unit: Unit, procedure: Procedure) -> Iterator[Place]:
    kinds = [*procedure.kinds, *words_everywhere().places]
    below = Unit.objects.filter(path__startswith=unit.path, kind__in=kinds, closed_on=None).exclude(pk=unit.pk)
    for one in below.order_by("code")[:MOST_PLACES]:
        own = Place(one.name, reverse("open_new", args=[procedure.id, one.code]))
        yield own if one.kind in procedure.kinds else _place(unit, procedure, one.name)


def _place(unit: Unit, procedure: Procedure, name: str) -> Place:
    address = reverse("open_new", args=[procedure.id, unit.code])
    return Place(name, f"{address}?{urlencode({'place': name})}" if name else address)
