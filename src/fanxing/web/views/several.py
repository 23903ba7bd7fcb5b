"""Several records of one kind entered in a grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.lib.typed_text import read_day
from fanxing.records.actions.several import Entry, RowsRefused, add_records
from fanxing.records.models import Record
from fanxing.web.entries import DAY, Choices, named_in, read, with_codes
from fanxing.web.evidence import fields_of_evidence
from fanxing.web.grid import STEP, Row, blank, columns, judged, longest, rows_sent
from fanxing.web.requests import SignedInRequest, back, key_of
from fanxing.web.sight import sight_of
from fanxing.web.views.entering import Form, recordable

MORE = "more"


@require_http_methods(["GET", "POST"])
def record_many(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """Enter several records of a kind for the unit: all of them, or none."""
    sight = sight_of(request, code, "record.view")
    chosen = recordable(request, sight.unit, kind)
    named = named_in(sight.unit, chosen)
    names = [one.name for one in columns(chosen, named)]
    rows = rows_sent(chosen, names, request.POST)
    if MORE in request.POST or not rows:
        rows += blank(min(STEP, longest(chosen) - len(rows)), len(rows))
    form = GridForm(sight.unit, chosen, back(request, reverse("unit", args=[code])), named=named, rows=rows)
    if request.method == "GET" or MORE in request.POST:
        return form.shown(request, rows)
    entries = [_entry(form, row) for row in rows if row.is_filled]

    def write(at: datetime) -> Record:
        key = request.POST.get("key")
        return add_records(unit=sight.unit, kind=kind, entries=entries, by=request.user, at=at, key=key)[-1]

    return form.send(request, {}, write, f"已登记 {len(entries)} 条{chosen.title}。")


@dataclass(frozen=True, kw_only=True)
class GridForm(Form):
    """The page on which several records are entered; `named` is what their fields may name."""

    named: Mapping[str, Choices]
    rows: list[Row]

    def shown(self, request: SignedInRequest, rows: list[Row], fault: str = "") -> HttpResponse:
        """The grid with what was typed and what is wrong with it."""
        context = {
            "unit": self.unit,
            "kind": self.kind,
            "columns": columns(self.kind, self.named),
            "left_out": [*(one.title for one in fields_of_evidence(self.kind)), *(one.title for one in self.kind.fields if one.personal)],
            "rows": rows,
            "longest": longest(self.kind),
            "next": self.next,
            "key": key_of(request),
            "fault": fault,
            "example": clock.today().isoformat(),
        }
        return render(request, "record_many.html", context, status=422 if fault else 200)

    def asked_again(self, request: SignedInRequest, texts: Mapping[str, str], refusal: Refused) -> HttpResponse:
        """The grid with why nothing was written, at the cells where it can be."""
        rows = judged(self.kind, self.rows, refusal) if isinstance(refusal, RowsRefused) else self.rows
        return self.shown(request, rows, f"{refusal}。")


def _entry(form: GridForm, row: Row) -> Entry:
    texts, data = read(form.kind, row.texts)
    return Entry(read_day(texts[DAY]), with_codes(form.kind, data, form.named), row.beside)
