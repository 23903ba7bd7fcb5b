"""The ledger of a unit: read, entered, corrected and withdrawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.spreadsheets import Column
from fanxing.organisations.models import Unit
from fanxing.organisations.queries import units_counted_with
from fanxing.programme.queries import kinds_for, programme_for
from fanxing.records.actions.entries import add_record, correct_record, withdraw_record
from fanxing.records.models import Record
from fanxing.records.queries import chain, recordable_kinds, standing
from fanxing.records.validation import RecordError, read_day
from fanxing.scheme.model import RecordKind
from fanxing.scoring.actions import refresh
from fanxing.scoring.queries import account, heir_of, served_by
from fanxing.web.downloads import excel
from fanxing.web.entries import DAY, controls, default_day, read, texts_of
from fanxing.web.ledger import cells, entries_of, line, lines, source_words
from fanxing.web.moves import Move
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, authority_in, sight_of
from fanxing.web.standing import trails_of

ROWS = 50
WITHDRAWN = "withdrawn"
REASON = "reason"
NO_FAULTS: Mapping[str, str] = {}
SENT_BEFORE = "这张表刚才已经提交过，没有重复登记。"
SHEET = [
    Column("日期", 12),
    Column("类型", 16),
    Column("内容", 60),
    Column("登记人", 24),
    Column("登记时间", 18),
    Column("来源", 24),
    Column("单位", 16),
]


@dataclass(frozen=True)
class Ledger:
    """A unit's records: all that stand, and those that the address asks for (`kind`, `month`, `state`)."""

    sight: Sight
    standing: QuerySet[Record]
    withdrawn: QuerySet[Record]
    found: QuerySet[Record]


def ledger(request: SignedInRequest, code: str) -> Ledger:
    """The ledger of the unit, with the records of those merged into it."""
    sight = sight_of(request, code, "record.view")
    units = units_counted_with(sight.unit)
    stand = standing(units)
    withdrawn = Record.objects.filter(unit__in=units, superseders__act=Record.Act.WITHDRAWAL)
    found: QuerySet[Record] = withdrawn if request.GET.get("state") == WITHDRAWN else stand
    if kind := request.GET.get("kind"):
        found = found.filter(kind=kind)
    if month := read_day(f"{request.GET.get('month')}-01"):
        found = found.filter(occurred_on__year=month.year, occurred_on__month=month.month)
    return Ledger(sight, stand, withdrawn, found.select_related("unit", "kind_version").order_by("-occurred_on", "-position"))


@require_GET
def records(request: SignedInRequest, code: str) -> HttpResponse:
    """The records of a unit, by kind and month."""
    shown = ledger(request, code)
    unit = shown.sight.unit
    page = Paginator(shown.found, ROWS).get_page(request.GET.get("page"))
    titles = {id: kind.title for id, kind in kinds_for(unit).items()}
    counts = dict(shown.standing.values_list("kind").annotate(Count("pk")))
    context = {
        "unit": unit,
        "page": page,
        "rows": list(lines(page)),
        "kinds": [(id, title, counts[id]) for id, title in titles.items() if id in counts],
        "months": [f"{day:%Y-%m}" for day in shown.standing.dates("occurred_on", "month", order="DESC")],
        "withdrawn": shown.withdrawn.count(),
        "may_add": bool(recordable_kinds(request.user, unit)) and not unit.closed_on,
    }
    return render(request, "records.html", context)


@require_GET
def records_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The records that the filter shows, all pages of them."""
    shown = ledger(request, code)
    return excel(f"{shown.sight.unit.name}台账", SHEET, cells(shown.found))


@dataclass(frozen=True)
class Opened:
    """A record somebody may read: all its versions, and whether they may correct or withdraw it."""

    record: Record
    versions: list[Record]
    sight: Sight
    kind: RecordKind | None

    @property
    def stands(self) -> bool:
        """Nothing came after it, and it is not itself a withdrawal."""
        return self.versions[-1] == self.record and self.record.act != Record.Act.WITHDRAWAL

    def may_change(self, permission: str) -> bool:
        """Whether the person may do this with the record: by the permission, and by a post that the kind names."""
        kind = self.kind
        return (
            self.stands
            and kind is not None
            and self.sight.may(permission)
            and self.sight.authority.holds(kind.recorded_by, self.sight.unit)
        )


def opened(request: SignedInRequest, id: int) -> Opened:
    """The record; a page that is not there for those who may read neither its unit's ledger nor that of the unit it counts for."""
    record = get_object_or_404(Record.objects.select_related("unit__parent", "kind_version"), pk=id)
    authority = authority_in(request)
    if not authority.may("record.view", record.unit) and not authority.may("record.view", heir_of(record.unit)):
        raise Http404
    return Opened(record, chain(record), Sight(record.unit, authority), kinds_for(record.unit).get(record.kind))


@require_GET
def record(request: SignedInRequest, id: int) -> HttpResponse:
    """One record: what it says, what became of it, and every figure and star it counts for."""
    found = opened(request, id)
    kind = found.record.kind_version.record_kind
    counting = heir_of(found.record.unit)
    context = {
        "unit": found.record.unit,
        "counting": counting,
        "record": found.record,
        "kind": kind,
        "entries": list(entries_of(kind, said_by(found).data)),
        "versions": [(one, line(kind, one.data)) for one in reversed(found.versions)],
        "source": source_words(found.record.source),
        "stands": found.stands,
        "last": found.versions[-1],
        "may_correct": found.may_change("record.correct"),
        "may_withdraw": found.may_change("record.withdraw"),
        "trails": trails_of(counting, [one.fact.id for one in served_by(found.record)]),
        "next": back(request, ""),
    }
    return render(request, "record.html", context)


def said_by(found: Opened) -> Record:
    """The version whose content is shown: of a withdrawal, what was withdrawn."""
    return found.versions[-2] if found.record.act == Record.Act.WITHDRAWAL else found.record


@require_GET
def record_kinds(request: SignedInRequest, code: str) -> HttpResponse:
    """The kinds of record one may enter for the unit, to choose one."""
    sight = sight_of(request, code, "record.view")
    kinds = recordable_kinds(request.user, sight.unit)
    if not kinds:
        raise NotAllowed(f"您的岗位不登记{sight.unit.name}的台账")
    return render(request, "record_kinds.html", {"unit": sight.unit, "kinds": kinds, "next": back(request, "")})


@require_http_methods(["GET", "POST"])
def record_new(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """Enter a record of a kind for the unit."""
    sight = sight_of(request, code, "record.view")
    chosen = next((one for one in recordable_kinds(request.user, sight.unit) if one.id == kind), None)
    if chosen is None:
        raise NotAllowed(f"您的岗位不登记{sight.unit.name}的这类台账")
    form = Form(sight.unit, chosen, back(request, reverse("unit", args=[code])))
    if request.method == "GET":
        publication = programme_for(sight.unit)
        today = timezone.localdate()
        last = publication.period_to if publication else None
        return form.answer(request, {DAY: default_day(today, last).isoformat()})
    texts, data = read(chosen, request.POST)

    def write(at: datetime) -> Record:
        day = read_day(texts[DAY])
        return add_record(unit=sight.unit, kind=kind, occurred_on=day, data=data, by=request.user, at=at, key=request.POST.get("key"))

    return form.send(request, texts, write, f"已登记{chosen.title}。")


@require_http_methods(["GET", "POST"])
def record_correct(request: SignedInRequest, id: int) -> HttpResponse:
    """Put a new version in the place of a record."""
    found = opened(request, id)
    kind = changeable(found, "record.correct", request)
    form = Form(found.record.unit, kind, back(request, ""), found.record)
    if request.method == "GET":
        return form.answer(request, {DAY: found.record.occurred_on.isoformat(), **texts_of(kind, found.record.data)})
    texts, data = read(kind, request.POST)

    def write(at: datetime) -> Record:
        day = read_day(texts[DAY])
        return correct_record(record=found.record, occurred_on=day, data=data, by=request.user, at=at, key=request.POST.get("key"))

    return form.send(request, texts, write, f"已更正{kind.title}。")


@require_http_methods(["GET", "POST"])
def record_withdraw(request: SignedInRequest, id: int) -> HttpResponse:
    """Let a record no longer count, for a reason."""
    found = opened(request, id)
    kind = changeable(found, "record.withdraw", request)
    form = Form(found.record.unit, kind, back(request, ""), found.record, withdraws=True)
    texts = {REASON: request.POST.get(REASON, "")}
    if request.method == "GET":
        return form.answer(request, texts)

    def write(at: datetime) -> Record:
        return withdraw_record(record=found.record, reason=texts[REASON], by=request.user, at=at, key=request.POST.get("key"))

    return form.send(request, texts, write, f"已撤回{kind.title}。")


def changeable(found: Opened, permission: str, request: SignedInRequest) -> RecordKind:
    """The kind of a record that the person may change. A form sent a second time comes this far, and is told so by the action."""
    posts = found.kind.recorded_by if found.kind else ()
    if found.kind is None or not found.sight.may(permission) or not found.sight.authority.holds(posts, found.sight.unit):
        raise NotAllowed(f"您的岗位不更正、不撤回{found.record.unit.name}的这类台账")
    return found.kind


@dataclass(frozen=True)
class Form:
    """The page on which a record is entered, corrected (`record`) or withdrawn, and where it leads back to."""

    unit: Unit
    kind: RecordKind
    next: str
    record: Record | None = None
    withdraws: bool = False

    def answer(self, request: SignedInRequest, texts: Mapping[str, str], faults: Mapping[str, str] = NO_FAULTS) -> HttpResponse:
        """The form with what was typed and what is wrong with it."""
        context = {
            "unit": self.unit,
            "kind": self.kind,
            "record": self.record,
            "line": line(self.kind, self.record.data) if self.record else "",
            "next": self.next,
            "key": request.POST.get("key") or uuid4().hex,
            "fault": faults.get("") or (f"有 {len(faults)} 处要改，请看下面标出的地方。" if faults else ""),
        }
        if self.withdraws:
            context |= {"reason": texts[REASON], "reason_fault": faults.get(REASON, "")}
        else:
            context["controls"] = controls(self.kind, texts, faults)
        template = "record_withdraw.html" if self.withdraws else "record_form.html"
        return render(request, template, context, status=422 if faults else 200)

    def send(self, request: SignedInRequest, texts: Mapping[str, str], write: Callable[[datetime], Record], done: str) -> HttpResponse:
        """Write, and go back to where one came from with what moved; or the form again with what is wrong."""
        at = timezone.now()
        counting = heir_of(self.unit)
        before = account(counting)
        try:
            written = write(at)
        except RecordError as error:
            return self.answer(request, texts, error.faults)
        except Refused as refusal:
            if isinstance(refusal, NotAllowed):
                raise
            return self.answer(request, texts, {"": str(refusal)})
        move = Move(counting, before, account(counting))
        if move.after:
            refresh(unit=counting, publication=move.after.publication, at=at)
        words = f"{done}\n{move.words(written)}" if written.recorded_at == at else SENT_BEFORE
        messages.success(request, words)
        return redirect((self.next or reverse("record", args=[written.pk])) + move.anchor(self.next))


def back(request: SignedInRequest, otherwise: str) -> str:
    """Where one came from: a page of this site, as the address or the form says."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise
