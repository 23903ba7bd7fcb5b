"""The route of a unit to a star: what can be done, what comes of it, and the choice as dated tasks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from fanxing.inbox.actions import Planned, open_items
from fanxing.inbox.queries import waiting_from
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed
from fanxing.programme.queries import scheme_of
from fanxing.scoring.queries import Account, account
from fanxing.scoring.routes import Route, route, supposing
from fanxing.web.choices import PLAN, Choice, choices, named, plan_of
from fanxing.web.goals import ROUTE
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of
from fanxing.web.standing import cards


@require_http_methods(["GET", "POST"])
def unit_route(request: SignedInRequest, code: str, star: str) -> HttpResponse:
    """What the star still asks and the least work that earns it; what is picked is reckoned, and sent becomes dated tasks."""
    sight = sight_of(request, code, "score.view")
    found = None if sight.unit.closed_on else account(sight.unit)
    if found is None or star not in found.score.stars:
        raise Http404
    way = route(found, star)
    waiting = {item.key: item for item in waiting_from(sight.unit, ROUTE)} if sight.may("work.view") else {}
    sent = request.POST if request.method == "POST" else request.GET
    offered = choices(way, sent, waiting, clock.today())
    if request.method == "POST" and (done := _planned(request, sight, star, [one for one in offered if one.picked])):
        return done
    context = {
        "unit": sight.unit,
        "plan": plan_of(way, sent),
        "number": sent.get(PLAN, ""),
        "may_plan": sight.may("work.plan"),
        "refused": request.method == "POST",
        **_shown(found, way, offered),
    }
    return render(request, "unit_route.html", context, status=422 if request.method == "POST" else 200)


def _planned(request: SignedInRequest, sight: Sight, star: str, picked: list[Choice]) -> HttpResponse | None:
    """The way to the inbox, once what is picked waits there; None where nothing is picked, or a day is wrong."""
    if not sight.may("work.plan"):
        raise NotAllowed(f"您的岗位不安排{sight.unit.name}的工作")
    if not picked or any(one.fault for one in picked):
        return None
    items = [one.item(star) for one in picked]
    planned = open_items(unit=sight.unit, items=items, source=ROUTE, by=request.user, at=clock.now())
    messages.success(request, _told(planned))
    return redirect("inbox")


def _shown(found: Account, way: Route, offered: list[Choice]) -> dict[str, object]:
    """What the page tells of the route, and of what is picked from it."""
    kind = scheme_of(found.publication).kinds[found.score.unit.kind]
    picked = [one for one in offered if one.picked]
    return {
        "account": found,
        "way": way,
        "stars": {card.id: card for card in cards(found, kind)},
        "offered": offered,
        "picked": picked,
        "outcome": supposing(found, way.star, [one.can for one in picked]),
        "late": [one for one in way.improvements if one.hindrance],
        "plans": [(plan, named(plan.improvements)) for plan in ([way.best, *way.alternatives] if way.best else [])],
    }


def _told(planned: Planned) -> str:
    parts = [(len(planned.opened), "新列入"), (len(planned.renewed), "更新"), (len(planned.unchanged), "原已列入")]
    return f"待办：{'，'.join(f'{words} {count} 件' for count, words in parts if count)}。"
