"""Whether the ledger still holds what the log says was written."""

from dataclasses import dataclass, field
from hashlib import sha256

from django.db.models import Q

from fanxing.audit.models import Event
from fanxing.audit.references import reference, row_digest
from fanxing.lib.canonical import canonical_json
from fanxing.lib.personal import digests_not_as_logged
from fanxing.records.models import PersonalValue, Record
from fanxing.records.personal import ERASED, WRITTEN

LOADED = "records.load_records"
# What a loaded row is known by: the number and the position it has are given only as it is written.
CONTENT = (
    *("unit_id", "kind", "kind_version_id", "occurred_on", "data", "act", "supersedes_id", "reason"),
    *("source", "recorded_at", "recorded_by", "recorded_by_title"),
)


class ContentDigest:
    """The digest of many records, fed one by one in the order of units and positions."""

    def __init__(self) -> None:
        self._sum = sha256()

    def add(self, record: Record) -> None:
        content = {name: getattr(record, name) for name in CONTENT}
        content |= {name: value for name in Record.added_later if (value := getattr(record, name))}
        self._sum.update(canonical_json(content).encode() + b"\n")

    def __str__(self) -> str:
        return self._sum.hexdigest()


@dataclass
class _Load:
    """A load as the log has it, and what is found of it."""

    event: Event
    found: ContentDigest = field(default_factory=ContentDigest)

    @property
    def is_whole(self) -> bool:
        return bool(str(self.found) == self.event.details["digest"])


def rows_not_as_logged() -> list[str]:
    """What in the ledger is changed, gone or was never logged: references of single records, and of events that loaded many.

    One pass over the ledger; memory for the references of single records.
    """
    loads = [_Load(event) for event in Event.objects.filter(action=LOADED).order_by("id")]
    spans: dict[int, list[tuple[int, int, _Load]]] = {}
    for load in loads:
        for unit_id, (first, last) in load.event.details["positions"].items():
            spans.setdefault(int(unit_id), []).append((first, last, load))
    single: dict[str, str] = {}
    for record in Record.objects.order_by("unit_id", "position").iterator():
        within = [load for first, last, load in spans.get(record.unit_id, ()) if first <= record.position <= last]
        if within:
            within[0].found.add(record)
        else:
            single[reference(record)] = row_digest(record)
    wrong = {name for name, _ in single.items() ^ _logged_rows().items()}
    return sorted(wrong | {reference(load.event) for load in loads if not load.is_whole})


def _logged_rows() -> dict[str, str]:
    """The digests of the records that events name one by one."""
    mark = f"{Record._meta.label}:"
    events = Event.objects.filter(action__startswith="records.").exclude(rows={}).values_list("rows", flat=True)
    return {name: value for rows in events.iterator() for name, value in rows.items() if name.startswith(mark)}


def personal_not_as_logged() -> list[str]:
    """Digests of personal texts beside the ledger that are changed, gone, were never logged, or were erased without a word."""
    rows = PersonalValue.objects.select_related("record").iterator()
    said = Event.objects.filter(Q(details__has_key=WRITTEN) | Q(details__has_key=ERASED), action__startswith="records.")
    details = list(said.values_list("details", flat=True))
    written = [digest for one in details for digest in one.get(WRITTEN, {}).values()]
    erased = [digest for one in details for digest in one.get(ERASED, [])]
    return digests_not_as_logged(((row, reference(row.record)) for row in rows), written, erased)
