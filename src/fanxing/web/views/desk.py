"""What the desk runs after: what has not been reported, and what cannot be right."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fanxing.lib.spreadsheets import Column
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT, within
from fanxing.programme.queries import Rulings, rulings
from fanxing.scoring.doubtful import doubtful_records
from fanxing.scoring.gaps import Gap, Gaps, gaps
from fanxing.web import missing
from fanxing.web.downloads import excel
from fanxing.web.ledger import said
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in
from fanxing.web.views.workbench import place_of, way_down

SHOWN = 200


@dataclass(frozen=True)
class Chase:
    """A place, and the units there whose ledger the person may read."""

    place: Unit | None
    ruling: Rulings
    seen: Q

    @property
    def top(self) -> str:
        """The path below which one looks."""
        return self.place.path if self.place else ROOT

    @property
    def units(self) -> QuerySet[Unit]:
        """The units there, closed ones left out."""
        return Unit.objects.filter(self.seen, within(self.top), closed_on=None)

    @cached_property
    def gaps(self) -> Gaps:
        """What they lack."""
        return gaps(self.units, self.ruling)

    @cached_property
    def titles(self) -> dict[str, str]:
        """What the rated kinds are called."""
        return {id: kind.title for id, kind in self.ruling.kinds.items()}

    @cached_property
    def above(self) -> list[Unit]:
        """The places there, which stand above the rated units."""
        return list(self.units.exclude(kind__in=self.titles).order_by("path"))

    @property
    def below(self) -> list[Unit]:
        """Those right below the place."""
        return [unit for unit in self.above if self.place and unit.parent_id == self.place.pk]

    def lacking(self, found: list[Gap]) -> list[missing.Lacking]:
        """The units that lack something, with where they lie."""
        return missing.by_unit(found, self.gaps.units, {unit.path: unit.name for unit in self.above}, self.top)


def chase(request: SignedInRequest) -> Chase:
    """What the address asks for (`under`)."""
    return Chase(place_of(request), rulings(), authority_in(request).reach("record.view"))


def _asked(request: SignedInRequest, found: tuple[Gap, ...]) -> list[Gap]:
    record = request.GET.get("record", "")
    return [gap for gap in found if gap.record.id == record] if record else list(found)


@require_GET
def missing_figures(request: SignedInRequest) -> HttpResponse:
    """What has not been reported: by kind of record, by place, and the units of the kind or township asked for with words to copy."""
    seen = chase(request)
    all_ = seen.gaps
    found = _asked(request, all_.found)
    record = next((gap.record for gap in found), None) if request.GET.get("record") else None
    places = missing.by_place(found, all_.units, seen.below)
    rows = seen.lacking(found)
    is_listed = bool(record) or not places
    words = ""
    if is_listed and rows and all_.as_of:
        to = (record.held_by if record else "") or (seen.place.name if seen.place else "各单位")
        what = f"“{record.title}”中的{missing.named(found)}" if record else missing.GENERAL
        words = missing.message(rows, to=to, what=what, as_of=all_.as_of)
    context = {
        "place": seen.place,
        "way": way_down(request, seen.place),
        "as_of": all_.as_of,
        "records": missing.by_record(all_.found),
        "record": record,
        "places": places,
        "rows": rows[:SHOWN] if is_listed else [],
        "unit_count": len(rows),
        "gap_count": len(found),
        "words": words,
        "own": missing.OWN,
    }
    return render(request, "missing.html", context)


@require_GET
def missing_excel(request: SignedInRequest) -> HttpResponse:
    """What has not been reported, a row a unit and figure."""
    seen = chase(request)
    found = _asked(request, seen.gaps.found)
    wheres = {row.unit.code: row.where for row in seen.lacking(found)}
    columns = [Column("代码"), Column("名称", 20), Column("类型", 10), Column("所在地", 24)]
    columns += [Column("记录类型", 20), Column("缺的数据", 28), Column("由谁提供", 20)]
    return excel(f"{seen.place.name if seen.place else ''}未报清单", columns, missing.cells(found, seen.gaps.units, wheres, seen.titles))


@require_GET
def doubtful_figures(request: SignedInRequest) -> HttpResponse:
    """Records that state what their own figures cannot give."""
    seen = chase(request)
    context = {"place": seen.place, "way": way_down(request, seen.place), "rows": _doubts(seen)}
    return render(request, "doubts.html", context)


@require_GET
def doubtful_excel(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook."""
    seen = chase(request)
    columns = [Column("代码"), Column("名称", 20), Column("上级", 20), Column("日期", 12), Column("记录类型", 18)]
    columns += [Column("数据", 18), Column("所报", 12), Column("疑点", 60)]
    rows = (
        [unit.code, unit.name, above, on, kind, title, value, reason] for _, unit, above, on, kind, title, value, reason in _doubts(seen)
    )
    return excel(f"{seen.place.name if seen.place else ''}数据疑点", columns, rows)


def _doubts(seen: Chase) -> list[tuple[int, Unit, str, object, str, str, str, str]]:
    """(record, unit, unit above, day, kind, field, what it says, why that cannot be) of each doubtful figure."""
    return [
        (
            one.record.pk,
            one.record.unit,
            one.record.unit.parent.name if one.record.unit.parent else "",
            one.record.occurred_on,
            one.kind.title,
            doubt.title,
            said({field.id: field for field in one.kind.fields}[doubt.field], one.record.data[doubt.field]),
            doubt.reason,
        )
        for one in doubtful_records(seen.units, seen.ruling)
        for doubt in one.doubts
    ]
