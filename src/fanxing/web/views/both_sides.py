"""Party work and business beside each other: one unit, or the units below one whose two sides do not go together."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import visible_to
from fanxing.organisations.paths import within
from fanxing.programme.queries import programme_for, rulings, scheme_of
from fanxing.records.queries import recordable_kinds
from fanxing.scheme.model import BothSides
from fanxing.scoring.both_sides import Told, differences, said, sides_of, told
from fanxing.scoring.queries import Account, Step, account
from fanxing.web.downloads import excel
from fanxing.web.ledger import entries_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of
from fanxing.web.steps import MISSING, figures, said_value

ROWS = 50
OPEN, EXPLAINED = "open", "explained"
OF_UNIT = [Column("哪一边", 10), Column("结果", 34), Column("得", 12), Column("满分", 8), Column("数据", 60)]
OF_UNITS = [Column("单位", 28), Column("代码", 14), Column("差距", 26), Column("说明日期", 12), Column("说明", 60)]


@require_GET
def both_sides(request: SignedInRequest, code: str) -> HttpResponse:
    """The two sides of a unit with the differences and what it says of them; of a unit above, the list of those with differences."""
    sight = sight_of(request, code, "score.view")
    sides = sides_of(programme_for(sight.unit), sight.unit)
    if sides is None:
        return _below(request, sight)
    found = _account(sight)
    both = _rules(found)
    records = list(said(found.publication, [sight.unit]))
    context = {
        "unit": sight.unit,
        "both": both,
        "account": found,
        "columns": [("党建", _steps(found, sides.party)), ("业务", _steps(found, sides.work))],
        "differences": [(one, _words(one)) for one in _told(found, sight)],
        "said": [(one, list(entries_of(one.kind_version.record_kind, one.data))) for one in records],
        "entry": _entry(request, sight, both),
    }
    return render(request, "both_sides.html", context)


@require_GET
def both_sides_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same as a workbook."""
    sight = sight_of(request, code, "score.view")
    sides = sides_of(programme_for(sight.unit), sight.unit)
    if sides is None:
        return excel(f"{sight.unit.name}双向检验", OF_UNITS, _rows(_chosen(request, _found(request, sight))))
    found = _account(sight)
    return excel(f"{sight.unit.name}双向检验", OF_UNIT, _side_rows(found, sides.party, sides.work, _told(found, sight)))


def _below(request: SignedInRequest, sight: Sight) -> HttpResponse:
    everything = _found(request, sight)
    page = Paginator(_chosen(request, everything), ROWS).get_page(request.GET.get("page"))
    counts = Counter(bool(one.explanation) for one in everything)
    context = {
        "unit": sight.unit,
        "page": page,
        "rows": [(one, _words(one)) for one in page],
        "states": [(None, "还没有说明", counts[False]), (EXPLAINED, "已说明", counts[True]), ("all", "全部", len(everything))],
    }
    return render(request, "both_sides_below.html", context)


def _found(request: SignedInRequest, sight: Sight) -> list[Told]:
    units = visible_to(request.user, "score.view").filter(within(sight.unit.path), closed_on=None).order_by("code")
    ruling = rulings()
    kinds = {kind for scheme in ruling.schemes if scheme.both_sides for kind in scheme.both_sides.sides}
    return differences(units.filter(kind__in=kinds), ruling)


def _chosen(request: SignedInRequest, everything: list[Told]) -> list[Told]:
    state, words = request.GET.get("state", OPEN), request.GET.get("q", "").strip()
    some = [one for one in everything if state == "all" or bool(one.explanation) == (state == EXPLAINED)]
    return [one for one in some if words in one.unit.name]


def _account(sight: Sight) -> Account:
    found = account(sight.unit)
    if found is None:
        raise Http404
    return found


def _rules(found: Account) -> BothSides:
    both = scheme_of(found.publication).both_sides
    assert both is not None  # the unit has sides
    return both


def _told(found: Account, sight: Sight) -> list[Told]:
    values = found.reckoning.rating.values(sight.unit.code)
    return told(_rules(found), sight.unit, values, list(said(found.publication, [sight.unit])))


def _steps(found: Account, ids: tuple[str, ...]) -> list[Step]:
    return [step for id in ids if (step := found.explanation.find(id))]


def _words(one: Told) -> str:
    """What the unit says of a difference: the long texts of the record."""
    if one.explanation is None:
        return ""
    kind = one.explanation.kind_version.record_kind
    texts = (one.explanation.data.get(field.id) for field in kind.fields if field.type == "long text")
    return "；".join(str(text) for text in texts if text)


def _entry(request: SignedInRequest, sight: Sight, both: BothSides) -> str:
    """The address of the form in which a difference is explained, to which the difference is added; empty for those who do not."""
    if both.explained_by not in {kind.id for kind in recordable_kinds(request.user, sight.unit)}:
        return ""
    known = urlencode({"next": request.get_full_path()})
    return f"{reverse('record_new', args=[sight.unit.code, both.explained_by])}?{known}&{both.told_by}="


def _side_rows(found: Account, party: tuple[str, ...], work: tuple[str, ...], told_: list[Told]) -> Iterator[list[Cell]]:
    for side, ids in (("党建", party), ("业务", work)):
        for step in _steps(found, ids):
            value = MISSING if step.value is None else step.value if isinstance(step.value, float) else said_value(step)
            yield [side, step.title, value, step.full, figures(step)]
    for one in told_:
        yield ["差距", one.difference.title, None, None, _words(one) or "还没有说明"]


def _rows(some: list[Told]) -> Iterator[list[Cell]]:
    for one in some:
        on = one.explanation.occurred_on if one.explanation else None
        yield [one.unit.name, one.unit.code, one.difference.title, on, _words(one) or None]
