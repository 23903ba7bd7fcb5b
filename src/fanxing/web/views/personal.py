"""What records say of persons, read in full or erased."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fanxing.lib import clock
from fanxing.organisations.authority import require
from fanxing.records.actions.personal import NothingKept, erase_personal, read_personal
from fanxing.records.validation import RecordError
from fanxing.scheme.model import RecordKind
from fanxing.web.requests import SignedInRequest, back
from fanxing.web.views.records import Opened, opened


@never_cache
@require_POST
def personal_read(request: SignedInRequest, id: int) -> HttpResponse:
    """The personal texts of a record in full, as a part of its page or, without script, on one of its own; the log knows who read them."""
    found, at = opened(request, id), clock.now()
    try:
        texts = read_personal(record=found.record, by=request.user, at=at)
    except NothingKept as refusal:
        messages.warning(request, str(refusal))
        return _anew(request, reverse("record", args=[id]))
    kind = _kind(found)
    said = [(kind.called(field), text) for field, text in texts.items()]
    template = "personal_part.html" if "HX-Request" in request.headers else "personal.html"
    return render(request, template, _shown(request, found) | {"texts": said, "at": at})


@require_http_methods(["GET", "POST"])
def personal_erase(request: SignedInRequest, id: int) -> HttpResponse:
    """Erase what a record says of persons, for a reason."""
    found = opened(request, id)
    require(request.user, "record.personal", found.record.unit)
    reason, faults = request.POST.get("reason", ""), {"fault": "", "reason_fault": ""}
    if request.method == "POST":
        try:
            erase_personal(record=found.record, reason=reason, by=request.user, at=clock.now())
        except RecordError as error:
            faults["reason_fault"] = error.faults["reason"]
        except NothingKept as refusal:
            faults["fault"] = str(refusal)
        else:
            messages.success(request, "已清除这条记录里的个人信息。")
            return redirect(_page(request, found))
    context = _shown(request, found) | {"reason": reason, "page": _page(request, found), **faults}
    return render(request, "personal_erase.html", context, status=422 if any(faults.values()) else 200)


def _shown(request: SignedInRequest, found: Opened) -> dict[str, object]:
    return {"record": found.record, "unit": found.record.unit, "kind": _kind(found), "next": back(request, "")}


def _kind(found: Opened) -> RecordKind:
    return found.kind or found.record.kind_version.record_kind


def _page(request: SignedInRequest, found: Opened) -> str:
    """The page of the record, which leads back to where one came from."""
    came_from = back(request, "")
    return reverse("record", args=[found.record.pk]) + (f"?{urlencode({'next': came_from})}" if came_from else "")


def _anew(request: SignedInRequest, address: str) -> HttpResponse:
    """The page once more: whole, also where only a part of it was asked for."""
    return HttpResponse(headers={"HX-Refresh": "true"}) if "HX-Request" in request.headers else redirect(address)
