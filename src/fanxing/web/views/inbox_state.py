"""How the work of the units one may see stands: what waits, what is late, and how much was done on time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fanxing.inbox.models import WorkItemQuerySet
from fanxing.inbox.queries import PERSONAL, Work, mine, visible_items, work_by_unit, work_of
from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching, subtree
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit, sight_of
from fanxing.web.waiting import SOURCES

ROWS = 50
SPANS = {"30": "近 30 天", "90": "近 90 天", "365": "近一年"}
SPAN = "90"
COLUMNS = (
    Column("单位代码", 16),
    Column("单位", 24),
    Column("上级", 20),
    Column("待办", 8),
    Column("已逾期", 8),
    Column("办结", 8),
    Column("按期办结", 10),
    Column("按期办结率", 12),
)


@dataclass(frozen=True)
class State:
    """What the page shows: items after its filters, units that have any in tree order, and the moments it counts between."""

    at: datetime
    since: datetime
    span: str
    node: Unit | None
    items: WorkItemQuerySet
    own: WorkItemQuerySet
    units: QuerySet[Unit]

    def rows(self, units: list[Unit]) -> Iterator[tuple[Unit, Work]]:
        """Each unit with its work."""
        found = work_by_unit(self.items, units, at=self.at, since=self.since)
        return ((unit, found.get(unit.pk, Work())) for unit in units)


def state_in(request: SignedInRequest) -> State:
    """What the address asks for: `days` back, `source` of the items, `under` the code of a unit above, `q` words of a unit."""
    at, authority = clock.now(), authority_in(request)
    span = request.GET.get("days", SPAN)
    span = span if span in SPANS else SPAN
    node = sight_of(request, code, "work.view").unit if (code := request.GET.get("under")) else None
    items = visible_items(authority).exclude(PERSONAL)
    if source := request.GET.get("source"):
        items = items.filter(source=source)
    units = Unit.objects.filter(authority.reach("work.view"), subtree(node) if node else authority.reach("work.view"), closed_on=None)
    units = matching(units, request.GET.get("q", "")).filter(pk__in=items.order_by().values("unit"))
    shown = units.select_related("parent").order_by("path")
    return State(at, at - timedelta(days=int(span)), span, node, items, items.filter(mine(authority)), shown)


@require_safe
def inbox_state(request: SignedInRequest) -> HttpResponse:
    """The own work and, for who answers for several units, that of each in the order of the tree; nobody is ranked, no person is rated."""
    shown, several = state_in(request), not own_unit(request)
    page = Paginator(shown.units, ROWS).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "own": work_of(shown.own, at=shown.at, since=shown.since),
        "whole": work_of(shown.items.filter(unit__in=shown.units.order_by()), at=shown.at, since=shown.since) if several else None,
        "several": several,
        "page": page,
        "rows": list(shown.rows(list(page))) if several else [],
        "spans": [(days if days != SPAN else None, words, None) for days, words in SPANS.items()],
        "sources": [(None, "各种来源", None), *((source, words, None) for source, words in SOURCES.items())],
    }
    return render(request, "inbox_state.html", context)


@require_safe
def inbox_state_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook, all pages of it."""
    shown = state_in(request)
    return excel("办理情况", COLUMNS, (_cells(unit, work) for unit, work in shown.rows(list(shown.units))))


def _cells(unit: Unit, work: Work) -> list[Cell]:
    above = unit.parent.name if unit.parent else None
    return [unit.code, unit.name, above, work.waiting, work.late, work.closed, work.in_time, work.share]
