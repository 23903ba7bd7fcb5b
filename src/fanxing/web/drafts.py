"""A draft of rules as it is edited: every rule as its sentence, its numbers as fields in their places."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fanxing.programme.models import Draft
from fanxing.programme.queries import editables_published
from fanxing.scheme import Fault, Scheme
from fanxing.scheme.editing import Blank, Editable, EditError, Line, apply, editables, examine, lines, same_places, shown, texts, typed
from fanxing.scheme.model import Combine, Node, UnitKind
from fanxing.scheme.wording import number, value_word

NO_STAR = "-"
TYPED_AT_MOST = 40


@dataclass(frozen=True)
class Field:
    """A number of a rule as it is filled in: `was` is what the rules say from which the draft was made, empty where that is the same."""

    at: str
    label: str
    value: str
    was: str
    sort: str
    fault: str = ""


@dataclass(frozen=True)
class Row:
    """A rule: words and fields in turn; `beside` are fields that the sentence does not say, each with its name."""

    id: str
    title: str
    depth: int
    group: bool
    pieces: tuple[str | Field, ...]
    beside: tuple[tuple[str, Field], ...]

    @property
    def changed(self) -> bool:
        """Whether a number of the rule is no longer what it was."""
        return any(isinstance(one, Field) and one.was for one in (*self.pieces, *(field for _, field in self.beside)))


@dataclass(frozen=True)
class Tab:
    """A star to choose: how many of its numbers were changed."""

    id: str
    title: str
    colour: str
    changes: int


class Opened:
    """A draft laid open: its scheme as far as it can be read, what is wrong with it, and what was changed.

    Where its own text cannot be read as rules any more, sentences are those of the rules it was made from, and the fields hold what
    was filled in: an edit never moves a place.
    """

    def __init__(self, draft: Draft, sent: Mapping[str, str] | None = None) -> None:
        self.draft = draft
        self.examined = examine(draft.files, placed=True)
        self.sent: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        self.before = editables_published(draft.base.digest) if draft.base else {}
        self.edits = self._edits(sent or {})

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the draft as it is saved."""
        return self.examined.faults

    @cached_property
    def scheme(self) -> Scheme | None:
        """The rules whose sentences are shown."""
        base = self.draft.base
        if self.examined.scheme is not None or base is None or not same_places(self.draft.files, base.files):
            return self.examined.scheme
        return examine(base.files, placed=True).scheme

    @cached_property
    def editables(self) -> Mapping[str, Editable]:
        """What may be changed, by its place."""
        return {one.at: one for one in editables(self.scheme)} if self.scheme else {}

    @cached_property
    def written(self) -> Mapping[str, str]:
        """What the draft says at each place."""
        return texts(self.draft.files, self.editables)

    @cached_property
    def changes(self) -> tuple[tuple[Editable, str], ...]:
        """(what is changed, what it was) of every value that is not what the rules say from which the draft was made."""
        return tuple((one, was) for at, one in self.editables.items() if (was := self._was(at)))

    def files(self) -> dict[str, str]:
        """The files of the draft with what was sent."""
        return apply(self.draft.files, self.edits)

    def kinds(self) -> list[tuple[str, str, int]]:
        """(id, title, number of changes) of each kind of unit."""
        kinds = self.scheme.kinds.values() if self.scheme else ()
        return [(kind.id, kind.title, sum(one.kind == kind.id for one, _ in self.changes)) for kind in kinds]

    def tabs(self, kind: UnitKind) -> list[Tab]:
        """The stars of a kind, and what belongs to none of them."""
        found = [Tab(id, kind.nodes[id].title, kind.star(id).colour, self._changes(kind.id, id)) for id in kind.stars]
        others = any(one.kind == kind.id and not one.star for one in self.editables.values())
        return [*found, *([Tab(NO_STAR, "星级和其他", "", self._changes(kind.id, ""))] if others else [])]

    def period(self) -> list[tuple[str, Field]]:
        """The days of the period, with their names."""
        return [(one.what, self._field(one.what, Blank(one.at))) for one in self.editables.values() if one.sort == "day"]

    def rows(self, kind: UnitKind, star: str) -> list[Row]:
        """The rules of a star that have something to fill in, or stand above such rules."""
        return [self._row(line) for line in lines(kind, "" if star == NO_STAR else star)]

    def _edits(self, sent: Mapping[str, str]) -> dict[str, str]:
        """What was sent and differs, as it is to be written; what cannot be is noted as wrong."""
        edits = {}
        for name, text in sent.items():
            blank, one = read_name(name), self.editables.get(read_name(name).at)
            if one is None or one.at not in self.written or text.strip() == shown(self.written[one.at], blank):
                continue
            try:
                edits[one.at] = typed(text[:TYPED_AT_MOST], blank, one.sort)
            except EditError as error:
                self.sent[one.at], self.wrong[one.at] = text, str(error)
        return {at: text for at, text in edits.items() if text != self.written[at]}

    def _was(self, at: str) -> str:
        now, before = self.editables[at], self.before.get(at)
        if before is None or before.rule != now.rule or before.value == self.written.get(at, before.value):
            return ""
        return before.value

    def _changes(self, kind: str, star: str) -> int:
        return sum((one.kind, one.star) == (kind, star) for one, _ in self.changes)

    def _row(self, line: Line) -> Row:
        title, form = line.rule.title or line.rule.id, line.rule.form
        group = isinstance(form, Combine) and not form.weights
        pieces = tuple(one if isinstance(one, str) else self._field(title, one) for one in line.sentence)
        beside = tuple((what, self._field(f"{title} {what}", blank)) for what, blank in line.beside)
        return Row(line.rule.id, title, min(line.depth, 4), group, pieces, beside)

    def _field(self, label: str, blank: Blank) -> Field:
        one, was = self.editables[blank.at], self._was(blank.at)
        value = self.sent.get(blank.at) or shown(self.written.get(blank.at, one.value), blank)
        name = f"{label} {one.what}" if one.what not in label else label
        return Field(name_of(blank), name, value, shown(was, blank) if was else "", one.sort, self.wrong.get(blank.at, ""))


def case_word(value: object, node: Node) -> str:
    """What a worked case gives, in words: 五星, 是, 78.5, 不评."""
    if value is None:
        return "不评"
    if isinstance(value, float) and not dict(node.labels).get(value):
        return number(value)
    return value_word(value, words=dict(node.labels)) if isinstance(value, bool | str | float) else str(value)


def name_of(blank: Blank) -> str:
    """The name of a field: its place, and how it is said."""
    return f"{'%' * blank.percent}{'-' * blank.negated}{blank.at}"


def read_name(name: str) -> Blank:
    """The blank of a field's name."""
    at = name.lstrip("%-")
    signs = name[: len(name) - len(at)]
    return Blank(at, "%" in signs, "-" in signs)
