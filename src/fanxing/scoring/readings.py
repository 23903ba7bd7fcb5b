"""Why a record that stands counts for a figure, or does not."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from fanxing.lib import clock
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.rating import records_behind as ids_behind
from fanxing.records.models import Record
from fanxing.records.queries import counting
from fanxing.scheme.model import Fact
from fanxing.scoring.ledger import counted, frames, kinds_behind
from fanxing.scoring.queries import heir_of
from fanxing.scoring.reckoning import day_of_rating


class Reason(Enum):
    """What keeps a record out of a figure, in the order in which it is asked."""

    DAY = "day"
    CONDITION = "condition"
    FIELD = "field"
    OLDER = "older"


@dataclass(frozen=True)
class Reading:
    """A figure that reads records of the kind, and why it does not count this one; None where it does."""

    fact: Fact
    kept_out: Reason | None


def readings(record: Record, *, at: datetime | None = None) -> list[Reading]:
    """Every figure of the unit that reads records of this kind now; none for a record that does not count at all."""
    unit = heir_of(record.unit)
    publication = programme_for(unit)
    if publication is None or (kind := scheme_of(publication).kinds.get(unit.kind)) is None:
        return []
    scheme = scheme_of(publication)
    as_of = day_of_rating(publication, clock.today(at))
    records = counting(counted([unit]).all()).filter(kind__in=kinds_behind(scheme, [record.kind]))
    frame = frames(scheme, records, as_of).get(record.kind)
    if frame is None or record.pk not in frame["record"]:
        return []

    def counts(fact: Fact) -> bool:
        return record.pk in ids_behind(scheme, fact, frame, as_of)

    facts = [fact for fact in kind.facts.values() if fact.source is not None and fact.source.kind == record.kind]
    return [Reading(fact, next((why for why, asked in _asked(fact) if not counts(asked)), None)) for fact in facts]


def _asked(fact: Fact) -> list[tuple[Reason, Fact]]:
    """The figure asking for more and more: the day alone, then its condition, then a value, then that it is the newest."""
    assert fact.source is not None
    held = replace(fact, source=replace(fact.source, verb="count", field=""))
    dated = replace(held, source=replace(fact.source, verb="count", field="", where=None))
    valued = replace(fact, source=replace(fact.source, verb="sum")) if fact.source.field else held
    return [(Reason.DAY, dated), (Reason.CONDITION, held), (Reason.FIELD, valued), (Reason.OLDER, fact)]
