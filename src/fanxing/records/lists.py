"""Lists of records of any number of units: a page at a time, the latest first, at the same cost however long the ledger is.

A page begins after the last record of the one before it, not after so many rows: those would all be read to be passed over.
Databases walk the ledger by date and pass over what is not asked for, or read all records of few units and sort them; which
is quicker depends on how many units there are, and is decided here, not by what the database guesses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet

from fanxing.lib.passages import passage_sought
from fanxing.organisations.models import Unit
from fanxing.records.models import LedgerHead, Record, RecordQuerySet

# The ledgers of so many units are read whole.
FEW = 8
# So many records are counted; of more it is said that there are more.
COUNTED = 1_000
# So many of a short list are read.
SHORT = 20_000

Key = tuple[date, int]


@dataclass(frozen=True)
class Span:
    """Some units whose records are listed: `everywhere` where they are all there are."""

    units: QuerySet[Unit]
    everywhere: bool = False

    @cached_property
    def few(self) -> list[int] | None:
        """Their ids where there are few; None where there are many."""
        ids = list(self.units.order_by().values_list("pk", flat=True)[: FEW + 1])
        return ids if len(ids) <= FEW else None

    def of(self, records: RecordQuerySet, *, walking: bool = True) -> RecordQuerySet:
        """Those of some records that these units have: read by date, or unit by unit."""
        if self.few is not None:
            return records.filter(unit__in=self.few)
        if self.everywhere:
            return records
        if not walking:
            return records.filter(unit__in=self.units.order_by().values("pk"))
        # A sum is no column: no database looks for an index of it, and all walk by date instead.
        unit = ExpressionWrapper(F("unit_id") + 0, output_field=BigIntegerField())
        found: RecordQuerySet = records.alias(_unit=unit).filter(_unit__in=self.units.order_by().values("pk"))
        return found

    @cached_property
    def row_count(self) -> int:
        """How many rows their ledgers have, corrections and withdrawals included."""
        heads = LedgerHead.objects.all() if self.everywhere else LedgerHead.objects.filter(unit__in=self.units.order_by().values("pk"))
        return sum(heads.values_list("position", flat=True))


@dataclass(frozen=True)
class Found:
    """Records that were asked for, in parts that have nothing in common: one, or one a kind where several kinds are asked for.

    parts     as they are walked by date
    counts    the same as they are counted
    is_short  whether there are so few of them in the whole ledger that they are read before they are sorted
    """

    parts: Sequence[RecordQuerySet]
    counts: Sequence[RecordQuerySet]
    is_short: bool = False

    def page(self, size: int, *, after: Key | None = None, before: Key | None = None) -> tuple[list[int], bool]:
        """The ids of the next records after one (or of the last before one), the latest first, and whether there are more."""
        read = _short_keys if self.is_short else _keys
        keys = sorted((key for part in self.parts for key in read(part, size + 1, after, before)), reverse=before is None)
        chosen = keys[:size]
        return [pk for _, pk in (chosen if before is None else reversed(chosen))], len(keys) > size

    def rows(self, columns: Sequence[str], at_once: int) -> Iterator[tuple[Any, ...]]:
        """All of them as (id, the columns …), the latest first, read some at a time."""
        for part in self.parts:
            yield from part.order_by("-occurred_on", "-pk").values_list("pk", *columns).iterator(chunk_size=at_once)

    def is_beyond(self, limit: int) -> bool:
        """Whether there are more than so many."""
        return self._counted(limit + 1) > limit

    def ids(self, limit: int) -> list[int]:
        """The ids of the latest of them, the latest first."""
        return self.page(limit)[0]

    @cached_property
    def counted(self) -> int:
        """How many there are, up to one more than are counted."""
        return self._counted(COUNTED + 1)

    def _counted(self, limit: int) -> int:
        found = 0
        for part in self.counts:
            found += part.order_by()[: limit - found].count()
            if found >= limit:
                break
        return found

    def by_day(self) -> dict[date, int]:
        """Day → how many there are."""
        counts: dict[date, int] = {}
        for part in self.parts:
            for day, count in part.order_by().values_list("occurred_on").annotate(Count("pk")):
                counts[day] = counts.get(day, 0) + count
        return counts

    def by_unit_and_kind(self) -> dict[tuple[int, str], int]:
        """(unit, kind) → how many there are."""
        return {
            (unit, kind): count
            for part in self.counts
            for unit, kind, count in part.order_by().values_list("unit_id", "kind").annotate(Count("pk"))
        }


def _short_keys(part: RecordQuerySet, limit: int, after: Key | None, before: Key | None) -> list[Key]:
    """The same of few records: unsorted, so that no database walks the whole ledger in order to find them in order."""
    keys = part.order_by().values_list("occurred_on", "pk")[:SHORT]
    found = (key for key in keys if (after is None or key < after) and (before is None or key > before))
    return sorted(found, reverse=before is None)[:limit]


def _keys(part: RecordQuerySet, limit: int, after: Key | None, before: Key | None) -> list[Key]:
    if after:
        part = part.filter(Q(occurred_on__lte=after[0]) & ~Q(occurred_on=after[0], pk__gte=after[1]))
    if before:
        part = part.filter(Q(occurred_on__gte=before[0]) & ~Q(occurred_on=before[0], pk__lte=before[1]))
    order = ("occurred_on", "pk") if before else ("-occurred_on", "-pk")
    return list(part.order_by(*order).values_list("occurred_on", "pk")[:limit])


def saying(records: RecordQuerySet, text: str) -> RecordQuerySet:
    """Those of some records whose typed texts hold what somebody seeks, by characters or initials; all where it is blank."""
    if not text.strip():
        return records
    tokens = passage_sought(text)
    return records.filter(text__search_text__holds=tokens) if tokens else records.none()


def in_order(ids: Sequence[int], *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of records, in the order of the ids; the first column is the id."""
    found = {row[0]: row for row in Record.objects.filter(pk__in=ids).values_list("pk", *columns)}
    return [found[id] for id in ids if id in found]
