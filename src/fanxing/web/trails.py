"""How a figure comes to count for stars."""

from collections.abc import Sequence
from dataclasses import dataclass

from fanxing.organisations.models import Unit
from fanxing.programme.queries import scheme_of
from fanxing.scheme.model import UnitKind
from fanxing.scoring.queries import Step, Told, account
from fanxing.web.standing import STATES
from fanxing.web.steps import ways


@dataclass(frozen=True)
class Trail:
    """How a figure comes to count for a star: by rules, from the widest to the nearest; by none where a need or veto reads it."""

    star: Step
    colour: str
    ways: list[tuple[Step, ...]]

    @property
    def state(self) -> str:
        """How the star is drawn."""
        return STATES[None if self.star.value is None else bool(self.star.value)]


def trails(of: Told, kind: UnitKind, fact: str) -> list[Trail]:
    """The stars that a figure counts for, and how."""
    found = ((of.explanation.find(id), kind.star(id)) for id in kind.stars)
    each = (Trail(step, star.colour, _ways(step, star.score.id, fact)) for step, star in found if step)
    return [one for one in each if one.ways]


def _ways(star: Step, score: str, fact: str) -> list[tuple[Step, ...]]:
    return [tuple(one for one in way[1:-1] if one.id != score) for way in ways(star, fact)]


def trails_of(unit: Unit, facts: Sequence[str]) -> list[tuple[Step, list[Trail]]]:
    """Some figures of a unit as they stand now, each with its ways to the stars."""
    found = account(unit) if facts else None
    if found is None:
        return []
    kind = scheme_of(found.publication).kinds[unit.kind]
    steps = [step for id in facts if (step := found.explanation.find(id))]
    return [(step, trails(found, kind, step.id)) for step in steps]
