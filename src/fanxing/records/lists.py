"""Lists of records of any number of units: a page at a time, the latest first, at the same cost however long the ledger is.

A page begins after the last record of the one before it, not after so many rows: those would all be read to be passed over.
Databases walk the ledger by date and pass over what is not asked for, or read all records of few units and sort them; which
is quicker depends on how many units there are, and is decided here, not by what the database guesses.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet

from fanxing.lib.passages import holds, passage_sought
from fanxing.organisations.models import Unit
from fanxing.records.models import LedgerHead, Record, RecordQuerySet
from fanxing.scheme.model import RecordKind

# The ledgers of so many units are read whole.
FEW = 8
# So many records are counted; of more it is said that there are more.
COUNTED = 1_000
# So many of a short list are read.
SHORT = 20_000
# Records of so many units are named in one condition.
UNITS_AT_ONCE = 400

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


def saying(records: RecordQuerySet, text: str, kind: RecordKind | None = None) -> RecordQuerySet:
    """Those of some records whose typed texts hold every word that somebody seeks, by characters or initials; all where it is blank.

    Of records of one kind a word may stand in a choice instead: 党课 学党史 finds the lessons on that topic. Choices are asked by
    what the kind calls them, so that no index holds their words a million times.
    """
    if not text.strip():
        return records
    words = _words(text)
    return records.filter(reduce(and_, (_said(tokens, kind) for tokens in words))) if words else records.none()


def has_choice(kind: RecordKind, text: str) -> bool:
    """Whether some choice of a kind is called by a word that somebody seeks."""
    return any(_chosen(kind, tokens) for tokens in _words(text))


def _words(text: str) -> list[tuple[str, ...]]:
    return [tokens for word in text.split() if (tokens := passage_sought(word))]


def _said(tokens: tuple[str, ...], kind: RecordKind | None) -> Q:
    found = Q(text__search_text__holds=tokens)
    for field, choices in _chosen(kind, tokens).items() if kind else ():
        found |= Q(**{f"data__{field}__in": choices})
    return found


def _chosen(kind: RecordKind, tokens: tuple[str, ...]) -> dict[str, list[str]]:
    """Field → its choices that are called by what is sought; a single letter begins some word in nearly every kind and asks for none."""
    if all(len(one) == 1 and one.isascii() for one in tokens):
        return {}
    fields = ((field.id, [id for id, words in field.choices if holds(words, tokens)]) for field in kind.fields if not field.personal)
    return {id: choices for id, choices in fields if choices}


def latest_named(references: Iterable[str]) -> dict[str, Record]:
    """What earlier records, given by their references, say now: of one withdrawn, what it said. As many queries as for one."""
    asked = {(code, int(position)) for code, _, position in (one.rpartition("-") for one in references) if code and position.isdecimal()}
    units = dict(Unit.objects.filter(code__in={code for code, _ in asked}).values_list("code", "pk"))
    of_unit: dict[int, list[int]] = {}
    for code, position in asked:
        if code in units:
            of_unit.setdefault(units[code], []).append(position)
    wanted = [Q(unit=unit, position__in=positions) for unit, positions in of_unit.items()]
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), UNITS_AT_ONCE):
        some = Record.objects.filter(reduce(or_, wanted[start : start + UNITS_AT_ONCE])).select_related("unit", "kind_version")
        found |= {record.reference: record for record in some}
    return _as_they_say_now(found)


def _as_they_say_now(first: dict[str, Record]) -> dict[str, Record]:
    """The same in their last versions: a query for each time that the one most often put right was."""
    names, latest = {record.pk: reference for reference, record in first.items()}, dict(first)
    while names:
        followed = Record.objects.filter(supersedes__in=names).exclude(act=Record.Act.WITHDRAWAL).select_related("unit", "kind_version")
        following = {record.pk: (names[record.supersedes_id], record) for record in followed if record.supersedes_id}
        latest |= dict(following.values())
        names = {pk: reference for pk, (reference, _) in following.items()}
    return latest


def in_order(ids: Sequence[int], *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of records, in the order of the ids; the first column is the id."""
    found = {row[0]: row for row in Record.objects.filter(pk__in=ids).values_list("pk", *columns)}
    return [found[id] for id in ids if id in found]
