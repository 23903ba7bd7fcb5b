"""How the work of the units one may see stands: what waits, what is late, and how much was done on time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fanxing.inbox.models import WorkItemQuerySet
from fanxing.inbox.queries import PERSONAL, Work, gathered, mine, visible_items, work_by_path, work_of
from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT, upwards, within
from fanxing.organisations.queries import matching
from fanxing.procedures.queries import visible_matters, work_by_place
from fanxing.programme.queries import rulings
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit, sight_of
from fanxing.web.waiting import SOURCES

ROWS = 50
SPANS = {"30": "近 30 天", "90": "近 90 天", "365": "近一年"}
SPAN = "90"
MATTERS = "matters"
FIGURES = (Column("待办", 8), Column("已超期", 8), Column("办结", 8), Column("按期办结", 10), Column("按期办结率", 12))
UNITS = (Column("单位代码", 16), Column("单位", 24), Column("上级", 20), *FIGURES)
PROCEDURES = (Column("流程", 24), *FIGURES)


@dataclass(frozen=True)
class Row:
    """A unit with its work and that of all below it; `alone` is a unit without those below it, of which other rows tell."""

    unit: Unit
    work: Work
    alone: bool = False
    has_below: bool = False


@dataclass(frozen=True)
class State:
    """What the page shows after its filters, at a place, between two moments: by unit what waits for posts, or else the matters there."""

    request: SignedInRequest
    at: datetime
    span: str
    node: Unit | None
    of_matters: bool

    @cached_property
    def authority(self) -> Authority:
        return authority_in(self.request)

    @property
    def since(self) -> datetime:
        return self.at - timedelta(days=int(self.span))

    @cached_property
    def works(self) -> dict[str, Work]:
        """The work of each unit that has any, by its path."""
        if self.of_matters:
            asked = self.request.GET.get("procedure")
            return _summed((path, work) for (path, id), work in self.matters.items() if asked in (None, "", id))
        return work_by_path(self.items.filter(within(self.below, field="unit__path")), at=self.at, since=self.since)

    @property
    def below(self) -> str:
        """The path at and below which it is asked for."""
        return self.node.path if self.node else ROOT

    @property
    def items(self) -> WorkItemQuerySet:
        """What waits or waited for anybody whose work one may see, from the source asked for."""
        items, source = visible_items(self.authority).exclude(PERSONAL), self.request.GET.get("source")
        return items.filter(source=source) if source else items

    @cached_property
    def matters(self) -> dict[tuple[str, str], Work]:
        """How the matters stand that one may see at the place, by the path of their unit and their procedure."""
        seen = visible_matters(self.request.user, self.authority)
        return work_by_place(seen, on=clock.today(self.at), since=clock.today(self.since), below=self.below)

    @cached_property
    def by_procedure(self) -> list[tuple[str, str, Work]]:
        """(id, title, its matters) of each procedure that has any, in the order of the rules."""
        found = _summed((id, work) for (_, id), work in self.matters.items())
        titles = {id: one.title for scheme in rulings().schemes for id, one in scheme.procedures.items()}
        return [(id, titles[id], found[id]) for id in titles if id in found]

    @property
    def whole(self) -> Work:
        """All of it together."""
        return sum(self.works.values(), Work())

    @cached_property
    def own(self) -> Work:
        """What concerns the very posts of the person."""
        return work_of(self.items.filter(mine(self.authority)), at=self.at, since=self.since)

    @cached_property
    def way(self) -> list[Unit]:
        """The units above the place that one may see, the highest first."""
        above = upwards(self.node.path)[:-1] if self.node else []
        return list(Unit.objects.filter(self.authority.reach("work.view"), path__in=above).order_by("path")) if above else []

    @cached_property
    def rows(self) -> list[Row]:
        """In the order of the tree, those that have any: what was sought, or the place itself and each unit right below it."""
        units = Unit.objects.select_related("parent").order_by("path")
        if wanted := self.request.GET.get("q", "").strip():
            return self._each(matching(units.filter(self.authority.reach("work.view"), within(self.below)), wanted))
        if self.node is None:
            return self._each(units.filter(path__in=self._tops))
        alone = self.works.get(self.node.path)
        return [*([Row(self.node, alone, alone=True)] if alone else []), *self._each(units.filter(parent=self.node))]

    @property
    def _tops(self) -> set[str]:
        """The highest units that have any."""
        tops = self.authority.tops("work.view")
        return {next((top for top in tops if path.startswith(top)), path) for path in self.works}

    def _each(self, units: Iterable[Unit]) -> list[Row]:
        some = list(units)
        found = gathered(self.works, [unit.path for unit in some])
        return [Row(unit, work, has_below=work != self.works.get(unit.path)) for unit in some if (work := found.get(unit.path))]


def _summed(works: Iterable[tuple[str, Work]]) -> dict[str, Work]:
    """The sum of the work under each name."""
    found: dict[str, Work] = {}
    for name, work in works:
        found[name] = found.get(name, Work()) + work
    return found


def state_in(request: SignedInRequest) -> State:
    """What the address asks for: `days` back, `what` it is about, `source` or `procedure`, `under` the code of a unit, `q` words of one."""
    span, asked = request.GET.get("days", SPAN), request.GET.get("under")
    node = sight_of(request, asked, "work.view").unit if asked else _only_top(authority_in(request))
    return State(request, clock.now(), span if span in SPANS else SPAN, node, request.GET.get("what") == MATTERS)


def _only_top(authority: Authority) -> Unit | None:
    """The highest unit of whoever answers for what lies below one."""
    tops = authority.tops("work.view")
    return Unit.objects.filter(path=tops[0]).select_related("parent").first() if len(tops) == 1 else None


@require_safe
def inbox_state(request: SignedInRequest) -> HttpResponse:
    """The own work and, for who answers for several units, that of each in the order of the tree; nobody is ranked, no person is rated."""
    shown, several = state_in(request), not own_unit(request)
    page = Paginator(shown.rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "several": several,
        "page": page,
        "spans": [(days if days != SPAN else None, words, None) for days, words in SPANS.items()],
        "sources": [(None, "各种来源", None), *((source, words, None) for source, words in SOURCES.items())],
        "procedures": [(None, "各流程", None), *((id, title, None) for id, title, _ in shown.by_procedure)] if shown.of_matters else [],
    }
    return render(request, "inbox_state.html", context)


@require_safe
def inbox_state_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook, all pages of it; with `table` the procedures."""
    shown = state_in(request)
    if request.GET.get("table") == "procedures":
        return excel("各流程办理情况", PROCEDURES, ([title, *_figures(work)] for _, title, work in shown.by_procedure))
    return excel("办理情况", UNITS, map(_cells, shown.rows))


def _cells(row: Row) -> Sequence[Cell]:
    unit = row.unit
    return [unit.code, f"{unit.name}本级" if row.alone else unit.name, unit.parent.name if unit.parent else None, *_figures(row.work)]


def _figures(work: Work) -> list[Cell]:
    return [work.waiting, work.late, work.closed, work.in_time, work.share]
