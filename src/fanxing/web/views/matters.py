"""Matters: what waits for one, lists and boards of all that one may see, a matter with its steps, and opening one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.search_text import tokens_sought
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import upwards
from fanxing.procedures.actions.balloting import Papers, cast_vote, close_ballot, count_papers
from fanxing.procedures.actions.conferring import give_verdict
from fanxing.procedures.actions.objecting import settle_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.pairing import NotPaired, read_other
from fanxing.procedures.actions.reading import read_personal
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.measuring import facts_by_title, goal_roles
from fanxing.procedures.models import Matter, MatterQuerySet
from fanxing.procedures.parties import may_open
from fanxing.procedures.queries import at_or_below, holding, open_counts, visible_matters, whose_turn
from fanxing.programme.local_procedures import procedure_published
from fanxing.programme.models import ProcedureVersion
from fanxing.programme.queries import procedures_for, programme_for, rulings, scheme_of
from fanxing.public_notices.models import Objection
from fanxing.records.validation import RecordError
from fanxing.scheme.model import Procedure
from fanxing.web.deciding import LONGEST_NUMBER
from fanxing.web.downloads import excel
from fanxing.web.entries import Control, read
from fanxing.web.listing import COUNTED, Capped
from fanxing.web.matters import WHICH, Dossier, Line, controls_of, form_of, offering, photos_of, photos_sent
from fanxing.web.registers import with_registers
from fanxing.web.requests import SignedInRequest, attempt, back, key_of
from fanxing.web.sight import authority_in, own_unit, sight_if_any, sight_of

ROWS = 50
# So many of what a search finds are counted and paged through.
SOUGHT = 1_000
# A board shows so many cards a column; the list has all of them.
CARDS = 20
NOWHERE = "//"
# So long may a text be that an address proposes.
PROPOSED = 100
A_DAY = 24 * 3600
BATCH = 2_000
Texts = Mapping[str, str]
NOTHING: Texts = {}
NOBODY: Mapping[int, list[str]] = {}
SHEET = [
    Column("编号", 20),
    Column("单位", 16),
    Column("流程", 14),
    Column("事项", 30),
    Column("环节", 12),
    Column("承办单位", 16),
    Column("提出日", 12),
    Column("环节期限", 12),
    Column("办结期限", 12),
    Column("办结日", 12),
    Column("曾超期", 8),
]


@dataclass(frozen=True)
class Listing:
    """What the address asks for: `all` that one may see at the place asked for, `found` after the filters."""

    today: date
    all: MatterQuerySet
    found: MatterQuerySet
    sees_all: bool

    @cached_property
    def each(self) -> dict[str, tuple[int, int]]:
        """How many of each procedure are on their way, and how many of these are late; what is over only grows, and is not counted."""
        return open_counts(self.all, on=self.today)

    @property
    def counts(self) -> dict[str, int]:
        """The same of all procedures, by their name in the address."""
        return {"open": sum(count for count, _ in self.each.values()), "late": sum(late for _, late in self.each.values())}

    def page(self, asked: QueryDict) -> Page[int]:
        """The keys of one page: the database sorts and passes over keys, not whole matters. What was counted is not counted again."""
        pages = Capped[int](self.found.values_list("pk", flat=True), ROWS)
        # Of little among much the database finds all as fast as some: only who sees nearly everything waits for the count.
        pages.most = None if not self.sees_all else SOUGHT if asked.get("q") else COUNTED
        when, counts = asked.get("when", "open"), self.counts
        is_known = when in counts and not asked.get("state")
        pages.count = counts[when] if is_known else self.found.order_by()[: pages.most].count()
        return pages.get_page(asked.get("page"))


def listing(request: SignedInRequest) -> Listing:
    """The matters that the address asks for: `when` is mine, open, late or over; `procedure`, `state`, `under` and `q` narrow them."""
    today, asked = clock.today(), request.GET
    authority = authority_in(request)
    everything = visible_matters(request.user, authority)
    if above := asked.get("under"):
        path = Unit.objects.filter(code=above).values_list("path", flat=True).first() or NOWHERE
        everything = at_or_below(everything, path)
    if wanted := asked.get("q", "").strip():
        tokens = tokens_sought(wanted)
        everything = holding(everything, tokens) if tokens else everything.none()
    if procedure := asked.get("procedure", ""):
        everything = everything.filter(procedure_id=procedure)
    found = everything
    match asked.get("when", "open"):
        case "mine":
            found = everything.filter(pk__in=whose_turn(request.user, authority))
        case "late":
            found = everything.late(today)
        case "over":
            found = everything.over()
        case _:
            found = everything.open()
    if state := asked.get("state"):
        found = found.filter(state=state)
    order = ("-ended_on", "-pk") if asked.get("when") == "over" else ("-is_urgent", "due_on", "pk")
    sees_all = any(len(upwards(path)) == 1 for path in authority.tops("work.view"))
    return Listing(today, everything, found.whole().order_by(*order), sees_all)


@require_GET
def matters(request: SignedInRequest) -> HttpResponse:
    """The list, by what is urgent and due first."""
    shown = listing(request)
    page = shown.page(request.GET)
    whole = Matter.objects.whole().in_bulk(list(page))
    authority = authority_in(request)
    context = {
        "page": page,
        "lines": [Line(whole[pk], shown.today) for pk in page],
        "counts": shown.counts,
        "mine": whose_turn(request.user, authority).count(),
        "procedures": _procedures_of(request, shown),
        "own": _own_place(request),
        "pairs_here": _pairs_here(request),
    }
    return render(request, "matters.html", context)


def _pairs_here(request: SignedInRequest) -> str:
    """What the page is called on which matters of one's own unit are put together; empty where there is none."""
    unit = Unit.objects.filter(code=own_unit(request)).first()
    publication = programme_for(unit) if unit else None
    scheme = scheme_of(publication) if publication else None
    if unit is None or scheme is None or scheme.pairing is None:
        return ""
    return scheme.pairing.title if scheme.procedures[scheme.pairing.offered.procedure].kept_in(unit.kind) else ""


def _procedures_of(request: SignedInRequest, shown: Listing) -> list[tuple[str, str, int]]:
    """(id, title, how many are open) of the procedures that the matters one may see follow, wherever they are."""
    is_part = any(request.GET.get(name) for name in ("under", "q", "procedure"))
    counts = open_counts(visible_matters(request.user, authority_in(request)), on=shown.today) if is_part else shown.each
    titles = {id: one.title for scheme in rulings().schemes for id, one in scheme.procedures.items()}
    return [(id, title, counts[id][0]) for id, title in titles.items() if id in counts]


def _cells(matter: Matter, today: date) -> list[Cell]:
    line = Line(matter, today)
    whole: list[Cell] = [matter.number, matter.unit.name, line.procedure.title, matter.title, line.state.title, matter.responsible.name]
    return [*whole, matter.opened_on, matter.due_on, matter.term_on, matter.ended_on, "是" if matter.was_late or line.is_late else "否"]


@require_GET
def matters_excel(request: SignedInRequest) -> HttpResponse:
    """What the filters show as a workbook, all pages of it."""
    shown = listing(request)
    return excel("事项", SHEET, (_cells(one, shown.today) for one in shown.found.iterator(chunk_size=BATCH)))


@require_GET
def matters_board(request: SignedInRequest, procedure: str) -> HttpResponse:
    """The open matters of one procedure, a column a state."""
    shown = listing(request)
    mine = shown.all.filter(procedure_id=procedure).open()
    digests = ProcedureVersion.objects.filter(pk__in=mine.order_by().values("version")).order_by("-pk").values_list("digest", flat=True)
    versions = [procedure_published(digest) for digest in digests]
    if not versions:
        return redirect(f"{reverse('matters')}?procedure={procedure}")
    # A matter keeps the version by which it opened: a state that the newest has no more still has its column.
    states = {one.id: one for version in reversed(versions) for one in version.states.values() if not one.ends}.values()
    counts = dict(mine.order_by().values_list("state").annotate(count=Count("pk")))
    cards = {
        one.id: list(mine.filter(state=one.id).order_by("-is_urgent", "due_on", "pk").values_list("pk", flat=True)[:CARDS])
        for one in states
    }
    whole = Matter.objects.whole().in_bulk([pk for keys in cards.values() for pk in keys])
    columns = [(one, counts.get(one.id, 0), [Line(whole[pk], shown.today) for pk in cards[one.id]]) for one in states]
    return render(request, "matters_board.html", {"procedure": versions[0], "columns": columns, "most": CARDS})


@require_GET
def matter_procedures(request: SignedInRequest, code: str) -> HttpResponse:
    """The procedures by which one may open a matter in a unit, to choose one."""
    unit = _where(request, code)
    found = _openable(request, unit)
    if not found:
        raise NotAllowed(f"您的岗位不在{unit.name}提出事项")
    groups: dict[str, list[Procedure]] = {}
    for one in sorted(found.values(), key=lambda one: one.urgent is None):
        groups.setdefault(one.group or "其他", []).append(one)
    may_read = sight_if_any(request, code, "record.view") is not None
    registers = with_registers(unit, procedures_for(unit).values()) if may_read else []
    return render(request, "matter_procedures.html", {"unit": unit, "groups": groups, "registers": registers})


def _where(request: SignedInRequest, code: str) -> Unit:
    """The unit in which one opens matters: one that one may see, or in which one holds a post, whatever that permits elsewhere."""
    held = {grant.path for grant in authority_in(request).grants}
    return Unit.objects.filter(code=code, path__in=held).first() or sight_of(request, code, "unit.view").unit


def _own_place(request: SignedInRequest) -> str:
    """The code of the one unit that one answers for, or, of whoever sees no unit's work, in which one holds a post; else empty."""
    authority = authority_in(request)
    if authority.seats("unit.view"):
        return own_unit(request)
    codes = Unit.objects.filter(path__in={grant.path for grant in authority.grants}, closed_on=None).values_list("code", flat=True)[:2]
    return codes[0] if len(codes) == 1 else ""


def _openable(request: SignedInRequest, unit: Unit) -> dict[str, Procedure]:
    authority = authority_in(request)
    return {id: one for id, one in procedures_for(unit).items() if may_open(one, unit, by=request.user, authority=authority)}


@require_http_methods(["GET", "POST"])
def matter_new(request: SignedInRequest, code: str, procedure: str) -> HttpResponse:
    """Open a matter in a unit."""
    unit = _where(request, code)
    chosen = _openable(request, unit).get(procedure)
    if chosen is None:
        raise NotAllowed(f"您的岗位不在{unit.name}提出这类事项")
    form = form_of(chosen, chosen.asks)
    texts, faults = {**_last_place(request, chosen, unit), **proposed(chosen, request.GET.dict())}, dict[str, str]()
    if request.method == "POST":
        texts, data = read(form, request.POST)
        try:
            at = clock.now()
            photos, key = photos_sent(chosen, chosen.asks, request.FILES), request.POST.get("key")
            matter = open_matter(unit=unit, procedure=procedure, data=said(data), by=request.user, at=at, photos=photos, key=key)
        except RecordError as error:
            faults = error.faults
        except NotAllowed:
            raise
        except Refused as refused:
            faults = {"": str(refused)}
        else:
            messages.success(request, f"已提出：{matter.title}。")
            return redirect("matter", matter.pk)
    context = {
        "unit": unit,
        "procedure": chosen,
        "controls": _measured_by(unit, chosen, controls_of(form, texts, faults, unit)),
        "photos": photos_of(chosen, chosen.asks, faults),
        "fault": faults.get("") or (f"有 {len(faults)} 处要改，请看下面标出的地方。" if faults else ""),
        "key": key_of(request),
        "next": back(request, reverse("matters")),
    }
    return render(request, "matter_new.html", context, status=422 if faults else 200)


def _measured_by(unit: Unit, procedure: Procedure, drawn: list[Control]) -> list[Control]:
    """The form, which offers the measures of the unit where it asks by which one a goal is measured."""
    roles = goal_roles(unit, procedure.id)
    return offering(drawn, roles["measure"], facts_by_title(unit)) if roles else drawn


def proposed(procedure: Procedure, asked: Mapping[str, str]) -> dict[str, str]:
    """What the address proposes for the form that opens a matter; addresses stand in logs, and never propose what is personal."""
    fields = [field for id in procedure.asks if id in asked and (field := procedure.field(id)) is not None and not field.personal]
    return {one.id: asked[one.id][:PROPOSED] for one in fields if not one.choices or asked[one.id] in dict(one.choices)}


def _last_place(request: SignedInRequest, procedure: Procedure, unit: Unit) -> dict[str, str]:
    """The place of which somebody spoke last in the unit: whoever goes round stands near it."""
    if not procedure.place_field:
        return {}
    mine = Matter.objects.filter(unit=unit, procedure_id=procedure.id, opened_by=request.user.username).order_by("-pk")
    place = mine.values_list("data", flat=True).first() or {}
    return {procedure.place_field: str(place[procedure.place_field])} if procedure.place_field in place else {}


def said(data: dict[str, object]) -> dict[str, object]:
    """What a form says, without what was left blank."""
    return {id: value for id, value in data.items() if value not in (None, "")}


def dossier_of(request: SignedInRequest, id: int) -> Dossier:
    """The matter of that number as this person may see it; a page that is not there for those who may not."""
    authority = authority_in(request)
    seen = visible_matters(request.user, authority).whole()
    return Dossier(get_object_or_404(seen, pk=id), request.user, authority, clock.now())


@require_GET
def matter(request: SignedInRequest, id: int) -> HttpResponse:
    """A matter: where it is, whose turn it is, the steps one may take, and all that happened."""
    return _answer(request, dossier_of(request, id))


def _answer(
    request: SignedInRequest,
    dossier: Dossier,
    verb: str = "",
    texts: Texts = NOTHING,
    faults: Texts = NOTHING,
    *,
    personal: Texts = NOTHING,
    reached: Mapping[int, list[str]] = NOBODY,
) -> HttpResponse:
    """The page of a matter; `personal` are values and `reached` ways to reach others that were read now."""
    context = {
        "dossier": dossier,
        "matter": dossier.matter,
        "unit": dossier.matter.unit,
        "procedure": dossier.procedure,
        "ways": dossier.ways(verb, texts, faults),
        "key": key_of(request),
        "personal": personal,
        "reached": reached,
        "verb": verb,
        "fault": faults.get("", ""),
    }
    return render(request, "matter.html", context, status=422 if faults else 200)


@require_POST
def matter_step(request: SignedInRequest, id: int, verb: str) -> HttpResponse:
    """Take a step."""
    dossier = dossier_of(request, id)
    step = dossier.procedure.step(dossier.matter.state, verb)
    form = form_of(dossier.procedure, step.asks if step else ())
    texts, data = read(form, request.POST)
    reason = request.POST.get("reason", "")
    sent = {**texts, "reason": reason, WHICH: request.POST.get(WHICH, "")}
    which = dossier.which(step, sent) if step else None
    try:
        take_step(
            matter=dossier.matter,
            verb=verb,
            data=said(data),
            reason=reason,
            by=request.user,
            at=clock.now(),
            turn=turn_in(request),
            into=joined_to(dossier, request.POST),
            meant=which.meant if which else None,
            photos=photos_sent(dossier.procedure, step.asks if step else (), request.FILES),
            key=request.POST.get("key"),
        )
    except NotAllowed:
        raise
    except RecordError as error:
        return _answer(request, dossier, verb, sent, error.faults)
    except Refused as refused:
        if not visible_matters(request.user, authority_in(request)).filter(pk=id).exists():
            # Whoever was first has led it to where one has no part in it: that is to be said, not only that there is no page.
            messages.error(request, str(refused))
            return redirect("matters")
        return _answer(request, dossier_of(request, id), verb, sent, {"": str(refused)})
    messages.success(request, f"已办理：{step.title if step else verb}。")
    return _back_to(request, id)


def joined_to(dossier: Dossier, sent: QueryDict) -> Matter | None:
    """The matter that somebody chose of those that were offered."""
    return next((one for one in dossier.into if str(one.pk) == sent["into"]), None) if "into" in sent else None


@require_GET
def matter_photo(request: SignedInRequest, id: int, photo: int, size: str) -> HttpResponseBase:
    """A photo (`full` or `small`) of a matter, for those who may see it."""
    return photo_of(dossier_of(request, id), photo, size)


def photo_of(dossier: Dossier, id: int, size: str) -> HttpResponseBase:
    """The file of one of a matter's photos; a page that is not there while it is not ready, and once it is erased."""
    found = next((one for one in dossier.photos if one.pk == id and one.is_ready), None)
    if found is None:
        raise Http404
    response = FileResponse((found.thumbnail if size == "small" else found.content).open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={A_DAY}"
    return response


@require_POST
def matter_verdict(request: SignedInRequest, id: int) -> HttpResponse:
    """Give one's verdict in a committee."""
    dossier, sent = dossier_of(request, id), request.POST
    said = {name: sent.get(name, "") for name in ("choice", "words", "member")}
    attempt(
        request, lambda: give_verdict(matter=dossier.matter, **said, by=request.user, at=clock.now(), turn=turn_in(request)), "已给出意见。"
    )
    return _back_to(request, id)


def turn_in(request: HttpRequest) -> int | None:
    """The turn at which the matter stood on the page that was looked at."""
    sent = request.POST.get("turn", "")
    return int(sent) if sent.isascii() and sent.isdecimal() else None


def _back_to(request: SignedInRequest, id: int) -> HttpResponse:
    """To the matter, or to the list for whom it is out of sight now."""
    seen = visible_matters(request.user, authority_in(request)).filter(pk=id).exists()
    return redirect("matter", id) if seen else redirect("matters")


@require_POST
def matter_vote(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Vote online, count the papers, or close the vote."""
    dossier, sent, at, turn = dossier_of(request, id), request.POST, clock.now(), turn_in(request)

    def number(name: str) -> int:
        text = sent.get(name, "").strip() or "0"
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else -1

    acts: dict[str, tuple[Callable[[], object], str]] = {
        "cast": (lambda: cast_vote(matter=dossier.matter, choice=sent.get("choice", ""), by=request.user, at=at), "已投票。"),
        "papers": (
            lambda: count_papers(
                matter=dossier.matter,
                papers=Papers(number("in_favour"), number("against"), number("abstaining"), number("spoilt")),
                by=request.user,
                at=at,
                turn=turn,
            ),
            "已录入纸质票。",
        ),
        "close": (lambda: close_ballot(matter=dossier.matter, by=request.user, at=at, turn=turn), "表决已结束。"),
    }
    if act not in acts:
        raise Http404
    attempt(request, *acts[act])
    return _back_to(request, id)


@require_POST
def matter_objection(request: SignedInRequest, id: int, objection: int) -> HttpResponse:
    """Answer an objection to the notice of a matter."""
    dossier = dossier_of(request, id)
    raised = get_object_or_404(Objection, pk=objection, notice__matter_notice__matter=dossier.matter)
    answer, upheld = request.POST.get("answer", ""), request.POST.get("upheld") == "yes"
    attempt(request, lambda: settle_objection(objection=raised, answer=answer, upheld=upheld, by=request.user, at=clock.now()), "已答复。")
    return _back_to(request, id)


@never_cache
@require_POST
def matter_personal(request: SignedInRequest, id: int) -> HttpResponse:
    """Show the personal values of a matter once, to those whose turn it is; that they were read is logged."""
    dossier = dossier_of(request, id)
    read_now = read_personal(matter=dossier.matter, by=request.user, at=clock.now())
    return _answer(request, dossier, personal={one.field: read_now.get(one.field, "") for one in dossier.personal})


@never_cache
@require_POST
def matter_other(request: SignedInRequest, id: int, other: int) -> HttpResponse:
    """Show once how what a matter belongs together with is reached, to whoever opened it; that it was read is logged."""
    dossier = dossier_of(request, id)
    try:
        texts = read_other(matter=dossier.matter, other=other, by=request.user, at=clock.now())
    except NotPaired as refused:
        return _answer(request, dossier, faults={"": str(refused)})
    return _answer(request, dossier, reached={other: list(texts.values())})
