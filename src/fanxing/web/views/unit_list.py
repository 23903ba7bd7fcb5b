"""The units one may see, by place, kind, tier and star; and the sheet of all units of one place."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Cell, Column, document
from fanxing.organisations.models import Unit
from fanxing.web.downloads import attachment, excel, streamed
from fanxing.web.listing import YES, Listing, around, listing, page_of, stars_of, tiers_of, with_standings
from fanxing.web.overview import overview_of, pages_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import sight_of

HELD = {True: "达星", False: "未达星", None: None}


@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    """The list, in the order of the tree: it compares nobody."""
    shown = listing(request)
    page = page_of(shown, request.GET.get("page"))
    context = {
        "page": page,
        "rows": list(with_standings(shown, cast("QuerySet[Unit]", page.object_list))),
        "node": shown.node,
        "around": around(shown),
        "tiers": tiers_of(shown),
        "stars_to_choose": stars_of(shown),
        "outside": shown.words.outside,
        "closed": shown.asked["closed"] == YES,
        "sheet": shown.node if shown.node and shown.words.kinds and shown.authority.may("score.view", shown.node) else None,
        "may_manage": bool(shown.node and shown.authority.may("unit.manage", shown.node)),
    }
    return render(request, "units.html", context)


@require_GET
def units_excel(request: SignedInRequest) -> HttpResponseBase:
    """The list as a workbook, all pages of it; where there are very many, as a table that is written while it is read."""
    shown = listing(request)
    columns = [Column("代码"), Column("名称", 20), Column("类型", 12), Column("上级", 20), Column("星级", 8)]
    titles = shown.words.stars_of(shown.words.listed(shown.asked))
    columns += [Column(title, 10) for title in titles.values()] + [Column("不评原因", 40)]
    write = streamed if shown.is_large else excel
    return write("单位星级", columns, _cells(shown, titles))


def _cells(shown: Listing, titles: Iterable[str]) -> Iterator[list[Cell]]:
    for code, name, kind, above, _, tier, stars, _, reason in with_standings(shown, shown.found):
        held = [stars[id]["held"] if id in stars else None for id in titles]
        yield [code, name, kind, above, tier, *(HELD[one] for one in held), reason or None]


@require_GET
def overview(request: SignedInRequest, code: str) -> HttpResponse:
    """The sheet of all rated units of a place with their stars, as it is printed."""
    sight = sight_of(request, code, "score.view")
    return render(request, "overview.html", {"unit": sight.unit, "overview": overview_of(sight)})


@require_GET
def overview_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same sheet as a workbook, one sheet a kind of unit, ready to print."""
    sight = sight_of(request, code, "score.view")
    sheet = overview_of(sight)
    return attachment(sheet.title, document(pages_of(sheet)))
