"""What a record says of persons, as its page shows it: masked, or only that it is there."""

from dataclasses import dataclass

from fanxing.audit.models import Event
from fanxing.audit.queries import events_about
from fanxing.records.models import PersonalValue, Record
from fanxing.records.personal import personal_of
from fanxing.scheme.model import RecordKind
from fanxing.web.entries import kept_apart
from fanxing.web.sight import Sight


@dataclass(frozen=True)
class PersonalBeside:
    """The personal texts of a record by the titles of their fields, whether the person may ask for the whole, and who last did."""

    texts: list[tuple[str, PersonalValue]]
    kept_apart: str
    may_read: bool
    last_read: Event | None

    @property
    def is_kept(self) -> bool:
        """Whether anything is left that is not erased."""
        return any(text.erased_at is None for _, text in self.texts)


def personal_beside(first: Record, kind: RecordKind, sight: Sight) -> PersonalBeside | None:
    """What is kept beside a record, given by its first version; nothing where its kind has no personal fields or none was filled."""
    titles = {field.id: field.title for field in kind.fields if field.personal}
    texts = personal_of(first) if titles else []
    if not texts:
        return None
    may_read = sight.may("record.personal")
    last = events_about(first).filter(action="records.read_personal").last() if may_read else None
    return PersonalBeside([(titles.get(text.field, text.field), text) for text in texts], kept_apart(kind), may_read, last)
