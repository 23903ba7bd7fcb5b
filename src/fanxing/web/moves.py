"""What an entry, a correction or a withdrawal moved, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fanxing.organisations.models import Unit
from fanxing.programme.queries import scheme_of
from fanxing.records.models import Record
from fanxing.scheme.model import UnitKind
from fanxing.scoring.queries import Account, Change, Explanation, moved
from fanxing.web.formats import number
from fanxing.web.standing import STATES
from fanxing.web.steps import MISSING, said_value

NAMED = 2
OUTSIDE = "不在考评期内，不影响当前得分。"
NOTHING = "得分没有变化。"


@dataclass(frozen=True)
class Move:
    """A unit before and after its ledger was written."""

    unit: Unit
    before: Account | None
    after: Account | None

    @property
    def kind(self) -> UnitKind:
        """The rules of the unit's kind."""
        assert self.after is not None  # who asks has looked
        return scheme_of(self.after.publication).kinds[self.unit.kind]

    @property
    def changes(self) -> Mapping[str, Change]:
        """What moved, in the order of the explanation, by id."""
        found = moved(self.before.explanation, self.after.explanation) if self.before and self.after else ()
        return {change.after.id: change for change in reversed(found)}

    def words(self, written: Record) -> str:
        """What moved, a line each; or why nothing did."""
        if self.after is None:
            return ""
        if lines := list(_lines(self.kind, self.changes)):
            return "\n".join(lines)
        start, end = self.after.publication.period_from, self.after.publication.period_to
        is_outside = (start and written.occurred_on < start) or (end and written.occurred_on > end)
        return OUTSIDE if is_outside else NOTHING

    def anchor(self, page: str) -> str:
        """Where the first rule that moved stands on the explanation of a star, so that one sees it; nothing on other pages."""
        if self.after is None or "/scores/" not in page:
            return ""
        scores = {self.kind.star(id).score.id for id in self.kind.stars}
        criteria = {id for id, node in self.kind.nodes.items() if node.parent in scores}
        moved_rules = [id for id in self.changes if id in self.kind.nodes and self.kind.nodes[id].parent in criteria]
        seen = moved_rules or [id for id in self.changes if id in criteria]
        return f"#{seen[0]}" if seen else ""


@dataclass(frozen=True)
class StarMove:
    """A star whose points or verdict moved, and what gave them, in words."""

    id: str
    title: str
    colour: str
    state: str
    points: str
    verdict: str
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """All that moved in a unit: figures as (id, words), stars, and the tier in words."""

    figures: list[tuple[str, str]]
    stars: list[StarMove]
    tier: str


def told(kind: UnitKind, before: Explanation, after: Explanation) -> Told:
    """What moved between two explanations of one unit, whole."""
    changes = {change.after.id: change for change in reversed(moved(before, after))}
    figures = [(id, _figure(one)) for id, one in changes.items() if one.after.form == "fact"]
    stars = [found for id in kind.stars if (found := _star_move(kind, id, changes, after))]
    tier = f"{changes[kind.tier].before.word} → {changes[kind.tier].after.word}" if kind.tier in changes else ""
    return Told(figures, stars, tier)


def _star_move(kind: UnitKind, id: str, changes: Mapping[str, Change], after: Explanation) -> StarMove | None:
    score = kind.star(id).score.id
    gained = tuple(_gained(one) for name, one in changes.items() if name in kind.nodes and kind.nodes[name].parent == score)
    if not gained and id not in changes and score not in changes:
        return None
    step = after.find(id)
    state = STATES[None if step is None or step.value is None else bool(step.value)]
    points = f"{changes[score].before.word} → {changes[score].after.word} 分" if score in changes else ""
    return StarMove(id, kind.nodes[id].title, kind.star(id).colour, state, points, changes[id].after.word if id in changes else "", gained)


def _lines(kind: UnitKind, changes: Mapping[str, Change]) -> Iterator[str]:
    figures = [_figure(one) for one in changes.values() if one.after.form == "fact"]
    if figures:
        yield "；".join(figures[:NAMED]) + (f"等 {len(figures)} 项数据" if len(figures) > NAMED else "")
    for star in kind.stars:
        score = kind.star(star).score.id
        criteria = [one for id, one in changes.items() if id in kind.nodes and kind.nodes[id].parent == score]
        points = "；".join(_gained(one) for one in criteria)
        if points:
            yield points
        if score in changes or star in changes:
            yield _star(kind, star, changes)
    if kind.tier in changes:
        yield f"星级：{changes[kind.tier].before.word} → {changes[kind.tier].after.word}"


def _figure(change: Change) -> str:
    before, after = (MISSING if one.value is None else said_value(one) for one in (change.before, change.after))
    # The unit of measure once: 10 → 11 个月.
    unit = change.after.unit
    first = before.removesuffix(unit).rstrip() if unit and after.endswith(unit) else before
    return f"{change.after.title} {first} → {after}"


def _gained(change: Change) -> str:
    before, after = change.before.value, change.after.value
    if isinstance(before, int | float) and isinstance(after, int | float):
        return f"{change.after.title} {'+' if after > before else '−'}{number(abs(after - before))} 分"
    return f"{change.after.title} {change.before.word} → {change.after.word}"


def _star(kind: UnitKind, star: str, changes: Mapping[str, Change]) -> str:
    title, score = kind.nodes[star].title, changes.get(kind.star(star).score.id)
    points = f" {score.before.word} → {score.after.word} 分" if score else ""
    verdict = f"，{changes[star].after.word}" if star in changes else ""
    return f"{title}{points}{verdict}"
