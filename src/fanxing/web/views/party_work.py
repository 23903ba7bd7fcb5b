"""Tasks with milestones, and brands and methods, of a unit and those below it."""

from collections import Counter
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import visible_to
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.queries import rulings
from fanxing.records.queries import recordable_kinds
from fanxing.web.downloads import excel
from fanxing.web.party_work import STATES, Shown, Task, brands, carried, tasks
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of

ROWS, CARDS = 50, 24
OF_TASKS = [
    *(Column("单位", 24), Column("任务", 30), Column("类别", 14), Column("交办日期", 12), Column("时限", 12), Column("状态", 12)),
    *(Column("节点", 8), Column("已完成", 8), Column("晚的", 8), Column("价值（元）", 14), Column("核定", 24)),
]
OF_BRANDS = [
    *(Column("单位", 24), Column("名称", 24), Column("类别", 12), Column("做法", 50)),
    *(Column("成效", 40), Column("成效已核实", 12), Column("使用中", 10)),
]


@require_GET
def party_tasks(request: SignedInRequest, code: str) -> HttpResponse:
    """The tasks of a unit and those below it, by how they stand and of what sort they are."""
    sight = sight_of(request, code, "record.view")
    everything = tasks(_units(request, sight), rulings(), clock.today())
    page = Paginator(_chosen(request, everything), ROWS).get_page(request.GET.get("page"))
    states = Counter(one.state for one in everything)
    sorts = Counter(one.words("about") for one in everything)
    context = {
        "unit": sight.unit,
        "several": any(one.record.unit_id != sight.unit.pk for one in everything),
        "page": page,
        "states": [(None, "全部", len(everything)), *((id, words, states[id]) for id, words in STATES.items() if states[id])],
        "sorts": [(None, "各类", None), *((words, words, count) for words, count in sorts.items() if words)],
        "late": sum(bool(one.late_count) for one in everything),
    }
    return render(request, "party_tasks.html", context)


@require_GET
def party_tasks_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same list."""
    sight = sight_of(request, code, "record.view")
    found = _chosen(request, tasks(_units(request, sight), rulings(), clock.today()))
    return excel(f"{sight.unit.name}任务和项目", OF_TASKS, map(_task_row, found))


@require_GET
def party_task(request: SignedInRequest, code: str, position: int) -> HttpResponse:
    """One task: its term, its milestones with planned and actual days, and what it was worth."""
    sight = sight_of(request, code, "record.view")
    own = Unit.objects.filter(pk=sight.unit.pk)
    found = next((one for one in tasks(own, rulings(), clock.today()) if one.first.position == position), None)
    if found is None:
        raise Http404
    may = {kind.id for kind in recordable_kinds(request.user, sight.unit)}
    context = {"unit": sight.unit, "task": found, **_entries(request, found, may)}
    return render(request, "party_task.html", context)


@require_GET
def party_brands(request: SignedInRequest, code: str) -> HttpResponse:
    """The brands and methods of a unit and those below it as cards."""
    sight = sight_of(request, code, "record.view")
    page = Paginator(_brands(request, sight), CARDS).get_page(request.GET.get("page"))
    context = {
        "unit": sight.unit,
        "several": any(one.record.unit_id != sight.unit.pk for one in page),
        "page": page,
        "carried": carried(list(page), rulings()),
        "states": [(None, "全部", None), ("proved", "成效已核实", None), ("in_use", "使用中", None)],
    }
    return render(request, "party_brands.html", context)


@require_GET
def party_brands_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same, a row each."""
    sight = sight_of(request, code, "record.view")
    return excel(f"{sight.unit.name}品牌和特色做法", OF_BRANDS, map(_brand_row, _brands(request, sight)))


def _units(request: SignedInRequest, sight: Sight) -> QuerySet[Unit]:
    units: QuerySet[Unit] = visible_to(request.user, "record.view").filter(within(sight.unit.path))
    return units


def _chosen(request: SignedInRequest, everything: list[Task]) -> list[Task]:
    asked = request.GET
    state, sort, words = asked.get("state", ""), asked.get("sort", ""), asked.get("q", "").strip()
    some = [one for one in everything if not state or one.state == state]
    some = [one for one in some if not sort or one.words("about") == sort]
    some = [one for one in some if "late" not in asked or one.late_count]
    return [one for one in some if words in one.title or words in one.record.unit.name]


def _brands(request: SignedInRequest, sight: Sight) -> list[Shown]:
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    some = brands(_units(request, sight), rulings())
    return [one for one in some if (not state or one.value(state) is True) and (words in one.title or words in one.record.unit.name)]


def _entries(request: SignedInRequest, task: Task, may: set[str]) -> dict[str, str]:
    """Where a milestone is added, and where one is said to be done, for those who may; the milestone is added to the latter."""
    id, _, by = task.roles.get("milestone", "").partition(".")
    expects = next((scheme.records[id].expects for scheme in rulings().schemes if id in scheme.records), None)
    back = {"next": request.get_full_path()}
    found = {"add": "", "finish": ""}
    if id in may:
        found["add"] = f"{reverse('record_new', args=[task.record.unit.code, id])}?{urlencode({by: task.reference, **back})}"
    if expects and expects.record in may:
        found["finish"] = f"{reverse('record_new', args=[task.record.unit.code, expects.record])}?{urlencode(back)}&{expects.by}="
    return found


def _task_row(one: Task) -> list[Cell]:
    value = one.value("value")
    return [
        *(one.record.unit.name, one.title, one.words("about"), one.record.occurred_on, one.due_on, one.word),
        *(len(one.milestones), one.done_count, one.late_count),
        *(value if isinstance(value, int | float) else None, one.confirmer or None),
    ]


def _brand_row(one: Shown) -> list[Cell]:
    return [one.record.unit.name, *(one.words(role) or None for role in ("name", "about", "practice", "result", "proved", "in_use"))]
