"""A week of what can be booked: which room is free when, for everybody; by whom it is taken, for those who see the matter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.procedures.models import Matter
from fanxing.procedures.queries import visible_matters
from fanxing.programme.queries import procedures_for
from fanxing.scheme.model import Field, Procedure
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in

DAYS = 7
# So far from today, in days, one looks at most.
FARTHEST = 366


@dataclass(frozen=True)
class Cell:
    """One slot of one day: free, or taken by a matter; `fields` fill in the form that books it."""

    day: date
    fields: dict[str, str]
    matter: Matter | None
    is_past: bool


@dataclass(frozen=True)
class Row:
    """One room and slot in the words of people, over the days of the week."""

    words: str
    cells: list[Cell]


@require_safe
@login_not_required
def open_week(request: HttpRequest, procedure: str, code: str) -> HttpResponse:
    """The week of a day (`day`), the present one by default."""
    unit = get_object_or_404(Unit, code=code, closed_on=None)
    chosen = procedures_for(unit).get(procedure)
    day = _day_field(chosen) if chosen and chosen.kept_in(unit.kind) else None
    if chosen is None or day is None:
        raise Http404
    today = clock.today()
    first = _monday(request.GET.get("day", ""), today)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    context = {
        "unit": unit,
        "procedure": chosen,
        "days": days,
        "rows": list(_rows(unit, chosen, day, days, today)),
        "seen": _seen(request, unit, chosen),
        "before": first - timedelta(days=DAYS),
        "after": first + timedelta(days=DAYS),
    }
    return render(request, "open_week.html", context)


def _day_field(procedure: Procedure) -> Field | None:
    fields = [procedure.field(id) for id in procedure.clash]
    return next((one for one in fields if one is not None and one.type == "date"), None)


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    seen = day if abs((day - today).days) <= FARTHEST else today
    return seen - timedelta(days=seen.weekday())


def _rows(unit: Unit, procedure: Procedure, day: Field, days: list[date], today: date) -> Iterator[Row]:
    others = [one for id in procedure.clash if id != day.id and (one := procedure.field(id)) and one.choices]
    taken = {
        tuple(str(matter.data.get(id)) for id in procedure.clash): matter
        for matter in Matter.objects.open().filter(unit=unit, procedure_id=procedure.id).whole()
    }
    for chosen in product(*(one.choices for one in others)):
        said = {field.id: value for field, (value, _) in zip(others, chosen, strict=True)}
        cells = [_cell(procedure, day, on, said, taken, today) for on in days]
        yield Row(" · ".join(word for _, word in chosen), cells)


def _cell(procedure: Procedure, day: Field, on: date, said: dict[str, str], taken: dict[tuple[str, ...], Matter], today: date) -> Cell:
    fields = {**said, day.id: on.isoformat()}
    return Cell(on, fields, taken.get(tuple(fields.get(id, "") for id in procedure.clash)), on < today)


def _seen(request: HttpRequest, unit: Unit, procedure: Procedure) -> set[int]:
    """The matters that whoever looks may open; none for those who are not signed in."""
    if not request.user.is_authenticated:
        return set()
    signed_in = cast(SignedInRequest, request)
    seen = visible_matters(signed_in.user, authority_in(signed_in)).open().filter(unit=unit, procedure_id=procedure.id)
    return set(seen.values_list("pk", flat=True))
