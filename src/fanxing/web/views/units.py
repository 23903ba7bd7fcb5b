"""The units someone answers for, as a list and each on its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import holders, matching, units_counted_with
from fanxing.programme.queries import kinds_for, rulings, scheme_of
from fanxing.records.queries import recordable_kinds, standing
from fanxing.scheme.model import UnitKind
from fanxing.scoring.models import Score
from fanxing.scoring.queries import account, heir_of, present_standings
from fanxing.web.downloads import excel
from fanxing.web.ledger import Line, lines
from fanxing.web.own import first_things
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, authority_in, own_unit, sight_of
from fanxing.web.standing import UNRATED_IN_ADDRESS, cards, nearest, row, shortened, tier_choices, tier_names
from fanxing.web.steps import sheet

ROWS = 50
RECENT = 6
QUICK = 4
OFTEN = "activity"
CLOSED = "closed"
NOWHERE = "//"
HELD = {True: "达星", False: "未达星", None: None}
SHEET = [
    Column("项目", 44),
    Column("数值", 14),
    Column("单位", 8),
    Column("满分", 8),
    Column("失分", 8),
    Column("规则", 80),
    Column("依据", 30),
    Column("负责", 12),
]


@dataclass(frozen=True)
class Listing:
    """What the list shows.

    kinds   the rated kinds of unit by id; all their `stars` (id → title) and `tiers` (as stored → as called, best first)
    found   the units after the filters
    scores  the saved scores of all units searched, whatever the filters
    """

    kinds: Mapping[str, UnitKind]
    stars: Mapping[str, str]
    tiers: Mapping[str, str]
    found: QuerySet[Unit]
    scores: QuerySet[Score]


def listing(request: SignedInRequest) -> Listing:
    """What the address asks for: `q` searches, `under` is the code of a unit above, `tier` and `star` filter."""
    ruling = rulings()
    kinds = {id: kind for one in set(ruling.by_path.values()) for id, kind in scheme_of(one).kinds.items()}
    authority = authority_in(request)
    units = Unit.objects.filter(authority.reach("unit.view"))
    if kinds:
        units = units.filter(kind__in=kinds)
    if above := request.GET.get("under"):
        units = units.filter(within(Unit.objects.filter(code=above).values_list("path", flat=True).first() or NOWHERE))
    units = matching(units, request.GET.get("q", ""))
    scores = present_standings(units.filter(authority.reach("score.view"), closed_on=None), ruling)
    stars = {id: kind.nodes[id].title for kind in kinds.values() for id in kind.stars}
    star = request.GET.get("star", "")
    found = _filtered(units, scores, request.GET.get("tier", ""), star if star in stars else "")
    return Listing(kinds, stars, tier_names(kinds.values()), found.order_by("code"), scores)


def _filtered(units: QuerySet[Unit], scores: QuerySet[Score], tier: str, star: str) -> QuerySet[Unit]:
    if tier == CLOSED:
        return units.exclude(closed_on=None)
    units, mine = units.filter(closed_on=None), scores.filter(unit=OuterRef("pk"))
    if tier:
        units = units.filter(Exists(mine.filter(tier="" if tier == UNRATED_IN_ADDRESS else tier)))
    if star:
        units = units.filter(Exists(mine.filter(**{f"stars__{star}__held": True})))
    return units


UNIT_COLUMNS = ("code", "name", "kind", "parent__name", "closed_on")
SCORE_COLUMNS = ("unit__code", "tier", "stars", "reason")


def with_standings(shown: Listing, units: QuerySet[Unit]) -> Iterator[tuple[Any, ...]]:
    """(code, name, unit above, closed on, tier as called, stars as saved, stars as drawn, why not rated) of each unit.

    Plain tuples: a list of fifty would spend most of its time on making objects.
    """
    rows = list(units.values_list(*UNIT_COLUMNS))
    saved = shown.scores.filter(unit__code__in=[row[0] for row in rows]).values_list(*SCORE_COLUMNS)
    scores = {code: (shown.tiers.get(tier, tier), stars, reason) for code, tier, stars, reason in saved}
    for code, name, kind, above, closed_on in rows:
        tier, stars, reason = scores.get(code, ("", {}, ""))
        yield code, name, above, closed_on, tier, stars, row(shown.kinds[kind], stars) if stars else (), reason


@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    """The list, in the order of codes: it compares nobody."""
    shown = listing(request)
    page = Paginator(shown.found, ROWS).get_page(request.GET.get("page"))
    counts = dict(shown.scores.values_list("tier").annotate(Count("pk")))
    colours = {id: kind.star(id).colour for kind in shown.kinds.values() for id in kind.stars}
    context = {
        "page": page,
        "rows": list(with_standings(shown, cast("QuerySet[Unit]", page.object_list))),
        "tiers": tier_choices(shown.kinds.values(), counts),
        "star_choices": [(id, title, colours[id]) for id, title in shown.stars.items()],
    }
    return render(request, "units.html", context)


@require_GET
def units_excel(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, all pages of it."""
    shown = listing(request)
    columns = [Column("代码"), Column("名称", 20), Column("上级", 20), Column("星级", 8)]
    columns += [Column(title, 10) for title in shown.stars.values()] + [Column("不评原因", 40)]
    return excel("单位星级", columns, _cells(shown))


def _cells(shown: Listing) -> Iterator[list[Cell]]:
    for code, name, above, _, tier, stars, _, reason in with_standings(shown, shown.found):
        held = [stars[id]["held"] if id in stars else None for id in shown.stars]
        yield [code, name, above, tier, *(HELD[one] for one in held), reason or None]


@require_GET
def unit(request: SignedInRequest, code: str) -> HttpResponse:
    """A unit: its stars, what is missing for the next one, who answers for it, and what was recorded last."""
    sight = sight_of(request, code)
    here = sight.unit
    found = account(here) if sight.may("score.view") and not here.closed_on else None
    kinds = recordable_kinds(request.user, here) if found else []
    context = {
        "unit": here,
        "people": _people(sight),
        "recent": _recent(sight) if sight.may("record.view") else [],
        "kinds": kinds,
        "quick": [kind for kind in kinds if kind.nature == OFTEN][:QUICK],
        "account": found,
        "heir": heir_of(here) if here.closed_on else here,
        "below": 0 if found or here.closed_on else _rated_below(sight),
    }
    if found:
        kind = scheme_of(found.publication).kinds[here.kind]
        stars = cards(found, kind)
        context |= {"kind": kind, "cards": stars, "nearest": nearest(found, stars), "tier": found.explanation.find(kind.tier)}
        context["reason"] = shortened(found.score.reason)
        if own_unit(request) == code:
            return render(request, "own_unit.html", context | first_things(request, here, kinds))
    return render(request, "unit.html", context)


def _rated_below(sight: Sight) -> int:
    """How many units below this one are rated."""
    kinds = {id for one in set(rulings().by_path.values()) for id in scheme_of(one).kinds}
    below = Unit.objects.filter(sight.authority.reach("unit.view"), within(sight.unit.path), closed_on=None, kind__in=kinds)
    return below.count()


def _people(sight: Sight) -> list[tuple[str, str]]:
    """(post, name) of who answers for the unit; the name only for those who may see people."""
    named = sight.may("person.view")
    return [(one.post.title, one.person.name if named else "") for one in holders(sight.unit, on=clock.today())]


def _recent(sight: Sight) -> list[Line]:
    records = standing(units_counted_with(sight.unit)).select_related("unit")
    return list(lines(records.order_by("-pk")[:RECENT], kinds_for(sight.unit)))


@require_GET
def unit_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The unit's score sheet: every rule and figure with its value."""
    sight = sight_of(request, code, "score.view")
    found = account(sight.unit)
    rows = sheet(found.explanation) if found else []
    return excel(f"{sight.unit.name}得分表", SHEET, rows)
