"""What everybody may do without an account: open a matter in a place, follow it by its code, read public notices and object."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fanxing.audit.actors import PUBLIC
from fanxing.lib import clock
from fanxing.lib.receipts import new_receipt, receipt_as_given
from fanxing.lib.refusals import Refused
from fanxing.lib.throttle import customer_of, is_within
from fanxing.organisations.authority import NOTHING
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import ancestors, matching
from fanxing.procedures.actions.objecting import raise_objection
from fanxing.procedures.actions.opening import open_matter
from fanxing.procedures.actions.pairing import read_other
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter
from fanxing.procedures.naming import names_on
from fanxing.procedures.parties import may_open
from fanxing.procedures.queries import lately_at, matter_by_receipt, notice_seeks_opinions
from fanxing.programme.queries import procedures_for, rulings
from fanxing.public_notices.models import Notice
from fanxing.public_notices.queries import objection_by_receipt, standing_on
from fanxing.records.validation import RecordError
from fanxing.scheme.model import Procedure
from fanxing.web.entries import read
from fanxing.web.matters import Dossier, controls_of, form_of, photos_of, photos_sent
from fanxing.web.views.matters import joined_to, photo_of, proposed, said, turn_in
from fanxing.web.views.pairs import paired_openly

ROWS = 30
PLACES = 20
PLACES_BELOW = 200
SALT = "receipt"
# Kept in the session, so that the code need not stand in an address.
CODE, SINCE = "receipt", "receipt_since"
HOUR, DAY = 3_600, 24 * 3_600
# Seconds.
KEPT = 1_800
MOST_AN_HOUR, MOST_A_DAY = 10, 30
TOO_MANY = "提交得太频繁了，请过一会儿再试；急事请直接打电话。"
NO_FAULTS: Mapping[str, str] = {}
NOBODY: Mapping[int, list[str]] = {}
Said = list[tuple[str, str]]


def _is_within(request: HttpRequest, what: str) -> bool:
    who = customer_of(request.META.get("REMOTE_ADDR", ""))
    return is_within(f"{what}/hour", who, most=MOST_AN_HOUR, seconds=HOUR) and is_within(f"{what}/day", who, most=MOST_A_DAY, seconds=DAY)


def public_procedures() -> dict[str, Procedure]:
    """The procedures by which everybody may open a matter, by id."""
    found = {id: one for scheme in rulings().schemes for id, one in scheme.procedures.items()}
    return {id: one for id, one in found.items() if _is_for_all(one)}


def _is_for_all(procedure: Procedure) -> bool:
    return any(procedure.parties[id].at == "anyone" for id in procedure.opened_by)


@require_safe
@login_not_required
def open_procedures(request: HttpRequest) -> HttpResponse:
    """What everybody may open, to choose one."""
    groups: dict[str, list[Procedure]] = {}
    # What may be urgent comes first: it is sought in haste.
    for one in sorted(public_procedures().values(), key=lambda one: one.urgent is None):
        groups.setdefault(one.group or "其他", []).append(one)
    return render(request, "open_procedures.html", {"groups": groups, "paired": paired_openly()})


@require_safe
@login_not_required
def open_closed(request: HttpRequest, procedure: str, code: str) -> HttpResponse:
    """What came of the matters of a unit that everybody may open: the fields that the procedure shows, and when it was done."""
    unit = get_object_or_404(Unit, code=code)
    chosen = procedures_for(unit).get(procedure)
    if chosen is None or not chosen.shows or not _is_for_all(chosen):
        raise Http404
    ends = [one.id for one in chosen.states.values() if one.ends and one.records]
    done = Matter.objects.filter(unit=unit, procedure_id=procedure, state__in=ends, is_private=False).whole()
    page = Paginator(done.order_by("-ended_on", "-pk"), ROWS).get_page(request.GET.get("page"))
    rows = [Dossier(one, PUBLIC, NOTHING, clock.now()) for one in page]
    return render(request, "open_closed.html", {"unit": unit, "procedure": chosen, "page": page, "rows": rows})


@require_safe
@login_not_required
def open_places(request: HttpRequest, procedure: str) -> HttpResponse:
    """The places in which a matter can be opened, found by name."""
    chosen = public_procedures().get(procedure)
    if chosen is None:
        raise Http404
    wanted = request.GET.get("q", "").strip()
    above = get_object_or_404(Unit, code=request.GET["in"], closed_on=None) if request.GET.get("in") else None
    here, units = (None, _named(chosen, wanted)) if wanted else _level(above, chosen)
    scheme = next(one for one in rulings().schemes if procedure in one.procedures)
    context = {
        "procedure": chosen,
        "titles": [scheme.title_of_kind(kind) for kind in chosen.kinds],
        "paired": paired_openly(),
        "wanted": wanted,
        "other": _other_kind(chosen, wanted) if wanted and not units else None,
        "here": here if here and chosen.kept_in(here.kind) else None,
        "units": units,
        "way": [*ancestors(above), above] if above and not wanted else [],
    }
    return render(request, "open_places.html", context)


def _named(procedure: Procedure, wanted: str) -> Sequence[Unit]:
    """The places of a procedure whose name fits, and what has such below it: whoever types a county goes on from there."""
    return list(matching(_ways(procedure).select_related("parent"), wanted).order_by("path")[:PLACES])


def _other_kind(procedure: Procedure, wanted: str) -> Unit | None:
    """A unit whose name fits and that has no such matters: whoever seeks it is told so."""
    return matching(Unit.objects.filter(closed_on=None), wanted).exclude(pk__in=_places(procedure)).order_by("path").first()


def _places(procedure: Procedure) -> QuerySet[Unit]:
    """The open units in which its matters are."""
    units = Unit.objects.filter(closed_on=None)
    return units.filter(kind__in=procedure.kinds) if procedure.kinds else units


def _ways(procedure: Procedure) -> QuerySet[Unit]:
    """Its places and what has such below it, which `leads_on`."""
    # "~" comes after every character that a code may have.
    below = _places(procedure).filter(path__gt=OuterRef("path"), path__lt=Concat(OuterRef("path"), Value("~")))
    units = Unit.objects.filter(closed_on=None).annotate(leads_on=Exists(below))
    return units.filter(Q(leads_on=True) | Q(pk__in=_places(procedure)))


def _level(above: Unit | None, procedure: Procedure) -> tuple[Unit | None, Sequence[Unit]]:
    """Where one is on the way down the tree, and what one chooses from there."""
    found = list(_ways(procedure).filter(parent=above).order_by("code")[:PLACES_BELOW])
    # One root alone is no choice, where it leads on.
    is_way = (
        above is None and len(found) == 1 and _places(procedure).filter(path__startswith=found[0].path).exclude(pk=found[0].pk).exists()
    )
    return _level(found[0], procedure) if is_way else (above, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def open_new(request: HttpRequest, procedure: str, code: str) -> HttpResponse:
    """Open a matter in a place; the place may be filled in by the address, as the code on a wall does."""
    unit = get_object_or_404(Unit, code=code, closed_on=None)
    chosen = procedures_for(unit).get(procedure)
    if chosen is None or not may_open(chosen, unit, by=PUBLIC, authority=NOTHING):
        raise Http404
    form = form_of(chosen, chosen.asks)
    texts = proposed_openly(chosen, request.GET)
    faults: dict[str, str] = {}
    ticket = request.POST.get("ticket") or signing.dumps(new_receipt(), salt=SALT)
    if request.method == "POST":
        texts, data = read(form, request.POST)
        try:
            receipt = signing.loads(ticket, salt=SALT, max_age=DAY)
            if not _is_within(request, "open"):
                raise Refused(TOO_MANY)
            photos = photos_sent(chosen, chosen.asks, request.FILES)
            open_matter(unit=unit, procedure=procedure, data=said(data), by=PUBLIC, at=clock.now(), receipt=receipt, photos=photos)
        except signing.BadSignature:
            faults, ticket = {"": "这张表放得太久了，请核对后再提交一次。"}, signing.dumps(new_receipt(), salt=SALT)
        except RecordError as error:
            faults = error.faults
        except Refused as refused:
            faults = {"": str(refused)}
        else:
            messages.success(request, "已提交。")
            return _keep(request, receipt)
    context = {
        "unit": unit,
        "procedure": chosen,
        "has_week": any(field.type == "date" for id in chosen.clash if (field := chosen.field(id))),
        "controls": controls_of(form, texts, faults, unit),
        "photos": photos_of(chosen, chosen.asks, faults),
        # Whoever applies for something says who they are; whoever reports something need not.
        "asks_name": any(field.personal and field.required for id in chosen.asks if (field := chosen.field(id))),
        "lately": [Dossier(one, PUBLIC, NOTHING, clock.now()) for one in lately_at(unit, chosen, texts.get(chosen.place_field, ""))],
        "fault": faults.get("") or (f"有 {len(faults)} 处要改，请看下面标出的地方。" if faults else ""),
        "ticket": ticket,
    }
    return render(request, "open_new.html", context, status=422 if faults else 200)


def proposed_openly(procedure: Procedure, asked: Mapping[str, str]) -> dict[str, str]:
    """What the address fills in: the place, as the code on a wall does, and what a page that leads here says; nothing personal."""
    place = {procedure.place_field: asked["place"][:100]} if procedure.place_field and "place" in asked else {}
    return {**place, **proposed(procedure, asked)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def follow(request: HttpRequest) -> HttpResponse:
    """Follow a matter, or read the answer to an objection, by its code."""
    if request.method == "POST":
        code = request.POST.get("code", "").strip()
        if not _is_within(request, "follow"):
            return _followed(request, "", faults={"": TOO_MANY})
        if matter_by_receipt(code) is None and objection_by_receipt(code) is None:
            return _followed(request, "", faults={"": "没有这个查询码，请核对后再输；字母不分大小写，横线可以不输。"})
        return _keep(request, code)
    if "other" in request.GET:
        request.session.pop(CODE, None)
        return redirect("follow")
    return _followed(request, _kept(request))


def _keep(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a code opens, in a session that nobody has known before; on a screen that many use it is forgotten after a while."""
    request.session.cycle_key()
    request.session[CODE], request.session[SINCE] = code, clock.now().timestamp()
    return redirect("follow")


def _kept(request: HttpRequest) -> str:
    """The code that was shown or typed here a short while ago."""
    if clock.now().timestamp() - request.session.get(SINCE, 0) > KEPT:
        request.session.pop(CODE, None)
    return str(request.session.get(CODE, ""))


def _followed(
    request: HttpRequest,
    code: str,
    texts: Mapping[str, str] = NO_FAULTS,
    verb: str = "",
    faults: Mapping[str, str] = NO_FAULTS,
    reached: Mapping[int, list[str]] = NOBODY,
) -> HttpResponse:
    matter = matter_by_receipt(code) if code else None
    objection = objection_by_receipt(code) if code and matter is None else None
    dossier = Dossier(matter, PUBLIC, NOTHING, clock.now(), is_holder=True) if matter else None
    other = dossier.goes_on_as if dossier else None
    context = {
        "goes_on": Dossier(other, PUBLIC, NOTHING, clock.now()) if other else None,
        "code": receipt_as_given(code),
        "dossier": dossier,
        "matter": matter,
        "objection": objection,
        "seeks_opinions": objection is not None and notice_seeks_opinions(objection.notice),
        "ways": dossier.ways(verb, texts, faults) if dossier else (),
        "reached": reached,
        "verb": verb,
        "fault": faults.get("", ""),
    }
    return render(request, "follow.html", context, status=422 if faults else 200)


@never_cache
@require_safe
@login_not_required
def follow_photo(request: HttpRequest, id: int, size: str) -> HttpResponseBase:
    """A photo of the matter that somebody follows by its code."""
    matter = matter_by_receipt(_kept(request))
    if matter is None:
        raise Http404
    return photo_of(Dossier(matter, PUBLIC, NOTHING, clock.now(), is_holder=True), id, size)


@require_POST
@login_not_required
def follow_step(request: HttpRequest, verb: str) -> HttpResponse:
    """Take a step as whoever opened the matter: rate it, ask for it again."""
    code = _kept(request)
    matter = matter_by_receipt(code)
    if matter is None:
        return redirect("follow")
    step = matter.procedure.step(matter.state, verb)
    texts, data = read(form_of(matter.procedure, step.asks if step else ()), request.POST)
    reason = request.POST.get("reason", "")
    try:
        take_step(
            matter=matter,
            verb=verb,
            data=said(data),
            reason=reason,
            by=PUBLIC,
            at=clock.now(),
            turn=turn_in(request),
            is_holder=True,
            into=joined_to(Dossier(matter, PUBLIC, NOTHING, clock.now(), is_holder=True), request.POST),
            photos=photos_sent(matter.procedure, step.asks if step else (), request.FILES),
        )
    except RecordError as error:
        return _followed(request, code, {**texts, "reason": reason}, verb, error.faults)
    except Refused as refused:
        return _followed(request, code, {**texts, "reason": reason}, verb, {"": str(refused)})
    messages.success(request, "已收到，谢谢。")
    return redirect("follow")


@never_cache
@require_POST
@login_not_required
def follow_other(request: HttpRequest, id: int) -> HttpResponse:
    """Show once how the other side is reached; that it was read is logged."""
    code = _kept(request)
    matter = matter_by_receipt(code)
    if matter is None:
        return redirect("follow")
    try:
        texts = read_other(matter=matter, other=id, by=PUBLIC, at=clock.now(), is_holder=True)
    except Refused as refused:
        return _followed(request, code, faults={"": str(refused)})
    return _followed(request, code, reached={id: list(texts.values())})


@require_safe
@login_not_required
def open_matter_page(request: HttpRequest, id: int) -> HttpResponse:
    """What everybody may see of a matter: the fields that its procedure shows, and where it is."""
    matter = get_object_or_404(Matter.objects.filter(is_private=False).whole(), pk=id)
    if not matter.procedure.shows:
        raise Http404
    return render(request, "open_matter.html", {"dossier": Dossier(matter, PUBLIC, NOTHING, clock.now()), "matter": matter})


@require_safe
@login_not_required
def notices(request: HttpRequest) -> HttpResponse:
    """What stands in public now."""
    page = Paginator(standing_on(clock.today()), ROWS).get_page(request.GET.get("page"))
    return render(request, "notices.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def notice(request: HttpRequest, id: int) -> HttpResponse:
    """A public notice: what stands there, until when one may object, and how."""
    shown = get_object_or_404(Notice.objects.select_related("unit"), pk=id)
    text, fault = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            if not _is_within(request, "object"):
                raise Refused(TOO_MANY)
            _, receipt = raise_objection(notice=shown, text=text, at=clock.now())
        except Refused as refused:
            fault = str(refused)
        else:
            return _keep(request, receipt)
    stands = shown.stands_on(clock.today())
    context = {
        "notice": shown,
        "names": names_on(shown, clock.today()),
        "stands": stands,
        "text": text,
        "fault": fault,
        "seeks_opinions": notice_seeks_opinions(shown),
    }
    return render(request, "notice.html", context, status=422 if fault else 200)
