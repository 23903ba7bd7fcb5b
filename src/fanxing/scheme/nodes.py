"""Nodes from YAML: one reader a form, parts written in place become nodes of their own."""

import itertools
from collections import Counter
from collections.abc import Callable

from fanxing.scheme.expressions import Const, Expression, Name
from fanxing.scheme.faults import Faults
from fanxing.scheme.model import (
    Adjust,
    Adjustment,
    Choice,
    Choose,
    Combine,
    Each,
    Form,
    Formula,
    Need,
    Node,
    Rank,
    Scale,
    Star,
    Steps,
    Veto,
)
from fanxing.scheme.section import Section, check_id
from fanxing.scheme.yaml import Item

COMPARISONS = ("at_least", "up_to", "more_than", "below", "equals")
COMBINATIONS = ("sum", "mean", "geometric", "lowest", "highest", "count")
COLOURS = ("red", "violet", "green", "blue", "orange", "teal")
ALL_STARS = "stars"
STAND_IN = Formula(Const(0.0))


class Nodes:
    """The nodes read so far of one kind of unit. `stars` are the kind's stars, for `count: stars`; `step` is
    what everything inside a star's score is rounded to unless it says otherwise."""

    def __init__(self, faults: Faults, stars: tuple[str, ...], step: float | None) -> None:
        self.faults, self.stars, self.step = faults, stars, step
        self.found: dict[str, Node] = {}

    def read(self, section: Section, id: str, *, parent: str = "", title: str = "", basis: str = "", step: float | None = None) -> str:
        """Read one node and those written inside it; returns its id. `title` stands in for one of its own; `basis` and the rounding
        `step` are those of what surrounds it."""
        id = section.text("id") or id
        check_id(id, section.place, self.faults)
        section.what = f"node {id}" if not parent else section.what if section.what == f"star {parent}" else id
        if id in self.found:
            section.fault(f'the id "{id}" stands twice; the first is at {self.found[id].place}')
        basis = section.text("basis") or basis
        own_round = section.step("round", step)
        form = self._form(section, _Around(id, basis, step))
        if form is None:  # its fault is noted; a stand-in spares those who read it theirs
            self.found[id] = Node(id=id, title=section.text("title"), basis=basis, place=section.place, form=STAND_IN, parent=parent)
            return id
        self.found[id] = Node(
            id=id,
            title=section.text("title") or title,
            basis=basis,
            note=section.text("note"),
            owner=section.text("owner"),
            place=section.place,
            form=form,
            unit=section.text("unit"),
            full=section.number("full"),
            extra=section.flag("extra"),
            labels=tuple((value.scalar, word) for value, word in section.words("labels")),
            least=section.number("least"),
            most=section.number("most"),
            round=None if isinstance(form, Star) else own_round,
            if_missing=section.value("if_missing"),
            parent=parent,
        )
        section.finish()
        return id

    def _form(self, section: Section, around: "_Around") -> Form | None:
        given = [word for word in FORMS if word in section]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found none"
            section.fault(f"a node has exactly one form of {', '.join(FORMS)}; {found}")
            return None
        return FORMS[given[0]](self, section, given[0], around)

    def part(self, section: Section, item: Item, key: str, around: "_Around") -> Expression:
        """A part: a number, an expression, or a node written in place."""
        if item.entries is None:
            return section.as_expression(item, key)
        around.count += 1
        inner = Section(item, self.faults, section.what)
        default = f"{around.id}_{around.count}"
        return Name(self.read(inner, default, parent=around.id, basis=around.basis, step=around.step))

    def _steps(self, section: Section, word: str, around: "_Around") -> Form | None:
        inner = _inner(section, word)
        given = [one for one in COMPARISONS if one in inner]
        if len(given) != 1:
            inner.fault(f"write one of {', '.join(COMPARISONS)}, found {' and '.join(given) or 'none'}")
            return None
        comparison = given[0]
        rows = [(_threshold(inner, key, comparison), inner.as_value(value, comparison)) for key, value in inner.pairs(comparison)]
        if not rows:
            inner.fault(f'"{comparison}" needs at least one row such as {{4: 6}}')
        for threshold, times in Counter(threshold for threshold, _ in rows).items():
            if times > 1:
                inner.fault(f'the threshold {threshold} stands twice in "{comparison}"; keep one')
        if comparison != "equals":
            rows.sort(key=lambda row: row[0], reverse=comparison in ("at_least", "more_than"))
        otherwise = inner.value("otherwise", required=True)
        of = inner.expression("of", required=True) or Const(None)
        inner.finish()
        return Steps(of, comparison, tuple(rows), otherwise)  # type: ignore[arg-type]  # one of COMPARISONS

    def _each(self, section: Section, word: str, around: "_Around") -> Form | None:
        inner = _inner(section, word)
        per = inner.number("per", 1.0) or 0.0
        if per <= 0:
            inner.fault('"per" must be above 0')
            per = 1.0
        form = Each(inner.expression("of", required=True) or Const(None), inner.needed_number("points"), per)
        inner.finish()
        return form

    def _scale(self, section: Section, word: str, around: "_Around") -> Form | None:
        inner = _inner(section, word)
        from_ = tuple(inner.as_number(item, "from") for item in inner.list("from", required=True))
        to = tuple(inner.as_number(item, "to") for item in inner.list("to", required=True))
        form = Scale(inner.expression("of", required=True) or Const(None), from_, to, inner.flag("log"))
        inner.finish()
        if len(from_) < 2 or len(from_) != len(to):
            inner.fault(f'"from" and "to" need the same number of points, at least two; they have {len(from_)} and {len(to)}')
            return None
        pairs = list(itertools.pairwise(from_))
        if not (all(a < b for a, b in pairs) or all(a > b for a, b in pairs)):
            inner.fault('"from" must rise or fall from point to point')
            return None
        if form.log and min(from_) <= 0:
            inner.fault('on logarithms every point of "from" must be above 0')
            return None
        return form

    def _choose(self, section: Section, word: str, around: "_Around") -> Form | None:
        rows = section.sections(word, "row")
        if not rows:
            section.fault('"choose" needs at least one row with when and give')
            return None
        choices = []
        for number, row in enumerate(rows, start=1):
            when = row.expression("when")
            if when is None and number < len(rows):
                row.fault('only the last row may stand without "when"; the rows below are never reached')
            choices.append(Choice(when, self._give(row, around)))
            row.finish()
        return Choose(tuple(choices))

    def _give(self, row: Section, around: "_Around") -> Expression:
        item = row.item("give", required=True)
        if item is None:
            return Const(None)
        if item.is_scalar:
            return Const(row.as_value(item, "give"))
        return self.part(row, item, "give", around)

    def _formula(self, section: Section, word: str, around: "_Around") -> Form | None:
        return Formula(section.expression(word, required=True) or Const(None))

    def _combine(self, section: Section, word: str, around: "_Around") -> Form | None:
        item = section.item(word)
        if item is not None and item.text == ALL_STARS:
            if not self.stars:
                section.fault(f'"{word}: stars" needs a kind of unit with stars', item)
                return None
            parts: tuple[Expression, ...] = tuple(Name(star) for star in self.stars)
        else:
            parts = tuple(self.part(section, one, word, around) for one in section.list(word))
            if not parts:
                section.fault(f'"{word}" needs at least one part', item)
                return None
        weights = tuple(section.as_number(one, "weights") for one in section.list("weights"))
        if weights and word not in ("sum", "mean", "geometric"):
            section.fault(f'"{word}" takes no weights')
            weights = ()
        if weights and (len(weights) != len(parts) or min(weights) <= 0):
            section.fault(f'"weights" needs one number above 0 for each of the {len(parts)} parts')
            weights = ()
        missing = section.word("missing", ("not rated", "leave out", "zero"), "not rated")
        need = section.whole("need", 0)
        if need > len(parts):
            section.fault(f'"need" is {need}, but there are {len(parts)} parts')
        return Combine(word, parts, weights, missing, need)  # type: ignore[arg-type]  # words checked above

    def _adjust(self, section: Section, word: str, around: "_Around") -> Form | None:
        inner = _inner(section, word)
        start = inner.expression("start", required=True) or Const(None)
        steps = []
        for row in inner.sections("steps", "step"):
            add, set_ = row.expression("add"), row.expression("set")
            if add is not None and set_ is not None:
                row.fault('a step has "add" or "set", not both')
            steps.append(Adjustment(row.expression("when"), add, set_, row.number("least"), row.number("most")))
            row.finish()
        if not steps:
            inner.fault('"steps" needs at least one step')
        inner.finish()
        skip = section.word("missing", ("skip", "not rated"), "not rated") == "skip"
        return Adjust(start, tuple(steps), skip)

    def _rank(self, section: Section, word: str, around: "_Around") -> Form | None:
        inner = _inner(section, word)
        form = Rank(
            inner.expression("of", required=True) or Const(None),
            inner.texts("within"),
            inner.expression("only"),
            inner.word("first", ("highest", "lowest"), "highest"),  # type: ignore[arg-type]  # one of the two
            inner.word("as", ("place", "share"), "place"),  # type: ignore[arg-type]  # one of the two
        )
        inner.finish()
        return form

    def _star(self, section: Section, word: str, around: "_Around") -> Form | None:
        item = section.item(word)
        around.id, star = f"{around.id}_score", around.id
        title = f"{section.text('title')}得分" if section.text("title") else ""
        if item is None:
            return None
        if item.entries is None:
            score = self._named_score(section.as_expression(item, word), around, section, title)
        else:
            inner = Section(item, self.faults, f"star {star}")
            score = Name(self.read(inner, around.id, parent=star, title=title, basis=around.basis, step=self.step))
        return Star(
            score,
            section.needed_number("pass"),
            tuple(_need(section, one, number, star) for number, one in enumerate(section.list("needs"), start=1)),
            tuple(_veto(one, number, star, around.basis) for number, one in enumerate(section.sections("vetoes", "veto"), start=1)),
            section.word("colour", COLOURS),
        )

    def _named_score(self, score: Expression, around: "_Around", section: Section, title: str) -> Name:
        """A score is a name; an expression becomes a node of its own."""
        if isinstance(score, Name):
            return score
        self.found[around.id] = Node(id=around.id, title=title, basis=around.basis, place=section.place, form=Formula(score))
        return Name(around.id)


class _Around:
    """What surrounds a part written in place: the node it stands in, its basis, the step its points are rounded to."""

    def __init__(self, id: str, basis: str, step: float | None) -> None:
        self.id, self.basis, self.step, self.count = id, basis, step, 0


FORMS: dict[str, Callable[[Nodes, Section, str, _Around], Form | None]] = {
    "steps": Nodes._steps,
    "each": Nodes._each,
    "scale": Nodes._scale,
    "choose": Nodes._choose,
    "formula": Nodes._formula,
    **dict.fromkeys(COMBINATIONS, Nodes._combine),
    "adjust": Nodes._adjust,
    "rank": Nodes._rank,
    "star": Nodes._star,
}


def _inner(section: Section, word: str) -> Section:
    item = section.item(word)
    assert item is not None  # the caller found the word in the section
    return Section(item, section.faults, f"{section.what}: {word}")


def _threshold(section: Section, key: Item, comparison: str) -> float | str:
    if comparison == "equals" and isinstance(key.scalar, str):
        return key.scalar
    return section.as_number(key, comparison)


def _need(section: Section, item: Item, number: int, star: str) -> Need:
    id = f"{star}_need_{number}"
    if item.entries is None:
        return Need(id=id, when=section.as_expression(item, "needs"), place=item.place)
    row = Section(item, section.faults, f"{section.what}: need")
    need = Need(
        id=row.text("id") or id,
        title=row.text("title"),
        basis=row.text("basis", required=True),
        note=row.text("note"),
        when=row.expression("when", required=True) or Const(None),
        place=row.place,
    )
    row.finish()
    return need


def _veto(row: Section, number: int, star: str, basis: str) -> Veto:
    veto = Veto(
        id=row.text("id") or f"{star}_veto_{number}",
        title=row.text("title", required=True),
        basis=row.text("basis") or basis,
        note=row.text("note"),
        when=row.expression("when"),
        since=row.text("since"),
        lasts=row.months("lasts"),
        if_undecided=row.word("if_undecided", ("no", "hold")),  # type: ignore[arg-type]  # one of the two
        place=row.place,
    )
    if (veto.when is None) == (not veto.since):
        row.fault('a veto has "when" (a condition) or "since" (a date fact), and not both')
    row.finish()
    return veto
