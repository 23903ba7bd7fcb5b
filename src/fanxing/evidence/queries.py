"""Reading what is beside records."""

from datetime import datetime, timedelta
from functools import reduce

from django.db.models import Q, QuerySet
from django.utils import timezone

from fanxing.evidence.models import ALIKE, Evidence, Likeness, told_before
from fanxing.lib.pictures import distance
from fanxing.organisations.authority import Asker, visible_to
from fanxing.programme.models import KindVersion
from fanxing.records.models import Record

# So that nothing is erased a day too early.
LONGEST_YEAR = timedelta(days=366)


def first_version(record: Record) -> Record:
    """The entry that a record began as."""
    while record.supersedes is not None:
        record = record.supersedes
    return record


def evidence_of(first: Record) -> QuerySet[Evidence]:
    """What is beside a record, given by its first version; what was taken away included, with the photos it was found alike to."""
    return Evidence.objects.filter(record=first).prefetch_related("likenesses__other__record__unit")


def alike(evidence: Evidence) -> list[tuple[Evidence, int]]:
    """Earlier photos beside other records that are the same one, each with the number of bits in which the marks differ."""
    if not evidence.mark:
        return []
    near = reduce(Q.__or__, (Q(**{f"band_{number}": band}) for number, band in enumerate(evidence.bands, start=1)))
    found = Evidence.objects.kept().filter(near, pk__lt=evidence.pk).exclude(record=evidence.record).order_by("pk")
    pairs = ((one, distance(one.mark, evidence.mark)) for one in found.select_related("record__unit").iterator())
    return [(one, differing) for one, differing in pairs if differing <= ALIKE]


def waiting_since(before: datetime) -> QuerySet[Evidence]:
    """What was sent before a moment and is not ready yet: its task was lost, or failed."""
    return Evidence.objects.filter(state=Evidence.State.WAITING, added_at__lt=before)


def likenesses_for(user: Asker, *, at: datetime) -> QuerySet[Likeness]:
    """Photos found a second time that the user reviews: of units in which they judge, once those who took them had their say."""
    found = Likeness.objects.filter(told_before(at), evidence__state=Evidence.State.READY)
    seen = found.filter(evidence__record__unit__in=visible_to(user, "record.judge"))
    return seen.select_related("evidence__record__unit", "other__record__unit").order_by("-found_at", "-pk")


def outdated(at: datetime) -> list[Evidence]:
    """What is beside records older than their kinds now say it is kept."""
    retained = {kind.kind: kind.record_kind.retention for kind in KindVersion.objects.order_by("number")}
    today = timezone.localdate(at)
    old = [
        Q(record__kind=kind, record__occurred_on__lt=today - years * LONGEST_YEAR) for kind, years in retained.items() if years is not None
    ]
    return list(Evidence.objects.kept().filter(reduce(Q.__or__, old)).select_related("record__unit")) if old else []
