"""Appointing, ending, standing in, handing over and rotas: a form, what it will do in words, and, confirmed, done."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fanxing.audit.actions import once
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Assignment, Rota, Unit
from fanxing.web.people import person_of
from fanxing.web.requests import SignedInRequest, key_of
from fanxing.web.sight import authority_in, sight_of
from fanxing.web.terms import KEEP, OF_A_PERSON, OF_A_TERM, Appoint, Ground, MakeRota, StopRota, TermForm, person_page, possible_for

Way = list[tuple[str, str]]


@require_http_methods(["GET", "POST"])
def appoint(request: SignedInRequest, code: str) -> HttpResponse:
    """A person to a post of a unit."""
    sight = sight_of(request, code, KEEP)
    return _staged(request, Appoint, Ground(sight.authority, sight.unit), _back_to(sight.unit), _proposed(request))


def _proposed(request: SignedInRequest) -> dict[str, str]:
    """What the address proposes: a post, and a person by their number, since addresses stand in logs and histories."""
    post, number = request.GET.get("post", ""), request.GET.get("person", "")
    someone = person_of(request, int(number)) if number.isascii() and number.isdecimal() else None
    first = {"post": post, "person": f"{someone.pk} {someone.name}" if someone else ""}
    return {name: words for name, words in first.items() if words}


@require_http_methods(["GET", "POST"])
def rota_new(request: SignedInRequest, code: str) -> HttpResponse:
    """A rota of a unit."""
    sight = sight_of(request, code, KEEP)
    return _staged(request, MakeRota, Ground(sight.authority, sight.unit), _back_to(sight.unit))


@require_http_methods(["GET", "POST"])
def rota_stop(request: SignedInRequest, id: int) -> HttpResponse:
    """No more turns of a rota."""
    rota = Rota.objects.filter(pk=id).select_related("unit", "post").first()
    if rota is None:
        raise Http404
    sight = sight_of(request, rota.unit.code, KEEP)
    return _staged(request, StopRota, Ground(sight.authority, sight.unit, rota=rota), _back_to(sight.unit))


@require_http_methods(["GET", "POST"])
def term_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Something done about a term."""
    reach = Unit.objects.filter(authority_in(request).reach(KEEP))
    terms = Assignment.objects.select_related("person__unit", "unit", "post", "stands_in_for__person", "rota")
    row = terms.filter(pk=id, unit__in=reach).first()
    if row is None or act not in possible_for(row):
        raise Http404
    ground = Ground(authority_in(request), row.unit, term=row)
    return _staged(request, OF_A_TERM[act], ground, [(row.person.name, person_page(row.person))])


@require_http_methods(["GET", "POST"])
def person_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Something done about a person."""
    someone = person_of(request, id)
    if act not in OF_A_PERSON:
        raise Http404
    if not authority_in(request).may(KEEP, someone.unit):
        raise NotAllowed(f"您的岗位不管理{someone.unit.name}的人员")
    ground = Ground(authority_in(request), someone.unit, person=someone)
    return _staged(request, OF_A_PERSON[act], ground, [(someone.name, person_page(someone))])


def _back_to(unit: Unit) -> Way:
    return [(unit.name, reverse("unit", args=[unit.code]))]


def _staged(
    request: SignedInRequest, form_class: type[TermForm], ground: Ground, way: Way, first: dict[str, str] | None = None
) -> HttpResponse:
    """The form; sent, what it will do; confirmed, done once and led to what it made."""
    context = {"ground": ground, "way": way, "key": key_of(request)}
    if request.method == "GET":
        return render(request, "term_form.html", context | {"form": form_class(ground=ground, first=first)})
    form = form_class(request.POST, ground=ground)
    step = request.POST.get("step")
    if not form.is_valid() or step == "edit":
        return render(request, "term_form.html", context | {"form": form}, status=200 if step == "edit" else 422)
    try:
        if step != "confirm":
            said = list(form.said())
            _rehearse(form, request)
            return render(request, "term_preview.html", context | {"form": form, "said": said})
        address = _done(form, request)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "term_form.html", context | {"form": form}, status=422)
    messages.success(request, f"{form.title}：已办好，记入操作日志。")
    return redirect(address or way[-1][1])


def _rehearse(form: TermForm, request: SignedInRequest) -> None:
    """Do it and take it back: whatever would be refused is refused now."""
    with transaction.atomic():
        form.do(by=request.user, at=clock.now())
        transaction.set_rollback(True)


def _done(form: TermForm, request: SignedInRequest) -> str:
    """The address to be shown next; empty where the same form was sent before, and is not done again."""
    at, addresses = clock.now(), list[str]()
    content = form.sent() | {"path": request.path}

    def write() -> Unit:
        addresses.append(form.do(by=request.user, at=at))
        return form.ground.unit

    once(key=request.POST.get("key", ""), content=content, by=request.user, at=at, write=write)
    return addresses[0] if addresses else ""
