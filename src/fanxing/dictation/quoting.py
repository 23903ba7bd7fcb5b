"""Texts of a record: what a message quotes, or what follows the name of a field."""

import re
from collections.abc import Iterator, Sequence

from fanxing.dictation.heard import Heard
from fanxing.dictation.reading import Said, Span
from fanxing.dictation.vocabulary import EMPTY, Mention
from fanxing.scheme.model import Field, RecordKind

TEXTS = ("text", "long text", "place")
QUOTED = re.compile(r"[《“\"‘「](?P<inner>[^《》“”\"’」]{2,60})[》”\"’」]")
LEAD = re.compile(r"^\s?(?:了|学习了|的是|的|内容|情况|一下|是|为|:|主要是)*\s?:?\s?")
TRAIL = re.compile(r"(?:的事|等工作|等|了|哈|啊|吧)$")
CLAUSE_END = re.compile(r"[，,；;。！!？?\n ]")
# So many characters make a text, where a colon says it is one and where it is only implied.
SHORTEST, IMPLIED = 2, 3


def texts(kind: RecordKind, heard: Heard, have: Sequence[str]) -> Iterator[Said]:
    """Texts after the field's name; for the first text that is left what is quoted, or what follows 重大事项："""
    asked = [one for one in kind.fields if one.type in TEXTS and not one.choices and not one.personal and one.id not in have]
    found: list[Said] = []
    for field in asked:
        spans = heard.spans(kind, field)
        named = [one.span for one in heard.mentions if one.span in spans and (not one.inner or _is_label(one, heard))]
        said = [one for one in (_after(kind, field, span, heard) for span in named) if one]
        # 议题：… and 主题是… say outright what 学习… only implies.
        found += [text for _, text in sorted(said, key=lambda one: not one[0])][:1]
    left = [one for one in asked if one.id not in {said.field for said in found} and one.type != "place"]
    if left:
        quoted = [_quoted(left[0], match, heard) for match in QUOTED.finditer(heard.text)]
        titles = _titles(kind, heard) if left[0].required else []
        titled = [one for one in (_after(kind, left[0], span, heard) for span in titles) if one]
        more = [*quoted, *(text for outright, text in titled if outright)]
        found += [one for one in more if not any(one.span.meets(other.span) for other in found)][:1]
    return iter(found)


def _is_label(mention: Mention, heard: Heard) -> bool:
    """Whether a colon follows: in 第一议题：… the inner word is meant after all."""
    return heard.text[mention.span.end - heard.span.start :].startswith(":")


def _titles(kind: RecordKind, heard: Heard) -> list[Span]:
    """Where the kind itself is named."""
    return [one.span for one in heard.mentions if any(word.kind == kind.id and not word.field for word in one.words)]


def _quoted(field: Field, match: re.Match[str], heard: Heard) -> Said:
    span = Span(heard.span.start + match.start("inner"), heard.span.start + match.end("inner"))
    return Said(field.id, span.of(heard.written), span)


def _after(kind: RecordKind, field: Field, name: Span, heard: Heard) -> tuple[bool, Said] | None:
    """What follows a name, and whether it says so outright (with : or 是): what is quoted, or the rest of the clause. What is only
    implied ends at an amount, a day or the name of another field."""
    rest = heard.text[name.end - heard.span.start :]
    lead = LEAD.match(rest)
    outright = bool(lead and re.search("[是为:]", lead.group()))
    start = name.end + (lead.end() if lead else 0)
    quoted = QUOTED.match(heard.text, start - heard.span.start)
    if quoted:
        return True, _quoted(field, quoted, heard)
    if any(one.span.start == start and _names(kind, field, one) for one in heard.mentions):
        return None
    stops: list[int] = []
    if not outright:
        counted = [*(one.span for one in heard.amounts), *(one.span for one in heard.days)]
        stops += [one.start for one in counted if one.start >= start]
        stops += [one.span.start for one in heard.mentions if one.span.start >= start and not one.inner and _names(kind, field, one)]
    hard = CLAUSE_END.search(heard.text, start - heard.span.start)
    end = min([heard.span.end, *stops, *([heard.span.start + hard.start()] if hard else [])])
    span = Span(start, end)
    words = TRAIL.sub("", span.of(heard.written).rstrip(" 、:：，"))
    said = Said(field.id, words, Span(start, start + len(words)))
    return (outright, said) if len(words) >= (SHORTEST if outright else IMPLIED) and words not in EMPTY else None


def _names(kind: RecordKind, field: Field, mention: Mention) -> bool:
    """Whether it names another field of the kind."""
    return any(word.kind == kind.id and word.field not in ("", field.id) and not word.value for word in mention.words)
