"""What everybody may see without signing in: stars and tiers, never points."""

from collections.abc import Iterator
from functools import lru_cache
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from fanxing.audit.actors import PUBLIC
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import NOTHING
from fanxing.organisations.models import Unit
from fanxing.procedures.parties import may_open
from fanxing.programme.queries import procedures_for, scheme_of
from fanxing.scoring.queries import UnitStanding, course
from fanxing.web.announcement import announcement
from fanxing.web.answering import answering_openly
from fanxing.web.downloads import excel
from fanxing.web.listing import words_everywhere
from fanxing.web.lookup import Lookup
from fanxing.web.openly import openly
from fanxing.web.published import PublicUnit, Published, published
from fanxing.web.registers import with_registers
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import sight_if_any
from fanxing.web.sky import sky_of
from fanxing.web.standing import UNRATED, Row, drawn, tier_words
from fanxing.web.views.services import has_guide

ROWS = 50
DRAWN = 2
HELD = {"held": "已得", "none": "未得", "unrated": None}


@require_safe
@login_not_required
@gzip_page
def front(request: HttpRequest) -> HttpResponse:
    """The public home: the sentence, the sky, and the same units as a list."""
    shown = published()
    context = {"shown": shown, "sentence": announcement(shown), "sky": sky_drawn(shown)} if shown and shown.units else {"shown": None}
    return render(request, "front.html", context)


@lru_cache(maxsize=DRAWN)
def sky_drawn(shown: Published) -> SafeString:
    """The sky and its list as a part of a page: rendered once for what is published."""
    return mark_safe(render_to_string("sky.html", {"shown": shown, "sky": sky_of(shown)}))  # noqa: S308 - a template escapes by itself


@require_safe
@login_not_required
def stars(request: HttpRequest) -> HttpResponse:
    """The units that count, in the order of their codes, as the address filters them."""
    asked = _asked(request)
    page = Paginator(asked.found, ROWS).get_page(request.GET.get("page"))
    context = {
        "shown": asked.shown,
        "asked": asked,
        "page": page,
        "rows": [(unit, asked.shown.tier_word(unit), _whereabouts(asked.shown, unit)) for unit in page.object_list],
        "way": asked.shown.way_to(asked.place + "x/") if asked.place else [],
        "below": asked.shown.below(asked.place or asked.shown.whole),
    }
    return render(request, "stars.html", context)


@require_safe
@login_not_required
def stars_excel(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, all pages of it."""
    asked = _asked(request)
    columns = [Column("代码"), Column("名称", 20), Column("类型", 12), Column("所在地", 28), Column("星级", 8)]
    titles = {id: title for id, title, _ in asked.stars}
    return excel("单位星级（公开）", [*columns, *(Column(title, 10) for title in titles.values())], _cells(asked, list(titles)))


def _cells(asked: Lookup, stars: list[str]) -> Iterator[list[Cell]]:
    for unit in asked.found:
        kind = asked.shown.kinds[unit.kind]
        states = {id: HELD[state] for id, (_, _, state) in zip(kind.stars, unit.row, strict=True)}
        where = _whereabouts(asked.shown, unit)
        yield [unit.code, unit.name, kind.title, where, asked.shown.tier_word(unit), *(states.get(star) for star in stars)]


def public_unit(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may see of a unit; a place leads to its units, and what is not public to the sign-in page."""
    shown = published()
    unit = shown.by_code.get(code) if shown else None
    if shown is None or unit is None:
        if shown and any(place.code == code for place in shown.places.values()):
            return redirect(f"{reverse('stars')}?{urlencode({'under': code})}")
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    here = Unit.objects.get(code=code)
    procedures = procedures_for(here).values()
    found = [one for one in procedures if may_open(one, here, by=PUBLIC, authority=NOTHING)]
    # What may be urgent comes first.
    openable = sorted(found, key=lambda one: one.urgent is None)
    context = {
        "shown": shown,
        "unit": unit,
        "kind": shown.kinds[unit.kind],
        "tier": shown.tier_word(unit),
        "way": shown.way_to(unit.path),
        "cards": list(openly(shown, unit)),
        "answering": answering_openly(here, words_everywhere()),
        "course": [(one.as_of, *_standing(one)) for one in reversed(course(here))],
        "openable": openable,
        "has_guide": has_guide(here, openable),
        "registers": with_registers(here, procedures),
        "is_seen": sight_if_any(cast(SignedInRequest, request), code) is not None,
    }
    return render(request, "unit_public.html", context)


def _standing(then: UnitStanding) -> tuple[str, Row]:
    """The tier as it was called, and the stars as they are drawn."""
    kind = scheme_of(then.publication).kinds[then.kind]
    return tier_words(kind).get(then.tier, UNRATED), drawn(kind, then.stars)


def _asked(request: HttpRequest) -> Lookup:
    shown = published()
    if shown is None:
        raise Http404
    return Lookup.of(shown, request.GET)


def _whereabouts(shown: Published, unit: PublicUnit) -> str:
    """The places above a unit, below the whole."""
    return " · ".join(place.name for place in shown.way_to(unit.path) if len(place.path) > len(shown.whole))
