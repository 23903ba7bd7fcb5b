"""Photos and files of records as pages show and take them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from fanxing.evidence.actions import MOST_FILES, may_add_evidence
from fanxing.evidence.attaching import LARGEST_FILE, LARGEST_PICTURE, MEGABYTE, Sent
from fanxing.evidence.models import Evidence, Likeness
from fanxing.evidence.queries import evidence_of
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme.model import Field, RecordKind

TAKEN = {"photo": "image/jpeg,image/png,image/webp,image/heic,image/heif", "file": ".pdf,.docx,.xlsx"}
LIMITS = f"可不附。照片每张最大 {LARGEST_PICTURE // MEGABYTE} MB，文件 {LARGEST_FILE // MEGABYTE} MB，一条记录最多 {MOST_FILES} 个。"


@dataclass(frozen=True)
class Shown:
    """One photo or file on the page of its record; `same_as` are the likenesses that the person may read of."""

    evidence: Evidence
    field: str
    same_as: list[tuple[Likeness, bool]]

    @property
    def size(self) -> str:
        """How large it is, in words."""
        kilobytes = self.evidence.size / 1024
        return f"{kilobytes / 1024:.1f} MB" if kilobytes >= 1000 else f"{kilobytes:.0f} KB"


@dataclass(frozen=True)
class Beside:
    """What is beside a record, and what the person may do with it: `fields` take photos and files, `takes` says which."""

    shown: list[Shown]
    gone: list[Evidence]
    fields: list[Field]
    may_add: bool

    def __bool__(self) -> bool:
        return bool(self.shown or self.gone or (self.fields and self.may_add))


def fields_of_evidence(kind: RecordKind) -> list[Field]:
    """The fields of a kind that take photos and files."""
    return [field for field in kind.fields if field.type in TAKEN]


def beside(first: Record, unit: Unit, kind: RecordKind, authority: Authority, *, stands: bool) -> Beside:
    """What is beside a record of a unit, given by its first version, for one who may read the record and has this authority."""
    found = list(evidence_of(first))
    may_add = stands and may_add_evidence(authority, kind, unit)
    judges = authority.may("record.judge", unit)
    titles = {field.id: field.title for field in kind.fields}
    shown = [
        Shown(one, titles.get(one.field, ""), _likenesses(one, authority) if may_add or judges else [])
        for one in found
        if one.state in (Evidence.State.WAITING, Evidence.State.READY, Evidence.State.REFUSED)
    ]
    gone = [one for one in found if one.state in (Evidence.State.REMOVED, Evidence.State.ERASED)]
    return Beside(shown, gone, fields_of_evidence(kind), may_add)


def _likenesses(evidence: Evidence, authority: Authority) -> list[tuple[Likeness, bool]]:
    """Each with whether the other record may be opened: of a unit whose ledger is not theirs one learns no more than that there is one."""
    return [(one, authority.may("record.view", one.other.record.unit)) for one in evidence.likenesses.all()]


def sent_files(kind: RecordKind, files: "MultiValueDict[str, UploadedFile]") -> list[Sent]:
    """The photos and files of a form; of what is too many or too large no more is read than tells that it is."""
    sent = [(field, one) for field in fields_of_evidence(kind) for one in files.getlist(field.id)]
    return [_sent(field, one) for field, one in sent[: MOST_FILES + 1]]


def _sent(field: Field, file: UploadedFile) -> Sent:
    return Sent(field.id, file.name or "", file.read(LARGEST_PICTURE + 1))


def with_sight(likenesses: QuerySet[Likeness] | Iterable[Likeness], authority: Authority) -> list[tuple[Likeness, bool]]:
    """Likenesses as a reviewer's list shows them."""
    return [(one, authority.may("record.view", one.other.record.unit)) for one in likenesses]
