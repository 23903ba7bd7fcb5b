"""Where a unit stands, as it is told on a page: its stars, what each still asks, and the nearest one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fanxing.scheme.model import UnitKind, Veto
from fanxing.scoring.queries import Condition, Step, Told
from fanxing.web.formats import day, number
from fanxing.web.steps import lacking, shortfalls

# How a star is drawn, by whether it is held.
STATES = {True: "held", False: "none", None: "unrated"}
UNRATED = "不评"
UNRATED_IN_ADDRESS = "unrated"
FIGURES_NAMED = 3
RULES_NAMED = 3

Row = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class StarCard:
    """A star of a unit: its points, its pass mark, and in words what is missing; `gap` in points, None where points do not decide."""

    id: str
    title: str
    colour: str
    state: str
    score: Step
    pass_mark: float
    owner: str
    words: tuple[str, ...]
    gap: float | None

    @property
    def held(self) -> bool:
        """The unit has it by the records as they stand."""
        return self.state == "held"


@dataclass(frozen=True)
class Nearest:
    """The star that is missed by the fewest points, and the rules that would give most."""

    card: StarCard
    rules: list[Step]


def drawn(kind: UnitKind, held: Mapping[str, bool | None]) -> Row:
    """A unit's stars as a list shows them: star → whether it is held (None, or not there: not rated)."""
    return tuple((kind.nodes[id].title, kind.star(id).colour, STATES[held.get(id)]) for id in kind.stars)


def row(kind: UnitKind, stars: Mapping[str, Mapping[str, Any]]) -> Row:
    """The same from a saved score."""
    return drawn(kind, {id: star["held"] for id, star in stars.items()})


def tier_words(kind: UnitKind) -> dict[str, str]:
    """Tiers as they are stored → as they are called, best first."""
    labels = sorted(kind.nodes[kind.tier].labels, key=lambda label: label[0] if isinstance(label[0], float) else 0, reverse=True)
    return {number(value) if isinstance(value, float) else str(value): word for value, word in labels}


def tier_names(kinds: Iterable[UnitKind]) -> dict[str, str]:
    """The tiers of some kinds as they are stored → as they are called, best first; what is not rated last."""
    return {id: word for kind in kinds for id, word in tier_words(kind).items()} | {"": UNRATED}


def middle_tier(kinds: Iterable[UnitKind]) -> str:
    """The tier, as it is stored, of more than half of the stars that a unit can have."""
    return str(max((len(kind.stars) for kind in kinds), default=0) // 2 + 1)


def at_least(tier: str, tiers: Iterable[str]) -> frozenset[str]:
    """Of tiers in order, the best first, one and all better ones; none where there is no such tier."""
    best_first = list(tiers)
    return frozenset(best_first[: best_first.index(tier) + 1]) if tier in best_first else frozenset()


def tier_choices(kinds: Iterable[UnitKind], counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(value in the address, tier, number of units) of every tier that some unit has."""
    return [(id or UNRATED_IN_ADDRESS, word, counts[id]) for id, word in tier_names(kinds).items() if counts.get(id)]


def cards(found: Told, kind: UnitKind) -> list[StarCard]:
    """The stars of the unit in the order of the scheme."""
    return [_card(found, kind, id) for id in kind.stars]


def _card(found: Told, kind: UnitKind, id: str) -> StarCard:
    step, score = found.explanation.find(id), found.explanation.find(kind.star(id).score.id)
    assert step is not None  # every star is a result
    assert score is not None  # and every result is explained
    star, rule = kind.star(id), kind.nodes[id]
    state = STATES[None if step.value is None else bool(step.value)]
    gap = max(star.pass_mark - score.value, 0) if isinstance(score.value, int | float) else None
    conditions = found.conditions[id]
    words = tuple(_missing(score, gap, conditions)) if state != "held" else (_ahead(score, star.pass_mark),)
    barred = any(isinstance(one.rule, Veto) and one.holds for one in conditions)
    return StarCard(id, rule.title, star.colour, state, score, star.pass_mark, rule.owner, words, None if barred else gap)


def shortened(reason: str) -> str:
    """Why a unit is not rated; of a long list the first few."""
    reasons = reason.split("；")
    more = f"等 {len(reasons)} 项" if len(reasons) > FIGURES_NAMED else ""
    return "；".join(reasons[:FIGURES_NAMED]) + more


def _ahead(score: Step, pass_mark: float) -> str:
    above = score.value - pass_mark if isinstance(score.value, int | float) else 0
    return f"高出达星线 {number(above)} 分" if above > 0 else "正好达星"


def _missing(score: Step, gap: float | None, conditions: tuple[Condition, ...]) -> Iterator[str]:
    """What stands between the unit and the star, in words."""
    if gap is None:
        titles = [step.title for step in lacking(score)]
        more = f"等 {len(titles)} 项" if len(titles) > FIGURES_NAMED else ""
        yield f"{UNRATED}：缺{'、'.join(titles[:FIGURES_NAMED])}{more}" if titles else UNRATED
    elif gap > 0:
        yield f"差 {number(gap)} 分"
    for one in conditions:
        if isinstance(one.rule, Veto) and one.holds:
            yield f"否决：{one.rule.title}{_term(one.until)}"
        elif not isinstance(one.rule, Veto) and not one.holds:
            yield f"还须：{one.rule.title}"


def _term(until: date | None) -> str:
    return f"，至 {day(until - timedelta(days=1))}" if until else ""


def nearest(found: Told, stars: list[StarCard]) -> Nearest | None:
    """The star not yet held that the fewest points are missing for; of those that ask for other stars first, none."""
    open_ = [card for card in stars if not card.held and card.gap and all(one.holds for one in _needs(found, card))]
    if not open_:
        return None
    card = min(open_, key=lambda one: one.gap or 0)
    return Nearest(card, shortfalls(card.score, RULES_NAMED))


def _needs(found: Told, card: StarCard) -> Iterator[Condition]:
    return (one for one in found.conditions[card.id] if not isinstance(one.rule, Veto))
