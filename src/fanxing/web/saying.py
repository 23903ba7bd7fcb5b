"""A sentence as the page shows it: what was read in it is marked and numbered, and stands under the same number in the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fanxing.dictation import Known, Part, Proposal, Reading, Span
from fanxing.lib.pronunciation import syllable
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.scheme.model import RecordKind
from fanxing.web.entries import DAY, Control, controls, texts_of

LONGEST = 2_000
PLACES = 300
FIRST_NUMBER = 0x2460  # ①
NUMBERS = 20
KIND, VALUE, UNREAD = "kind", "value", "unread"


@dataclass(frozen=True)
class Mark:
    """A stretch of the sentence: plain (no `sort`), a word that names the kind, a value with its number, or an amount left over."""

    words: str
    sort: str = ""
    number: str = ""
    title: str = ""


@dataclass(frozen=True)
class Asked:
    """The form of what was read: controls that the sentence or the kind asks for, those that may be filled besides, and what is unsure."""

    shown: list[Control]
    besides: list[Control]
    doubts: list[str]


def known(unit: Unit, kinds: Sequence[RecordKind], today: date) -> Known:
    """What a message about the unit may speak of."""
    below = Unit.objects.filter(within(unit.path), closed_on=None).exclude(pk=unit.pk).values_list("name", "code")
    return Known(kinds, today, tuple(below[:PLACES]), syllable)


def texts(proposal: Proposal, otherwise: date) -> dict[str, str]:
    """What was read, as it would be typed into the form."""
    return {DAY: proposal.on(otherwise).isoformat(), **texts_of(proposal.kind, proposal.data())}


def marks(reading: Reading, part: Part, proposal: Proposal) -> list[Mark]:
    """The part of the sentence with everything that was read in it."""
    found, at = [], part.span.start
    for span, mark in sorted(_named(reading, part, proposal), key=lambda one: one[0]):
        found += [Mark(Span(at, span.start).of(reading.text)), mark]
        at = span.end
    found.append(Mark(Span(at, part.span.end).of(reading.text)))
    return [one for one in found if one.words]


def _named(reading: Reading, part: Part, proposal: Proposal) -> Iterator[tuple[Span, Mark]]:
    """The stretches that are marked; where two meet, the value stands and the word does not."""
    titles = {field.id: field.title for field in proposal.kind.fields}
    numbers = numbered(proposal)
    said = [*([proposal.day] if proposal.day else []), *proposal.values]
    wanted = [(one.span, VALUE, numbers[one.field], titles.get(one.field, "日期")) for one in said]
    wanted += [(span, UNREAD, "?", "没有用上的数") for span in proposal.unread]
    wanted += [(span, KIND, "", proposal.kind.title) for span in proposal.why]
    taken: list[Span] = []
    for span, sort, number, title in wanted:
        if part.span.start <= span.start and span.end <= part.span.end and not any(span.meets(other) for other in taken):
            taken.append(span)
            yield span, Mark(span.of(reading.text), sort, number, title)


def numbered(proposal: Proposal) -> dict[str, str]:
    """The number of each value by its field, in the order in which the sentence says them."""
    said = [*([proposal.day] if proposal.day else []), *proposal.values]
    ordered = sorted(said, key=lambda one: one.span)
    return {one.field: chr(FIRST_NUMBER + min(place, NUMBERS - 1)) for place, one in enumerate(ordered)}


def asked(proposal: Proposal, typed: Mapping[str, str], faults: Mapping[str, str]) -> Asked:
    """The controls of the kind's form, numbered like the sentence; what was not said and need not be stands apart."""
    numbers = numbered(proposal)
    doubts = {one.field: one.words for one in proposal.doubts if one.field}
    shown: list[Control] = []
    besides: list[Control] = []
    for one in controls(proposal.kind, typed, faults):
        id = "" if one.name == DAY else one.name
        title = f"{one.title} {numbers[id]}" if id in numbers else one.title
        note = "；".join(words for words in (doubts.get(id, ""), one.note) if words)
        is_shown = one.required or one.fault or typed.get(one.name) or id in numbers
        (shown if is_shown else besides).append(replace(one, title=title, note=note))
    return Asked(shown, besides, [one.words for one in proposal.doubts if not one.field])
