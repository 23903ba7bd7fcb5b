"""What is done with a draft of rules: a worked case accepted; submitted, returned, published, dropped."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.programme.drafting import drop_draft, publish_draft, return_draft, save_draft, submit_draft
from fanxing.programme.models import Draft
from fanxing.scheme.editing import apply, case_places, examine, spelled_case
from fanxing.scoring.rehearsing import cases_unmet
from fanxing.web.deciding import WORDS, Actions, decide
from fanxing.web.faults import told
from fanxing.web.requests import SignedInRequest, attempt
from fanxing.web.views.drafts import draft_of

FAULTS_SHOWN = 3


@require_POST
def draft_case(request: SignedInRequest, id: int) -> HttpResponse:
    """Let a worked case expect what the new rules give."""
    found = draft_of(request, id)
    wanted = request.POST.get("case", ""), request.POST.get("unit", ""), request.POST.get("node", "")
    unmet = {(one.case.title, one.unit, one.node.id): one for one in cases_unmet(found)}
    place = case_places(found.files).get(wanted)
    if wanted in unmet and place:
        one = unmet[wanted]
        value = one.found if isinstance(one.found, str | bool | float) else None
        files = apply(found.files, {place: spelled_case(value)})
        attempt(
            request,
            lambda: save_draft(draft=found, files=files, by=request.user, at=clock.now()),
            f"验算样例“{one.case.title}”已按新规则改。",
        )
    return redirect(_address(found, "#checks"))


@require_POST
def draft_act(request: SignedInRequest, id: int, act: str) -> HttpResponse:
    """Submit, return, publish or drop a draft, as it was read."""
    found = draft_of(request, id)
    acted = decide(request, found, act, ACTS, DONE, WORDS | {"submit": "document_number"})
    return redirect("drafts" if acted and act == "drop" else _address(found))


def _submit(*, draft: Draft, **read: Any) -> Draft:
    # What the page itself lists is told in its words, before the action would tell it in those of the language.
    examined = examine(draft.files)
    if examined.faults:
        raise Refused("没有提交：" + "；".join(told(one, examined.scheme) for one in examined.faults[:FAULTS_SHOWN]))
    if unmet := cases_unmet(draft):
        titles = "、".join(dict.fromkeys(f"“{one.case.title}”" for one in unmet))
        raise Refused(f"没有提交：验算样例{titles}与草案算出的结果不同，请先在“验算样例”里逐个核对")
    return submit_draft(draft=draft, **read)


ACTS: Actions = {"submit": _submit, "return": return_draft, "publish": publish_draft, "drop": drop_draft}
DONE = {
    "submit": "已提交，等第二个人核对后发布。",
    "return": "已退回起草人。",
    "publish": "已发布。评定时段开始后按新规则评定，在那以前一切照旧。",
    "drop": "草案已作废。",
}


def _address(found: Draft, anchor: str = "") -> str:
    return reverse("draft", args=[found.pk]) + anchor
