"""Photos and files as they are sent, checked and made ready, whatever they stand beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from fanxing.audit.actors import SYSTEM
from fanxing.evidence.models import NAME_LENGTH, Attached
from fanxing.lib.pictures import Picture, remake
from fanxing.organisations.authority import Doer
from fanxing.scheme.model import Field

MEGABYTE = 1024 * 1024
LARGEST_PICTURE = 20 * MEGABYTE
LARGEST_FILE = 10 * MEGABYTE
# What a file begins with says what it is, whatever it is called.
BEGINNINGS = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".xlsx": b"PK\x03\x04"}


@dataclass(frozen=True)
class Sent:
    """A photo or file as it was sent for a field."""

    field: str
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        """What it is known by."""
        return sha256(self.content).hexdigest()


def fault_of(field: Field, one: Sent) -> str:
    """What is wrong with what was sent for a field; empty if nothing is."""
    if not one.content:
        return "是空文件"
    largest = LARGEST_PICTURE if field.type == "photo" else LARGEST_FILE
    if len(one.content) > largest:
        return f"有 {len(one.content) / MEGABYTE:.1f} MB，最大 {largest // MEGABYTE} MB"
    if field.type == "file" and not _begins_as_called(one):
        return f"只收 {'、'.join(ending[1:] for ending in BEGINNINGS)} 文件"
    return ""


def _begins_as_called(one: Sent) -> bool:
    beginning = BEGINNINGS.get(PurePath(one.name).suffix.lower())
    return beginning is not None and one.content.startswith(beginning)


def attach(attached: Attached, one: Sent, *, is_picture: bool, by: Doer, at: datetime) -> None:
    """Store what was sent as it is, until it is made ready."""
    attached.field = one.field
    attached.name = PurePath(one.name.replace("\\", "/")).name[-NAME_LENGTH:]
    attached.is_picture = is_picture
    attached.digest, attached.size = one.digest, len(one.content)
    attached.added_at, attached.added_by, attached.added_by_title = at, by.username, by.display_name
    attached.original.save(attached.name, ContentFile(one.content), save=False)
    attached.save()


def made_anew(attached: Attached) -> tuple[dict[str, object], Picture]:
    """Make the photo that was sent anew: the values to store, and the picture. Raises PictureRefused."""
    with attached.original.open("rb") as file:
        picture = remake(file.read())
    attached.content.save("photo.jpg", ContentFile(picture.content), save=False)
    attached.thumbnail.save("small.jpg", ContentFile(picture.thumbnail), save=False)
    values: dict[str, object] = {
        "state": Attached.State.READY,
        "content": attached.content.name,
        "thumbnail": attached.thumbnail.name,
        "size": len(picture.content),
        "width": picture.width,
        "height": picture.height,
    }
    return values, picture


def erased(at: datetime) -> dict[str, object]:
    """The values of what was kept long enough: that it was there stays known."""
    # Whoever sent it may have named it after somebody.
    gone = {"original": "", "content": "", "thumbnail": "", "name": ""}
    return {"state": Attached.State.ERASED, "ended_at": at, "ended_by_title": SYSTEM.display_name, **gone}


def files_of(attached: Attached) -> list[FieldFile]:
    """Its files, those that are not there any more or not yet included."""
    return [attached.original, attached.content, attached.thumbnail]


def delete_after_commit(files: Sequence[FieldFile]) -> None:
    """Delete files once nothing names them any more."""
    names = [(file.storage, file.name) for file in files if file.name]

    def delete() -> None:
        for storage, name in names:
            storage.delete(name)

    transaction.on_commit(delete)
