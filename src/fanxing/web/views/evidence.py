"""Photos and files of records: looked at, added, taken away, and photos found a second time."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fanxing.evidence.actions import add_evidence, explain_likeness, remove_evidence
from fanxing.evidence.models import Evidence, Likeness
from fanxing.evidence.queries import likenesses_for
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed
from fanxing.web.evidence import sent_files, with_sight
from fanxing.web.requests import SignedInRequest, attempt, back
from fanxing.web.sight import authority_in
from fanxing.web.views.records import opened

ROWS = 30
A_DAY = 24 * 3600


@require_GET
def evidence_file(request: SignedInRequest, id: int, size: str) -> HttpResponseBase:
    """A photo (`full` or `small`) or a file, for those who may read its record."""
    evidence = _kept(request, id)
    file = evidence.thumbnail if size == "small" else evidence.content
    if not evidence.is_ready or not file:
        raise Http404
    response = FileResponse(file.open("rb"), as_attachment=not evidence.is_picture, filename=evidence.name)
    if evidence.is_picture:
        # Made by us and no other: what the browser shows is what we wrote.
        response["Content-Type"] = "image/jpeg"
    response["Cache-Control"] = f"private, max-age={A_DAY}"
    return response


@require_POST
def evidence_add(request: SignedInRequest, id: int) -> HttpResponse:
    """Put photos and files beside a record that is there already."""
    found = opened(request, id)
    sent = sent_files(found.record.kind_version.record_kind, request.FILES)
    if not sent:
        return _to(request, id)
    attempt(request, lambda: add_evidence(record=found.record, sent=sent, by=request.user, at=clock.now()), f"已附上 {len(sent)} 个文件。")
    return _to(request, id)


@require_POST
def evidence_remove(request: SignedInRequest, id: int) -> HttpResponse:
    """Take a photo or file away, for a reason."""
    evidence = _kept(request, id)
    reason, at = request.POST.get("reason", ""), clock.now()
    attempt(request, lambda: remove_evidence(evidence=evidence, reason=reason, by=request.user, at=at), f"已移除“{evidence.name}”。")
    return _to(request, evidence.record_id)


@require_POST
def likeness_explain(request: SignedInRequest, id: int) -> HttpResponse:
    """Say why a photo rightly stands beside two records."""
    likeness = get_object_or_404(Likeness.objects.select_related("evidence__record__unit", "evidence__record__kind_version"), pk=id)
    opened(request, likeness.evidence.record_id)
    answer = request.POST.get("answer", "")
    attempt(request, lambda: explain_likeness(likeness=likeness, answer=answer, by=request.user, at=clock.now()), "已记下说明。")
    return _to(request, likeness.evidence.record_id)


@require_GET
def likenesses(request: SignedInRequest) -> HttpResponse:
    """Photos found a second time, for those who review."""
    authority = authority_in(request)
    if not authority.holds_anywhere("record.judge"):
        raise NotAllowed("相同照片由有“评分和认定”权限的岗位查看")
    page = Paginator(likenesses_for(request.user, at=clock.now()), ROWS).get_page(request.GET.get("page"))
    return render(request, "likenesses.html", {"page": page, "rows": with_sight(page, authority)})


def _kept(request: SignedInRequest, id: int) -> Evidence:
    """The photo or file; a page that is not there for those who may not read its record."""
    evidence: Evidence = get_object_or_404(Evidence.objects.select_related("record__unit", "record__kind_version"), pk=id)
    opened(request, evidence.record_id)
    return evidence


def _to(request: SignedInRequest, record: int) -> HttpResponse:
    return redirect(back(request, reverse("record", args=[record])))
