"""The words by which a message names kinds of record, their fields and choices: from titles, and from `words` in the scheme's data."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fanxing.dictation.plain import plain
from fanxing.dictation.reading import Span
from fanxing.scheme.model import Field, RecordKind

Role = Literal["title", "kind", "choice", "field"]
# How much one such word speaks for its kind.
WEIGHTS: Mapping[Role, float] = {"title": 6.0, "kind": 5.0, "choice": 4.0, "field": 1.5}
# What names a kind of record or one of its forms, not only a figure of it.
ANCHORS = frozenset(("title", "kind", "choice"))
# Whatever is called so, every kind has it: no sign of one.
EMPTY = frozenset(
    (
        *("其他", "其它", "人数", "户数", "次数", "件数", "数量", "总数", "情况", "类别", "类型", "形式", "内容", "名称", "结果", "日期"),
        *("时间", "地点", "备注", "说明", "等次", "级别", "事项", "项目", "数据", "良好", "一般", "合格"),
    )
)
BRACKETS = re.compile(r"\(.*?\)|（.*?）")
BEFORE = re.compile(r"^(?:其中|当年|本年|今年|本月|本季度)?(?:建有|配有|有)?")
AFTER = re.compile(r"(?:的|人数|人次|次数|件数|面积|金额|数量|总数|总长|数据|数)$")
JOINTS = re.compile(r"[、，/]|和(?!谐|睦|解)")
SHORTEST = 2


@dataclass(frozen=True)
class Word:
    """A word that names a kind (`field` empty), a field, or one `value` of a choice."""

    text: str
    kind: str
    role: Role
    field: str = ""
    value: str = ""

    def names(self, kind: str, field: str) -> bool:
        """Whether it names the field itself, not one of its choices."""
        return self.kind == kind and self.field == field and not self.value


@dataclass(frozen=True)
class Mention:
    """Where a message has words; the same stretch may name several things. `inner`: it lies inside a longer one."""

    span: Span
    words: tuple[Word, ...]
    inner: bool = False


class Vocabulary:
    """All words of some kinds of record."""

    def __init__(self, kinds: Sequence[RecordKind]) -> None:
        self.words: dict[str, list[Word]] = defaultdict(list)
        for kind in kinds:
            for word in dict.fromkeys(words_of(kind)):
                self.words[word.text].append(word)
        self._first: dict[str, list[str]] = defaultdict(list)
        for text in self.words:
            self._first[text[0]].append(text)

    def mentions(self, text: str) -> list[Mention]:
        """Where a plain message has its words. A word inside a longer one is not meant (家庭 in 文明家庭), unless the longer one names
        something else of the same kind (讲党课 in 书记讲党课)."""
        found = [
            Mention(Span(start, start + len(word)), tuple(self.words[word]))
            for start, letter in enumerate(text)
            for word in self._first.get(letter, ())
            if text.startswith(word, start)
        ]
        return [one for mention in found if (one := _meant(mention, found))]

    def anchors(self) -> list[str]:
        """The words that name a kind of record or one of its forms."""
        return [text for text, words in self.words.items() if any(word.role in ANCHORS for word in words)]

    def share(self, text: str) -> float:
        """How much of the word's voice goes to each kind that has it."""
        return float(len({word.kind for word in self.words[text]}) ** -0.5)


def _meant(mention: Mention, found: Sequence[Mention]) -> Mention | None:
    around = [word for other in found if other.span.holds(mention.span) for word in other.words]
    if not around:
        return mention
    kept = tuple(word for word in mention.words if any(word.kind == one.kind and word.field != one.field for one in around))
    same = {(one.kind, one.field) for one in around}
    kept = tuple(word for word in kept if (word.kind, word.field) not in same)
    return Mention(mention.span, kept, inner=True) if kept else None


def words_of(kind: RecordKind) -> Iterator[Word]:
    """The words of a kind."""
    for text in _named(kind.title):
        yield Word(text, kind.id, "title")
    for text in kind.words:
        yield Word(plain(text), kind.id, "kind")
    for field in kind.fields:
        for text in (*_named(field.title, field.unit), *map(plain, field.words)):
            yield Word(text, kind.id, "field", field.id)
        yield from _choices(kind.id, field)


def _choices(kind: str, field: Field) -> Iterator[Word]:
    said = dict(field.choice_words)
    for value, title in field.choices:
        for text in (*_named(title), *map(plain, said.get(value, ()))):
            if text not in EMPTY:
                yield Word(text, kind, "choice", field.id, value)


def _named(title: str, unit: str = "") -> Iterable[str]:
    """A title as it is written, its members (村规民约、居民公约), and each without what nobody says: 其中已录用的 → 已录用, 录用;
    应改户数 in 户 → 应改户, 应改."""
    whole = BRACKETS.sub("", plain(title)).strip()
    found = [whole]
    for piece in JOINTS.split(whole):
        core = BEFORE.sub("", piece)
        found += [piece, core, core.removeprefix("已")]
        while AFTER.search(core):
            core = AFTER.sub("", core)
            found += [core, core.removeprefix("已")]
        found += [core.removesuffix(unit)] if unit else []
        head, _, tail = core.rpartition("的")
        found += [tail] if head else []
    return [one for one in dict.fromkeys(found) if len(one) >= SHORTEST]
