"""Where one thing that a message tells ends and the next begins."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from fanxing.dictation.days import Day
from fanxing.dictation.heard import Heard
from fanxing.dictation.plain import HARD
from fanxing.dictation.reading import Span
from fanxing.dictation.vocabulary import ANCHORS
from fanxing.scheme.model import RecordKind

Ranking = Callable[[Heard], Sequence[tuple[RecordKind, float]]]

SENTENCE = re.compile(r"[。；;！!？?\n]+")
COMMA = re.compile(r"[，,]")
UNDONE = re.compile(r"^(?:[^，,。；;\n]{0,2})(?:没有?(?:能)?(?:开|办|搞|去|做|召开|举行)成?|未能|取消|改到|改期|推迟|延期)")
NOT_DONE = re.compile(r"(?:都|也|就)?(?:没有?|未)(?:能|有|去|开|搞|来得及)?$")


def parted(whole: Heard, ranking: Ranking) -> list[Span]:
    """The stretches of a message that each tell one thing; the message as a whole where it tells only one."""
    told: list[Span] = []
    for span in _stretches(whole):
        here = whole.within(span)
        if _is_not_told(here):
            continue
        if told and not _is_another(whole.within(told[-1]), here, ranking):
            told[-1] = Span(told[-1].start, span.end)
        else:
            told.append(span)
    return [_trimmed(whole, one) for one in told] if len(told) > 1 or _leaves_out(whole, told) else [whole.span]


def _leaves_out(whole: Heard, told: Sequence[Span]) -> bool:
    """Whether something was named that is not told of as done."""
    return bool(told) and any(not any(one.holds(span) or one == span for one in told) for span in _anchors(whole))


def is_called_off(heard: Heard, day: Day) -> bool:
    """Whether the clause of a day only says that nothing was done."""
    start = day.span.start - heard.span.start
    clause_start = max((match.end() for match in HARD.finditer(heard.text, 0, start)), default=0)
    after = HARD.search(heard.text, start)
    clause = Span(heard.span.start + clause_start, heard.span.start + (after.start() if after else len(heard.text)))
    here = heard.within(clause)
    return bool(_anchors(here)) and all(_is_undone(here, one) for one in _anchors(here)) and clause != heard.span


def _stretches(whole: Heard) -> Iterator[Span]:
    """Sentences; and clauses that begin with a day of their own and name something."""
    start = 0
    for end in [*(match.end() for match in SENTENCE.finditer(whole.text)), len(whole.text)]:
        if end > start:
            yield from _by_days(whole, Span(start, end))
        start = end


def _by_days(whole: Heard, sentence: Span) -> Iterator[Span]:
    start = sentence.start
    for comma in COMMA.finditer(whole.text, sentence.start, sentence.end):
        before, after = Span(start, comma.end()), Span(comma.end(), sentence.end)
        begins = any(one.span.start - after.start <= 2 for one in whole.within(after).days)
        clause_end = COMMA.search(whole.text, after.start, after.end)
        clause = Span(after.start, clause_end.start() if clause_end else after.end)
        if begins and whole.within(before).days and _anchors(whole.within(before)) and _anchors(whole.within(clause)):
            yield before
            start = after.start
    yield Span(start, sentence.end)


def _anchors(heard: Heard) -> list[Span]:
    """Words that name a kind of record or one of its forms."""
    return [one.span for one in heard.mentions if any(word.role in ANCHORS for word in one.words)]


def _is_not_told(heard: Heard) -> bool:
    anchors = _anchors(heard)
    return bool(anchors) and all(_is_undone(heard, one) for one in anchors)


def _is_undone(heard: Heard, anchor: Span) -> bool:
    text, start, end = heard.text, anchor.start - heard.span.start, anchor.end - heard.span.start
    return UNDONE.match(text[end:]) is not None or NOT_DONE.search(text[:start]) is not None


def _is_another(before: Heard, here: Heard, ranking: Ranking) -> bool:
    """Whether a stretch tells of something else than the one before it."""
    if not _anchors(before) or not _anchors(here):
        return False
    was, now = ranking(before)[0][0].id, ranking(here)[0][0].id
    if was == now:
        days_before, days_here = _days(before), _days(here)
        return bool(days_before) and bool(days_here) and not days_before & days_here
    # Its words may belong to the kind before it too: 志愿服务。环境清洁，8人。
    return was not in {word.kind for one in here.mentions if one.span in _anchors(here) for word in one.words}


def _days(heard: Heard) -> set[date]:
    return {one.on for one in heard.days if not one.weak}


def _trimmed(whole: Heard, span: Span) -> Span:
    text = span.of(whole.text)
    left = len(text) - len(text.lstrip(" \n，,；;。"))
    right = len(text) - len(text.rstrip(" \n，,；;。"))
    return Span(span.start + left, span.end - right) if left + right < len(text) else span
