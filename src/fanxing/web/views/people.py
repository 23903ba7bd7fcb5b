"""The people of the units one may see, each person on a page, and the posts nobody holds."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from fanxing.audit.actions import record_event
from fanxing.audit.queries import events_about
from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.actions.terms import read_phone
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Assignment, Person, Post, Rota, Unit
from fanxing.organisations.queries import BOTH_SIDES, placed_members, terms_of, vacancies
from fanxing.web.answering import phone_for
from fanxing.web.downloads import excel
from fanxing.web.listing import words_everywhere
from fanxing.web.people import NONE, STATES, TURNS, VIEW, People, people_in, person_of, span
from fanxing.web.requests import SignedInRequest, back
from fanxing.web.sight import authority_in, sight_of

ROWS = 50
EVENTS = 20
TURNS_SHOWN = 10
ROTAS_SHOWN = 20
COLUMNS = (
    Column("人员编号", 10),
    Column("姓名", 12),
    Column("单位代码", 16),
    Column("单位", 24),
    Column("岗位", 18),
    Column("起", 12),
    Column("止", 12),
    Column("电话", 16),
    Column("值守时间", 22),
    Column("负责的范围", 28),
    Column("职责", 28),
    Column("奖励", 20),
    Column("代谁履职", 12),
)


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Who holds which post, in the order of the tree; nobody is ranked."""
    shown = people_in(request)
    idle = shown.state == NONE
    page = Paginator(shown.idle if idle else shown.terms, ROWS).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "page": page,
        "rows": [] if idle else [_row(cast(Assignment, term), shown.authority) for term in page],
        "idle": list(page) if idle else [],
        "states": [(None if id == "now" else id, title, None) for id, title in STATES.items()],
        "posts": shown.posts(),
        "rotas": _rotas(shown.units) if shown.state == TURNS else [],
        "may_keep": bool(shown.node and shown.authority.may("person.manage", shown.node)),
        "keeps_anybody": shown.authority.holds_anywhere("person.manage"),
    }
    return render(request, "people.html", context)


def _row(term: Assignment, authority: Authority) -> tuple[Assignment, str, str]:
    return term, span(term), phone_for(term, authority)[0]


def _rotas(units: QuerySet[Unit]) -> list[Rota]:
    return list(Rota.objects.filter(unit__in=units).select_related("unit", "post").order_by("-pk")[:ROTAS_SHOWN])


@require_safe
def people_excel(request: SignedInRequest) -> HttpResponse:
    """The list as a workbook, all pages of it, with the numbers in full: that they went out is logged."""
    shown = people_in(request)
    rows = list(_idle_cells(shown.idle)) if shown.state == NONE else [list(_cells(term)) for term in shown.terms.iterator(2_000)]
    where = shown.node or Unit.objects.filter(path__in=shown.authority.tops(VIEW)).order_by("path").first()
    if where is None:
        raise Http404
    numbers = sum(bool(row[7]) for row in rows)
    record_event(
        by=request.user,
        at=clock.now(),
        action="organisations.export_people",
        subject=where,
        unit_code=where.code,
        summary=f"导出{where.name}人员表 {len(rows)} 行，其中电话 {numbers} 个",
        details={"rows": len(rows), "phones": numbers},
    )
    return excel(f"{where.name}人员表", COLUMNS, rows)


def _cells(term: Assignment) -> Iterator[Cell]:
    yield from (term.person_id, term.person.name, term.unit.code, term.unit.name, term.post.title, term.valid_from, term.last_day)
    yield from (text or None for text in (term.phone, term.hours, term.scope, term.duty, term.reward))
    yield term.stands_in_for.person.name if term.stands_in_for else None


def _idle_cells(people: QuerySet[Person]) -> Iterator[list[Cell]]:
    for person in people:
        yield [person.pk, person.name, person.unit.code, person.unit.name, *[None] * (len(COLUMNS) - 4)]


@require_safe
def person(request: SignedInRequest, id: int) -> HttpResponse:
    """A person: the posts held now, before and to come, as far as one may see the units."""
    someone, authority, today = person_of(request, id), authority_in(request), clock.today()
    reach = Unit.objects.filter(authority.reach(VIEW))
    terms = Assignment.objects.filter(person=someone, unit__in=reach)
    rows = list(terms.filter(rota=None).select_related("unit", "post", "stands_in_for__person").order_by("-valid_from", "-pk"))
    lasting = [row for row in rows if row.valid_to is None or row.valid_to > today]
    turns = terms.exclude(rota=None).filter(valid_to__gt=today).select_related("unit", "rota").order_by("valid_from")
    keeps = {row.pk for row in lasting if authority.may("person.manage", row.unit)}
    context = {
        "person": someone,
        "lasting": [(row, span(row), *phone_for(row, authority), row.pk in keeps) for row in lasting],
        "past": [(row, span(row)) for row in rows if row not in lasting],
        "turns": list(turns[:TURNS_SHOWN]),
        "on_both_sides": set(BOTH_SIDES) <= {row.post.side for row in lasting if not row.stands_in_for_id},
        "stand_ins": [(row, row.stands_in_for_id in keeps) for row in _stand_ins(lasting)],
        "may_keep": authority.may("person.manage", someone.unit),
        "events": list(events_about(someone).order_by("-id")[:EVENTS]) if authority.may("audit.view", someone.unit) else [],
    }
    return render(request, "person.html", context)


def _stand_ins(terms: list[Assignment]) -> Iterator[Assignment]:
    rows = Assignment.objects.filter(stands_in_for__in=[one.pk for one in terms], valid_to__gt=clock.today())
    yield from rows.select_related("person", "unit", "post").order_by("valid_from")


@require_POST
def phone(request: SignedInRequest, id: int) -> HttpResponse:
    """A number in full, as a part of a page or, without script, on one of its own; that it was read is logged."""
    reach = Unit.objects.filter(authority_in(request).reach("unit.view"))
    row = Assignment.objects.filter(pk=id, unit__in=reach).select_related("person", "unit", "post").first()
    if row is None:
        raise Http404
    number = read_phone(assignment=row, by=request.user, at=clock.now())
    alone = "HX-Request" not in request.headers
    return render(request, "phone.html" if alone else "phone_part.html", {"row": row, "number": number, "next": back(request, "")})


@require_safe
def vacant(request: SignedInRequest) -> HttpResponse:
    """The posts that should be held in the units one may see and are not."""
    shown = people_in(request)
    page = Paginator(vacancies(shown.units, on=shown.today), ROWS).get_page(request.GET.get("page"))
    words = words_everywhere()
    context = {
        "shown": shown,
        "page": page,
        "rows": [(row, words.kind(row["kind"])) for row in page],
        "titles": dict(Post.objects.values_list("pk", "title")),
        "may_keep": shown.authority.holds_anywhere("person.manage"),
    }
    return render(request, "vacancies.html", context)


@require_safe
def vacant_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook."""
    shown, titles, words = people_in(request), dict(Post.objects.values_list("pk", "title")), words_everywhere()
    columns = [Column("单位代码", 16), Column("单位", 24), Column("类型", 14), Column("岗位", 18)]
    columns += [Column("应配", 8), Column("在任", 8), Column("空缺", 8), Column("空缺自", 12)]
    found = vacancies(shown.units, on=shown.today)
    return excel("空缺岗位", columns, (_vacant_cells(row, titles[row["post_id"]], words.kind(row["kind"])) for row in found))


def _vacant_cells(row: Mapping[str, Any], post: str, kind: str) -> list[Cell]:
    wanted, held = row["wanted"], row["held"]
    return [row["code"], row["name"], kind, post, wanted, held, wanted - held, row["since"]]


@require_safe
def placed(request: SignedInRequest) -> HttpResponse:
    """Members without office in the units one may see: where each is placed, with post, duty and reward (一编三定)."""
    shown = people_in(request)
    page = Paginator(_placed(shown), ROWS).get_page(request.GET.get("page"))
    context = {"shown": shown, "page": page, "may_keep": shown.authority.holds_anywhere("person.manage")}
    return render(request, "placed.html", context)


@require_safe
def placed_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook."""
    titles = (("单位代码", 16), ("编入", 26), ("姓名", 12), ("岗位", 16), ("定岗", 28), ("定责", 36), ("定奖", 28), ("起", 12), ("止", 12))
    return excel("一编三定", [Column(*one) for one in titles], map(_placed_cells, _placed(people_in(request))))


def _placed_cells(term: Assignment) -> list[Cell]:
    told = (text or None for text in (term.scope, term.duty, term.reward))
    return [term.unit.code, term.unit.name, term.person.name, term.post.title, *told, term.valid_from, term.last_day]


def _placed(shown: People) -> QuerySet[Assignment]:
    terms = placed_members(terms_of(shown.units, on=shown.today))
    return terms.select_related("person", "unit__parent", "post").order_by("unit__path", "post__position", "pk")


@require_safe
def rota(request: SignedInRequest, id: int) -> HttpResponse:
    """A rota as a list of days, today marked; names for those who may see people."""
    found = Rota.objects.filter(pk=id).select_related("unit", "post").first()
    if found is None:
        raise Http404
    sight = sight_of(request, found.unit.code)
    turns = [turn for turn in found.turns.select_related("person").order_by("valid_from", "pk") if turn.valid_to != turn.valid_from]
    context = {
        "rota": found,
        "turns": turns,
        "named": sight.may(VIEW),
        "may_keep": sight.may("person.manage"),
        "to_come": any(turn.valid_from > clock.today() for turn in turns),
    }
    return render(request, "rota.html", context)
