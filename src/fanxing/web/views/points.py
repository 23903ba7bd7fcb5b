"""Points of members: one's own account, and, for who keeps them, those of the branch and who took part in a record."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fanxing.evidence.queries import first_version
from fanxing.lib import clock
from fanxing.organisations.models import Person, Unit
from fanxing.points.actions import (
    add_participation,
    answer_objection,
    note_export,
    object_to,
    remove_participation,
    reverse_entry,
    turn_off,
    turn_on,
)
from fanxing.points.models import Participation, PointsObjection
from fanxing.points.queries import account_of, is_on, keeps, members, objections, rules_of
from fanxing.programme.queries import kinds_for
from fanxing.records.models import Record
from fanxing.scheme.model import MemberPoints
from fanxing.web.downloads import excel
from fanxing.web.points import COLUMNS, export_rows, listed, open_objections
from fanxing.web.requests import SignedInRequest, attempt
from fanxing.web.sight import sight_of
from fanxing.web.views.records import opened


def _kept(request: SignedInRequest, code: str) -> tuple[Unit, MemberPoints]:
    """The branch and its rules; a page that is not there for those who do not keep its points."""
    sight = sight_of(request, code)
    rules = rules_of(sight.unit)
    if rules is None or not keeps(sight.authority, sight.unit, rules):
        raise Http404
    return sight.unit, rules


@require_GET
def points(request: SignedInRequest, code: str) -> HttpResponse:
    """Whether a branch keeps points, by which rules, its members by name, and what they object to."""
    unit, rules = _kept(request, code)
    on = is_on(unit)
    context = {
        "unit": unit,
        "rules": rules,
        "on": on,
        "members": listed(unit, rules),
        "waiting": open_objections(unit),
        "kinds": kinds_for(unit),
    }
    return render(request, "points.html", context)


@require_POST
def points_switch(request: SignedInRequest, code: str) -> HttpResponse:
    """Turn points on, once one has read what that means, or off."""
    unit, _ = _kept(request, code)
    act, done = (turn_on, "已开启党员积分。") if request.POST.get("turn") == "on" else (turn_off, "已停用，已有的积分留在各人名下。")
    attempt(request, lambda: act(unit=unit, by=request.user, at=clock.now()), done)
    return redirect("points", code)


@require_GET
def points_account(request: SignedInRequest, code: str, person: int) -> HttpResponse:
    """The account of one member, for who keeps it."""
    unit, rules = _kept(request, code)
    member = get_object_or_404(members(unit), pk=person)
    return _account(request, member, rules, is_keeper=True)


@require_GET
def points_own(request: SignedInRequest) -> HttpResponse:
    """One's own account."""
    member = Person.objects.filter(user=request.user).select_related("unit").first()
    return _account(request, member, rules_of(member.unit) if member else None, is_keeper=False)


def _account(request: SignedInRequest, member: Person | None, rules: MemberPoints | None, *, is_keeper: bool) -> HttpResponse:
    context = {
        "unit": member.unit if member else None,
        "member": member,
        "rules": rules,
        "on": member is not None and is_on(member.unit),
        "account": account_of(member, clock.today()) if member else None,
        "objections": list(objections(member.unit, member)) if member else [],
        "kinds": kinds_for(member.unit) if member else {},
        "is_keeper": is_keeper,
    }
    return render(request, "points_account.html", context)


@require_GET
def points_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """All entries of the members of a branch beside its own result, for the yearly assessment."""
    unit, rules = _kept(request, code)
    note_export(unit=unit, by=request.user, at=clock.now())
    return excel(f"{unit.name}党员积分", COLUMNS, export_rows(unit, rules))


@require_POST
def points_object(request: SignedInRequest) -> HttpResponse:
    """Object to an entry of one's own account."""
    member = get_object_or_404(Person.objects.select_related("unit"), user=request.user)
    record = get_object_or_404(Record, pk=_number(request, "record"), unit=member.unit)
    rule, text = request.POST.get("rule", ""), request.POST.get("text", "")
    attempt(
        request,
        lambda: object_to(person=member, record=record, rule=rule, text=text, by=request.user, at=clock.now()),
        "异议已提交，请等支部答复。",
    )
    return redirect("points_own")


@require_POST
def points_answer(request: SignedInRequest, code: str, id: int) -> HttpResponse:
    """Answer an objection."""
    unit, _ = _kept(request, code)
    objection = get_object_or_404(PointsObjection.objects.select_related("record__unit"), pk=id, record__unit=unit)
    answer = request.POST.get("answer", "")
    attempt(request, lambda: answer_objection(objection=objection, answer=answer, by=request.user, at=clock.now()), "已答复。")
    return redirect("points", code)


@require_POST
def points_reverse(request: SignedInRequest, code: str, person: int) -> HttpResponse:
    """Take an entry away, for a reason."""
    unit, _ = _kept(request, code)
    member = get_object_or_404(members(unit).select_related("unit"), pk=person)
    record = get_object_or_404(Record.objects.select_related("unit"), pk=_number(request, "record"), unit=unit)
    rule, reason = request.POST.get("rule", ""), request.POST.get("reason", "")
    attempt(
        request,
        lambda: reverse_entry(person=member, record=record, rule=rule, reason=reason, by=request.user, at=clock.now()),
        "已撤销这一项积分。",
    )
    return redirect("points_account", code, person)


@require_POST
def participation_add(request: SignedInRequest, id: int) -> HttpResponse:
    """Name those who took part in a record."""
    record = first_version(opened(request, id).record)
    unit, _ = _kept(request, record.unit.code)
    people = list(members(unit).filter(pk__in=[int(one) for one in request.POST.getlist("person") if one.isdecimal()]))
    amount, at = request.POST.get("amount", "").strip(), clock.now()

    @transaction.atomic
    def add() -> None:
        for person in people:
            add_participation(record=record, person=person, amount=_amount(amount), by=request.user, at=at)

    attempt(request, add, f"已登记 {len(people)} 人。")
    return redirect(reverse("record", args=[id]) + "#takers")


@require_POST
def participation_remove(request: SignedInRequest, id: int) -> HttpResponse:
    """Take back that somebody took part, for a reason."""
    taken = get_object_or_404(Participation.objects.select_related("record__unit"), pk=id)
    _kept(request, taken.record.unit.code)
    reason = request.POST.get("reason", "")
    attempt(request, lambda: remove_participation(participation=taken, reason=reason, by=request.user, at=clock.now()), "已移除。")
    return redirect(reverse("record", args=[taken.record_id]) + "#takers")


def _amount(text: str) -> float | None:
    """What was typed as a number; what is none is refused by the action."""
    try:
        return float(text) if text else None
    except ValueError:
        return -1.0


def _number(request: SignedInRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdecimal():
        raise Http404
    return int(text)
