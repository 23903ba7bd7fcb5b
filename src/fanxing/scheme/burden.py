"""What a kind of record asks of a unit in a year, and which of its facts are written down already: counted the same everywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fanxing.scheme.model import Fact, Field, RecordKind, Scheme

EVIDENCE = ("photo", "file")
# How the title of a part of the figure above it begins.
PART = "其中"


def facts_a_record(kind: RecordKind) -> int:
    """The facts that one record asks for: each of its fields but the evidence, which is never asked for, and its day."""
    return 1 + sum(field.type not in EVIDENCE for field in kind.fields)


def facts_a_year(kind: RecordKind, unit_kind: str) -> float:
    """The facts that a unit of a kind types in a year for these records; none where another body holds and imports them, or where such
    units keep no such records. A kind that does not say how often it is recorded is reckoned with once."""
    if kind.held_by or not kind.kept_in(unit_kind):
        return 0.0
    return facts_a_record(kind) * (1.0 if kind.times is None else kind.times)


@dataclass(frozen=True)
class Held:
    """A field whose fact is written down elsewhere: in a field of another kind of record, or (`kind` None) in a table that a body supplies.
    `by_concept`: both say that they mean the same; else they are called the same and have the same unit of measure."""

    field: Field
    kind: RecordKind | None
    other: Field | Fact
    by_concept: bool


def held_already(kind: RecordKind, scheme: Scheme, records: Mapping[str, RecordKind]) -> tuple[Held, ...]:
    """The fields of a kind that say what is known already, each with the first place where it is; photos and files are no facts.

    `records` are the kinds of record kept where the kind would be; what one unit does not keep beside it is not known of that unit.
    """
    found = (_held(field, kind, scheme, records) for field in kind.fields if field.type not in EVIDENCE)
    return tuple(one for one in found if one is not None)


def _held(field: Field, kind: RecordKind, scheme: Scheme, records: Mapping[str, RecordKind]) -> Held | None:
    asked, name = list(_asked(kind, scheme, records)), names_in_full(kind)[field.id]
    if field.concept:
        same = next(((where, other) for where, other, _ in asked if other.concept == field.concept), None)
        if same:
            return Held(field, *same, by_concept=True)
    alike = next(((where, other) for where, other, called in asked if called == name and _alike(field, other)), None)
    return Held(field, *alike, by_concept=False) if alike else None


def _asked(kind: RecordKind, scheme: Scheme, records: Mapping[str, RecordKind]) -> Iterator[tuple[RecordKind | None, Field | Fact, str]]:
    """Where something is written down, and what it is called: the fields of other kinds of record, then the facts that come from tables."""
    for other in records.values():
        if other.id != kind.id and other.kept_beside(kind):
            names = names_in_full(other)
            yield from ((other, field, names[field.id]) for field in other.fields if field.type not in EVIDENCE)
    for id, unit_kind in scheme.kinds.items():
        if kind.kept_in(id):
            yield from ((None, fact, fact.title) for fact in unit_kind.facts.values() if fact.source is None)


def names_in_full(kind: RecordKind) -> dict[str, str]:
    """Field → what it is called in full: 其中按时办结的 means nothing without the whole above it."""
    found, whole = {}, ""
    for field in kind.fields:
        is_part = field.title.startswith(PART)
        whole = whole if is_part else field.title
        found[field.id] = f"{whole}：{field.title}" if is_part else field.title
    return found


def _alike(field: Field, other: Field | Fact) -> bool:
    """Figures of one unit; a figure and a word never say the same, and words called alike (主题) may mean many things."""
    figures = ("count", "number", "money", "share")
    apart = bool(field.concept and other.concept)
    return not apart and field.type in figures and other.type in figures and field.unit == other.unit
