"""The whole tree in one Excel: taken out, changed there, brought back, looked at, imported."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.spreadsheets import Column
from fanxing.lib.table_files import MOST_BYTES
from fanxing.organisations.actions.importing import import_list, lines_of, upload_list
from fanxing.organisations.listed import COLUMNS, Plan, plan_of
from fanxing.organisations.models import Unit, UnitImport
from fanxing.organisations.paths import within
from fanxing.web.changes import Ground
from fanxing.web.downloads import excel
from fanxing.web.listing import words_everywhere
from fanxing.web.requests import SignedInRequest
from fanxing.web.returned import returned
from fanxing.web.sight import authority_in, sight_of
from fanxing.web.views.unit_tree import MANAGE

SHOWN = 100
WIDTHS = (20, 28, 16, 20, 28)
FOR_READING = "上级名称（仅供查看）"


class ListForm(forms.Form):
    """A workbook with the units at and below one, and the day from which it holds."""

    unit = forms.ChoiceField(label="范围", help_text="只比较和改动这个单位和它的下级。")
    on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写生效日期", "invalid": "日期写成 2025-12-01 这样"},
    )
    file = forms.FileField(
        label="单位表",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )


def kept_units(request: SignedInRequest) -> QuerySet[Unit]:
    """The very units in which the person holds a post that keeps units."""
    return Unit.objects.filter(path__in=authority_in(request).seats(MANAGE), closed_on=None).order_by("path")


@require_http_methods(["GET", "POST"])
def unit_lists(request: SignedInRequest) -> HttpResponse:
    """Download the present list, upload a changed one."""
    tops = list(kept_units(request))
    if not tops:
        raise NotAllowed("您的岗位不维护单位")
    form = ListForm(request.POST or None, request.FILES or None, initial={"on": clock.today()}, label_suffix="")
    form.fields["unit"].choices = [(one.code, one.name) for one in tops]  # type: ignore[attr-defined]  # of a ChoiceField
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("unit_list_preview", _uploaded(request, form, tops).pk)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    return render(request, "unit_lists.html", {"form": form, "tops": tops}, status=422 if form.errors else 200)


def _uploaded(request: SignedInRequest, form: ListForm, tops: list[Unit]) -> UnitImport:
    data, at = form.cleaned_data, clock.now()
    unit = next(one for one in tops if one.code == data["unit"])
    # One byte more than may be read tells that there are too many.
    content = data["file"].read(MOST_BYTES + 1)
    return upload_list(unit=unit, content=content, file_name=data["file"].name, on=data["on"], by=request.user, at=at)


@require_GET
def unit_list_excel(request: SignedInRequest, code: str) -> HttpResponse:
    """The tree as it stands, as the list in which to change it."""
    sight = sight_of(request, code, MANAGE)
    words = words_everywhere()
    here = Unit.objects.filter(within(sight.unit.path), closed_on=None).order_by("path")
    rows = here.values_list("code", "name", "kind", "parent__code", "parent__name")
    columns = [Column(title, width) for title, width in zip((*COLUMNS, FOR_READING), WIDTHS, strict=True)]
    return excel(f"{sight.unit.name}单位表", columns, ([code, name, words.kind(kind), *above] for code, name, kind, *above in rows))


def opened(request: SignedInRequest, id: int) -> UnitImport:
    """An uploaded list; a page that is not there for those who do not keep its units."""
    kept = (
        UnitImport.objects.filter(pk=id, unit__in=Unit.objects.filter(authority_in(request).reach(MANAGE))).select_related("unit").first()
    )
    if kept is None:
        raise Http404
    return kept


@require_http_methods(["GET", "POST"])
def unit_list_preview(request: SignedInRequest, id: int) -> HttpResponse:
    """What an uploaded list would change, or what is wrong with it; confirmed, it is imported."""
    kept = opened(request, id)
    kinds = dict(Ground(kept.unit, authority_in(request), words_everywhere()).kinds())
    if request.method == "POST":
        try:
            plan = import_list(
                kept=kept,
                kinds=kinds,
                close=request.POST.getlist("close"),
                expected=request.POST.get("plan", ""),
                by=request.user,
                at=clock.now(),
            )
        except Refused as refusal:
            if isinstance(refusal, NotAllowed):
                raise
            messages.warning(request, str(refusal))
            return _previewed(request, kept, kinds, 422)
        closed = len({one.code for one in plan.absent} & set(request.POST.getlist("close")))
        words = f"设立 {len(plan.founded)} 个，变更 {len(plan.changed)} 个，撤销 {closed} 个。"
        messages.success(request, f"已按表更新：{words}")
        return redirect(f"/tree/?open={kept.unit.code}")
    return _previewed(request, kept, kinds, 200)


def _previewed(request: SignedInRequest, kept: UnitImport, kinds: dict[str, str], status: int) -> HttpResponse:
    kept.refresh_from_db()
    plan = plan_of(lines_of(kept), top=kept.unit, kinds=kinds, on=kept.on)
    context = {"kept": kept, "plan": plan, "shown": SHOWN, "kinds": kinds, "names": _names(plan)}
    return render(request, "unit_list_preview.html", context, status=status)


def _names(plan: Plan) -> dict[str, str]:
    """What the parents in a plan are called, those it founds too."""
    codes = {one.parent for pair in plan.changed for one in pair} | {one.parent for one in plan.founded}
    named = dict(Unit.objects.filter(code__in=list(codes)[:5000]).values_list("code", "name"))
    return named | {one.code: one.name for one in plan.founded}


@require_GET
def unit_list_faults(request: SignedInRequest, id: int) -> HttpResponse:
    """The uploaded list with its faulty cells marked, and what is wrong in each row beside it."""
    kept = opened(request, id)
    kinds = dict(Ground(kept.unit, authority_in(request), words_everywhere()).kinds())
    plan = plan_of(lines_of(kept), top=kept.unit, kinds=kinds, on=kept.on)
    columns = [Column(title, width) for title, width in zip(COLUMNS, WIDTHS[:-1], strict=True)]
    return returned("单位表（标出问题）", columns, ((number, cells) for number, *cells in kept.rows), plan.faults)
