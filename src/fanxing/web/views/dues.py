"""What falls due under the records of a unit, or of the units below it, and what was received."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fanxing.lib import clock
from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.authority import visible_to
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.records.dues import STATES, Due, State
from fanxing.records.promises import Promise, expecting_kinds, promises
from fanxing.records.queries import recordable_kinds
from fanxing.web.downloads import excel
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import Sight, sight_of

ROWS = 50
TONES = {State.OVERDUE: "alarm", State.DUE: "alarm", State.SOON: "blue", State.LATER: "", State.MET: "good"}
SHEET = [
    Column("单位", 16),
    Column("名称", 28),
    Column("应付日期", 12),
    Column("应收", 14),
    Column("已收", 14),
    Column("还差", 14),
    Column("状态", 10),
    Column("收齐日期", 12),
]


@dataclass(frozen=True)
class Line:
    """A promise as the page shows it: each due with its state, the one to look at first, and where an answer is entered."""

    promise: Promise
    today: date
    entry: str

    @property
    def first(self) -> Due | None:
        return self.promise.pressing

    @property
    def state(self) -> State | None:
        return self.promise.state(self.today)

    @property
    def word(self) -> str:
        return STATES[self.state] if self.state else "不再到期"

    @property
    def tone(self) -> str:
        return TONES[self.state] if self.state else ""

    @property
    def others(self) -> list[tuple[Due, str]]:
        """The other dues that are known, the newest first, each with its state."""
        some = [(due, self.state_of(due)) for due in self.promise.dues if due is not self.first]
        return some[::-1]

    def state_of(self, due: Due) -> str:
        """The state of one due in words."""
        return STATES[due.state(self.promise.expects, self.today)]


@require_GET
def dues(request: SignedInRequest, code: str) -> HttpResponse:
    """What is promised here, the state of each, and a way to enter what came in."""
    sight = sight_of(request, code, "record.view")
    today, everything = clock.today(), _promised(request, sight)
    found = _found(request, everything, today)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "unit": sight.unit,
        "several": any(one.record.unit_id != sight.unit.pk for one in everything),
        "page": page,
        "lines": [Line(one, today, _entry(request, sight, one)) for one in page],
        "states": _counted(everything, today),
        "sums": _sums(everything, today),
    }
    return render(request, "dues.html", context)


@require_GET
def dues_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The same list, every due a row."""
    sight = sight_of(request, code, "record.view")
    today = clock.today()
    return excel(f"{sight.unit.name}合同与到期收款", SHEET, _rows(_found(request, _promised(request, sight), today), today))


def _rows(some: list[Promise], today: date) -> Iterator[list[Cell]]:
    for one in some:
        for due in one.dues:
            state = STATES[due.state(one.expects, today)]
            yield [one.record.unit.name, one.title, due.due_on, due.sum, due.received, due.rest, state, due.met_on]


def _promised(request: SignedInRequest, sight: Sight) -> list[Promise]:
    units: QuerySet[Unit] = visible_to(request.user, "record.view").filter(within(sight.unit.path))
    kinds = [(kind, expects) for kind, expects in expecting_kinds(sight.unit) if expects.sum]
    return [one for one in promises(units, kinds, today=clock.today()) if one.dues]


def _found(request: SignedInRequest, everything: list[Promise], today: date) -> list[Promise]:
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    some = [one for one in everything if not state or one.state(today) == state]
    return [one for one in some if words in one.title or words in one.record.unit.name]


def _counted(everything: list[Promise], today: date) -> list[tuple[str | None, str, int]]:
    """(value, word, how many) of each state: the choices of the filter."""
    counts = Counter(one.state(today) for one in everything)
    return [(None, "全部", len(everything)), *((state.value, word, counts[state]) for state, word in STATES.items() if counts[state])]


def _sums(everything: list[Promise], today: date) -> dict[str, float]:
    """Of what falls due in the year: how much that is, how much came in, and how much is overdue or due."""
    this_year = [(one, due) for one in everything for due in one.dues if due.due_on.year == today.year and one.expects.sum]
    late = [due.rest for one in everything for due in one.dues if one.expects.sum and due.due_on <= today]
    return {"due": sum(due.sum for _, due in this_year), "received": sum(due.received for _, due in this_year), "late": sum(late)}


def _entry(request: SignedInRequest, sight: Sight, promise: Promise) -> str:
    """The form of an answer with what is known filled in; empty for those who do not enter one, or where nothing is open."""
    unit, expects, due = promise.record.unit, promise.expects, promise.pressing
    # For many units the rules of each would have to be read: there the name of the unit leads to its own list.
    if unit.pk != sight.unit.pk or due is None or due.met_on:
        return ""
    if expects.record not in {kind.id for kind in recordable_kinds(request.user, unit)}:
        return ""
    known = {expects.by: promise.reference, **dict(expects.fill), "next": request.get_full_path()}
    if expects.counted:
        known[expects.counted] = f"{due.rest:.12g}"
    return f"{reverse('record_new', args=[unit.code, expects.record])}?{urlencode(known)}"
