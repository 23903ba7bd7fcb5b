"""What a task taken from a route is to bring about, and how far the unit is: asked of the scoring each time, never stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.inbox.models import WorkItem
from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings, rulings, scheme_of
from fanxing.scheme.model import Fact, UnitKind
from fanxing.scheme.wording import value_word
from fanxing.scoring.routes import Figure, figures_now, is_reached
from fanxing.web.formats import day, number

# Tasks with this source say in `about` which fact is to come from where to where, and for which star.
ROUTE = "route"
PERCENT = "%"


@dataclass(frozen=True)
class Goal:
    """A figure that a task is to move, with the star that it is for."""

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
        """How far it is: 2/4 个季度."""
        return progress(self.fact, self.now, self.to)

    @property
    def kind(self) -> str:
        """The kind of record that moves the figure; empty where none does."""
        return self.fact.source.kind if self.fact.source else ""


def goals(items: Iterable[WorkItem]) -> dict[int, Goal]:
    """The goals of those items that came from a route, by the id of the item; none where the rules no longer know the figure."""
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
    kind, fact, star = _kind(item.unit, ruling), item.about.get("fact"), item.about.get("star")
    if kind is None or fact not in now or star not in kind.stars:
        return None
    title, colour = kind.nodes[star].title, kind.star(star).colour
    return Goal(kind.facts[fact], star, title, colour, item.about.get("from"), item.about.get("to"), now[fact])


def _kind(unit: Unit, ruling: Rulings) -> UnitKind | None:
    publication = ruling.of(unit)
    return scheme_of(publication).kinds.get(unit.kind) if publication else None


def progress(fact: Fact, now: Figure, to: Figure) -> str:
    """How far a figure is: 2/4 个季度 of a count, otherwise what it is and what it is to be; nothing to say of a yes that has come."""
    if to is True:
        return "" if now is True else "还没有"
    if fact.type == "count" and isinstance(now, int | float) and isinstance(to, int | float):
        return f"{number(now)}/{number(to)} {fact.unit}".rstrip()
    return said(fact, now) if now == to else f"{said(fact, now)}，要到 {said(fact, to)}"


def said(fact: Fact, value: Figure) -> str:
    """A value of a figure as it is read: 10 个月, 30 万元, 是, 国家级."""
    if value is None:
        return "缺"
    if isinstance(value, date):
        return day(value)
    return value_word(value, PERCENT if fact.type == "share" else fact.unit, dict(fact.choices))
