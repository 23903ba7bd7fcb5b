"""Registers of what was given, and the sheet of a matter to print."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.reading import read_personal
from fanxing.web.downloads import excel
from fanxing.web.matter_sheets import sheet_of
from fanxing.web.registers import Told, register_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import sight_of
from fanxing.web.views.matters import dossier_of

COLUMNS = [Column("年度", 8), Column("日期", 12), Column("称号", 20), Column("人数", 8), Column("有效期至", 12), Column("姓名", 60)]


@require_GET
def register(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """The register of a unit, year by year."""
    sight = sight_of(request, code, "record.view")
    told = register_of(sight.unit, procedure, clock.today())
    return render(request, "register.html", {"unit": sight.unit, "told": told})


@require_GET
def register_excel(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """The same as a workbook."""
    sight = sight_of(request, code, "record.view")
    told = register_of(sight.unit, procedure, clock.today())
    return excel(f"{sight.unit.name}{told.procedure.title}名册", COLUMNS, _rows(told))


def _rows(told: Told) -> list[list[Cell]]:
    given = (one for year in told.years for one in year.given)
    rows: list[list[Cell]] = [[one.year, one.record.occurred_on, one.title, one.count, one.until, one.names or None] for one in given]
    return [*rows, ["合计", None, None, told.count, None, None]]


@require_safe
@login_not_required
def open_register(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """What everybody may see of it: counts, and the names that may stand in public."""
    unit = get_object_or_404(Unit, code=code, closed_on=None)
    return render(request, "open_register.html", {"unit": unit, "told": register_of(unit, procedure, clock.today())})


@require_http_methods(["GET", "POST"])
def matter_sheet(request: SignedInRequest, id: int) -> HttpResponse:
    """The sheet of a matter to print, for those in the case; asked for with what is personal, that is noted in the log."""
    dossier = dossier_of(request, id)
    if not dossier.procedure.measures:
        raise Http404
    read_now = read_personal(matter=dossier.matter, by=request.user, at=clock.now()) if request.method == "POST" else None
    context = {"dossier": dossier, "matter": dossier.matter, "unit": dossier.matter.unit, "procedure": dossier.procedure}
    return render(request, "matter_sheet.html", {**context, "sheet": sheet_of(dossier, read_now), "is_whole": read_now is not None})
