"""People and posts in one Excel: a template, uploaded, looked at, imported."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.spreadsheets import Column
from fanxing.lib.table_files import MOST_BYTES
from fanxing.lib.typed_text import MIDNIGHT
from fanxing.organisations.actions.importing_people import MOST_LINES, import_people, lines_of, upload_people
from fanxing.organisations.models import PersonImport, Unit
from fanxing.organisations.paths import within
from fanxing.organisations.people_listed import COLUMNS, Plan, plan_of
from fanxing.web.downloads import attachment
from fanxing.web.listing import words_everywhere
from fanxing.web.people_template import UNITS_IN_A_LIST, WIDTHS, people_template
from fanxing.web.requests import SignedInRequest
from fanxing.web.returned import returned
from fanxing.web.sight import Sight, authority_in, sight_of
from fanxing.web.terms import KEEP, Ground, posts_to_give

SHOWN = 200


class PeopleForm(forms.Form):
    """A sheet of people and posts."""

    file = forms.FileField(
        label="人员表",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        help_text=f"Excel 或 CSV，最多 {MOST_LINES} 行。",
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )


@require_http_methods(["GET", "POST"])
def people_lists(request: SignedInRequest, code: str) -> HttpResponse:
    """Download the template, upload a list."""
    sight = sight_of(request, code, KEEP)
    form = PeopleForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        file, at = form.cleaned_data["file"], clock.now()
        try:
            # One byte more than may be read tells that there are too many.
            content = file.read(MOST_BYTES + 1)
            kept = upload_people(unit=sight.unit, content=content, file_name=file.name, by=request.user, at=at)
            return redirect("people_list_preview", kept.pk)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("file", str(refusal))
    context = {"unit": sight.unit, "form": form, "columns": COLUMNS}
    return render(request, "people_lists.html", context, status=422 if form.errors else 200)


@require_GET
def people_list_template(request: SignedInRequest, code: str) -> HttpResponse:
    """The workbook to fill in for a unit and what lies below it."""
    sight = sight_of(request, code, KEEP)
    words = words_everywhere()
    here = Unit.objects.filter(within(sight.unit.path), closed_on=None).order_by("path")
    given = {kind: posts_to_give(Ground(sight.authority, Unit(kind=kind, path=sight.unit.path))) for kind in _kinds(here)}
    posts = sorted({post for some in given.values() for post in some}, key=lambda post: (post.position, post.pk))
    kinds = [(words.kind(kind), "、".join(post.title for post in some) or "无") for kind, some in given.items()]
    content = people_template(sight.unit, list(here[: UNITS_IN_A_LIST + 1]), posts, kinds)
    return attachment(f"{sight.unit.name}人员表模板", content)


def _kinds(units: QuerySet[Unit]) -> list[str]:
    return list(units.order_by("kind").values_list("kind", flat=True).distinct())


@require_http_methods(["GET", "POST"])
def people_list_preview(request: SignedInRequest, id: int) -> HttpResponse:
    """What an uploaded list would change, or what is wrong with it; confirmed, it is imported."""
    kept, sight = _opened(request, id)
    if request.method == "GET":
        return _previewed(request, kept, sight)
    try:
        plan = import_people(kept=kept, expected=request.POST.get("plan", ""), by=request.user, at=clock.now())
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.warning(request, str(refusal))
        kept.refresh_from_db()
        return _previewed(request, kept, sight, 422)
    words = f"登记 {len(plan.strangers)} 人，任职 {len(plan.new)} 个，更新 {len(plan.changed)} 个"
    messages.success(request, f"已按表导入：{words}。记入操作日志。")
    return redirect(f"{reverse('people')}?under={kept.unit.code}")


def _opened(request: SignedInRequest, id: int) -> tuple[PersonImport, Sight]:
    """An uploaded list and its unit; a page that is not there for those who do not keep people there, nor uploaded it themselves."""
    kept = PersonImport.objects.filter(pk=id, uploaded_by=request.user.get_username()).select_related("unit").first()
    if kept is None:
        raise Http404
    return kept, sight_of(request, kept.unit.code, KEEP)


def _plan(request: SignedInRequest, kept: PersonImport) -> Plan:
    return plan_of(lines_of(kept), top=kept.unit, authority=authority_in(request), on=clock.today())


def _previewed(request: SignedInRequest, kept: PersonImport, sight: Sight, status: int = 200) -> HttpResponse:
    context = {"kept": kept, "unit": sight.unit, "plan": _plan(request, kept), "shown": SHOWN}
    return render(request, "people_list_preview.html", context, status=status)


@require_GET
def people_list_faults(request: SignedInRequest, id: int) -> HttpResponse:
    """The uploaded list with its faulty cells marked, and what is wrong in each row beside it."""
    kept, _ = _opened(request, id)
    columns = [Column(title, width) for title, width in zip(COLUMNS, WIDTHS, strict=True)]
    lines = ((line.number, [_plain(cell) or None for cell in line.cells]) for line in lines_of(kept))
    return returned("人员表（标出问题）", columns, lines, _plan(request, kept).faults)


def _plain(cell: str) -> str:
    """A day without the midnight that the reader adds."""
    found = MIDNIGHT.fullmatch(cell)
    return found[1] if found else cell
