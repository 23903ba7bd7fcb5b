"""The burden meter: what the rules ask of whom, what it is used for, and how that changes."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Column
from fanxing.organisations.models import Unit
from fanxing.programme.local_kinds import local_kinds_for
from fanxing.programme.models import Publication
from fanxing.programme.queries import rulings, scheme_of
from fanxing.scheme.burden import facts_a_record
from fanxing.scheme.meter import SECONDS_A_FACT
from fanxing.scheme.meter_words import DEFINITIONS
from fanxing.scheme.model import RecordKind
from fanxing.web.burden import cells, of_kinds, typed_last_year
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, own_unit

SHEET = [
    Column("单位类型", 14),
    Column("由谁填", 20),
    Column("记录类型", 20),
    Column("一年几次", 10),
    Column("每次几项", 10),
    Column("一年几项", 10),
    Column("其中预填", 10),
    Column("重复要的", 10),
    Column("可附照片文件", 12),
    Column("平均一数几用", 12),
    Column("没有评分项用到", 40),
]


@require_GET
def burden(request: SignedInRequest) -> HttpResponse:
    """What the rules that apply ask of each kind of unit and of each body; for who answers for one unit, what was typed there."""
    publication, local = _publication(request), _local(request)
    found = of_kinds(scheme_of(publication), local)
    unit = Unit.objects.filter(code=own_unit(request)).first() if own_unit(request) else None
    shown = [one for one in found if unit is None or one.own.unit_kind.id == unit.kind]
    kind = next((one for one in shown if one.own.unit_kind.id == request.GET.get("kind")), shown[0] if shown else None)
    context = {
        "publication": publication,
        "kind_chips": [(one.own.unit_kind.id if number else None, one.own.unit_kind.title, None) for number, one in enumerate(shown)],
        "kind": kind,
        "unit": unit,
        "typed": typed_last_year(unit, _facts(publication, local), clock.today()) if unit else None,
        "definitions": DEFINITIONS,
        "seconds": SECONDS_A_FACT,
    }
    return render(request, "burden.html", context)


@require_GET
def burden_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook: a row a form."""
    publication = _publication(request)
    return excel(f"{publication.title}填报负担", SHEET, cells(of_kinds(scheme_of(publication), _local(request))))


def _publication(request: SignedInRequest) -> Publication:
    """The rules asked for among those that apply to units one may see; a page that is not there for strangers."""
    ruling, tops = rulings(), authority_in(request).tops("unit.view")
    below = [one for path, one in ruling.by_path.items() if any(path.startswith(top) for top in tops)]
    found = sorted({one for one in (*map(ruling.at, tops), *below) if one is not None}, key=lambda one: one.pk)
    if not found:
        raise Http404
    return next((one for one in found if str(one.pk) == request.GET.get("rules")), found[-1])


def _local(request: SignedInRequest) -> dict[str, RecordKind]:
    """The kinds of record that were added for the topmost unit that one sees, and are still entered."""
    tops = authority_in(request).tops("unit.view")
    top = Unit.objects.filter(path=tops[0]).first() if tops else None
    return {id: one.kind for id, one in local_kinds_for(top).items() if not one.ended} if top else {}


def _facts(publication: Publication, local: dict[str, RecordKind]) -> dict[str, int]:
    return {id: facts_a_record(kind) for id, kind in (*scheme_of(publication).records.items(), *local.items())}
