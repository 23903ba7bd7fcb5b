"""Photos that come with the form of a step: checked, kept beside the matter, made anew in the background, erased in time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.evidence.attaching import Sent, attach, delete_after_commit, erased, fault_of, files_of, made_anew
from fanxing.lib.pictures import PictureRefused
from fanxing.organisations.authority import Doer
from fanxing.procedures.forms import asked_for
from fanxing.procedures.models import Matter, MatterPhoto
from fanxing.records.validation import RecordError
from fanxing.scheme.model import Procedure

MOST_PHOTOS = 3
# A task that was lost, as when the worker was stopped, is made up for.
LOST_AFTER = timedelta(minutes=2)
AT_ONCE = 50


def check_photos(procedure: Procedure, ids: Iterable[str], sent: Sequence[Sent]) -> None:
    """Raise RecordError with what is wrong with the photos of a form that asks for these fields."""
    form = asked_for(procedure, ids)
    faults: dict[str, str] = {}
    for one in sent:
        field = form.field(one.field)
        if field is None or field.type != "photo":
            faults[one.field] = "这一项不收照片"
        elif fault := fault_of(field, one):
            faults[one.field] = f"{one.name}：{fault}"
    if len(sent) > MOST_PHOTOS:
        faults[sent[-1].field] = f"最多附 {MOST_PHOTOS} 张照片，现在有 {len(sent)} 张"
    if faults:
        raise RecordError(form, faults)


def keep_photos(matter: Matter, sent: Sequence[Sent], by: Doer, at: datetime) -> None:
    """Put photos beside the step that a matter has just taken, in its transaction; each is made anew in the background."""
    for one in {one.digest: one for one in sent}.values():
        photo = MatterPhoto(matter=matter, number=matter.turn)
        attach(photo, one, is_picture=True, by=by, at=at)
        _enqueue(photo.pk)


def _enqueue(id: int) -> None:
    transaction.on_commit(lambda: make_photo_ready.enqueue(id))


@task()
def make_photo_ready(id: int) -> None:
    """Make a photo anew, without where and with what it was taken. Done once, however often it is asked for."""
    photo = MatterPhoto.objects.filter(pk=id, state=MatterPhoto.State.WAITING).first()
    if photo is None:
        return
    try:
        made, _ = made_anew(photo)
    except PictureRefused as refusal:
        made = {"state": MatterPhoto.State.REFUSED, "reason": str(refusal)}
    original = photo.original.name
    MatterPhoto.objects.filter(pk=id, state=MatterPhoto.State.WAITING).update(original="", **made)
    photo.original.storage.delete(original)


def make_ready_what_waits(*, at: datetime) -> int:
    """Make ready the photos whose task was lost; returns how many."""
    waiting = MatterPhoto.objects.filter(state=MatterPhoto.State.WAITING, added_at__lt=at - LOST_AFTER)
    lost = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for id in lost:
        make_photo_ready.func(id)
    return len(lost)


def erase_photos(*, at: datetime) -> int:
    """Erase the photos of matters that ended longer ago than their procedure keeps what is personal, or that nobody ends; returns how
    many."""
    today = timezone.localdate(at)
    kept = MatterPhoto.objects.kept().select_related("matter__version", "matter__unit")
    rows = kept.defer("matter__version__definition").iterator(chunk_size=1_000)
    over = [one for one in rows if one.matter.is_forgotten(today)]
    return sum(_erase(one, at) for one in over)


@transaction.atomic
def _erase(photo: MatterPhoto, at: datetime) -> int:
    files = files_of(photo)
    count = MatterPhoto.objects.kept().filter(pk=photo.pk).update(**erased(at))
    if count:
        delete_after_commit(files)
        number, unit = photo.matter.number, photo.matter.unit
        summary = f"{unit.name}的事项 {number} 号的照片到期清除"
        record_event(by=SYSTEM, at=at, action="procedures.erase_photos", subject=photo.matter, unit_code=unit.code, summary=summary)
    return count
