"""Why a unit stands where it stands: from a result down to the records a figure counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fanxing.programme.queries import scheme_of
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.scoring.models import Run
from fanxing.scoring.queries import Step, Told, account, account_in, ids_behind_each, records_behind
from fanxing.web.ledger import lines
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of
from fanxing.web.standing import cards
from fanxing.web.steps import inputs, shortfalls
from fanxing.web.trails import trails

GAINS = 5
ROWS = 100
RECORDS_OF_A_FIGURE = 5
# Of more figures only the values are laid open.
FIGURES_LAID_OPEN = 8
RUNS = 8


@require_GET
def unit_star(request: SignedInRequest, code: str, id: str) -> HttpResponse:
    """One result of a unit, now or in a run: a star or the tier or any rule, as an outline of what it was made of."""
    asked = _asked(request, code)
    step = asked.step(id)
    if step.form == "fact":
        return redirect(reverse("fact_records", args=[code, id]) + asked.in_address)
    unit, told = asked.sight.unit, asked.told
    stars = cards(told, scheme_of(told.publication).kinds[unit.kind])
    card = next((one for one in stars if one.id == id), None)
    root = card.score if card else step
    context = asked.context() | {
        "step": step,
        "card": card,
        "root": root,
        "stars": {one.id: one for one in stars},
        "conditions": [(one, [told.explanation.find(fact) for fact in one.facts]) for one in told.conditions.get(id, ())],
        "gains": shortfalls(root, GAINS),
        "may_add": asked.run is None and bool(recordable_kinds(request.user, unit)),
    }
    return render(request, "unit_star.html", context)


@require_GET
def points_behind(request: SignedInRequest, code: str, id: str) -> HttpResponse:
    """Where the points of a rule come from: its sentence, the figures it rests on, and the records that each of them counts."""
    asked = _asked(request, code)
    step, told = asked.step(id), asked.told
    if step.form == "fact":
        return redirect(reverse("fact_records", args=[code, id]) + asked.in_address)
    figures = inputs(step, told.explanation)
    seen = asked.sight.may("record.view")
    behind = ids_behind_each(asked.sight.unit, [one.id for one in figures], run=asked.run) if seen else {}
    records = Record.objects.filter(pk__in={id for ids in behind.values() for id in ids}).select_related("unit")
    rows = list(lines(records.order_by("-occurred_on", "-pk"), scheme_of(told.publication).records))
    context = asked.context() | {
        "step": step,
        "parts": [part for part in step.parts if part.form != "fact"],
        "figures": [
            (one, [row for row in rows if row[0] in ids], one.id in behind) for one in figures for ids in [{*behind.get(one.id, ())}]
        ],
        "shown": RECORDS_OF_A_FIGURE,
        "together": FIGURES_LAID_OPEN,
        "seen": seen,
    }
    return render(request, "points_behind.html", context)


@require_GET
def fact_records(request: SignedInRequest, code: str, id: str) -> HttpResponse:
    """One figure of a unit, now or in a run: its value, what it serves, and the records it counts."""
    asked = _asked(request, code)
    fact, unit, scheme = asked.step(id), asked.sight.unit, scheme_of(asked.told.publication)
    if fact.form != "fact":
        raise Http404
    kind = scheme.kinds[unit.kind]
    seen, source = asked.sight.may("record.view"), kind.facts[id].source
    addable = {one.id: one for one in recordable_kinds(request.user, unit)}
    records = records_behind(unit, id, run=asked.run).select_related("unit")
    page = Paginator(records.order_by("-occurred_on", "-pk"), ROWS).get_page(request.GET.get("page"))
    context = asked.context() | {
        "fact": fact,
        "trails": trails(asked.told, kind, id),
        "adds": addable.get(source.kind) if source and not asked.run else None,
        "page": page if seen else None,
        "rows": list(lines(page, scheme.records)) if seen else [],
    }
    return render(request, "fact_records.html", context)


@dataclass(frozen=True)
class _Asked:
    """A unit as the address asks for it: as it stands now, or as it stood in a run."""

    sight: Sight
    told: Told
    runs: list[Run]
    run: Run | None

    def step(self, id: str) -> Step:
        """A fact or node of its explanation."""
        step = self.told.explanation.find(id)
        if step is None:
            raise Http404
        return step

    @property
    def in_address(self) -> str:
        """What an address says to stay in the run."""
        return f"?run={self.run.pk}" if self.run else ""

    def context(self) -> dict[str, object]:
        """What every page says of it."""
        return {"unit": self.sight.unit, "told": self.told, "runs": self.runs, "run": self.run, "then": self.in_address}


def _asked(request: SignedInRequest, code: str) -> _Asked:
    sight = sight_of(request, code, "score.view")
    now = account(sight.unit)
    if now is None:
        # A unit that no programme rates has no such page.
        raise Http404
    runs = _runs(now)
    run = _run_asked(request, runs)
    told = account_in(run, sight.unit) if run else now
    if told is None:
        raise Http404
    return _Asked(sight, told, runs, run)


def _runs(of: Told) -> list[Run]:
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
