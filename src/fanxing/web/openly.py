"""Why a unit has a star, in words and without points, for everybody to read."""

from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.scoring.queries import Step, explanation_in
from fanxing.web.published import PublicUnit, Published


@dataclass(frozen=True)
class OpenStar:
    """A star of a unit as everybody sees it.

    looks_at  what the star looks at: the titles of its criteria, deductions and bonuses left out
    met       those that the unit meets in full, told only of a star that it has: nobody is shown up for what is missing
    """

    title: str
    colour: str
    state: str
    owner: str
    basis: str
    looks_at: tuple[str, ...]
    met: tuple[str, ...]


def openly(shown: Published, unit: PublicUnit) -> Iterator[OpenStar]:
    """The stars of a unit in the order of the rules."""
    kind, found = shown.kinds[unit.kind], explanation_in(shown.run_of(unit), unit.code)
    for id, (title, colour, state) in zip(kind.stars, unit.row, strict=True):
        score = found.find(kind.star(id).score.id) if found else None
        criteria = [part for part in score.parts if _is_criterion(part)] if score else []
        met = tuple(part.title for part in criteria if _is_full(part)) if state == "held" else ()
        rule = kind.nodes[id]
        yield OpenStar(title, colour, state, rule.owner, rule.basis, tuple(part.title for part in criteria), met)


def _is_criterion(step: Step) -> bool:
    """Something to be done well: no figure, and nothing that only takes away or adds beyond the mark."""
    gives = step.full is None or step.full > 0
    return bool(step.form not in ("fact", "star") and step.title and gives and not step.extra)


def _is_full(step: Step) -> bool:
    return step.value is not None and not step.lost
