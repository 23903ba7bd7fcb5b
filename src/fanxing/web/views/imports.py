"""Records brought in from a spreadsheet: a template out, the filled sheet in, looked at, imported."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.table_files import MOST_BYTES, MOST_ROWS
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.queries import programme_for, rulings, scheme_of
from fanxing.records.ingest.importing import (
    begin_check,
    begin_import,
    cancel_import,
    check_import,
    kind_of,
    match_columns,
    upload_records,
    write_import,
)
from fanxing.records.ingest.keeping import match_kept
from fanxing.records.ingest.matching import missing
from fanxing.records.ingest.reach import importable_kinds, keepers, rows_of_template, seen_imports, units_keeping
from fanxing.records.ingest.template import UnitRow, template
from fanxing.records.ingest.whole import report_of
from fanxing.records.models import Record, RecordImport
from fanxing.records.tasks import check_uploaded, write_uploaded
from fanxing.scheme.model import RecordKind
from fanxing.scoring.actions import refresh
from fanxing.scoring.queries import account, heir_of
from fanxing.web.downloads import attachment
from fanxing.web.imports import chosen, look
from fanxing.web.moves import Move
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in, sight_of

# So many rows take a second or two: done at once. More are done in the background.
AT_ONCE = 2_000
IMPORTS_SHOWN = 100
LIMITS = f"最大 {MOST_BYTES // 1_000_000} MB、{MOST_ROWS:,} 行"

State = RecordImport.State
NOTHING_FOUND = dict.fromkeys(("new", "same", "corrections", "faulty", "faults", "units", "awaiting", "written"), 0)


class SheetForm(forms.Form):
    """A sheet of records of one kind."""

    kind = forms.ChoiceField(label="类型", error_messages={"required": "请选择类型", "invalid_choice": "您的岗位不登记这一类"})
    file = forms.FileField(
        label="表格文件",
        help_text=f"Excel（.xlsx、.xls）或 CSV，{LIMITS}。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )


@require_GET
def imports(request: SignedInRequest) -> HttpResponse:
    """The sheets uploaded for one's units, and where to upload another."""
    authority = authority_in(request)
    seats = list(Unit.objects.filter(path__in=authority.seats("record.add"), closed_on=None).order_by("path"))
    if not seats:
        raise NotAllowed("您的岗位不登记台账")
    # Who may appoint everybody need not be one of those who record.
    seats = [seat for seat in seats if importable_kinds(request.user, seat)]
    kept = list(seen_imports(authority)[:IMPORTS_SHOWN])
    return render(request, "imports.html", {"kept": kept, "seats": seats, "titles": _titles()})


def _titles() -> dict[str, str]:
    return {id: kind.title for id, kind in rulings().records.items()}


@require_http_methods(["GET", "POST"])
def import_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose a kind, take its template, upload the filled sheet."""
    sight = sight_of(request, code, "record.add")
    kinds = importable_kinds(request.user, sight.unit)
    if not kinds:
        raise NotAllowed(f"您的岗位不登记{sight.unit.name}的台账")
    form = SheetForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")}, label_suffix="")
    # One kind alone is no choice.
    form.fields["kind"].choices = [*([("", "请选择")] if len(kinds) > 1 else []), *((kind.id, kind.title) for kind in kinds)]  # type: ignore[attr-defined]  # of a ChoiceField
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import_preview", _uploaded(request, form, sight.unit).pk)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    # A rated unit uploads for itself; a unit above for those below, which the rows then name.
    is_rated = sight.unit.kind in rulings().kinds
    context = {"form": form, "unit": sight.unit, "kinds": kinds, "picked": _picked(request, kinds), "is_rated": is_rated}
    return render(request, "import_new.html", context, status=422 if form.errors else 200)


def _picked(request: SignedInRequest, kinds: list[RecordKind]) -> RecordKind | None:
    wanted = request.POST.get("kind") or request.GET.get("kind")
    return next((kind for kind in kinds if kind.id == wanted), None)


def _uploaded(request: SignedInRequest, form: SheetForm, unit: Unit) -> RecordImport:
    data = form.cleaned_data
    # One byte more than may be read tells that there are too many.
    content = data["file"].read(MOST_BYTES + 1)
    kept = upload_records(unit=unit, kind=data["kind"], content=content, file_name=data["file"].name, by=request.user, at=clock.now())
    _check(request, kept)
    return kept


def _check(request: SignedInRequest, kept: RecordImport) -> None:
    """Check a sheet whose columns are known well enough, now or in the background."""
    if missing(kind_of(kept.unit, kept.kind, clock.now()), match_kept(kept)):
        return
    begin_check(kept=kept)
    if kept.row_count > AT_ONCE:
        check_uploaded.enqueue(kept.pk)
    else:
        check_import(kept=kept, by=request.user, at=clock.now())


@require_GET
def import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The workbook to fill in for a kind: for the unit of the address, or for those below it, a row each where that is asked for."""
    sight = sight_of(request, request.GET.get("unit", ""), "record.add")
    definition = next((one for one in importable_kinds(request.user, sight.unit) if one.id == kind), None)
    publication = programme_for(sight.unit)
    if definition is None or publication is None:
        raise Http404
    scheme, today = scheme_of(publication), clock.today()
    units = rows_of_template(units_keeping(sight.unit, keepers(scheme, definition)), definition)
    each = definition.nature == "figure" or request.GET.get("rows") == "each"
    last = publication.period_to
    content = template(
        kind=definition,
        units=units or [UnitRow(sight.unit.code, sight.unit.name, {})],
        each=each,
        recorders="、".join(scheme.posts[post].title for post in definition.recorded_by),
        day=(last if last and last < today else today) if definition.nature == "figure" else None,
    )
    return attachment(f"{sight.unit.name}{definition.title}", content)


def opened(request: SignedInRequest, id: int, *, mine: bool = False, whole: bool = True) -> RecordImport:
    """An uploaded sheet, with its cells only where it is wanted `whole`; a page that is not there for those who may not record for its
    unit, or who want to act and did not upload it."""
    seen = seen_imports(authority_in(request))
    kept = (seen.defer(None) if whole else seen).filter(pk=id).first()
    if kept is None or (mine and kept.uploaded_by != request.user.username):
        raise Http404
    return kept


@require_GET
def import_preview(request: SignedInRequest, id: int) -> HttpResponse:
    """What an uploaded sheet would write, what is wrong with it, and how far it has come."""
    return _previewed(request, opened(request, id))


def _previewed(request: SignedInRequest, kept: RecordImport, status: int = 200) -> HttpResponse:
    try:
        definition = kind_of(kept.unit, kept.kind, clock.now())
    except Refused as refusal:
        # The rules of the unit were changed after it was uploaded.
        raise Http404 from refusal
    looked = look(kept, definition)
    context = {
        "kept": kept,
        "kind": definition,
        "look": looked,
        "names": dict(Unit.objects.filter(within(kept.unit.path), code__in=looked.places).values_list("code", "name")),
        "counts": NOTHING_FOUND | kept.counts,
        "mine": kept.uploaded_by == request.user.username,
    }
    return render(request, "import_preview.html", context, status=status)


@require_GET
def import_progress(request: SignedInRequest, id: int) -> HttpResponse:
    """How far it has come, as a fragment that asks again; once it is done the whole page is loaded anew."""
    kept = opened(request, id, whole=False)
    response = render(request, "import_progress.html", {"kept": kept})
    if not kept.is_under_way:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def import_match(request: SignedInRequest, id: int) -> HttpResponse:
    """Say which column says what, and check again."""
    kept = opened(request, id, mine=True)

    def act(at: datetime) -> None:
        width = len(kept.targets)
        match_columns(kept=kept, targets=[request.POST.get(f"c{index}", "") for index in range(width)], by=request.user, at=at)
        _check(request, kept)

    return _acted(request, kept, act)


@require_POST
def import_go(request: SignedInRequest, id: int) -> HttpResponse:
    """Import what was looked at: all of it, or by explicit choice the rows without faults; with the corrections that were ticked."""
    kept = opened(request, id, mine=True)
    counting = heir_of(kept.unit)
    before = account(counting)

    def act(at: datetime) -> None:
        wanted = None if "correct_all" in request.POST else chosen(request.POST.getlist("correct"))
        begin_import(kept=kept, good_rows="good_rows" in request.POST, corrections=wanted, expected=request.POST.get("digest", ""))
        if kept.row_count > AT_ONCE:
            write_uploaded.enqueue(kept.pk)
            return
        written = write_import(kept=kept, by=request.user, at=at)
        messages.success(request, _done(kept, written, Move(counting, before, account(counting)), at))

    return _acted(request, kept, act)


def _done(kept: RecordImport, written: int, move: Move, at: datetime) -> str:
    """What to say, after the score of the one unit it was about follows; those of many follow by the timetable."""
    last = Record.objects.filter(unit=kept.unit, kind=kept.kind, recorded_at=at).order_by("-position").first()
    words = f"已导入 {written} 条。" if written else "都已在台账里，没有重复登记。"
    if last is None or move.after is None:
        return words
    if last.awaits:
        return f"{words}\n等{kept.unit.name}确认后计入。"
    refresh(unit=move.unit, publication=move.after.publication, at=at)
    return f"{words}\n{move.words(last)}"


@require_POST
def import_cancel(request: SignedInRequest, id: int) -> HttpResponse:
    """Give it up; possible until it is written."""
    kept = opened(request, id, mine=True)

    def act(at: datetime) -> None:
        cancel_import(kept=kept, by=request.user, at=at)
        messages.success(request, "已取消，什么都没有写入。")

    return _acted(request, kept, act)


def _acted(request: SignedInRequest, kept: RecordImport, act: Callable[[datetime], None]) -> HttpResponse:
    """Do it, and show the sheet again."""
    try:
        act(clock.now())
    except Refused as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        messages.warning(request, str(refusal))
        kept.refresh_from_db()
        return _previewed(request, kept, 422)
    return redirect("import_preview", kept.pk)


@require_GET
def import_returned(request: SignedInRequest, id: int) -> HttpResponse:
    """The uploaded sheet with every faulty cell marked and what would be right."""
    kept = opened(request, id)
    if not kept.rows:
        raise Http404
    return attachment(f"{kept.file_name.rpartition('.')[0] or kept.file_name}（标出问题）", report_of(kept, clock.now()))
