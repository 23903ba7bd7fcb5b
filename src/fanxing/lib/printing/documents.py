"""What a paper says, without how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The heading of a part."""

    words: str


@dataclass(frozen=True)
class Paragraph:
    """Some sentences; `end` sets them at the right margin, as the unit and the day under a notice."""

    words: str
    end: bool = False


@dataclass(frozen=True)
class Pairs:
    """What is called how: (title, words) pairs, ruled as a form."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Rows under a head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Signatures:
    """Who is to sign by hand: a line each."""

    names: Sequence[str]


Block = Heading | Paragraph | Pairs | Table | Signatures


@dataclass(frozen=True)
class Document:
    """A paper. A `poster` hangs on a wall and is set in large type; `note` is the small print at its foot."""

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    note: str = ""
    poster: bool = False
