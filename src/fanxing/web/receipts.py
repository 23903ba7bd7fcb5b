"""What a form that was filled in without a network is answered: a receipt, the reasons, or the version that came in between."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from fanxing.records.actions.entries import NotStanding
from fanxing.records.lateness import days_late
from fanxing.records.models import Record
from fanxing.records.queries import chain
from fanxing.scheme.model import RecordKind
from fanxing.web.formats import moment
from fanxing.web.ledger import line
from fanxing.web.requests import SignedInRequest

# Who filled the form in (percent-encoded), as the page it stands on says: what one person wrote is never sent as another.
FILLED_BY = "X-Filled-By"


def asks_receipt(request: HttpRequest) -> bool:
    """Whether the form was sent by script, which reads the answer, and not by the browser, which shows it."""
    return request.headers.get("Accept") == "application/json"


def of_another(request: SignedInRequest) -> HttpResponse | None:
    """The refusal of what somebody else filled in on this device, or nothing."""
    filled_by = unquote(request.headers.get(FILLED_BY, ""))
    if filled_by in ("", request.user.username):
        return None
    return JsonResponse({"another": "这一条是另一位用户填写的，等本人登录后再发送。"}, status=409)


def receipt(record: Record, kind: RecordKind, following: str) -> HttpResponse:
    """That the entry is in the ledger: the same receipt however often it is sent. `following` is the page that comes next."""
    words = moment(record.recorded_at)
    late = days_late(kind, record.occurred_on, record.recorded_at) if record.act == Record.Act.ENTRY else 0
    said = [
        f"编号 {record.reference}",
        f"{words}收到",
        f"迟报 {late} 天（只作提示，不扣分）" if late else "",
        "待确认后计分" if record.awaits else "",
    ]
    answer = {"receipt": "，".join(filter(None, said)), "record": reverse("record", args=[record.pk]), "next": following}
    return JsonResponse(answer)


def refused(kind: RecordKind, faults: Mapping[str, str]) -> HttpResponse:
    """What is wrong with the entry, each fault under the title of its field."""
    return JsonResponse({"faults": list(_said(kind, faults))}, status=422)


def _said(kind: RecordKind, faults: Mapping[str, str]) -> Iterator[str]:
    titles = {"occurred_on": kind.day or "日期", "reason": "原因"} | {field.id: field.title for field in kind.fields}
    for id, words in faults.items():
        yield f"{titles[id]}：{words}" if id in titles else words


def overtaken(record: Record, kind: RecordKind, error: NotStanding) -> HttpResponse:
    """What holds now in the place of a record that was to be corrected, and where that is corrected, or entered anew."""
    last = chain(record)[-1]
    withdrawn = last.act == Record.Act.WITHDRAWAL
    now = "原记录已被撤回" if withdrawn else f"{last.occurred_on}，{line(kind, last.data)}"
    by = f"{last.recorded_by_title}，{moment(last.recorded_at)}"
    address = reverse("record_new", args=[record.unit.code, kind.id]) if withdrawn else reverse("record_correct", args=[last.pk])
    return JsonResponse({"overtaken": {"why": str(error), "now": now, "by": by, "address": address, "withdrawn": withdrawn}}, status=409)
