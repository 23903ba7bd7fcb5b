"""A message as it was heard: the words, days and amounts recognised in a stretch of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fanxing.dictation.days import Day
from fanxing.dictation.numerals import Amount
from fanxing.dictation.plain import HARD
from fanxing.dictation.reading import Span
from fanxing.dictation.vocabulary import Mention
from fanxing.scheme.model import Field, RecordKind

NOT = re.compile(r"(?:没有?|尚?未|还没有?|并未|不|无|非|没能|未能)(?:能|被|完全|按|有|及时|再|出现|发生|达到)?$")


@dataclass(frozen=True)
class Heard:
    """A plain stretch of a message with what was recognised in it: its words, days and amounts."""

    text: str
    written: str
    span: Span
    mentions: Sequence[Mention]
    amounts: Sequence[Amount]
    days: Sequence[Day]

    def within(self, span: Span) -> "Heard":
        """A stretch of it."""
        start = self.span.start
        return Heard(
            self.text[span.start - start : span.end - start],
            self.written,
            span,
            [one for one in self.mentions if span.start <= one.span.start and one.span.end <= span.end],
            [one for one in self.amounts if span.start <= one.span.start and one.span.end <= span.end],
            [one for one in self.days if span.start <= one.span.start and one.span.end <= span.end],
        )

    def spans(self, kind: RecordKind, field: Field) -> list[Span]:
        """Where the field is named: 人 in 5个人 only counts."""
        named = (one for one in self.mentions if any(word.names(kind.id, field.id) for word in one.words))
        return [one.span for one in named if not any(amount.span.holds(one.span) for amount in self.amounts)]


def clause_before(heard: Heard, span: Span) -> str:
    """What stands before a stretch in its clause."""
    text = heard.text[: span.start - heard.span.start]
    return HARD.split(text)[-1]


def denial_before(heard: Heard, span: Span) -> Span | None:
    """The stretch with the denial before it: 没有发现."""
    denial = NOT.search(clause_before(heard, span))
    return Span(span.start - len(denial.group()), span.end) if denial else None
