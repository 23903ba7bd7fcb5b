"""Needs that are open, beside the offers that are about the same: as many questions for a city as for a community."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings, kinds_for
from fanxing.records.models import Record
from fanxing.records.queries import standing
from fanxing.scheme.model import Meets, RecordKind

# What was asked for longer ago is past.
FOR = timedelta(days=366)


@dataclass(frozen=True)
class Offer:
    """Something that somebody can give."""

    record: Record
    kind: RecordKind
    giver: str
    about: str


@dataclass(frozen=True)
class Need:
    """Something that is needed and not yet confirmed as done, and what could meet it; `by` is who took it on, empty while nobody did."""

    record: Record
    kind: RecordKind
    meets: Meets
    about: str
    by: str
    offers: tuple[Offer, ...]


def needing_kinds(unit: Unit) -> list[tuple[RecordKind, Meets]]:
    """The kinds of record of a unit's programme that are needs."""
    return [(kind, kind.meets) for kind in kinds_for(unit).values() if kind.meets]


def keeps_needs(unit: Unit, ruling: Rulings) -> bool:
    """Whether records that are needs are kept in the unit, or below it where it is a level above."""
    levels = {level for scheme in ruling.schemes for level in scheme.levels}
    needs = (kind for kind in ruling.records_within(unit.path).values() if kind.meets)
    return any(kind.kept_in(unit.kind) or unit.kind in levels for kind in needs)


def open_needs(top: Unit, units: QuerySet[Unit], offers: Sequence[Offer], *, today: date) -> list[Need]:
    """The open needs of some units at and below one, those nobody took on first, the oldest first; an offer is for the unit that keeps it
    and all below."""
    by_subject: defaultdict[tuple[str, str], list[Offer]] = defaultdict(list)
    for offer in offers:
        by_subject[offer.kind.id, offer.about].append(offer)
    found = [one for kind, meets in needing_kinds(top) for one in _needs(kind, meets, units, by_subject, today)]
    return sorted(found, key=lambda one: (bool(one.by), one.record.occurred_on, one.record.pk))


def _needs(
    kind: RecordKind, meets: Meets, units: QuerySet[Unit], offers: defaultdict[tuple[str, str], list[Offer]], today: date
) -> Iterator[Need]:
    for record in _records(units, [kind.id], today - FOR):
        said = record.data
        if not (said.get(meets.claimed) and said.get(meets.confirmed)):
            about = str(said.get(meets.about, ""))
            fitting = tuple(one for one in offers[meets.record, about] if record.unit.path.startswith(one.record.unit.path))
            yield Need(record, kind, meets, about, str(said.get(meets.by) or "") if said.get(meets.claimed) else "", fitting)


def open_offers(top: Unit, units: QuerySet[Unit], *, today: date) -> list[Offer]:
    """What is offered on a day in some units at and below one, by subject."""
    kinds = kinds_for(top)
    offered = {meets.record: meets for _, meets in needing_kinds(top) if meets.record in kinds}
    found = []
    for record in _records(units, offered):
        meets, kind = offered[record.kind], kinds[record.kind]
        last = record.data.get(meets.until)
        if record.occurred_on <= today and (not last or date.fromisoformat(str(last)) >= today):
            found.append(Offer(record, kind, str(record.data.get(meets.giver, "")), str(record.data.get(meets.about, ""))))
    return sorted(found, key=lambda one: (one.about, one.giver, one.record.pk))


def teams(top: Unit, units: QuerySet[Unit], most: int) -> list[tuple[Record, RecordKind]]:
    """The first of those registered in some units at and below one who may take needs on, by unit."""
    kinds = kinds_for(top)
    wanted = {meets.teams for _, meets in needing_kinds(top)} & set(kinds)
    return [(record, kinds[record.kind]) for record in _records(units, wanted).order_by("unit__path", "-occurred_on", "pk")[:most]]


def _records(units: QuerySet[Unit], kinds: Iterable[str], since: date = date.min) -> QuerySet[Record]:
    found: QuerySet[Record] = standing(units).filter(kind__in=list(kinds), occurred_on__gte=since).select_related("unit")
    return found
