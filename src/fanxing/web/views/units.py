"""A unit on its page."""

from collections.abc import Collection
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fanxing.lib.spreadsheets import Column
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import units_counted_with
from fanxing.programme.queries import Rulings, kinds_for, procedures_for, rulings, scheme_of
from fanxing.records.offers import keeps_needs
from fanxing.records.queries import recordable_kinds, standing
from fanxing.scoring.doubtful import doubtful_records
from fanxing.scoring.queries import account, heir_of
from fanxing.web.answering import answering
from fanxing.web.choosing import left_by
from fanxing.web.confirming import awaiting_in
from fanxing.web.downloads import excel
from fanxing.web.ledger import Line, lines
from fanxing.web.listing import Words, words_of
from fanxing.web.own import first_things, spotted
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, own_unit, sight_if_any, sight_of
from fanxing.web.standing import cards, nearest, shortened
from fanxing.web.steps import sheet
from fanxing.web.views.place_codes import openable_with_place
from fanxing.web.views.public import public_unit

RECENT = 6
BESIDE = 60
QUICK = 4
OFTEN = "activity"
PUBLIC = "public"
SHEET = [
    Column("项目", 44),
    Column("数值", 14),
    Column("单位", 8),
    Column("满分", 8),
    Column("失分", 8),
    Column("规则", 80),
    Column("依据", 30),
    Column("负责", 12),
]


@require_safe
@login_not_required
def unit(request: SignedInRequest, code: str) -> HttpResponse:
    """A unit: its stars, what is missing for the next one, who answers for it, and what was recorded last; for everybody else,
    and for those who ask for it, what is public."""
    sight = sight_if_any(request, code) if request.GET.get("view") != PUBLIC else None
    if sight is None:
        return public_unit(request, code)
    here, ruling = sight.unit, rulings()
    words = words_of(ruling.schemes)
    found = account(here) if sight.may("score.view") and not here.closed_on else None
    kinds = recordable_kinds(request.user, here) if found else []
    answers = answering(here, words, sight.authority)
    procedures = procedures_for(here).values() if found else ()
    context = {
        "unit": here,
        "answering": answers,
        "coded": openable_with_place(here, procedures),
        "has_needs": sight.may("record.view") and keeps_needs(here, ruling),
        "beside": _beside(sight, words, {one.code for one in answers}),
        "may_see_people": sight.may("person.view"),
        "may_keep_people": sight.may("person.manage") and not here.closed_on,
        "recent": _recent(sight) if sight.may("record.view") else [],
        "kinds": kinds,
        "awaiting": awaiting_in(here).count() if sight.may("record.view") else 0,
        "doubtful": doubtful_records(Unit.objects.filter(pk=here.pk), ruling) if sight.may("record.view") else [],
        "quick": [kind for kind in kinds if kind.nature == OFTEN][:QUICK],
        "account": found,
        "heir": heir_of(here) if here.closed_on else here,
        "below": 0 if found or here.closed_on else _rated_below(sight, ruling),
    }
    if found:
        kind = scheme_of(found.publication).kinds[here.kind]
        stars = cards(found, kind)
        near = nearest(found, stars)
        context |= {"kind": kind, "cards": stars, "nearest": near, "tier": found.explanation.find(kind.tier)}
        context["reason"] = shortened(found.score.reason)
        if own_unit(request) == code:
            left = left_by(here, procedures)
            typed = [one for one in kinds if one.id not in left]
            return render(
                request,
                "own_unit.html",
                context | first_things(request, here, found, near, typed) | {"spotted": spotted(request, here, procedures)},
            )
    return render(request, "unit.html", context)


def _rated_below(sight: Sight, ruling: Rulings) -> int:
    """How many units below this one are rated and count."""
    kinds = {id for id, kind in ruling.kinds.items() if kind.counted}
    below = Unit.objects.filter(sight.authority.reach("unit.view"), within(sight.unit.path), closed_on=None, kind__in=kinds)
    return below.count()


def _beside(sight: Sight, words: Words, answered: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(kind, [(code, name), …]) of the units beside the rated ones right below the unit; places that stand with those who answer for
    them are left out."""
    kinds = [id for id in words.beside if sight.unit.closed_on is None]
    below = Unit.objects.filter(sight.authority.reach("unit.view"), parent=sight.unit, kind__in=kinds, closed_on=None)
    below = below.exclude(code__in=answered)
    rows = sorted(below.order_by("code").values_list("kind", "code", "name")[:BESIDE], key=lambda row: kinds.index(row[0]))
    return [(words.kind(kind), [(code, name) for _, code, name in some]) for kind, some in groupby(rows, key=lambda row: row[0])]


def _recent(sight: Sight) -> list[Line]:
    records = standing(units_counted_with(sight.unit)).select_related("unit")
    return list(lines(records.order_by("-pk")[:RECENT], kinds_for(sight.unit)))


@require_safe
def unit_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The unit's score sheet: every rule and figure with its value."""
    sight = sight_of(request, code, "score.view")
    found = account(sight.unit)
    rows = sheet(found.explanation) if found else []
    return excel(f"{sight.unit.name}得分表", SHEET, rows)
