"""What a record says in words: choices, yes and no, dates beside the day, places below the unit."""

import re
from collections.abc import Iterator, Mapping

from fanxing.dictation.heard import Heard, denial_before
from fanxing.dictation.reading import Doubt, Said, Span
from fanxing.scheme.model import RecordKind

DENIED = re.compile(r"^\s?:?\s?(?:否|无|没有|不是|没(?!问题))")
# Between the name of a date and the day: 到账日期是2025-11-12.
FOLLOWS = 3


def choices(kind: RecordKind, heard: Heard, doubts: list[Doubt]) -> Iterator[Said]:
    """The choices whose words are said; the longest word says most, of equals the first."""
    for field in kind.fields:
        if not field.choices or field.personal:
            continue
        found = [
            (one, word.value)
            for one in heard.mentions
            for word in one.words
            if word.kind == kind.id and word.field == field.id and word.value
        ]
        if not found:
            continue
        mention, value = min(found, key=lambda one: (one[0].inner, one[0].span.start - one[0].span.end, one[0].span.start))
        others = [one for one in dict.fromkeys(other for where, other in found if not where.inner) if one != value]
        if others:
            titles = dict(field.choices)
            doubts.append(Doubt(field.id, f"也提到了{'、'.join(f'“{titles[one]}”' for one in others)}，请核对"))
        yield Said(field.id, value, mention.span)


def truths(kind: RecordKind, heard: Heard) -> Iterator[Said]:
    """Yes where a field is named, no where that is denied."""
    for field in kind.fields:
        if field.type != "yes/no":
            continue
        told = [(span, _is_denied(heard, span)) for span in heard.spans(kind, field)]
        if told:
            # One denial outweighs: 已办结…还没确认.
            span, denied = max(told, key=lambda one: (one[1] is not None, one[0].end - one[0].start))
            yield Said(field.id, denied is None, denied or span)


def _is_denied(heard: Heard, span: Span) -> Span | None:
    """Where the word is denied, the denial included."""
    if before := denial_before(heard, span):
        return before
    after = DENIED.match(heard.text[span.end - heard.span.start :])
    return Span(span.start, span.end + after.end()) if after else None


def dates(kind: RecordKind, heard: Heard) -> Iterator[Said]:
    """Dates that follow the name of their field."""
    for field in kind.fields:
        if field.type != "date":
            continue
        for span in heard.spans(kind, field):
            day = next((one for one in heard.days if 0 <= one.span.start - span.end <= FOLLOWS), None)
            if day:
                yield Said(field.id, day.on.isoformat(), day.span)
                break


def places(kind: RecordKind, places: Mapping[str, str], heard: Heard) -> Iterator[Said]:
    """Units and places by the names of those below."""
    found = [(heard.text.index(name), name, code) for name, code in places.items() if name in heard.text]
    named = sorted(found, key=lambda one: (-len(one[1]), one[0]))
    if not named:
        return
    start, name, code = named[0]
    span = Span(heard.span.start + start, heard.span.start + start + len(name))
    for field in kind.fields:
        if field.type == "unit" and code:
            yield Said(field.id, code, span)
        elif field.type == "place" and not heard.spans(kind, field):
            yield Said(field.id, span.of(heard.written), span)
