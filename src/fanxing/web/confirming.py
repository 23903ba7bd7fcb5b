"""What others entered for a unit and what awaits its confirmation, as it is told on pages."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from fanxing.organisations.models import Unit
from fanxing.programme.queries import kinds_for, programme_for, scheme_of
from fanxing.records.lateness import days_late
from fanxing.records.models import Record, RecordQuerySet
from fanxing.records.queries import changed_by, may_confirm
from fanxing.scheme.model import RecordKind
from fanxing.scoring.queries import explanation_at, heir_of
from fanxing.web.ledger import line, source_words
from fanxing.web.moves import Told, told
from fanxing.web.sight import Sight

DASH = "-"


@dataclass(frozen=True)
class Card:
    """A record that awaits confirmation, and what the person may do with it."""

    record: Record
    kind: RecordKind
    line: str
    source: str
    late: int
    may_confirm: bool
    may_correct: bool
    may_withdraw: bool
    ticked: bool


def awaiting_in(unit: Unit) -> RecordQuerySet:
    """The records of a unit that await confirmation, the latest first."""
    return Record.objects.filter(unit=unit).awaiting().order_by("-occurred_on", "-position")


def cards(sight: Sight, records: Iterable[Record], ticked: Collection[int] | None) -> Iterator[Card]:
    """Records that await confirmation as the page shows them; asks for `kind_version` to be selected with them. `ticked`: None for all."""
    kinds = kinds_for(sight.unit)
    for record in records:
        record.unit = sight.unit
        kind = kinds.get(record.kind)
        shown = kind or record.kind_version.record_kind
        yield Card(
            record=record,
            kind=shown,
            line=line(shown, record.data),
            source=source_words(record.source),
            late=days_late(shown, record.occurred_on, record.recorded_at) if record.act == Record.Act.ENTRY else 0,
            may_confirm=kind is not None and may_confirm(sight.authority, kind, sight.unit),
            may_correct=kind is not None and _changes(sight, kind, "record.correct"),
            may_withdraw=kind is not None and _changes(sight, kind, "record.withdraw"),
            ticked=ticked is None or record.pk in ticked,
        )


def _changes(sight: Sight, kind: RecordKind, permission: str) -> bool:
    return sight.may(permission) and sight.authority.holds(changed_by(kind), sight.unit)


def confirmers(unit: Unit, kinds: Iterable[RecordKind]) -> str:
    """The titles of the posts that confirm records of some kinds."""
    publication = programme_for(unit)
    posts = scheme_of(publication).posts if publication else {}
    return "、".join(dict.fromkeys(posts[id].title for kind in kinds for id in kind.confirmed_by if id in posts))


def awaiting_by_unit(records: RecordQuerySet) -> dict[int, tuple[int, datetime]]:
    """Unit → how many of some records await confirmation there, and since when; in one query."""
    rows = records.order_by().values_list("unit").annotate(Count("pk"), Min("recorded_at"))
    return {unit: (count, since) for unit, count, since in rows}


def span_of(rows: Iterable[Record]) -> str:
    """Where the ledger stood before and after some rows that were written together, for the address of a page."""
    positions = [row.position for row in rows]
    return f"{min(positions) - 1}{DASH}{max(positions)}"


@dataclass(frozen=True)
class Moved:
    """What moved where a unit's records count, while its ledger grew from one position to another."""

    unit: Unit
    rows: int
    told: Told


def moved_within(unit: Unit, span: str) -> Moved | None:
    """What the rows of a span moved; None where the address says none, or nothing rates the unit."""
    first, _, last = span.partition(DASH)
    if not (first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        return None
    counting = heir_of(unit)
    before, after = (explanation_at(counting, {unit.pk: int(end)}) for end in (first, last))
    publication = programme_for(counting)
    if before is None or after is None or publication is None:
        return None
    return Moved(counting, int(last) - int(first), told(scheme_of(publication).kinds[counting.kind], before, after))
