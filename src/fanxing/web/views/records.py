"""The ledger of a unit, and each of its records."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Column
from fanxing.organisations.queries import units_counted_with
from fanxing.programme.queries import kinds_for
from fanxing.records.lateness import days_late
from fanxing.records.models import Record
from fanxing.records.queries import chain, changed_by, recordable_kinds, standing
from fanxing.records.validation import read_day
from fanxing.scheme.model import RecordKind
from fanxing.scoring.doubtful import doubtful_among
from fanxing.scoring.queries import heir_of, served_by
from fanxing.web.downloads import excel
from fanxing.web.evidence import LIMITS, TAKEN, beside
from fanxing.web.ledger import cells, entries_of, line, lines, source_words
from fanxing.web.requests import SignedInRequest, back
from fanxing.web.sight import Sight, authority_in, sight_of
from fanxing.web.trails import trails_of

ROWS = 50
WITHDRAWN = "withdrawn"
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
    return Ledger(sight, stand, withdrawn, found.select_related("unit").order_by("-occurred_on", "-position"))


@require_GET
def records(request: SignedInRequest, code: str) -> HttpResponse:
    """The records of a unit, by kind and month."""
    shown = ledger(request, code)
    unit = shown.sight.unit
    page = Paginator(shown.found, ROWS).get_page(request.GET.get("page"))
    kinds = kinds_for(unit)
    counts = dict(shown.standing.values_list("kind").annotate(Count("pk")))
    context = {
        "unit": unit,
        "page": page,
        "rows": list(lines(page, kinds)),
        "doubts": {one.record.pk: one.doubts for one in doubtful_among(page, kinds)},
        "kinds": [(id, kind.title, counts[id]) for id, kind in kinds.items() if id in counts],
        "months": [f"{day:%Y-%m}" for day in shown.standing.dates("occurred_on", "month", order="DESC")],
        "withdrawn": shown.withdrawn.count(),
        "may_add": bool(recordable_kinds(request.user, unit)) and not unit.closed_on,
    }
    return render(request, "records.html", context)


@require_GET
def records_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The records that the filter shows, all pages of them."""
    shown = ledger(request, code)
    return excel(f"{shown.sight.unit.name}台账", SHEET, cells(shown.found, kinds_for(shown.sight.unit)))


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

    def is_for(self, permission: str) -> bool:
        """Whether the person may do this with the records of the kind here: by the permission, and by a post that the kind names."""
        posts = changed_by(self.kind) if self.kind else ()
        return self.sight.may(permission) and self.sight.authority.holds(posts, self.sight.unit)


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
        "late_days": days_late(kind, found.versions[0].occurred_on, found.versions[0].recorded_at),
        "doubts": [doubt for one in doubtful_among([found.record], {kind.id: kind}) for doubt in one.doubts] if found.stands else [],
        "last": found.versions[-1],
        "may_correct": found.stands and found.is_for("record.correct"),
        "may_withdraw": found.stands and found.is_for("record.withdraw"),
        "trails": trails_of(counting, [one.fact.id for one in served_by(found.record)]),
        "next": back(request, ""),
        "beside": beside(found.versions[0], found.record.unit, found.kind or kind, found.sight.authority, stands=found.stands),
        "evidence_takes": TAKEN,
        "evidence_limits": LIMITS,
    }
    return render(request, "record.html", context)


def said_by(found: Opened) -> Record:
    """The version whose content is shown: of a withdrawal, what was withdrawn."""
    return found.versions[-2] if found.record.act == Record.Act.WITHDRAWAL else found.record
