"""What waits for the units that somebody answers for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.db.models.expressions import Combinable
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fanxing.circulars.actions import SOURCE as CIRCULAR
from fanxing.circulars.queries import unread_count
from fanxing.inbox.actions import NewItem, close_item, drop_item, open_items, reopen_item, reschedule_item
from fanxing.inbox.models import TITLE_LENGTH, TYPED, WorkItem, WorkItemQuerySet, late_at
from fanxing.inbox.queries import mine, visible_items
from fanxing.inbox.reminding import SOON
from fanxing.inbox.taking import put_back_item, take_item
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import stand_ins_of
from fanxing.procedures.actions.asking import SOURCE as MATTER
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest, back, key_of
from fanxing.web.sight import authority_in, own_unit, sight_of
from fanxing.web.waiting import SOURCES, Task, tasks_of

ROWS = 50
LATELY = timedelta(days=30)
NOWHERE = "//"
ALL = "all"
SHEET = [
    Column("单位", 16),
    Column("事项", 40),
    Column("期限", 12),
    Column("状态", 10),
    Column("说明", 40),
    Column("来源", 12),
    Column("提出人", 24),
    Column("提出时间", 18),
    Column("办结人", 24),
    Column("办结时间", 18),
    Column("结果", 40),
]


@dataclass(frozen=True)
class Listing:
    """What the page shows: `all` that one may see at the place asked for, `found` after the filters."""

    at: datetime
    all: WorkItemQuerySet
    found: WorkItemQuerySet
    by_unit: bool
    several: bool

    def counts(self) -> dict[str, int]:
        """How many wait, by when they are due, and how many were closed lately; by their name in the address."""
        each = {name: Count("pk", filter=condition) for name, condition in _whens(self.at).items()}
        return self.all.aggregate(**each)

    def sources(self) -> list[tuple[str, str, int]]:
        """(source, in words, how many wait) of those from which anything waits."""
        rows = self.all.waiting().order_by().values_list("source").annotate(count=Count("pk")).order_by("source")
        return [(source, SOURCES.get(source, source), count) for source, count in rows]

    def places(self) -> list[tuple[str, str, int]]:
        """(code, name, how many wait) of the units of the own posts, where several have anything."""
        if self.by_unit:
            return []
        rows = self.all.waiting().order_by().values_list("unit__code", "unit__name").annotate(count=Count("pk")).order_by("unit__path")
        return list(rows) if self.several else []


def _whens(at: datetime) -> dict[str, Q]:
    today = clock.today(at)
    waiting, soon = Q(state=WorkItem.State.OPEN), today + timedelta(days=SOON)
    return {
        "waiting": waiting,
        "overdue": late_at(at),
        "soon": waiting & Q(due_on__gte=today, due_on__lt=soon) & ~late_at(at),
        "later": waiting & Q(due_on__gte=soon),
        "closed": ~waiting & Q(closed_at__gte=clock.now() - LATELY),
    }


def listing(request: SignedInRequest) -> Listing:
    """What the address asks for: `when` is one of the names above, `q` searches words and units, `source` is where it came from, `unit` the
    code of a unit, `under` that of one above; who answers for several sees what waits for the own posts, with `whose=all` everything."""
    at, authority = clock.now(), authority_in(request)
    everything, several = visible_items(authority), not own_unit(request)
    below = request.GET.get("whose") == ALL or bool(request.GET.get("under"))
    if several and not below:
        everything = everything.filter(mine(authority))
    if source := request.GET.get("source"):
        everything = everything.filter(source=source)
    if unit := request.GET.get("unit"):
        everything = everything.filter(unit__code=unit)
    if above := request.GET.get("under"):
        path = Unit.objects.filter(code=above).values_list("path", flat=True).first() or NOWHERE
        everything = everything.filter(within(path, field="unit__path"))
    if wanted := request.GET.get("q", "").strip():
        everything = everything.filter(Q(title__icontains=wanted) | Q(unit__name__icontains=wanted))
    whens, by_unit = _whens(at), several and below
    when = request.GET.get("when", "")
    found = everything.filter(whens.get(when, whens["waiting"])).select_related("unit__parent")
    if when == "closed":
        return Listing(at, everything, found.order_by("-closed_at", "-pk"), False, several)
    # What is late first, then what is urgent, then by its day. Not by the condition itself: unknown (no hour) sorts first on PostgreSQL.
    pressing: list[str | Combinable] = [Case(When(late_at(at), then=0), default=1), "-is_urgent", "due_on", "pk"]
    return Listing(at, everything, found.order_by(*(["unit__code"] if by_unit else []), *pressing), by_unit, several)


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits, by the day it is due; what waits below, by unit."""
    shown = listing(request)
    page = Paginator(shown.found, ROWS).get_page(request.GET.get("page"))
    tasks = tasks_of(request, list(page), shown.at)
    context = {
        "page": page,
        "groups": list(_groups(tasks, shown.by_unit)),
        "counts": shown.counts(),
        "soon": SOON,
        "by_unit": shown.by_unit,
        "several": shown.several,
        "sources": shown.sources(),
        "places": shown.places(),
        "bulk": any(task.mine and task.item.is_open for task in tasks),
        "own": own_unit(request),
        "unread": unread_count(request.user),
        "stand_ins": list(stand_ins_of(request.user, on=clock.today(shown.at))),
    }
    return render(request, "inbox.html", context)


def _groups(tasks: Iterable[Task], by_unit: bool) -> Iterator[tuple[str, Unit | None, list[Task]]]:
    """(heading, unit, tasks): the tasks of a unit, or of a stretch of time, or those that are closed."""
    for _, some in groupby(tasks, key=lambda task: task.item.unit_id if by_unit else _heading(task)):
        group = list(some)
        unit = group[0].item.unit
        yield (unit.name, unit, group) if by_unit else (_heading(group[0]), None, group)


def _heading(task: Task) -> str:
    return task.term if task.item.is_open else "最近办结"


@require_GET
def inbox_excel(request: SignedInRequest) -> HttpResponse:
    """What the filters show as a workbook, all pages of it."""
    return excel("待办事项", SHEET, map(_cells, listing(request).found))


def _cells(item: WorkItem) -> list[Cell]:
    source = SOURCES.get(item.source, item.source)
    opened: list[Cell] = [item.unit.name, item.title, item.due_on, item.get_state_display(), item.note or None, source]
    return [*opened, item.opened_by_title, item.opened_at, item.closed_by_title or None, item.closed_at, item.outcome or None]


Act = Callable[[SignedInRequest, WorkItem, datetime], str]


def _closed(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    close_item(item=item, outcome=request.POST.get("words", ""), by=request.user, at=at)
    return f"已办结：{item.title}。"


def _dropped(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    drop_item(item=item, reason=request.POST.get("words", ""), by=request.user, at=at)
    return f"不再办：{item.title}。"


def _reopened(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    reopen_item(item=item, by=request.user, at=at)
    return f"已恢复为待办：{item.title}。"


def _rescheduled(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    due_on = read_day(request.POST.get("due_on", ""))
    if due_on is None:
        raise Refused("请选择新的期限，如 2025-12-20")
    reschedule_item(item=item, due_on=due_on, by=request.user, at=at)
    return f"期限改为 {due_on}：{item.title}。"


def _taken(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    take_item(item=item, by=request.user, at=at)
    return f"由您办理：{item.title}。"


def _put_back(request: SignedInRequest, item: WorkItem, at: datetime) -> str:
    put_back_item(item=item, by=request.user, at=at)
    return f"已退回{item.unit.name}：{item.title}。"


# Those that may be taken with several things at once, with what is said of it.
BULK = {"close": "办结", "drop": "不再办", "reschedule": "改期"}
# What waits there is done on a page of its own, and closes itself.
ELSEWHERE = {MATTER: "事项", CIRCULAR: "通知"}
ANYHOW = {"take", "put_back"}
ACTS: dict[str, Act] = {
    "close": _closed,
    "drop": _dropped,
    "reopen": _reopened,
    "reschedule": _rescheduled,
    "take": _taken,
    "put_back": _put_back,
}


@require_POST
def inbox_bulk(request: SignedInRequest) -> HttpResponse:
    """Close, drop or reschedule the things that were marked, each by itself; say of how many it was done, and why not of the others."""
    act = request.POST.get("act", "")
    if act not in BULK:
        raise Http404
    ids = [int(id) for id in request.POST.getlist("item") if id.isdecimal()][:ROWS]
    items = list(visible_items(authority_in(request)).filter(pk__in=ids).select_related("unit"))
    refused = [refusal for item in items if (refusal := _refusal(request, item, act))]
    if len(items) > len(refused):
        messages.success(request, f"{BULK[act]} {len(items) - len(refused)} 件。")
    for words in dict.fromkeys(refused):
        messages.warning(request, words)
    if not items:
        messages.warning(request, "请先勾选要办的事。")
    return redirect(back(request, reverse("inbox")))


def _take_act(request: SignedInRequest, item: WorkItem, act: str) -> str:
    if item.source in ELSEWHERE and act not in ANYHOW:
        raise Refused(f"“{item.title}”请打开{ELSEWHERE[item.source]}办理，办完会自动办结")
    return ACTS[act](request, item, clock.now())


def _refusal(request: SignedInRequest, item: WorkItem, act: str) -> str:
    """Why the step was not taken with one thing; empty where it was."""
    try:
        _take_act(request, item, act)
    except Refused as refusal:
        return str(refusal)
    return ""


@require_POST
def inbox_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Close, drop, put back or reschedule an item, and go back to where one came from."""
    if act not in ACTS:
        raise Http404
    item = get_object_or_404(visible_items(authority_in(request)).select_related("unit"), pk=id)
    try:
        messages.success(request, _take_act(request, item, act))
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect(back(request, reverse("inbox")))


@require_http_methods(["GET", "POST"])
def inbox_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Give a unit something to do that no rule asks for."""
    sight = sight_of(request, code, "work.view")
    if not sight.may("work.plan"):
        raise NotAllowed(f"您的岗位不安排{sight.unit.name}的工作")
    texts = {name: request.POST.get(name, "").strip() for name in ("title", "due_on", "note")}
    faults: dict[str, str] = {}
    if request.method == "POST":
        due_on = read_day(texts["due_on"])
        if due_on is None:
            faults["due_on"] = "应为日期，如 2025-12-20"
        else:
            try:
                item = NewItem(texts["title"], due_on, texts["note"], key=request.POST.get("key", ""))
                open_items(unit=sight.unit, items=[item], source=TYPED, by=request.user, at=clock.now())
            except NotAllowed:
                raise
            except Refused as refusal:
                faults["due_on" if texts["title"] else "title"] = str(refusal)
            else:
                messages.success(request, f"已列入待办：{item.title}。")
                return redirect(back(request, reverse("inbox")))
    context = {"unit": sight.unit, "texts": texts, "faults": faults, "longest": TITLE_LENGTH, "next": back(request, "")}
    context["key"] = key_of(request)
    return render(request, "inbox_new.html", context, status=422 if faults else 200)
