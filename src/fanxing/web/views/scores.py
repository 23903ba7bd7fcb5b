"""Why a unit stands where it stands: from a result down to the records a figure counts."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fanxing.programme.queries import scheme_of
from fanxing.records.queries import recordable_kinds
from fanxing.scoring.models import Run
from fanxing.scoring.queries import Account, account, explanation_in, records_behind
from fanxing.web.ledger import lines
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import sight_of
from fanxing.web.standing import cards
from fanxing.web.steps import shortfalls
from fanxing.web.trails import trails

GAINS = 5
ROWS = 100
RUNS = 8


@require_GET
def unit_star(request: SignedInRequest, code: str, id: str) -> HttpResponse:
    """One result of a unit, a star or the tier or any rule, as an outline of what it was made of."""
    sight = sight_of(request, code, "score.view")
    found = _account(account(sight.unit))
    step = found.explanation.find(id)
    if step is None:
        raise Http404
    if step.form == "fact":
        return redirect("fact_records", code, id)
    stars = cards(found, scheme_of(found.publication).kinds[sight.unit.kind])
    card = next((one for one in stars if one.id == id), None)
    root = card.score if card else step
    conditions = [(one, [found.explanation.find(fact) for fact in one.facts]) for one in found.conditions.get(id, ())]
    context = {
        "unit": sight.unit,
        "account": found,
        "step": step,
        "card": card,
        "root": root,
        "stars": {one.id: one for one in stars},
        "conditions": conditions,
        "gains": shortfalls(root, GAINS),
        "may_add": bool(recordable_kinds(request.user, sight.unit)),
    }
    return render(request, "unit_star.html", context)


@require_GET
def fact_records(request: SignedInRequest, code: str, id: str) -> HttpResponse:
    """One figure of a unit, now or in a run: its value, what it serves, and the records it counts."""
    sight = sight_of(request, code, "score.view")
    found = _account(account(sight.unit))
    runs = _runs(found)
    run = _run_asked(request, runs)
    then = explanation_in(run, code) if run else found.explanation
    scheme, fact = scheme_of(found.publication), then.find(id) if then else None
    if fact is None or fact.form != "fact":
        raise Http404
    kind = scheme.kinds[sight.unit.kind]
    seen, source = sight.may("record.view"), kind.facts[id].source
    addable = {one.id: one for one in recordable_kinds(request.user, sight.unit)}
    records = records_behind(sight.unit, id, run=run).select_related("unit")
    page = Paginator(records.order_by("-occurred_on", "-pk"), ROWS).get_page(request.GET.get("page"))
    context = {
        "unit": sight.unit,
        "account": found,
        "fact": fact,
        "run": run,
        "runs": runs,
        "trails": [] if run else trails(found, kind, id),
        "adds": addable.get(source.kind) if source and not run else None,
        "page": page if seen else None,
        "rows": list(lines(page, scheme.records)) if seen else [],
    }
    return render(request, "fact_records.html", context)


def _runs(of: Account) -> list[Run]:
    """The last runs by the rules that rate the unit now, the latest first; without their tables, which are large."""
    runs = Run.objects.filter(publication=of.publication).select_related("publication").defer("heads", "facts", "results")
    return list(runs.order_by("-made_at", "-pk")[:RUNS])


def _run_asked(request: SignedInRequest, runs: Sequence[Run]) -> Run | None:
    """The run up to which the address asks; None where it asks for what stands now."""
    asked = request.GET.get("run", "")
    run = next((one for one in runs if str(one.pk) == asked), None)
    if asked and run is None:
        raise Http404
    return run


def _account(found: Account | None) -> Account:
    """A unit that no programme rates has no such page."""
    if found is None:
        raise Http404
    return found
