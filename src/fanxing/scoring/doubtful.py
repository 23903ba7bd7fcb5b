"""Records that state a share which their own figures cannot give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q, QuerySet

from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings
from fanxing.rating.published import Doubt, doubts
from fanxing.records.models import Record
from fanxing.records.queries import counting
from fanxing.scheme.model import RecordKind

__all__ = ["Doubt", "Doubtful", "doubtful_among", "doubtful_records", "doubts", "stating"]


@dataclass(frozen=True)
class Doubtful:
    """A record and what is doubtful in it."""

    record: Record
    kind: RecordKind
    doubts: tuple[Doubt, ...]


def stating(kinds: Mapping[str, RecordKind]) -> dict[str, RecordKind]:
    """Those of some kinds of record that may state a share beside its figures."""
    return {id: kind for id, kind in kinds.items() if any(field.share_of for field in kind.fields)}


def doubtful_records(units: QuerySet[Unit], ruling: Rulings) -> list[Doubtful]:
    """The doubtful records of some units that count now, of the periods in force; in the order of the units' codes."""
    kinds = stating(ruling.records)
    told = [Q(kind=id, **{f"data__{field.id}__isnull": False}) for id, kind in kinds.items() for field in kind.fields if field.share_of]
    if not told:
        return []
    begin = min((one.period_from for one in ruling.publications if one.period_from), default=None)
    since = Q(occurred_on__gte=begin) if begin else Q()
    # Neither joined nor ordered by the database, which would then read all records instead of a few by their index.
    said = counting(units).filter(reduce(Q.__or__, told), since, kind__in=kinds).values_list("pk", "kind", "data")
    doubted = [pk for pk, kind, data in said if doubts(kinds[kind], data)]
    records = Record.objects.filter(pk__in=doubted).select_related("unit__parent")
    return doubtful_among(records.order_by("unit__code", "occurred_on", "pk"), kinds)


def doubtful_among(records: Iterable[Record], kinds: Mapping[str, RecordKind]) -> list[Doubtful]:
    """Those of some records that are doubtful."""
    found = (Doubtful(record, kinds[record.kind], doubts(kinds[record.kind], record.data)) for record in records if record.kind in kinds)
    return [one for one in found if one.doubts]
