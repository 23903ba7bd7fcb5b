"""What is done with a draft of rules: a worked case accepted; submitted, returned, published, dropped."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.programme.drafting import drop_draft, publish_draft, return_draft, save_draft, submit_draft
from fanxing.programme.models import Draft
from fanxing.scheme.editing import apply, case_places, examine, spelled_case
from fanxing.scoring.rehearsing import cases_unmet
from fanxing.web.faults import told
from fanxing.web.requests import SignedInRequest, attempt
from fanxing.web.views.drafts import draft_of, version_sent

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
    if act not in ACTS:
        raise Http404
    version = version_sent(request)
    words = request.POST.get("words", "")
    acted = attempt(request, lambda: ACTS[act](found, request, version, words), DONE[act])
    return redirect("drafts" if acted and act == "drop" else _address(found))


def _submit(found: Draft, request: SignedInRequest, version: int | None, words: str) -> None:
    # What the page itself lists is told in its words, before the action would tell it in those of the language.
    examined = examine(found.files)
    if examined.faults:
        raise Refused("没有提交：" + "；".join(told(one, examined.scheme) for one in examined.faults[:FAULTS_SHOWN]))
    if unmet := cases_unmet(found):
        titles = "、".join(dict.fromkeys(f"“{one.case.title}”" for one in unmet))
        raise Refused(f"没有提交：验算样例{titles}与草案算出的结果不同，请先在“验算样例”里逐个核对")
    submit_draft(draft=found, document_number=words, expected_version=version, by=request.user, at=clock.now())


def _return(found: Draft, request: SignedInRequest, version: int | None, words: str) -> None:
    return_draft(draft=found, reason=words, expected_version=version, by=request.user, at=clock.now())


def _publish(found: Draft, request: SignedInRequest, version: int | None, words: str) -> None:
    publish_draft(draft=found, expected_version=version, by=request.user, at=clock.now())


def _drop(found: Draft, request: SignedInRequest, version: int | None, words: str) -> None:
    drop_draft(draft=found, expected_version=version, by=request.user, at=clock.now())


ACTS: Mapping[str, Callable[[Draft, SignedInRequest, int | None, str], None]] = {
    "submit": _submit,
    "return": _return,
    "publish": _publish,
    "drop": _drop,
}
DONE = {
    "submit": "已提交，等第二个人核对后发布。",
    "return": "已退回起草人。",
    "publish": "已发布。评定时段开始后按新规则评定，在那以前一切照旧。",
    "drop": "草案已作废。",
}


def _address(found: Draft, anchor: str = "") -> str:
    return reverse("draft", args=[found.pk]) + anchor
