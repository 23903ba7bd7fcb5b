"""What a task taken from a route is to bring about, and how far the unit is: asked of the scoring each time, never stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings, rulings, scheme_of
from fanxing.scheme.model import Fact, UnitKind
from fanxing.scheme.wording import amount, value_word
from fanxing.scoring.queries import figures_now
from fanxing.web.formats import number

ROUTE = "route"
Figure = float | bool | str | date | None


@dataclass(frozen=True)
class Goal:
    """The figure that a task is to move: from where, to where, and where it stands now; with the star it is for."""

    fact: Fact
    star: str
    star_title: str
    colour: str
    before: Figure
    to: Figure
    now: Figure

    @property
    def reached(self) -> bool:
        """The figure has come to where it was to be, or beyond."""
        return is_reached(self.before, self.to, self.now)

    @property
    def words(self) -> str:
        """现在 2/4 个季度；已达到 4/4 个季度。"""
        return f"{'已达到' if self.reached else '现在'} {progress(self.fact, self.now, self.to)}"

    @property
    def kind(self) -> str:
        """The kind of record that moves the figure; empty where none does."""
        return self.fact.source.kind if self.fact.source else ""


def is_reached(before: Figure, to: Figure, now: Figure) -> bool:
    """Has a figure that was to go from `before` to `to` come so far?"""
    if now == to:
        return True
    if not is_number(to) or not is_number(now):
        return False
    falling = is_number(before) and before > to  # type: ignore[operator]  # numbers both, as was asked
    return now < to if falling else now > to  # type: ignore[operator]


def is_number(value: object) -> bool:
    """A number, and neither yes nor no."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def progress(fact: Fact, now: Figure, to: Figure) -> str:
    """2/4 个季度 of counts, 否 → 是 of the rest."""
    if fact.type == "count" and is_number(now) and is_number(to):
        return f"{number(now)}/{number(to)} {fact.unit}".rstrip()  # type: ignore[arg-type]
    return said(fact, now) if now == to else f"{said(fact, now)}，目标 {said(fact, to)}"


def said(fact: Fact, value: Figure) -> str:
    """A value of a figure as it is read."""
    if value is None:
        return "缺"
    if isinstance(value, str):
        return dict(fact.choices).get(value, value)
    if isinstance(value, bool) or isinstance(value, date):
        return str(value) if isinstance(value, date) else value_word(value, fact.unit)
    return amount(value, fact.unit) if fact.type != "share" else value_word(value, "%")


def goals(items: Iterable[WorkItem]) -> dict[int, Goal]:
    """The goals of those items that came from a route, by the id of the item; of rules that are no longer there, none."""
    ours = [item for item in items if item.source == ROUTE]
    if not ours:
        return {}
    ruling = rulings()
    wanted: dict[Unit, set[str]] = {}
    for item in ours:
        wanted.setdefault(item.unit, set()).add(str(item.about.get("fact")))
    now = figures_now(wanted, ruling)
    found = ((item.pk, _goal(item, ruling, now.get(item.unit.code, {}))) for item in ours)
    return {pk: goal for pk, goal in found if goal}


def _goal(item: WorkItem, ruling: Rulings, now: Mapping[str, Figure]) -> Goal | None:
    kind = _kind(item.unit, ruling)
    fact, star = str(item.about.get("fact")), str(item.about.get("star"))
    if kind is None or fact not in kind.facts or star not in kind.stars:
        return None
    title, colour = kind.nodes[star].title, kind.star(star).colour
    return Goal(kind.facts[fact], star, title, colour, item.about.get("from"), item.about.get("to"), now.get(fact))


def _kind(unit: Unit, ruling: Rulings) -> UnitKind | None:
    publication = ruling.of(unit)
    return scheme_of(publication).kinds.get(unit.kind) if publication else None
