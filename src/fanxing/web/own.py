"""What somebody who answers for one unit sees first on its page: what is due, and what they write down most."""

from collections.abc import Iterable, Sequence

from fanxing.inbox.queries import FIRST_DUE, visible_items
from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.procedures.parties import may_open
from fanxing.records.queries import entered_most
from fanxing.scheme.model import Procedure, RecordKind
from fanxing.scoring.queries import Account
from fanxing.scoring.routes import route
from fanxing.web.choices import from_to, title_of
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in
from fanxing.web.standing import Nearest
from fanxing.web.waiting import tasks_of

JOBS = 2
QUICK = 6
STEPS = 3
OFTEN = "activity"


def first_things(
    request: SignedInRequest, unit: Unit, found: Account, nearest: Nearest | None, kinds: Sequence[RecordKind]
) -> dict[str, object]:
    """What the page of one's own unit shows beside that of any unit; the first steps are those of the least work for the nearest star."""
    waiting = visible_items(authority_in(request)).filter(unit=unit).waiting().select_related("unit").order_by(*FIRST_DUE)
    best = route(found, nearest.card.id).best if nearest else None
    return {
        "jobs": tasks_of(request, waiting[:JOBS], clock.now()),
        "waiting_count": waiting.count(),
        "quick": by_use(unit, kinds)[:QUICK],
        "first_steps": [(title_of(one), from_to(one), one.gain) for one in best.improvements[:STEPS]] if best else [],
    }


def spotted(request: SignedInRequest, unit: Unit, procedures: Iterable[Procedure]) -> list[Procedure]:
    """The procedures by which one reports what one sees on the way."""
    authority = authority_in(request)
    return [one for one in procedures if one.place_field and may_open(one, unit, by=request.user, authority=authority)]


def by_use(unit: Unit, kinds: Sequence[RecordKind]) -> list[RecordKind]:
    """Kinds of record, those of which the unit has most first; of equals what is work done before the others."""
    counts = entered_most(unit)
    return sorted(kinds, key=lambda kind: (-counts.get(kind.id, 0), kind.nature != OFTEN))
