"""Records entered, corrected and withdrawn, and what that moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.evidence.actions import add_evidence
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.points.queries import keeps, rules_of
from fanxing.programme.queries import procedures_for, programme_for
from fanxing.records.actions.entries import NotStanding, SameRecord, add_record, correct_record, supposed_record, withdraw_record
from fanxing.records.models import Record
from fanxing.records.queries import needs_reason, recordable_kinds
from fanxing.records.validation import RecordError
from fanxing.scheme.model import RecordKind
from fanxing.scoring.actions import refresh
from fanxing.scoring.queries import account, heir_of
from fanxing.web.choosing import left_by, sections
from fanxing.web.entries import DAY, controls, default_day, from_points, named_in, prefilled, proposed, read, texts_of, to_keep, with_codes
from fanxing.web.evidence import LIMITS, TAKEN, fields_of_evidence, sent_files
from fanxing.web.ledger import line
from fanxing.web.moves import Move
from fanxing.web.receipts import asks_receipt, of_another, overtaken, receipt, refused
from fanxing.web.requests import SignedInRequest, back, key_of
from fanxing.web.serving import served_by_kind
from fanxing.web.sight import sight_of
from fanxing.web.views.records import Opened, opened

REASON = "reason"
# The address that writes nothing and says what would move.
PREVIEW = "preview"
# So many kinds need neither headings nor search.
FEW = 6
# The button that enters what is the same as a record in force, because it is not the same thing.
BESIDE = "beside"
NO_FAULTS: Mapping[str, str] = {}
SENT_BEFORE = "这张表刚才已经提交过，没有重复登记。"


@require_GET
def record_kinds(request: SignedInRequest, code: str) -> HttpResponse:
    """The kinds of record one may enter for the unit, to choose one."""
    sight = sight_of(request, code, "record.view")
    kinds = recordable_kinds(request.user, sight.unit)
    if not kinds:
        raise NotAllowed(f"您的岗位不登记{sight.unit.name}的台账")
    found = sections(sight.unit, kinds, request.GET.get("q", ""))
    context = {"unit": sight.unit, "sections": found, "several": len(kinds) > FEW, "next": back(request, "")}
    context["left"] = left_by(sight.unit, procedures_for(sight.unit).values())
    return render(request, "record_kinds.html", context)


@require_http_methods(["GET", "POST"])
def record_new(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """Enter a record of a kind for the unit."""
    sight = sight_of(request, code, "record.view")
    chosen = recordable(request, sight.unit, kind)
    form = Form(sight.unit, chosen, back(request, reverse("unit", args=[code])))
    if request.method == "GET":
        publication = programme_for(sight.unit)
        today = clock.today()
        last = publication.period_to if publication else None
        known, origins = prefilled(sight.unit, chosen)
        if keeps(sight.authority, sight.unit, rules_of(sight.unit)):
            told_by_points, origin = from_points(sight.unit, chosen)
            known, origins = known | told_by_points, origins | origin
        asked = proposed(chosen, request.GET)
        told = {id: words for id, words in origins.items() if id not in asked}
        return form.answer(request, {DAY: default_day(today, last).isoformat()} | known | asked, origins=told)
    texts, read_as = read(chosen, request.POST)
    data = with_codes(chosen, read_as, named_in(sight.unit, chosen))
    if PREVIEW in request.GET:
        return form.preview(request, texts, data)
    sent = sent_files(chosen, request.FILES)

    def write(at: datetime) -> Record:
        day, key = read_day(texts[DAY]), request.POST.get("key")
        with transaction.atomic():
            beside = BESIDE in request.POST
            record = add_record(unit=sight.unit, kind=kind, occurred_on=day, data=data, by=request.user, at=at, key=key, beside=beside)
            add_evidence(record=record, sent=sent, by=request.user, at=at)
        return record

    if "again" in request.POST:
        kept = to_keep(chosen, texts) | {"next": form.next}
        form = replace(form, next=f"{reverse('record_new', args=[code, kind])}?{urlencode(kept)}")
    return form.send(request, texts, write, f"已登记{chosen.title}。")


def recordable(request: SignedInRequest, unit: Unit, kind: str) -> RecordKind:
    """The kind of that id, of which the person may enter records for the unit."""
    chosen = next((one for one in recordable_kinds(request.user, unit) if one.id == kind), None)
    if chosen is None:
        raise NotAllowed(f"您的岗位不登记{unit.name}的这类台账")
    return chosen


@require_http_methods(["GET", "POST"])
def record_correct(request: SignedInRequest, id: int) -> HttpResponse:
    """Put a new version in the place of a record."""
    found = opened(request, id)
    kind = changeable(found, "record.correct")
    form = Form(found.record.unit, kind, back(request, ""), found.record)
    if request.method == "GET":
        return form.answer(request, {DAY: found.record.occurred_on.isoformat(), **texts_of(kind, found.record.data)})
    typed, read_as = read(kind, request.POST)
    data = with_codes(kind, read_as, named_in(found.record.unit, kind))
    texts = typed | {REASON: request.POST.get(REASON, "")}

    def write(at: datetime) -> Record:
        day, key = read_day(texts[DAY]), request.POST.get("key")
        return correct_record(record=found.record, occurred_on=day, data=data, reason=texts[REASON], by=request.user, at=at, key=key)

    return form.send(request, texts, write, f"已更正{kind.title}。")


@require_http_methods(["GET", "POST"])
def record_withdraw(request: SignedInRequest, id: int) -> HttpResponse:
    """Let a record no longer count, for a reason."""
    found = opened(request, id)
    kind = changeable(found, "record.withdraw")
    form = Form(found.record.unit, kind, back(request, ""), found.record, withdraws=True)
    texts = {REASON: request.POST.get(REASON, "")}
    if request.method == "GET":
        return form.answer(request, texts)

    def write(at: datetime) -> Record:
        return withdraw_record(record=found.record, reason=texts[REASON], by=request.user, at=at, key=request.POST.get("key"))

    return form.send(request, texts, write, f"已撤回{kind.title}。")


def changeable(found: Opened, permission: str) -> RecordKind:
    """The kind of a record that the person may change. A form sent a second time comes this far, and is told so by the action."""
    if found.kind is None or not found.is_for(permission):
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

    def answer(
        self,
        request: SignedInRequest,
        texts: Mapping[str, str],
        faults: Mapping[str, str] = NO_FAULTS,
        origins: Mapping[str, str] = NO_FAULTS,
        same: Record | None = None,
    ) -> HttpResponse:
        """The form with what was typed and what is wrong with it; `origins`: where a value was taken from; `same`: a record in force."""
        if faults and asks_receipt(request):
            return refused(self.kind, faults, same)
        context = {
            "unit": self.unit,
            "kind": self.kind,
            "record": self.record,
            "line": line(self.kind, self.record.data) if self.record else "",
            "next": self.next,
            "key": key_of(request),
            "fault": faults.get("") or (f"有 {len(faults)} 处要改，请看下面标出的地方。" if faults else ""),
        }
        context |= {"same": same, "same_line": line(self.kind, same.data) if same else ""}
        context |= {"reason": texts.get(REASON, ""), "reason_fault": faults.get(REASON, "")}
        if not self.withdraws:
            context["reason_needed"] = self.record is not None and needs_reason(self.record, request.user.username, clock.now())
            context["controls"] = controls(self.kind, texts, faults, named_in(self.unit, self.kind), origins)
            fields = [] if self.record else fields_of_evidence(self.kind)
            context["evidence"] = [(field, TAKEN[field.type], faults.get(field.id, "")) for field in fields]
            context["limits"] = LIMITS
            # What falls due under a record depends on what answers it: that is told once it is there.
            context["previews"] = not self.record and self.kind.expects is None
            context["serves"] = None if self.record else served_by_kind(heir_of(self.unit), self.kind.id)
        template = "record_withdraw.html" if self.withdraws else "record_form.html"
        return render(request, template, context, status=422 if faults else 200)

    def send(self, request: SignedInRequest, texts: Mapping[str, str], write: Callable[[datetime], Record], done: str) -> HttpResponse:
        """Write, and go back to where one came from with what moved; or the form again with what is wrong."""
        if refusal_of_another := of_another(request):
            return refusal_of_another
        at = clock.now()
        counting = heir_of(self.unit)
        before = account(counting)
        try:
            written = write(at)
        except NotAllowed:
            raise
        except Refused as refusal:
            return self.asked_again(request, texts, refusal)
        move = Move(counting, before, account(counting))
        if move.after:
            refresh(unit=counting, publication=move.after.publication, at=at)
        words = f"{done}\n{move.words(written)}" if written.recorded_at == at else SENT_BEFORE
        following = (self.next or reverse("record", args=[written.pk])) + move.anchor(self.next)
        if "queued" not in request.POST:
            messages.success(request, words)
        return receipt(written, self.kind, following) if asks_receipt(request) else redirect(following)

    def preview(self, request: SignedInRequest, texts: Mapping[str, str], data: Mapping[str, object]) -> HttpResponse:
        """What the entry would move, as a part of the page; nothing is written."""
        by, day = request.user, read_day(texts[DAY])
        try:
            record = supposed_record(unit=self.unit, kind=self.kind.id, occurred_on=day, data=data, by=by, at=clock.now())
        except RecordError as error:
            return render(request, "record_preview.html", {"faults": str(error).split("；"), "lines": [], "awaits": False})
        counting = heir_of(self.unit)
        move = Move(counting, account(counting), account(counting, supposed=[record]))
        return render(request, "record_preview.html", {"faults": [], "lines": move.words(record).splitlines(), "awaits": record.awaits})

    def asked_again(self, request: SignedInRequest, texts: Mapping[str, str], refusal: Refused) -> HttpResponse:
        """The form with why nothing was written."""
        match refusal:
            case RecordError():
                return self.answer(request, texts, refusal.faults)
            case SameRecord():
                return self.answer(request, texts, {"": str(refusal)}, same=refusal.record)
            case NotStanding() if self.record and asks_receipt(request):
                return overtaken(self.record, self.kind)
        return self.answer(request, texts, {"": str(refusal)})
