"""What a kind of record counts for in the rules of a unit, before anything of it was entered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fanxing.organisations.models import Unit
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.scheme.model import Fact, UnitKind, reads

NAMED = 4


@dataclass(frozen=True)
class Served:
    """The figures that count records of a kind, and (star, its figures among them) by title."""

    figures: tuple[str, ...] = ()
    stars: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def words(self) -> str:
        """开展活动的月数、党课次数等 5 项数据，用于支部过硬、文明幸福; empty where nothing counts them."""
        if not self.figures:
            return ""
        more = f"等 {len(self.figures)} 项数据" if len(self.figures) > NAMED else ""
        stars = f"，用于{'、'.join(title for title, _ in self.stars)}" if self.stars else ""
        return f"{'、'.join(self.figures[:NAMED])}{more}{stars}"


def served_by_kind(unit: Unit, kind: str) -> Served:
    """What records of a kind count for where the unit is rated."""
    publication = programme_for(unit)
    rules = scheme_of(publication).kinds.get(unit.kind) if publication else None
    if rules is None:
        return Served()
    facts = {id: fact for id, fact in rules.facts.items() if fact.source is not None and fact.source.kind == kind}
    stars = ((rules.nodes[star].title, _titles(facts, set(_read(rules, star)))) for star in rules.stars)
    return Served(_titles(facts, facts), tuple((title, figures) for title, figures in stars if figures))


def _titles(facts: dict[str, Fact], wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(fact.title for id, fact in facts.items() if id in wanted)


def _read(rules: UnitKind, star: str) -> Iterator[str]:
    """The ids of what a star reads, by whatever rules; other stars are left out."""
    waiting, seen = [star], {star, *rules.stars}
    while waiting:
        for name in reads(rules.nodes[waiting.pop()]):
            yield name
            if name in rules.nodes and name not in seen:
                seen.add(name)
                waiting.append(name)
