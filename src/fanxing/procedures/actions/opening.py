"""Opening a matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from fanxing.audit.actions import written_once
from fanxing.audit.actors import Public
from fanxing.evidence.attaching import Sent
from fanxing.lib.receipts import receipt_digest
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.search_text import search_text
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.procedures.actions.picturing import check_photos, keep_photos
from fanxing.procedures.actions.walking import begin
from fanxing.procedures.forms import Said, read_form
from fanxing.procedures.measuring import known_before
from fanxing.procedures.models import TITLE_LENGTH, Matter, MatterStep
from fanxing.procedures.parties import may_open
from fanxing.procedures.wording import title_of
from fanxing.programme.queries import procedure_versions_for, procedures_for
from fanxing.scheme.model import Procedure


class ProcedureUnknown(Refused):
    """The rules of the unit have no such procedure, or not for units of its kind."""


class SentBefore(Refused):
    """The form was sent before and said something else then."""


@dataclass(frozen=True)
class _Ground:
    """What a new matter stands on."""

    procedure: Procedure
    version: int


def open_matter(
    *,
    unit: Unit,
    procedure: str,
    data: Mapping[str, object],
    by: Doer,
    at: datetime,
    receipt: str = "",
    photos: Sequence[Sent] = (),
    key: str | None = None,
) -> Matter:
    """Open a matter of a procedure in a unit, by the version in force today, which it keeps to its end.

    `data` are the values that its first form asks for. Whoever has no account gets a `receipt`, a code made with the form, by which the
    matter is followed; the form sent again gives the first matter. Raises ProcedureUnknown, NotAllowed,
    SentBefore, RecordError with every fault.
    """
    ground = _ground(unit, procedure, at)
    authority = authority_of(by, on=timezone.localdate(at))
    if not may_open(ground.procedure, unit, by=by, authority=authority):
        raise NotAllowed(f"您不能在{unit.name}提出“{ground.procedure.title}”")
    whole = {**data, **known_before(unit, ground.procedure, data, at)}
    said = read_form(ground.procedure, ground.procedure.asks, unit, whole, timezone.localdate(at))
    check_photos(ground.procedure, ground.procedure.asks, photos)
    hidden = receipt_digest(receipt) if receipt else None
    if hidden and (known := _sent_before(hidden, said)):
        return known

    def write() -> Matter:
        matter = _write(unit, ground, said, hidden, by, at)
        keep_photos(matter, photos, by, at)
        return matter

    content = {"unit": unit.code, "procedure": procedure, "data": said.data}
    try:
        return written_once(key=key, content=content, by=by, at=at, model=Matter, write=write)
    except IntegrityError:
        # The same form twice at once: the other one was first.
        if hidden and (known := _sent_before(hidden, said)):
            return known
        raise


def _sent_before(receipt: str, said: Said) -> Matter | None:
    """The matter that this form opened when it was sent before. Raises SentBefore where it says something else now: nothing is lost in
    silence."""
    known = Matter.objects.filter(receipt=receipt).first()
    if known and MatterStep.objects.get(matter=known, number=1).data != said.data:
        raise SentBefore("这张表已经提交过。要再提一件，请重新打开填报页；要补充刚才那一件，请凭查询码查看")
    return known


def _ground(unit: Unit, id: str, at: datetime) -> _Ground:
    today = timezone.localdate(at)
    found = procedures_for(unit, today).get(id)
    if found is None or not found.kept_in(unit.kind):
        raise ProcedureUnknown(f"{unit.name}没有“{found.title if found else id}”这种办事流程")
    if unit.closed_on is not None and unit.closed_on <= today:
        raise ProcedureUnknown(f"{unit.name}已撤销，请到承接它的单位办理")
    return _Ground(found, procedure_versions_for(unit, today)[id])


def _write(unit: Unit, ground: _Ground, said: Said, receipt: str | None, by: Doer, at: datetime) -> Matter:
    procedure = ground.procedure
    title = title_of(procedure, said.data)[:TITLE_LENGTH]
    matter = Matter(
        unit=unit,
        version_id=ground.version,
        procedure_id=procedure.id,
        title=title,
        is_private=procedure.seen_by is not None,
        opened_by="" if isinstance(by, Public) else by.username,
        opened_by_title=by.display_name,
        receipt=receipt,
        search_text=search_text(title),
    )
    begin(matter, procedure, said, by, at)
    return matter
