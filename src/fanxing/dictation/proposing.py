"""From a message to proposals: it is parted, each part's kinds are ranked, and what it says of the likeliest ones is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fanxing.dictation.days import clocks, days
from fanxing.dictation.fields import values
from fanxing.dictation.heard import Heard
from fanxing.dictation.numerals import CHINESE, amounts
from fanxing.dictation.parting import is_called_off, parted
from fanxing.dictation.plain import plain
from fanxing.dictation.reading import Doubt, Part, Proposal, Reading, Said, Span
from fanxing.dictation.sounds import heard_as
from fanxing.dictation.vocabulary import ANCHORS, WEIGHTS, Vocabulary
from fanxing.scheme.model import RecordKind

# So many kinds are looked at more closely, and so many of them proposed.
LOOKED_AT = 8
PROPOSED = 5
A_VALUE = 1.2
# A second kind with this share of the first one's score is told of.
NEARLY = 0.85
NUMERALS = frozenset(CHINESE)


@dataclass(frozen=True)
class Known:
    """What the message may speak of: the kinds one may enter here, the likelier first among equals; the day; names of the places below the
    unit and their codes; and how a character sounds, by which 党客 is understood as 党课 where nothing else is."""

    kinds: Sequence[RecordKind]
    today: date
    places: tuple[tuple[str, str], ...] = ()
    sound: Callable[[str], str] | None = None


def propose(text: str, known: Known) -> Reading:
    """What a message may mean. The same message gives the same proposals; what is unsure is told as a doubt, never decided silently."""
    vocabulary = Vocabulary(known.kinds)
    whole, guessed = _heard(text, known, vocabulary)
    parts: list[Part] = []
    day: Said | None = None
    for span in parted(whole, lambda one: _ranked(one, known.kinds, vocabulary)):
        heard = whole.within(span)
        sounds = tuple(Doubt("", f"“{one.of(text)}”按“{word}”理解，请核对") for one, word in guessed if one.meets(span))
        proposals = [_proposal(kind, score, heard, known, day, sounds) for kind, score in _ranked(heard, known.kinds, vocabulary)]
        proposals = _doubted(sorted(proposals, key=lambda one: -one.score)[:PROPOSED])
        parts.append(Part(span, tuple(proposals)))
        day = proposals[0].day if proposals and proposals[0].day else day
    return Reading(text, tuple(parts))


def _doubted(proposals: list[Proposal]) -> list[Proposal]:
    """The proposals; where the first two are nearly as likely, the first says so."""
    if len(proposals) < 2 or proposals[1].score < NEARLY * proposals[0].score:
        return proposals
    first = proposals[0]
    doubt = Doubt("", f"也可能是“{proposals[1].kind.title}”，请核对类型")
    return [replace(first, doubts=(doubt, *first.doubts)), *proposals[1:]]


def propose_as(kind: RecordKind, part: Part, text: str, known: Known) -> Proposal:
    """What a part of the message says if it is of that kind, whether or not anything speaks for it."""
    if found := next((one for one in part.proposals if one.kind.id == kind.id), None):
        return found
    whole, _ = _heard(text, known, Vocabulary(known.kinds))
    day = part.proposals[0].day if part.proposals else None
    return _proposal(kind, 0.0, whole.within(part.span), known, day, ())


def _heard(text: str, known: Known, vocabulary: Vocabulary) -> tuple[Heard, list[tuple[Span, str]]]:
    """What is recognised in the message; and what only by its sound, where it names no kind of record outright."""
    flat = plain(text)
    mentions = vocabulary.mentions(flat)
    guessed: list[tuple[Span, str]] = []
    if known.sound and not any(word.role in ANCHORS for one in mentions for word in one.words):
        flat, guessed = heard_as(flat, vocabulary.anchors(), known.sound)
        mentions = vocabulary.mentions(flat) if guessed else mentions
    spoken = days(flat, known.today)
    names = [one.span for one in mentions if any(letter in NUMERALS for letter in one.span.of(flat))]
    names += [Span(found, found + len(name)) for name, _ in known.places if (found := flat.find(name)) >= 0]
    taken = [*(one.span for one in spoken), *clocks(flat), *names]
    units = {field.unit for kind in known.kinds for field in kind.fields}
    return Heard(flat, text, Span(0, len(text)), mentions, amounts(flat, units, taken), spoken), guessed


def _ranked(heard: Heard, kinds: Sequence[RecordKind], vocabulary: Vocabulary) -> list[tuple[RecordKind, float]]:
    """The kinds that something speaks for, the likeliest first."""
    voices: dict[str, dict[str, float]] = {}
    for mention in heard.mentions:
        for word in mention.words:
            if word.role == "field" and len(word.text) == 1:
                continue  # 人 and 户 are counted everywhere
            length = 0.7 + 0.15 * min(len(word.text), 6)
            voice = WEIGHTS[word.role] * length * vocabulary.share(word.text)
            found = voices.setdefault(word.kind, {})
            found[word.text] = max(found.get(word.text, 0.0), voice)
    scored = [(kind, sum(voices[kind.id].values())) for kind in kinds if kind.id in voices]
    return sorted(scored, key=lambda one: -one[1])[:LOOKED_AT]


def _proposal(kind: RecordKind, score: float, heard: Heard, known: Known, before: Said | None, sounds: tuple[Doubt, ...]) -> Proposal:
    found = values(kind, heard, dict(known.places), known.today)
    dated = {one.span for one in found.said if one.field and (field := kind.field(one.field)) and field.type == "date"}
    day, doubts = _day(heard, dated, known.today, before)
    why = tuple(dict.fromkeys(one.span for one in heard.mentions if any(word.kind == kind.id for word in one.words)))
    named = any(word.kind == kind.id and word.role in ANCHORS for one in heard.mentions for word in one.words)
    unnamed = [] if named else [Doubt("", f"没有说是哪类记录，先按“{kind.title}”读，请核对类型")]
    numbers = sum(1 for one in found.said if not isinstance(one.value, str | bool))
    return Proposal(
        kind, round(score + A_VALUE * numbers, 3), why, day, found.said, found.unread, (*sounds, *unnamed, *doubts, *found.doubts)
    )


def _day(heard: Heard, dated: set[Span], today: date, before: Said | None) -> tuple[Said | None, list[Doubt]]:
    """The day a stretch tells of: the first that is past, not a name and not of another field."""
    free = [one for one in heard.days if one.span not in dated]
    past = [one for one in free if one.on <= today and not is_called_off(heard, one)]
    chosen = min(past, key=lambda one: (one.weak, one.span), default=None)
    if chosen is None or (chosen.weak and before):
        if before:
            return before, [Doubt("", f"没有另说日期，按上一件事的日期 {before.value}")]
        if chosen is None:
            coming = "、".join(f"“{one.span.of(heard.written)}”" for one in free if one.on > today)
            return None, [Doubt("", f"{coming}还没有到，先按今天" if coming else "没有说日期，先按今天")]
    assert chosen is not None
    others = [one for one in past if one.on != chosen.on and not one.weak]
    words = "、".join(f"“{one.span.of(heard.written)}”" for one in others)
    return Said("", chosen.on.isoformat(), chosen.span), [Doubt("", f"还提到了{words}，请核对日期")] if others else []
