"""The workbench: what the signed-in person sees first."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import visible_to
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import ancestors
from fanxing.programme.queries import rulings
from fanxing.records.models import Record
from fanxing.records.queries import newest
from fanxing.scoring.gaps import gaps
from fanxing.scoring.queries import near_misses, trend
from fanxing.web.desk import Desk, Group
from fanxing.web.downloads import excel
from fanxing.web.ledger import lines
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit

NEAR = 2
ROWS = 50
RECENT = 8
# Of each unit one record is shown: so many of the newest are looked at for units that differ.
LOOKED_AT = 200
RUNS_SHOWN = 8


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """One's own unit for those who answer for one; what waits for those whose post sees no unit; else the units in numbers, those near a
    star, and what was recorded last."""
    if code := own_unit(request):
        return redirect("unit", code)
    authority = authority_in(request)
    if authority.grants and not authority.holds_anywhere("unit.view"):
        return redirect("inbox")
    desk = desk_of(request)
    parts = desk.parts() if desk.place else []
    read = Unit.objects.filter(authority.reach("record.view"), within(desk.path))
    recent = newest(read).select_related("unit")[:LOOKED_AT]
    context = {
        "desk": desk,
        "unit_count": sum(one.units for one in desk.every) or visible_to(request.user).count(),
        "way": way_down(request, desk.place),
        "by_kind": desk.by_kind(),
        "total": desk.total(),
        "parts": parts,
        "rows": desk.rows() if desk.place and not parts else [],
        "stars_held": desk.stars(),
        "course": desk.course(trend(desk.place, last=RUNS_SHOWN)) if desk.place else [],
        "lacking": gaps(read.filter(closed_on=None), desk.ruling),
        "near_points": NEAR,
        "recent": list(lines(_one_a_unit(recent), desk.ruling.records)),
    }
    return render(request, "home.html", context)


def _one_a_unit(newest_first: Iterable[Record]) -> list[Record]:
    """The newest record of each of the units that recorded last."""
    found: dict[int, Record] = {}
    for record in newest_first:
        found.setdefault(record.unit_id, record)
    return list(found.values())[:RECENT]


@require_GET
def near_stars(request: SignedInRequest) -> HttpResponse:
    """The stars missed by few points, in the order of the units' codes: a page of its own, of which the desk shows the `first` ones."""
    desk = desk_of(request)
    near = near_misses(desk.units.filter(kind__in=desk.kinds), desk.ruling, NEAR)
    first = read_number(request.GET.get("first", ""))
    page = Paginator(near, first or ROWS).get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "way": way_down(request, desk.place),
        "near": [(one.score.unit.code, one.score.unit.name, one.star.id, one.star.title, one.colour, one.gap) for one in page],
        "near_count": len(near),
        "near_points": NEAR,
        "page": page,
        "first": first,
    }
    return render(request, "near.html", context)


@require_GET
def near_excel(request: SignedInRequest) -> HttpResponse:
    """All of them as a workbook."""
    desk = desk_of(request)
    near = near_misses(desk.units.filter(kind__in=desk.kinds), desk.ruling, NEAR)
    columns = [Column("代码"), Column("名称", 20), Column("星", 14), Column("差几分", 10)]
    return excel("差一点的星", columns, ([one.score.unit.code, one.score.unit.name, one.star.title, one.gap] for one in near))


def read_number(text: str) -> int:
    """A small whole number from the address; 0 for what is none."""
    return min(int(text), ROWS) if text.isascii() and text.isdigit() else 0


@require_GET
def desk_excel(request: SignedInRequest) -> HttpResponse:
    """The numbers of the desk as a workbook: by kind, then by part."""
    desk = desk_of(request)
    columns = [Column("范围", 20), Column("代码"), Column("单位数", 10)]
    columns += [Column(word, 8) for word in desk.words.values()]
    columns += [Column(f"{desk.words[desk.least]}以上", 12), Column("占比", 10)] if desk.high else []
    name = desk.place.name if desk.place else ""
    return excel(f"{name}星级统计", columns, (_cells(one) for one in (*desk.by_kind(), desk.total(), *desk.parts())))


def _cells(group: Group) -> list[Cell]:
    reached: list[Cell] = [group.reached.count, f"{group.reached.percent:.2f}%"] if group.reached else []
    return [group.title, group.code, group.count, *(one.count for one in group.tiers), *reached]


def desk_of(request: SignedInRequest) -> Desk:
    """The numbers of the place asked for (`under`), or of the one at the top of what the person sees; of one `kind`, if asked."""
    return Desk(authority_in(request), rulings(), place_of(request), request.GET.get("kind", ""))


def place_of(request: SignedInRequest) -> Unit | None:
    """The place asked for; without one, the only place at the top of what the person sees."""
    authority = authority_in(request)
    seen = Unit.objects.filter(authority.reach("unit.view"))
    if asked := request.GET.get("under"):
        place = seen.filter(code=asked).first()
        if place is None:
            raise Http404
        return place
    tops = authority.tops("unit.view")
    return seen.filter(path=tops[0]).first() if len(tops) == 1 else None


def way_down(request: SignedInRequest, place: Unit | None) -> list[tuple[str, str]]:
    """(name, code) of the places above one that the person sees, and itself."""
    if place is None:
        return []
    authority = authority_in(request)
    above = ancestors(place).filter(authority.reach("unit.view")).values_list("name", "code")
    return [*above, (place.name, place.code)]
