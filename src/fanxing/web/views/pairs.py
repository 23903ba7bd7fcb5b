"""What is wanted beside what fits it, such as vacancies and those who seek work; and what is wanted, for everybody."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching
from fanxing.procedures.actions.pairing import put_together
from fanxing.procedures.models import Matter
from fanxing.procedures.pairing import fits, near, pairing_for, waiting, wanted_openly
from fanxing.procedures.queries import visible_matters
from fanxing.procedures.wording import open_title
from fanxing.programme.queries import rulings
from fanxing.scheme.model import PairedSide, Pairing
from fanxing.web.matters import said_of
from fanxing.web.requests import SignedInRequest, attempt
from fanxing.web.sight import Sight, sight_of

ROWS = 30
SHOWN = 100
OFFERED = 5


@require_GET
def pairs(request: SignedInRequest, code: str) -> HttpResponse:
    """What is wanted here and beside, each with what of here fits it and why; and what waits for something that fits."""
    sight = sight_of(request, code, "work.view")
    pairing = _pairing(sight.unit)
    today = clock.today()
    wanted = wanted_openly(pairing, near(sight.unit), today)
    offered = _offered(request, sight, pairing)
    rows = fits(pairing, wanted[:SHOWN], offered)
    fitting = {fit.matter.pk for _, found in rows for fit in found}
    shown = sorted(rows, key=lambda row: not row[1])
    context = {
        "unit": sight.unit,
        "pairing": pairing,
        "rows": [(one, open_title(one), said_of(one, pairing.wanted.shows), found[:OFFERED], len(found)) for one, found in shown],
        "words": {one.pk: said_of(one, pairing.offered.shows) for one in offered},
        "alone": [one for one in offered if one.pk not in fitting],
        "count": len(wanted),
        "offered": len(offered),
    }
    return render(request, "pairs.html", context)


def _pairing(unit: Unit) -> Pairing:
    pairing = pairing_for(unit)
    if pairing is None:
        raise Http404
    return pairing


def _offered(request: SignedInRequest, sight: Sight, pairing: Pairing) -> list[Matter]:
    seen = set(visible_matters(request.user, sight.authority).filter(unit=sight.unit).values_list("pk", flat=True))
    return [one for one in waiting(pairing.offered, [sight.unit], clock.today()) if one.pk in seen]


@require_POST
def pairs_put(request: SignedInRequest, code: str) -> HttpResponse:
    """Put two together."""
    sight = sight_of(request, code, "work.view")
    pairing = _pairing(sight.unit)
    wanted = get_object_or_404(Matter.objects.whole(), pk=_number(request, "wanted"), procedure_id=pairing.wanted.procedure)
    mine = visible_matters(request.user, sight.authority).filter(unit=sight.unit)
    offered = get_object_or_404(mine.whole(), pk=_number(request, "offered"))
    attempt(
        request,
        lambda: put_together(wanted=wanted, offered=offered, by=request.user, at=clock.now()),
        "已对接，双方凭查询码可以看到对方的联系方式。",
    )
    return redirect("pairs", sight.unit.code)


def _number(request: SignedInRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdecimal():
        raise Http404
    return int(text)


@require_safe
@login_not_required
def pairs_open(request: HttpRequest) -> HttpResponse:
    """What is wanted, for everybody: never how anybody is reached."""
    pairing = next((scheme.pairing for scheme in rulings().schemes if scheme.pairing), None)
    if pairing is None:
        raise Http404
    wanted, sort = request.GET.get("q", "").strip(), request.GET.get("sort", "")
    by = pairing.same[0]
    units = Unit.objects.filter(closed_on=None)
    found = wanted_openly(pairing, matching(units, wanted) if wanted else units, clock.today())
    sorts = _sorts(pairing.wanted, by, found)
    page = Paginator([one for one in found if not sort or one.data.get(by) == sort], ROWS).get_page(request.GET.get("page"))
    context = {
        "pairing": pairing,
        "page": page,
        "rows": [(one, open_title(one), said_of(one, one.procedure.shows)) for one in page],
        "sorts": [(None, "全部", len(found)), *sorts],
        "wanted": wanted,
        "kept": {one.pk: {id: one.data[id] for id in pairing.same if id in one.data} for one in page},
    }
    return render(request, "pairs_open.html", context)


def paired_openly() -> frozenset[str]:
    """The procedures whose matters are put together: those who open one look first at what is wanted."""
    pairings = [scheme.pairing for scheme in rulings().schemes if scheme.pairing]
    return frozenset(id for one in pairings for id in (one.wanted.procedure, one.offered.procedure))


def _sorts(side: PairedSide, by: str, found: Iterable[Matter]) -> list[tuple[str, str, int]]:
    """The choices of the first field by which two fit, with how many there are of each."""
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for one in found:
        value = str(one.data.get(by, ""))
        counts[value] = counts.get(value, 0) + 1
        field = one.procedure.field(by)
        titles |= dict(field.choices) if field else {}
    return [(value, title, counts[value]) for value, title in titles.items() if value in counts]
