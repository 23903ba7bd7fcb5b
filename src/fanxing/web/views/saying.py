"""One sentence becomes a record: what was read in it is shown, confirmed and entered like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fanxing.dictation import Known, Part, Proposal, Reading, propose, propose_as
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed
from fanxing.lib.typed_text import read_day
from fanxing.organisations.models import Unit
from fanxing.programme.queries import programme_for
from fanxing.records.actions.entries import add_record
from fanxing.records.models import Record
from fanxing.records.queries import recordable_kinds
from fanxing.scheme.model import RecordKind
from fanxing.web.entries import DAY, default_day, read
from fanxing.web.ledger import line
from fanxing.web.own import by_use
from fanxing.web.requests import SignedInRequest, back, key_of
from fanxing.web.saying import LONGEST, asked, known, marks, texts
from fanxing.web.sight import sight_of
from fanxing.web.views.entering import BESIDE, NO_FAULTS, Form

SAVE = "save"


@require_http_methods(["GET", "POST"])
def say(request: SignedInRequest, code: str) -> HttpResponse:
    """Say what was done in the unit, see what it would be recorded as, and enter it; several things one after the other."""
    sight = sight_of(request, code, "record.view")
    kinds = by_use(sight.unit, recordable_kinds(request.user, sight.unit))
    if not kinds:
        raise NotAllowed(f"您的岗位不登记{sight.unit.name}的台账")
    page = Page(request, sight.unit, tuple(kinds))
    if request.POST.get("act") == SAVE and page.part:
        return page.save()
    return page.answer()


@dataclass(frozen=True)
class Page:
    """The sentence that was sent, and where one stands in it: the thing looked at (`part`), those entered already (`done`)."""

    request: SignedInRequest
    unit: Unit
    kinds: tuple[RecordKind, ...]
    entered: frozenset[int] = frozenset()

    @cached_property
    def text(self) -> str:
        """What was said, as one pastes it."""
        return self.request.POST.get("text", "").replace("\r\n", "\n").strip()

    @cached_property
    def known(self) -> Known:
        """What it may speak of."""
        return known(self.unit, self.kinds, clock.today())

    @cached_property
    def reading(self) -> Reading:
        """What was read in it."""
        return propose(self.text, self.known) if self.text and len(self.text) <= LONGEST else Reading(self.text)

    @cached_property
    def done(self) -> frozenset[int]:
        """The things entered already, by their place."""
        sent = self.request.POST.get("done", "").split(",")
        return self.entered | frozenset(int(one) for one in sent if one.isascii() and one.isdigit())

    @cached_property
    def place(self) -> int:
        """The place of the thing looked at: the one asked for, or the first that is not entered yet."""
        open_ = [place for place in range(len(self.reading.parts)) if place not in self.done]
        sent = self.request.POST.get("part", "")
        wanted = int(sent) if sent.isascii() and sent.isdigit() else -1
        return wanted if wanted in open_ else open_[0] if open_ else -1

    @property
    def part(self) -> Part | None:
        """The thing looked at; None where nothing is left."""
        return self.reading.parts[self.place] if self.place >= 0 else None

    @cached_property
    def proposal(self) -> Proposal | None:
        """What it is taken for: the kind chosen, or the likeliest one."""
        if self.part is None:
            return None
        # After an entry the next thing is looked at afresh.
        sent = "" if self.entered else self.request.POST.get("kind", "")
        chosen = next((one for one in self.kinds if one.id == sent), None)
        if chosen:
            return propose_as(chosen, self.part, self.text, self.known)
        return self.part.proposals[0] if self.part.proposals else None

    def answer(
        self, typed: Mapping[str, str] | None = None, faults: Mapping[str, str] = NO_FAULTS, same: Record | None = None
    ) -> HttpResponse:
        """The page: the sentence alone, or with the form of what was read in it."""
        context = {
            "unit": self.unit,
            "text": self.text,
            "longest": LONGEST,
            "next": back(self.request, ""),
            "key": uuid4().hex if self.entered else key_of(self.request),
            "is_long": len(self.text) > LONGEST,
            "is_empty": self.request.method == "POST" and not self.text,
            "kinds": self.kinds,
            "parts": [],
            "same": same,
            "same_line": line(self.proposal.kind, same.data) if same and self.proposal else "",
        }
        if self.part:
            context |= {
                "place": self.place,
                "done": ",".join(str(one) for one in sorted(self.done)),
                "parts": [(place, one.span.of(self.text), place in self.done) for place, one in enumerate(self.reading.parts)],
                "proposal": self.proposal,
                "proposals": self._offered(),
                "fault": faults.get("") or (f"有 {len(faults)} 处要改，请看下面标出的地方。" if faults else ""),
            }
        if self.part and self.proposal:
            publication = programme_for(self.unit)
            day = default_day(clock.today(), publication.period_to if publication else None)
            context["marks"] = marks(self.reading, self.part, self.proposal)
            context["asked"] = asked(self.proposal, texts(self.proposal, day) if typed is None else typed, faults)
        return render(self.request, "say.html", context, status=422 if faults else 200)

    def _offered(self) -> list[RecordKind]:
        """The kinds that something speaks for, and the one chosen."""
        offered = [one.kind for one in self.part.proposals] if self.part else []
        return offered if self.proposal is None or self.proposal.kind in offered else [self.proposal.kind, *offered]

    def save(self) -> HttpResponse:
        """Enter the thing looked at; then the next one, or back to where one came from."""
        assert self.proposal is not None  # the form names its kind
        kind = self.proposal.kind
        typed, data = read(kind, self.request.POST)

        def write(at: datetime) -> Record:
            day = read_day(typed[DAY])
            key = self.request.POST.get("key")
            beside = BESIDE in self.request.POST
            by = self.request.user
            return add_record(unit=self.unit, kind=kind.id, occurred_on=day, data=data, by=by, at=at, key=key, beside=beside)

        form = SaidForm(self.unit, kind, back(self.request, reverse("unit", args=[self.unit.code])), page=self)
        answer = form.send(self.request, typed, write, f"已登记{kind.title}。")
        left = len(self.reading.parts) - len(self.done | {self.place})
        if answer.status_code != 302 or not left:
            return answer
        return Page(self.request, self.unit, self.kinds, entered=self.done | {self.place}).answer()


@dataclass(frozen=True, kw_only=True)
class SaidForm(Form):
    """The form of a record that stands below its sentence."""

    page: Page

    def answer(
        self,
        request: SignedInRequest,
        texts: Mapping[str, str],
        faults: Mapping[str, str] = NO_FAULTS,
        origins: Mapping[str, str] = NO_FAULTS,
        same: Record | None = None,
    ) -> HttpResponse:
        """The sentence and the form with what was typed and what is wrong with it."""
        return self.page.answer(texts, faults, same)
