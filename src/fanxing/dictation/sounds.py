"""What dictation wrote by its sound: 党客 for 党课. Looked for only where a message names nothing outright."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from fanxing.dictation.reading import Span

Sound = Callable[[str], str]
# What many speakers, and so the keyboards that listen to them, do not tell apart.
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"))
SHORTEST = 2


def heard_as(text: str, words: Iterable[str], sound: Sound) -> tuple[str, list[tuple[Span, str]]]:
    """The text with the words it sounds like in their place, and where that is; as long as before."""
    syllables = [_plain(sound(one)) for one in text]
    found: list[tuple[Span, str]] = []
    for word in sorted({one for one in words if len(one) >= SHORTEST}, key=lambda one: (-len(one), one)):
        sounds = [_plain(sound(one)) for one in word]
        found += [(span, word) for span in _places(syllables, sounds) if not any(span.meets(other) for other, _ in found)]
    for span, word in found:
        text = text[: span.start] + word + text[span.end :]
    return text, sorted(found)


def _places(syllables: Sequence[str], sounds: Sequence[str]) -> Iterator[Span]:
    length = len(sounds)
    for start in range(len(syllables) - length + 1):
        if syllables[start : start + length] == sounds:
            yield Span(start, start + length)


def _plain(syllable: str) -> str:
    for said, written in MERGED:
        syllable = syllable.replace(said, written)
    return syllable
