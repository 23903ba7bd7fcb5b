"""Everything that a stretch of a message says of the fields of one kind of record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.dictation.counting import left_over, numbers
from fanxing.dictation.heard import Heard
from fanxing.dictation.periods import periods
from fanxing.dictation.quoting import texts
from fanxing.dictation.reading import Doubt, Said, Span
from fanxing.dictation.wording import choices, dates, places, truths
from fanxing.scheme.model import RecordKind


@dataclass(frozen=True)
class Values:
    """What was found for the fields of a kind, in their order."""

    said: tuple[Said, ...]
    unread: tuple[Span, ...]
    doubts: tuple[Doubt, ...]


def values(kind: RecordKind, heard: Heard, known_places: Mapping[str, str], today: date) -> Values:
    """Everything the stretch says of the kind's fields. `known_places`: names of places as said → codes of units."""
    doubts: list[Doubt] = []
    said = numbers(kind, heard, doubts)
    unread = left_over(kind, heard, said, doubts)
    said += choices(kind, heard, doubts)
    said += truths(kind, heard)
    said += dates(kind, heard)
    said += periods(kind.fields, heard.text, heard.span.start, today)
    said += places(kind, known_places, heard)
    said += texts(kind, heard, [one.field for one in said])
    order = {field.id: place for place, field in enumerate(kind.fields)}
    return Values(tuple(sorted(said, key=lambda one: order[one.field])), unread, tuple(doubts))
