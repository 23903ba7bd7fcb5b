"""The calendar of working days: what was announced for a year, and, for the desk of the whole, changes to it."""

from calendar import Calendar as Weeks
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.table_files import MOST_BYTES, rows_of
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in
from fanxing.workdays.actions import announce_days, forget_days
from fanxing.workdays.announced import announced_days
from fanxing.workdays.calendars import Calendar
from fanxing.workdays.models import NAME_LENGTH, SOURCE_LENGTH, CalendarDay
from fanxing.workdays.queries import days_of
from fanxing.workdays.sheets import days_in

YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Day:
    """A day of the page: whether it is worked, and the row that says so where its weekday does not."""

    on: date
    works: bool
    row: CalendarDay | None


@require_safe
def workdays(request: SignedInRequest) -> HttpResponse:
    """A year, month by month, with what was announced."""
    year = _year(request.GET.get("year", ""))
    rows = days_of(year)
    known = {row.day: row for row in rows}
    calendar = Calendar({row.day: row.is_working for row in rows})
    context = {
        "year": year,
        "rows": rows,
        "months": [(month, list(_weeks(year, month, known, calendar))) for month in range(1, 13)],
        "sources": sorted({row.source for row in rows}),
        "may_edit": may_edit(request),
        "name_length": NAME_LENGTH,
        "source_length": SOURCE_LENGTH,
    }
    return render(request, "workdays.html", context)


def _weeks(year: int, month: int, known: dict[date, CalendarDay], calendar: Calendar) -> Iterator[list[Day | None]]:
    for week in Weeks().monthdatescalendar(year, month):
        yield [Day(on, calendar.is_working(on), known.get(on)) if on.month == month else None for on in week]


def _year(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in YEARS else clock.today().year


def may_edit(request: SignedInRequest) -> bool:
    """Whether the person runs the programme at a unit that has none above it: the calendar is one for all."""
    return Unit.objects.filter(authority_in(request).reach("programme.publish"), parent=None).exists()


@require_POST
def workdays_act(request: SignedInRequest, act: str) -> HttpResponse:
    """Set a day, take one out, load what is built in, or import a sheet."""
    if act not in ACTS:
        raise Http404
    if not may_edit(request):
        raise NotAllowed("工作日历由全市（县）的创建办维护")
    try:
        messages.success(request, ACTS[act](request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    year = _year(request.POST.get("year", ""))
    response = redirect("workdays")
    response["Location"] += f"?year={year}"
    return response


def _set(request: SignedInRequest) -> str:
    day, name = read_day(request.POST.get("day", "")), request.POST.get("name", "").strip()
    source = request.POST.get("source", "").strip()
    if day is None or not name or not source or len(name) > NAME_LENGTH or len(source) > SOURCE_LENGTH:
        raise Refused("请填日期、名称和依据的通知")
    one = CalendarDay(day=day, is_working=request.POST.get("works") == "yes", name=name, source=source)
    announce_days(days=[one], by=request.user, at=clock.now())
    return f"{day} {'上班' if one.is_working else '休息'}。"


def _clear(request: SignedInRequest) -> str:
    day = read_day(request.POST.get("day", ""))
    if day is None or not forget_days(days=[day], by=request.user, at=clock.now()):
        raise Refused("日历里没有这一天，请刷新后再看")
    return f"{day} 改为按星期推算。"


def _load(request: SignedInRequest) -> str:
    year = _year(request.POST.get("year", ""))
    days = [one for one in announced_days() if one.day.year == year]
    if not days:
        raise Refused(f"内置日历里还没有 {year} 年")
    return f"已载入 {year} 年，{announce_days(days=days, by=request.user, at=clock.now())} 天有变化。"


def _import(request: SignedInRequest) -> str:
    file, source = request.FILES.get("file"), request.POST.get("source", "").strip()
    if file is None or not source or len(source) > SOURCE_LENGTH:
        raise Refused("请选择文件，并写依据的通知")
    days = days_in(rows_of(file.read(MOST_BYTES + 1)), source)
    return f"已导入 {len(days)} 天，{announce_days(days=days, by=request.user, at=clock.now())} 天有变化。"


ACTS = {"set": _set, "clear": _clear, "load": _load, "import": _import}
