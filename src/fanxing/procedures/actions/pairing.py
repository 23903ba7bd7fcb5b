"""Putting two matters together, and telling each side how the other is reached."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.audit.actors import System
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer
from fanxing.procedures.actions.stepping import take_step
from fanxing.procedures.models import Matter, MatterPersonal
from fanxing.procedures.pairing import near, pairing_for, partners, wanted_openly
from fanxing.procedures.parties import has_opened
from fanxing.procedures.wording import personal_words


class NotPaired(Refused):
    """Two matters cannot be put together, or do not belong together now."""


@transaction.atomic
def put_together(*, wanted: Matter, offered: Matter, by: Doer, at: datetime) -> None:
    """Put one that is wanted together with one that is offered, as whoever may take the step of what is offered; both name the other.

    What is wanted nearby stands in public, so it may be that of a unit beside. Raises NotPaired, and what `take_step` raises.
    """
    pairing, today = pairing_for(offered.unit), timezone.localdate(at)
    if pairing is None or wanted not in wanted_openly(pairing, near(offered.unit), today):
        raise NotPaired("这一件已经不在等对接，请刷新后再看")
    take_step(matter=offered, verb=pairing.offered.step, data={pairing.offered.names: wanted.number}, by=by, at=at)
    # Allowed by the step before; the name of who did it stands in both.
    clerk = System(by.username, by.display_name)
    take_step(matter=wanted, verb=pairing.wanted.step, data={pairing.wanted.names: offered.number}, by=clerk, at=at)


@transaction.atomic
def read_other(*, matter: Matter, other: int, by: Doer, at: datetime, is_holder: bool = False) -> dict[str, str]:
    """How the other side is reached, by field, for whoever opened a matter that belongs together with it; that it was read is logged.

    Raises NotAllowed, NotPaired.
    """
    if not has_opened(matter, by, is_holder=is_holder):
        raise NotAllowed("联系方式只给对接的双方看")
    found = next((one for one in partners(matter) if one.pk == other), None)
    if found is None:
        raise NotPaired("现在没有和这一件对接")
    record_event(
        by=by,
        at=at,
        action="procedures.read_other",
        subject=found,
        unit_code=found.unit.code,
        summary=f"对接的一方查看{found.unit.name}“{found.procedure.title}”{found.number} 号的联系方式",
    )
    return {one.field: personal_words(found.procedure, one) for one in MatterPersonal.objects.kept().filter(matter=found)}
