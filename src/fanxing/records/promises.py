"""Records that expect answers, with what falls due under them: as many questions for a city as for a village."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from fanxing.organisations.models import Unit
from fanxing.programme.queries import kinds_for
from fanxing.records.dues import Answer, Due, State, dues, pressing
from fanxing.records.models import Record
from fanxing.records.queries import with_first
from fanxing.scheme.model import Expects, RecordKind

# Reference of what is answered → what was received for it.
Answers = Mapping[str, list[Answer]]


@dataclass(frozen=True)
class Promise:
    """A record that counts and expects answers: `reference` is what they name it by, `dues` are in the order of their days."""

    record: Record
    kind: RecordKind
    expects: Expects
    reference: str
    dues: tuple[Due, ...]

    @property
    def title(self) -> str:
        """What people call the record: its first text, else its kind."""
        texts = (self.record.data.get(field.id) for field in self.kind.fields if field.type == "text")
        return next((str(one) for one in texts if one), self.kind.title)

    @property
    def unit_of_sum(self) -> str:
        """In what the sum is told; empty where one answer is enough."""
        field = self.kind.field(self.expects.sum)
        return field.unit if field else ""

    @property
    def pressing(self) -> Due | None:
        """What to look at first."""
        return pressing(self.dues)

    def state(self, today: date) -> State | None:
        """How what is to be looked at first stands; None where nothing falls due."""
        return self.pressing.state(self.expects, today) if self.pressing else None


def expecting_kinds(unit: Unit) -> list[tuple[RecordKind, Expects]]:
    """The kinds of record of a unit's programme of which something is expected."""
    return [(kind, kind.expects) for kind in kinds_for(unit).values() if kind.expects]


def promises(units: QuerySet[Unit], kinds: Iterable[tuple[RecordKind, Expects]], *, today: date) -> list[Promise]:
    """What is promised in some units by records of these kinds, unit by unit in the order of their codes."""
    found = [promise for kind, expects in kinds for promise in _of_kind(units, kind, expects, today)]
    return sorted(found, key=lambda one: (one.record.unit.code, one.record.position))


def _of_kind(units: QuerySet[Unit], kind: RecordKind, expects: Expects, today: date) -> list[Promise]:
    answers = _answers(units, expects)
    found = []
    for first, row in with_first(Record.objects.filter(unit__in=units, kind=kind.id).select_related("unit")):
        # What fell due before a record came into the ledger was met or not where nobody can read it.
        since = date(timezone.localdate(first.recorded_at).year, 1, 1)
        owed = dues(expects, row.data, answers.get(first.reference, []), since=since, today=today)
        found.append(Promise(row, kind, expects, first.reference, owed))
    return found


def _answers(units: QuerySet[Unit], expects: Expects) -> Answers:
    rows = Record.objects.filter(unit__in=units, kind=expects.record, **{f"data__{expects.by}__isnull": False}).counting()
    counted = f"data__{expects.counted}" if expects.counted else "act"
    found: dict[str, list[Answer]] = defaultdict(list)
    for named, on, amount in rows.values_list(f"data__{expects.by}", "occurred_on", counted):
        found[named].append(Answer(on, amount if expects.counted else 1.0))
    return found
