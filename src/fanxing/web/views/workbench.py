"""The workbench: what the signed-in person sees first."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fanxing.organisations.authority import visible_to
from fanxing.programme.queries import rulings, scheme_of
from fanxing.records.queries import visible_records
from fanxing.scoring.queries import near_misses, present_standings
from fanxing.web.ledger import lines
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import own_unit
from fanxing.web.standing import tier_choices

NEAR = 2
NEAR_SHOWN = 8
RECENT = 8


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """One's own unit for those who answer for one; else the units in numbers, those near a star, and what was recorded last."""
    if code := own_unit(request):
        return redirect("unit", code)
    scored = visible_to(request.user, "score.view").filter(closed_on=None)
    ruling = rulings()
    counts = dict(present_standings(scored, ruling).values_list("tier").annotate(Count("pk")))
    schemes = [scheme_of(one) for one in set(ruling.by_path.values())]
    records = {id: kind for scheme in schemes for id, kind in scheme.records.items()}
    near = near_misses(scored, ruling, NEAR)
    recent = visible_records(request.user).standing().select_related("unit").order_by("-pk")
    context = {
        "unit_count": visible_to(request.user).count(),
        "tiers": tier_choices((kind for scheme in schemes for kind in scheme.kinds.values()), counts),
        "near": [(one.score.unit.code, one.score.unit.name, one.star.id, one.star.title, one.colour, one.gap) for one in near[:NEAR_SHOWN]],
        "near_count": len(near),
        "near_points": NEAR,
        "recent": list(lines(recent[:RECENT], records)),
    }
    return render(request, "home.html", context)
