"""Reading and erasing the personal values of a matter."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import SYSTEM
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.procedures.models import Matter, MatterPersonal
from fanxing.procedures.parties import has_opened, takes_part
from fanxing.procedures.wording import personal_words

KEPT_LONG_ENOUGH = "保存期已满"


@transaction.atomic
def read_personal(*, matter: Matter, by: Doer, at: datetime) -> dict[str, str]:
    """The personal values of a matter by field, for those whose turn it is and for whoever opened it; that they were read is logged.

    Raises NotAllowed.
    """
    procedure = matter.procedure
    if not may_read_personal(matter, by=by, authority=authority_of(by, on=timezone.localdate(at))):
        raise NotAllowed("个人信息只给正在经办的人看")
    record_event(
        by=by,
        at=at,
        action="procedures.read_personal",
        subject=matter,
        unit_code=matter.unit.code,
        summary=f"查看{matter.unit.name}“{procedure.title}”{matter.number} 号的个人信息",
    )
    return {one.field: personal_words(procedure, one) for one in MatterPersonal.objects.kept().filter(matter=matter)}


def may_read_personal(matter: Matter, *, by: Doer, authority: Authority) -> bool:
    """Whether somebody may read the personal values of a matter now: those whose turn it is, and of whom it is, which is whom it names or,
    where it names nobody, whoever opened it."""
    procedure = matter.procedure
    waits_for = procedure.states[matter.state].waits_for
    named = [one for one in procedure.parties.values() if one.at == "named"]
    if not named and has_opened(matter, by):
        return True
    parties = [*named, *(procedure.parties[id] for id in waits_for)]
    return any(takes_part(one, matter, by=by, authority=authority) for one in parties)


def erase_personal(*, at: datetime) -> int:
    """Erase the personal values of matters that ended longer ago than their procedure keeps them, or that nobody ends; returns how many.
    Done again it changes nothing."""
    today = timezone.localdate(at)
    kept = MatterPersonal.objects.kept().select_related("matter__version", "matter__unit")
    rows = kept.defer("matter__version__definition").iterator(chunk_size=1_000)
    over = {one.matter_id: one.matter for one in rows if one.matter.is_forgotten(today)}
    return sum(_erase(matter, at) for matter in over.values())


@transaction.atomic
def _erase(matter: Matter, at: datetime) -> int:
    digests = MatterPersonal.objects.filter(matter=matter).erase(at=at, why=KEPT_LONG_ENOUGH)
    record_event(
        by=SYSTEM,
        at=at,
        action="procedures.erase_personal",
        subject=matter,
        unit_code=matter.unit.code,
        summary=f"{matter.unit.name}“{matter.procedure.title}”{matter.number} 号的个人信息到期清除",
        details={"personal": digests},
    )
    return len(digests)
