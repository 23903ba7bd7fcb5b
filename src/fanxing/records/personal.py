"""What is kept of persons beside records, and for how long."""

from datetime import datetime, timedelta
from functools import reduce

from django.db.models import Q
from django.utils import timezone

from fanxing.programme.models import KindVersion
from fanxing.records.models import PersonalValue, Record
from fanxing.scheme.model import RecordKind

# What the events of the ledger call the digests of texts that were written, and of those that were erased.
WRITTEN, ERASED = "personal", "personal_erased"
# Kinds that do not say for how many years keep what is personal for one: with the ledger for ever is no answer here.
YEARS = 1
LONGEST_YEAR = timedelta(days=366)


def personal_of(first: Record) -> list[PersonalValue]:
    """The latest text of every personal field of a record, given by its first version; those erased included."""
    return list({row.field: row for row in PersonalValue.objects.filter(record=first).order_by("pk")}.values())


def years_kept(kind: RecordKind) -> int:
    """For how many years after its day a record keeps what it says of persons."""
    return YEARS if kind.retention is None else kind.retention


def personal_outdated(at: datetime, most: int) -> list[PersonalValue]:
    """Texts beside records that are older than their kinds now say they are kept, record by record, `most` at once."""
    kinds = {version.kind: version.record_kind for version in KindVersion.objects.order_by("number")}
    today = timezone.localdate(at)
    old = [
        Q(record__kind=id, record__occurred_on__lt=today - years_kept(kind) * LONGEST_YEAR)
        for id, kind in kinds.items()
        if any(field.personal for field in kind.fields)
    ]
    if not old:
        return []
    found = PersonalValue.objects.kept().filter(reduce(Q.__or__, old)).order_by("record_id", "pk")
    return list(found.select_related("record__unit")[:most])
