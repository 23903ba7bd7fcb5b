"""The ledger of one unit or of many, and each of its records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Cell, Column
from fanxing.organisations.models import Unit
from fanxing.points.queries import keeps, rules_of
from fanxing.programme.queries import kinds_for
from fanxing.records.lateness import days_late
from fanxing.records.lists import COUNTED
from fanxing.records.models import Record
from fanxing.records.offers import keeps_needs
from fanxing.records.queries import chain, changed_by, recordable_kinds
from fanxing.scheme.model import RecordKind
from fanxing.scheme.wording import record_wording
from fanxing.scoring.doubtful import doubtful_among
from fanxing.scoring.queries import heir_of
from fanxing.scoring.readings import readings
from fanxing.web.downloads import excel_file, streamed
from fanxing.web.evidence import LIMITS, TAKEN, beside
from fanxing.web.ledger import (
    COLUMNS,
    beside_in_a_sheet,
    columns_of,
    entries_of,
    fields_in_a_sheet,
    line,
    line_cells,
    sheet_rows,
    source_words,
)
from fanxing.web.ledgers import STATES, VIEWS, Ledgers, ledgers, month_of, page_of, sheet_of
from fanxing.web.naming import naming_of
from fanxing.web.personal import personal_beside
from fanxing.web.points import takers_beside
from fanxing.web.requests import SignedInRequest, back
from fanxing.web.sight import Sight, authority_in, sight_of
from fanxing.web.trails import trails_of
from fanxing.web.uses import Use, uses_of

# So many rows are made into a workbook; more come as a table that spreadsheets open too, sent while it is written.
ROWS_OF_A_WORKBOOK = 200_000
ROWS_AT_ONCE = 2_000
SHEET = [
    Column("日期", 12),
    Column("类型", 16),
    Column("内容", 60),
    Column("登记人", 24),
    Column("登记时间", 18),
    Column("登记来源", 24),
    Column("单位", 16),
    Column("单位代码", 16),
    Column("状态", 12),
    Column("编号", 20),
]


@require_GET
def ledger(request: SignedInRequest) -> HttpResponse:
    """The records of all units whose ledger one may read."""
    return _shown(request, ledgers(request))


@require_GET
def records(request: SignedInRequest, code: str) -> HttpResponse:
    """The same, of one unit and those below it."""
    return _shown(request, ledgers(request, sight_of(request, code, "record.view").unit))


def _shown(request: SignedInRequest, shown: Ledgers) -> HttpResponse:
    unit = shown.node
    view = shown.view
    context = {
        "shown": shown,
        "unit": unit,
        "one_unit": unit is not None and request.resolver_match and request.resolver_match.url_name == "records",
        "has_needs": unit is not None and keeps_needs(unit, shown.ruling),
        "keeps_points": unit is not None and keeps(authority_in(request), unit, rules_of(unit)),
        "view": view,
        "views": VIEWS,
        "states": STATES,
        "turned": page_of(shown) if view in ("table", "cards") else None,
        "month": month_of(shown) if view == "calendar" else None,
        "sheet": sheet_of(shown) if view == "units" else None,
        "columns": columns_of(shown.kind) if shown.kind else [],
        "counted": COUNTED,
        "may_judge": authority_in(request).holds_anywhere("record.judge"),
        "may_add": unit is not None and not unit.closed_on and bool(recordable_kinds(request.user, unit)),
    }
    return render(request, "records.html", context)


@require_GET
def ledger_excel(request: SignedInRequest) -> HttpResponseBase:
    """What the filter shows, all pages of it."""
    return _excel(ledgers(request))


@require_GET
def records_excel(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The same, of one unit and those below it."""
    return _excel(ledgers(request, sight_of(request, code, "record.view").unit))


def _excel(shown: Ledgers) -> HttpResponseBase:
    """One column a field where one kind is asked for, under their titles, so that what went out can be imported again."""
    kind, rows = shown.kind, shown.found.rows(COLUMNS, ROWS_AT_ONCE)
    title = f"{shown.node.name if shown.node else ''}{kind.title if kind else '台账'}"
    if kind:
        fields = [Column(field.title, 16) for field in fields_in_a_sheet(kind)]
        columns = [
            Column("单位代码", 16),
            Column(kind.day or "日期", 12),
            *fields,
            *(Column(words, 18) for words in beside_in_a_sheet(kind)),
        ]
        cells: Iterator[list[Cell]] = sheet_rows(rows, kind)
    else:
        columns, cells = SHEET, line_cells(rows, shown.kinds)
    write = streamed if shown.found.is_beyond(ROWS_OF_A_WORKBOOK) else excel_file
    return write(title, columns, cells)


@dataclass(frozen=True)
class Opened:
    """A record somebody may read: all its versions, the kinds kept in its unit, and whether they may correct or withdraw it."""

    record: Record
    versions: list[Record]
    sight: Sight
    kinds: Mapping[str, RecordKind]

    @property
    def kind(self) -> RecordKind | None:
        """What it is an example of today; None where such records are no longer kept here."""
        return self.kinds.get(self.record.kind)

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
    return Opened(record, chain(record), Sight(record.unit, authority), kinds_for(record.unit))


@require_GET
def record(request: SignedInRequest, id: int) -> HttpResponse:
    """One record: what it says, what became of it, and every figure and star it counts for."""
    found = opened(request, id)
    kind = found.record.kind_version.record_kind
    counting = heir_of(found.record.unit)
    read = readings(found.record)
    counted = [one.fact.id for one in read if one.kept_out is None]
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
        "record_wording": record_wording,
        "uncounted": [one for one in read if one.kept_out],
        "trails": trails_of(counting, counted),
        "uses": _uses(found, counting, counted),
        "naming": naming_of(found.versions[0], said_by(found), kind, found.kinds),
        "next": back(request, ""),
        "beside": beside(found.versions[0], found.record.unit, found.kind or kind, found.sight.authority, stands=found.stands),
        "takers": takers_beside(found.record, found.sight),
        "personal": personal_beside(found.versions[0], found.kind or kind, found.sight),
        "evidence_takes": TAKEN,
        "evidence_limits": LIMITS,
    }
    return render(request, "record.html", context)


def _uses(found: Opened, counting: Unit, counted: list[str]) -> list[Use]:
    if not found.stands or found.record.awaits:
        return []
    return uses_of(found.record, found.versions[0], counting, found.kinds, counted, found.sight.authority)


def said_by(found: Opened) -> Record:
    """The version whose content is shown: of a withdrawal, what was withdrawn."""
    return found.versions[-2] if found.record.act == Record.Act.WITHDRAWAL else found.record
