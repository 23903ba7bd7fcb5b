"""A unit's own kinds of record: listed, begun from a workbook, laid open, taken out as workbooks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.models import Unit
from fanxing.programme.kind_drafting import begin_kind, vocabulary
from fanxing.programme.local_kinds import kind_published
from fanxing.programme.models import KindDraft, KindVersion, LocalKind
from fanxing.programme.queries import kind_drafts_of, kinds_for, programme_for, scheme_of
from fanxing.programme.two_people import why_not_second
from fanxing.records.models import Record
from fanxing.scheme.digests import record_kind_digest
from fanxing.scheme.meter import MOST_FACTS_A_YEAR
from fanxing.scheme.model import RecordKind
from fanxing.scheme.workbook.sheets import MOST_BYTES
from fanxing.scheme.xlsform import as_table, as_xlsform, template
from fanxing.scheme.xlsform.words import NATURE_TITLES, PERIOD_TITLES, TYPES
from fanxing.web.downloads import XLSX
from fanxing.web.own_kinds import NEW, KindPage
from fanxing.web.requests import SignedInRequest, key_of
from fanxing.web.sight import authority_in

PUBLISH = "programme.publish"
OPEN = (KindDraft.State.EDITING, KindDraft.State.SUBMITTED)
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
NO_FILE = "请选择工作簿（.xlsx 或 .xls）"
TOO_LARGE = f"文件超过 {MOST_BYTES // 1024 // 1024} MB；一种台账的表用不了这么大，请删去图片和无关的工作表"


@dataclass(frozen=True)
class Kept:
    """A kind that a unit has added, as it stands today."""

    unit: Unit
    kind: RecordKind
    number: int
    since: LocalKind
    last: LocalKind
    records: int


@require_GET
def own_kinds(request: SignedInRequest) -> HttpResponse:
    """The kinds that units have added for themselves, and the drafts of more."""
    units = _publishing_units(request)
    found, kept = list(kind_drafts_of(request.user)), _kept(request)
    context = {
        "kept": kept,
        "open": [one for one in found if one.state in OPEN],
        "closed": [one for one in found if one.state not in OPEN],
        "unit": units[0],
        "others": _others(units[0], kept),
    }
    return render(request, "own_kinds.html", context)


def _others(unit: Unit, kept: list[Kept]) -> list[RecordKind]:
    """The kinds of record kept in a unit beside those: of the rules that apply there, and those that units above it have added."""
    own = {one.kind.id for one in kept}
    return [kind for id, kind in kinds_for(unit).items() if id not in own]


def _kept(request: SignedInRequest) -> list[Kept]:
    reach = Unit.objects.filter(authority_in(request).reach(PUBLISH))
    rows = LocalKind.objects.filter(unit__in=reach, valid_from__lte=clock.today()).select_related("unit", "version")
    by_kind: dict[tuple[int, str], list[LocalKind]] = {}
    for row in rows.defer("version__definition").order_by("valid_from", "id"):
        by_kind.setdefault((row.unit_id, row.version.kind), []).append(row)
    ids = {kind for _, kind in by_kind}
    counts: dict[str, int] = {}
    if ids:
        counted = Record.objects.filter(kind__in=ids, unit__in=Unit.objects.filter(authority_in(request).reach("record.view"))).standing()
        counts = dict(counted.order_by().values_list("kind").annotate(Count("pk")))
    return [
        Kept(rows[0].unit, kind_published(rows[-1].version.digest), rows[-1].version.number, rows[0], rows[-1], counts.get(kind, 0))
        for (_, kind), rows in by_kind.items()
    ]


def _publishing_units(request: SignedInRequest) -> list[Unit]:
    """The very units in which the person holds a post that publishes; a page that is not there for those who hold none."""
    units = list(Unit.objects.filter(path__in=authority_in(request).seats(PUBLISH), closed_on=None).order_by("path"))
    if not units:
        raise Http404
    return units


# ---- begun


@require_http_methods(["GET", "POST"])
def own_kind_new(request: SignedInRequest) -> HttpResponse:
    """Begin a kind from a workbook, or empty."""
    units = _publishing_units(request)
    chosen = next((unit for unit in units if unit.code == request.POST.get("unit")), units[0])
    fault = ""
    if request.method == "POST":
        made = _begun(request, chosen)
        if isinstance(made, KindDraft):
            return redirect("own_kind", made.pk)
        fault = made
    context = {"units": units, "chosen": chosen, "fault": fault, "key": key_of(request)}
    return render(request, "own_kind_new.html", context, status=422 if fault else 200)


def _begun(request: SignedInRequest, unit: Unit) -> KindDraft | str:
    """The draft; or what is wrong."""
    file, empty = request.FILES.get("file"), "empty" in request.POST
    if not empty and not isinstance(file, UploadedFile):
        return NO_FILE
    if isinstance(file, UploadedFile) and (file.size or 0) > MOST_BYTES:
        return TOO_LARGE
    content = file.read() if isinstance(file, UploadedFile) and not empty else None
    try:
        return begin_kind(unit=unit, content=content, by=request.user, at=clock.now(), key=request.POST.get("key"))
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        return str(refused)


@require_GET
def own_kind_template(request: SignedInRequest) -> HttpResponse:
    """The plain table to be filled in, with the kinds of unit and the posts of the first unit that one publishes for."""
    unit = _publishing_units(request)[0]
    publication = programme_for(unit)
    if publication is None:
        raise Http404
    return _workbook("台账模板", template(vocabulary(unit, scheme_of(publication))))


# ---- laid open


@require_GET
def own_kind(request: SignedInRequest, id: int) -> HttpResponse:
    """A draft: its fields, the form it will be, what it adds, what stands in its way."""
    return laid_open(request, KindPage(kind_draft_of(request, id)))


def laid_open(request: SignedInRequest, page: KindPage, *, status: int = 200) -> HttpResponse:
    """The page of a draft."""
    draft = page.draft
    context = {
        "draft": draft,
        "page": page,
        "most_facts": MOST_FACTS_A_YEAR,
        "kind": page.kind,
        "rows": page.rows(),
        "NEW": NEW,
        "types": TYPES,
        "natures": NATURE_TITLES,
        "periods": PERIOD_TITLES,
        "editable": draft.state == KindDraft.State.EDITING,
        "has_original": KindDraft.objects.filter(pk=draft.pk, workbook__isnull=False).exists(),
        "not_signatory": why_not_second(draft, request.user),
        "faults": page.faults if draft.state in OPEN else [],
    }
    return render(request, "own_kind.html", context, status=status)


def kind_draft_of(request: SignedInRequest, id: int) -> KindDraft:
    """The draft; a page that is not there for those who may not publish at its unit."""
    reach = Unit.objects.filter(authority_in(request).reach(PUBLISH))
    found = KindDraft.objects.filter(pk=id, unit__in=reach).select_related("unit", "base", "local").defer("workbook").first()
    if found is None:
        raise Http404
    return found


# ---- out again


@require_GET
def own_kind_excel(request: SignedInRequest, id: int, form: str) -> HttpResponse:
    """A draft's kind as an XLSForm or a plain table."""
    page = KindPage(kind_draft_of(request, id))
    return _out(page.kind, form, page)


@require_GET
def own_kind_original(request: SignedInRequest, id: int) -> HttpResponse:
    """The workbook as it was uploaded, for the second person to hold the draft against."""
    draft = kind_draft_of(request, id)
    if draft.workbook is None:
        raise Http404
    content = bytes(draft.workbook)
    ending = "xls" if content.startswith(OLD_WORKBOOK) else "xlsx"
    disposition = content_disposition_header(True, f"{draft} 原工作簿.{ending}") or ""
    return HttpResponse(content, content_type="application/octet-stream", headers={"Content-Disposition": disposition})


@require_GET
def kind_excel(request: SignedInRequest, code: str, kind: str, form: str) -> HttpResponse:
    """A kind kept in a unit, whoever added it, as an XLSForm or a plain table."""
    unit = Unit.objects.filter(authority_in(request).reach(PUBLISH), code=code).first()
    found: Mapping[str, RecordKind] = kinds_for(unit) if unit else {}
    if kind not in found or unit is None:
        raise Http404
    return _out(found[kind], form, KindPage(KindDraft(unit=unit)))


def _out(kind: RecordKind, form: str, page: KindPage) -> HttpResponse:
    content = as_xlsform(kind, version=_version_of(kind)) if form == "xlsform" else as_table(kind, page.words)
    return _workbook(f"{kind.title or '台账'}{' XLSForm' if form == 'xlsform' else ''}", content)


def _version_of(kind: RecordKind) -> str:
    """The number of the version that says just this, or would be published next: other tools take a form anew only under a new one."""
    line = dict(KindVersion.objects.filter(kind=kind.id).values_list("digest", "number"))
    return str(line.get(record_kind_digest(kind)) or max(line.values(), default=0) + 1)


def _workbook(name: str, content: bytes) -> HttpResponse:
    disposition = content_disposition_header(True, f"{name} {clock.today()}.xlsx") or ""
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
