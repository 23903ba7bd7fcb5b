"""Why a unit got what it got: the tree of nodes from the tier down to the facts, each with its value, its rule and the points lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite

from fanxing.rating.columns import spelled
from fanxing.rating.rate import Rating
from fanxing.scheme.model import Fact, Node, Scheme, Star, UnitKind, Value, reads
from fanxing.scheme.ranges import Range, ranges
from fanxing.scheme.sentences import Sentences


@dataclass(frozen=True)
class Step:
    """One fact or node of an explanation.

    value    None: missing, or not rated          word     the value as people call it
    full     the most it could give (None: no bound, or not points)
    lost     full − value, for points; 0 where extra points go beyond the full mark
    counts_as  what a missing fact is taken for (None where it stays missing)
    parts    what it was computed from; empty where the same step stands in full further up (`again`)
    """

    id: str
    title: str
    value: Value | date
    word: str
    sentence: str
    basis: str
    owner: str
    unit: str
    form: str
    extra: bool
    full: float | None
    lost: float | None
    counts_as: Value
    again: bool
    parts: tuple["Step", ...]

    def as_json(self) -> dict[str, object]:
        """Plain JSON data: the same names, days as ISO text, empty fields left out."""
        parts = [part.as_json() for part in self.parts]
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        fields = {**vars(self), "value": value, "parts": parts}
        return {key: one for key, one in fields.items() if key in ("id", "title", "value") or not _says_nothing(key, one)}


def _says_nothing(key: str, value: object) -> bool:
    return value is None or value in ("", []) or (key in ("extra", "again") and not value)


@dataclass(frozen=True)
class Explanation:
    """The explanation of one unit: its results (tier, total, stars) as trees, none of which stands twice; after them what none of them
    reads, reckoned all the same."""

    unit: str
    kind: str
    as_of: date | None
    reason: str | None
    results: tuple[Step, ...]

    def as_json(self) -> dict[str, object]:
        """Plain JSON data."""
        return {
            "unit": self.unit,
            "kind": self.kind,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "reason": self.reason,
            "results": [step.as_json() for step in self.results],
        }

    def find(self, id: str) -> Step | None:
        """The step of a fact or node, the fullest one."""
        return next((step for result in self.results for step in _walk(result) if step.id == id and not step.again), None)


@dataclass(frozen=True)
class Change:
    """A figure, a rule or a result that moved between two explanations of one unit."""

    before: Step
    after: Step


def moved(before: Explanation, after: Explanation) -> tuple[Change, ...]:
    """What moved, from the figures up to the tier, each once."""
    old = {step.id: step for result in before.results for step in _walk(result)}
    new = {step.id: step for result in after.results for step in _walk(result)}
    changed = [Change(old[id], step) for id, step in new.items() if id in old and old[id].value != step.value]
    return tuple(reversed(changed))


def explain(rating: Rating, unit: str) -> Explanation:
    """Explain one unit of a rating. Raises FactsError for a unit that is not in its facts."""
    row = rating.facts.row(unit)
    kind_id = str(rating.facts.kinds[row])
    if kind_id not in rating.kinds:
        return Explanation(unit, kind_id, rating.as_of, rating.again([row]).reasons().get(0), ())
    kind, one = rating.kinds[kind_id].kind, rating.again([row])
    tree = _Tree(kind, _told(rating.scheme, kind_id), one.values(unit))
    # Nodes stand after what they read: the last come first, so that each tree begins at its top.
    tops = dict.fromkeys((kind.tier, kind.total, *kind.stars, *reversed([*kind.nodes]), *kind.facts))
    results = tuple(tree.step(id) for id in tops if id and id not in tree.told)
    return Explanation(unit, kind_id, rating.as_of, one.reasons().get(0), results)


@dataclass(frozen=True)
class _Told:
    """What is said of the rules of a kind, whatever the unit: their sentences, what they read and can reach, which of them are points."""

    sentences: Mapping[str, str]
    reads: Mapping[str, tuple[str, ...]]
    reach: Mapping[str, Range]
    points: frozenset[str]


@lru_cache(maxsize=64)
def _told(scheme: Scheme, kind_id: str) -> _Told:
    kind = scheme.kinds[kind_id]
    sentences = Sentences(kind, scheme.records)
    said = {id: sentences.say(id) for id in (*kind.facts, *kind.nodes)}
    whole, reach = ranges(kind), ranges(kind, without_extra=True)
    reach |= {id: whole[id] for id, node in kind.nodes.items() if node.extra}
    return _Told(said, {id: reads(node) for id, node in kind.nodes.items()}, reach, frozenset(_points(kind)))


class _Tree:
    """The steps of one unit; each is told in full once."""

    def __init__(self, kind: UnitKind, rules: _Told, values: Mapping[str, Value | date]) -> None:
        self.kind, self.rules, self.values, self.told = kind, rules, values, set[str]()

    def step(self, id: str, outside: bool = False) -> Step:
        """`outside`: within something that stands outside the full mark, where no points are lost."""
        rule, value, again = self.kind.rule(id), self.values[id], id in self.told
        self.told.add(id)
        is_node = isinstance(rule, Node)
        full = self._full(rule) if isinstance(rule, Node) else None
        outside = outside or rule_is_extra(rule)
        lost = max(round(full - value, 9), 0.0) if full is not None and isinstance(value, float) and not outside else None
        parts = () if again else tuple(self.step(name, outside) for name in self.rules.reads.get(id, ()))
        return Step(
            id=id,
            title=rule.title,
            value=value,
            word=_word(rule, value),
            sentence=self.rules.sentences[id],
            basis=rule.basis,
            owner=rule.owner,
            unit=rule.unit,
            form=type(rule.form).__name__.lower() if isinstance(rule, Node) else "fact",
            extra=rule_is_extra(rule),
            full=full,
            lost=lost,
            counts_as=None if is_node or value is not None else rule.if_missing,
            again=again,
            parts=parts,
        )

    def _full(self, node: Node) -> float | None:
        if node.full is not None:
            return node.full
        reach = self.rules.reach[node.id]
        return reach.high if node.id in self.rules.points and isfinite(reach.high) else None


def rule_is_extra(rule: Fact | Node) -> bool:
    """Does it stand outside the full mark?"""
    return isinstance(rule, Node) and rule.extra


def _points(kind: UnitKind) -> Iterator[str]:
    """The nodes that are points: a star's score, and the parts of points."""
    waiting = [node.form.score.id for node in kind.nodes.values() if isinstance(node.form, Star)]
    waiting += [kind.total] if kind.total else []
    while waiting:
        id = waiting.pop()
        yield id
        waiting += [name for name, node in kind.nodes.items() if node.parent == id]


def _walk(step: Step) -> Iterator[Step]:
    yield step
    for part in step.parts:
        yield from _walk(part)


def _word(rule: Fact | Node, value: Value | date) -> str:
    """The value as people call it."""
    labels: dict[object, str] = dict(rule.labels) if isinstance(rule, Node) else dict(rule.choices)
    if value in labels:
        return labels[value]
    if value is None:
        return "不评" if isinstance(rule, Node) else "缺"
    if isinstance(value, bool):
        if isinstance(rule, Node) and isinstance(rule.form, Star):
            return "达星" if value else "未达星"
        return "是" if value else "否"
    return spelled(value)
