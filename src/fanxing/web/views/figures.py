"""What departments supply: how far it came in, and where it is missing."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.records.ingest.reach import importable_kinds, keepers, lacking
from fanxing.web.figures import figure_kinds, period_of, supplies
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, sight_of

UNITS_SHOWN = 1_000


def _place(request: SignedInRequest) -> tuple[Unit, Publication, list[Unit]]:
    """The unit of the address, or the first of one's own; the rules there; and one's own units."""
    tops = list(Unit.objects.filter(path__in=authority_in(request).tops("record.view"), closed_on=None).order_by("path"))
    if not tops:
        raise NotAllowed("您的岗位不查看台账")
    unit = sight_of(request, request.GET["unit"], "record.view").unit if request.GET.get("unit") else tops[0]
    publication = programme_for(unit)
    if publication is None:
        raise Http404
    return unit, publication, tops


@require_GET
def figures(request: SignedInRequest) -> HttpResponse:
    """Each kind of figures: who supplies it, for how many units it came this period, template and import in one place."""
    unit, publication, tops = _place(request)
    mine = {kind.id for kind in importable_kinds(request.user, unit)}
    rows = sorted(supplies(unit, publication), key=lambda one: (one.kind.id not in mine, not one.lacking))
    context = {"unit": unit, "tops": tops, "rows": rows, "mine": mine, "period": period_of(publication)}
    return render(request, "figures.html", context)


@require_GET
def figures_lacking(request: SignedInRequest, kind: str) -> HttpResponse:
    """The units for which figures of a kind were not reported this period."""
    unit, publication, _ = _place(request)
    scheme, period = scheme_of(publication), period_of(publication)
    definition = next((one for one in figure_kinds(unit) if one.id == kind), None)
    if definition is None:
        raise Http404
    units = lacking(unit, definition, keepers(scheme, definition), period.start, period.end).select_related("parent")
    context = {
        "unit": unit,
        "kind": definition,
        "period": period,
        "units": units[:UNITS_SHOWN],
        "count": units.count(),
        "shown": UNITS_SHOWN,
        "is_mine": any(one.id == kind for one in importable_kinds(request.user, unit)),
    }
    return render(request, "figures_lacking.html", context)
