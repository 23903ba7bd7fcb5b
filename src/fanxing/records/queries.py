"""Reading the ledger."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from fanxing.organisations.authority import Asker, Authority, authority_of, visible_to
from fanxing.organisations.models import Unit
from fanxing.programme.queries import kinds_to_add
from fanxing.records.models import LedgerHead, Record, RecordQuerySet
from fanxing.scheme.model import RecordKind

# For so long somebody corrects what they wrote themselves without saying why.
SLIP = timedelta(days=1)
UnitsAsked = QuerySet[Unit] | Iterable[Unit]


def standing(units: UnitsAsked) -> RecordQuerySet:
    """The records of some units that are in force, those included that await confirmation."""
    return Record.objects.filter(unit__in=units).standing()


def counting(units: UnitsAsked) -> RecordQuerySet:
    """The records of some units that count."""
    return Record.objects.filter(unit__in=units).counting()


def awaiting(user: Asker) -> RecordQuerySet:
    """The records that await confirmation in the units whose ledger the user may confirm."""
    return Record.objects.filter(unit__in=visible_to(user, "record.confirm")).awaiting()


def counting_at(heads: Mapping[int, int]) -> RecordQuerySet:
    """The records that counted when the ledgers of a few units ended at these positions, by unit id (see `ledger_heads`)."""
    within = Q(pk__in=[])
    for unit_id, position in heads.items():
        within |= Q(unit=unit_id, position__lte=position)
    superseders = Record.objects.filter(within, supersedes=OuterRef("pk"))
    return Record.objects.filter(within, ~Exists(superseders), awaits=False).exclude(act=Record.Act.WITHDRAWAL)


def newest(units: QuerySet[Unit]) -> RecordQuerySet:
    """The records of some units that count, the newest first: to be cut after a few, since all rows are walked from the last one back."""
    return Record.objects.filter(Exists(units.filter(pk=OuterRef("unit")))).standing().order_by("-pk")


def chain(record: Record) -> list[Record]:
    """All versions of a record, oldest first, in one query."""
    corrected = Q(supersedes__isnull=False) | Exists(Record.objects.filter(supersedes=OuterRef("pk")))
    related = Record.objects.filter(corrected, unit=record.unit_id, kind=record.kind)
    by_id = {row.pk: row for row in related}
    next_of = {row.supersedes_id: row for row in by_id.values() if row.supersedes_id}
    first = record
    while first.supersedes_id:
        first = by_id[first.supersedes_id]
    versions = [first]
    while following := next_of.get(versions[-1].pk):
        versions.append(following)
    return versions


def with_first(rows: RecordQuerySet) -> list[tuple[Record, Record]]:
    """Of all rows of some kinds in some units those that count, the newest first, each after its first version, by which others
    name it."""
    by_id = {row.pk: row for row in rows.order_by("-occurred_on", "-pk")}
    superseded = {row.supersedes_id for row in by_id.values()}
    standing = (row for row in by_id.values() if row.pk not in superseded and row.act != Record.Act.WITHDRAWAL and not row.awaits)
    return [(_first(row, by_id), row) for row in standing]


def _first(row: Record, by_id: Mapping[int, Record]) -> Record:
    while row.supersedes_id:
        row = by_id[row.supersedes_id]
    return row


def visible_records(user: Asker) -> RecordQuerySet:
    """The records of the units whose ledger the user may read, superseded ones included."""
    return Record.objects.filter(unit__in=visible_to(user, "record.view"))


def recordable_kinds(user: Asker, unit: Unit, *, on: date | None = None) -> list[RecordKind]:
    """The kinds of record that the user may enter for the unit on a day (today), in the order of the programme."""
    authority = authority_of(user, on=on)
    if not authority.may("record.add", unit):
        return []
    kept = (kind for kind in kinds_to_add(unit, on).values() if kind.kept_in(unit.kind))
    return [kind for kind in kept if authority.holds(kind.recorded_by, unit) and may_judge(authority, kind, unit)]


def may_judge(authority: Authority, kind: RecordKind, unit: Unit) -> bool:
    """Is the kind no judgement, or may one who has this authority judge in the unit? Whoever appoints can give no more than they have."""
    return kind.nature != "judgement" or authority.may("record.judge", unit)


def may_confirm(authority: Authority, kind: RecordKind, unit: Unit) -> bool:
    """May one who has this authority confirm what others entered for the unit?"""
    return authority.may("record.confirm", unit) and authority.holds(kind.confirmed_by, unit)


def changed_by(kind: RecordKind) -> tuple[str, ...]:
    """The posts that correct and withdraw records of a kind: those that enter them, and those that answer for what others entered."""
    return (*kind.recorded_by, *kind.confirmed_by)


def needs_reason(record: Record, username: str, at: datetime) -> bool:
    """Must whoever corrects the record say why? Not of a slip of their own within a day, on which nobody else has relied."""
    is_slip = record.recorded_by == username and record.source == "typed" and record.act != Record.Act.CONFIRMATION
    return not (is_slip and at - record.recorded_at < SLIP)


def entered_most(unit: Unit) -> dict[str, int]:
    """Kind of record → how many rows of it the unit's ledger holds."""
    return dict(Record.objects.filter(unit=unit).values_list("kind").annotate(Count("pk")).order_by())


def ledger_head(unit: Unit) -> int:
    """The position of the last row in the ledger of a unit; 0 where there is none."""
    return LedgerHead.objects.filter(unit=unit).values_list("position", flat=True).first() or 0


def ledger_heads(units: UnitsAsked) -> dict[int, int]:
    """The positions of the last rows in the ledgers of some units, by unit id; a unit without rows is left out."""
    return dict(LedgerHead.objects.filter(unit__in=units).values_list("unit", "position"))
