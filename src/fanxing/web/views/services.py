"""What one can have done at a place: the guide, where it may be asked for online, and where and when somebody is there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fanxing.audit.actors import PUBLIC
from fanxing.organisations.authority import NOTHING
from fanxing.organisations.models import Unit
from fanxing.procedures.parties import may_open
from fanxing.programme.queries import kinds_for, procedures_for
from fanxing.records.queries import counting
from fanxing.scheme.model import Procedure, RecordKind
from fanxing.web.answering import answering_openly
from fanxing.web.ledger import said
from fanxing.web.listing import words_everywhere


@dataclass(frozen=True)
class Item:
    """One thing that can be done: what it is called, what the guide says of it; `online` is where it may be asked for, empty where not."""

    title: str
    lines: list[tuple[str, str]]
    link: str
    online: str


@require_safe
@login_not_required
def services(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of a unit, by group; a page that is not there where the unit keeps none."""
    unit = get_object_or_404(Unit, code=code, closed_on=None)
    groups: dict[str, list[Item]] = {}
    for procedure in guided(unit):
        for group, item in _items(unit, procedure, kinds_for(unit)[procedure.guide]):
            groups.setdefault(group, []).append(item)
    if not groups:
        raise Http404
    context = {
        "unit": unit,
        "groups": groups,
        "booked": [one for one in procedures_for(unit).values() if one.clash and _is_open(one, unit)],
        "answering": answering_openly(unit, words_everywhere()),
    }
    return render(request, "services.html", context)


def guided(unit: Unit) -> list[Procedure]:
    """The procedures of a unit that have a guide which it may keep."""
    kinds = kinds_for(unit)
    return [one for one in procedures_for(unit).values() if one.guide in kinds and one.kept_in(unit.kind)]


def has_guide(unit: Unit, procedures: Iterable[Procedure]) -> bool:
    """Whether the unit keeps a guide with something in it for one of these procedures."""
    kinds = [one.guide for one in procedures if one.guide]
    return bool(kinds) and counting([unit]).filter(kind__in=kinds).exists()


def _is_open(procedure: Procedure, unit: Unit) -> bool:
    return may_open(procedure, unit, by=PUBLIC, authority=NOTHING)


def _items(unit: Unit, procedure: Procedure, kind: RecordKind) -> Iterator[tuple[str, Item]]:
    """(group, item) of the unit's guide, in the order of the choices that group them."""
    grouping = next((one for one in kind.fields if one.choices), None)
    order = [value for value, _ in grouping.choices] if grouping else []
    rows = [one.data for one in counting([unit]).filter(kind=kind.id).order_by("pk")]
    for data in sorted(rows, key=lambda one: order.index(one[grouping.id]) if grouping and one.get(grouping.id) in order else len(order)):
        told = [one for one in kind.fields if one.id in data and one not in (grouping, kind.field(procedure.titled))]
        link = next((str(data[one.id]) for one in told if str(data[one.id]).startswith(("https://", "http://"))), "")
        lines = [(one.title, said(one, data[one.id])) for one in told if str(data[one.id]) != link]
        title, group = str(data.get(procedure.titled, kind.title)), said(grouping, data[grouping.id]) if grouping else kind.title
        yield group, Item(title, lines, link, _online(unit, procedure, data))


def _online(unit: Unit, procedure: Procedure, data: dict[str, object]) -> str:
    """Where it may be asked for: nowhere for what the form has no choice for."""
    both = {id: str(data[id]) for id in procedure.asks if id in data}
    for id, value in both.items():
        field = procedure.field(id)
        if field is not None and field.choices and value not in dict(field.choices):
            return ""
    return f"{reverse('open_new', args=[procedure.id, unit.code])}?{urlencode(both)}" if _is_open(procedure, unit) else ""
