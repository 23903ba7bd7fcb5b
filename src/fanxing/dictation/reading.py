"""What was read in a message, as frozen values: everything proposed names the stretch of text that gave it."""

from dataclasses import dataclass, field
from datetime import date

from fanxing.scheme.model import RecordKind

Value = str | int | float | bool


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of the message, from `start` up to `end`."""

    start: int
    end: int

    def meets(self, other: "Span") -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        """Whether the other lies inside, and is shorter."""
        return self.start <= other.start and other.end <= self.end and self != other

    def of(self, text: str) -> str:
        """The words that stand there."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Said:
    """A value that the message says: of a field by its id, or of the date where `field` is empty. A share is a number from 0 to 1, a day
    an ISO text. `others` are the fields that it would fit too."""

    field: str
    value: Value
    span: Span
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """What the reader is to decide: about a field (empty: the record as a whole), in words."""

    field: str
    words: str


@dataclass(frozen=True)
class Proposal:
    """A record that a part of a message may mean. `why` are the stretches that speak for the kind, `unread` the amounts that found no
    field; `day` is None where no day is said."""

    kind: RecordKind
    score: float
    why: tuple[Span, ...] = ()
    day: Said | None = None
    values: tuple[Said, ...] = ()
    unread: tuple[Span, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def data(self) -> dict[str, Value]:
        """The values by field, as a record's data."""
        return {one.field: one.value for one in self.values}

    def on(self, otherwise: date) -> date:
        """The day, or another where none is said."""
        return date.fromisoformat(str(self.day.value)) if self.day else otherwise


@dataclass(frozen=True)
class Part:
    """One thing that a message tells, with what it may mean, the likeliest first; none where no kind is recognised."""

    span: Span
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A message, and the things it tells in their order."""

    text: str
    parts: tuple[Part, ...] = field(default=())
