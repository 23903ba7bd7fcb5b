"""What a form that was filled in without a network is answered: a receipt, the reasons, or the version that came in between."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from fanxing.records.lateness import days_late
from fanxing.records.models import Record
from fanxing.records.queries import chain
from fanxing.scheme.model import RecordKind
from fanxing.web.formats import day, moment
from fanxing.web.ledger import entries_of
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


def refused(kind: RecordKind, faults: Mapping[str, str], same: Record | None = None) -> HttpResponse:
    """What is wrong with the entry, each fault under the title of its field; `same`: a record in force that says the same."""
    answer: dict[str, object] = {"faults": list(_said(kind, faults))}
    if same:
        answer["same"] = _standing(same, kind, "已有的这条")
    return JsonResponse(answer, status=422)


def _said(kind: RecordKind, faults: Mapping[str, str]) -> Iterator[str]:
    titles = {"occurred_on": kind.day or "日期", "reason": "原因"} | {field.id: field.title for field in kind.fields}
    for id, words in faults.items():
        yield f"{titles[id]}：{words}" if id in titles else words


def overtaken(record: Record, kind: RecordKind) -> HttpResponse:
    """What holds now in the place of a record that was to be corrected, and where that is corrected, or entered anew."""
    last = chain(record)[-1]
    withdrawn = last.act == Record.Act.WITHDRAWAL
    address = reverse("record_new", args=[record.unit.code, kind.id]) if withdrawn else reverse("record_correct", args=[last.pk])
    told = _standing(last, kind, "原记录已被撤回" if withdrawn else "现在登记的")
    return JsonResponse({"overtaken": told | {"address": address, "withdrawn": withdrawn}}, status=409)


def _standing(record: Record, kind: RecordKind, called: str) -> dict[str, object]:
    """A version of a record beside what was filled in: what it says by its labels, who wrote it and when, and its page."""
    said = [[kind.day or "日期", day(record.occurred_on)], *([title, words] for title, words, _ in entries_of(kind, record.data))]
    if record.act == Record.Act.WITHDRAWAL:
        said = []
    if record.reason:
        said.append([f"{record.get_act_display()}原因", record.reason])
    by = f"{record.recorded_by_title}，{moment(record.recorded_at)}"
    return {"called": called, "said": said, "by": by, "record": reverse("record", args=[record.pk])}
