"""The way of a unit to a star, and how far it has come, asked of the ledger as it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.programme.queries import Rulings, scheme_of
from fanxing.rating import Route, met_now, what_if
from fanxing.rating import route as route_in
from fanxing.rating.route import Block, Elsewhere, Improvement, Plan, changes
from fanxing.records.queries import counting
from fanxing.scheme.model import PERIOD_VERBS, Value
from fanxing.scoring.ledger import counted, facts_of_units, frames, kinds_behind
from fanxing.scoring.queries import Account
from fanxing.scoring.reckoning import Reckoning, day_of_rating

__all__ = ["Block", "Elsewhere", "Figure", "Improvement", "Outcome", "Plan", "Route", "figures_now", "is_reached", "route", "supposing"]

Figure = Value | date
# Figures agree when they agree on 12 digits, as in the rating.
DIGITS = 1e-12


@dataclass(frozen=True)
class Outcome:
    """Where a unit would stand with a star: its score, whether it would hold it, and the work that it takes."""

    score: float | None
    held: bool | None
    days: float


def route(of: Account, star: str) -> Route:
    """The route of a unit to a star of its kind, by the records as they stood when the account was given."""
    return route_in(of.reckoning.rating, of.score.unit.code, star, met_now=_met_now(of.reckoning, of.score.unit))


def _met_now(reckoning: Reckoning, unit: Unit) -> frozenset[str]:
    """The figures counted in weeks, months or quarters to which the present one counts already."""
    scheme, kind = reckoning.scheme, reckoning.scheme.kinds[unit.kind]
    sources = [fact.source for fact in kind.facts.values() if fact.source and fact.source.verb in PERIOD_VERBS]
    if not sources:
        return frozenset()
    records = counting(reckoning.units.all()).filter(kind__in=kinds_behind(scheme, {source.kind for source in sources}))
    return met_now(scheme, kind, frames(scheme, records, reckoning.as_of), reckoning.as_of)


def supposing(of: Account, star: str, picked: Sequence[Improvement]) -> Outcome:
    """Where the unit would stand with the star, had it done these things and nothing else."""
    unit, rating = of.score.unit, of.reckoning.rating
    kind = of.reckoning.scheme.kinds[unit.kind]
    values = what_if(rating, unit.code, changes(rating.values(unit.code), kind, picked)).values(unit.code)
    score, held = values[kind.star(star).score.id], values[star]
    assert score is None or isinstance(score, float)
    assert held is None or isinstance(held, bool)
    return Outcome(score, held, sum(one.days for one in picked))


def figures_now(wanted: Mapping[Unit, Collection[str]], ruling: Rulings, *, at: datetime | None = None) -> dict[str, dict[str, Figure]]:
    """Some figures of some units by the records that stand now, by code and id; a missing one is what the rules take it for.

    Units that no programme rates and figures that its rules do not know are left out. Costs a few queries a publication.
    """
    by_publication: dict[Publication, list[Unit]] = {}
    for unit in wanted:
        publication = ruling.of(unit)
        if publication and unit.kind in scheme_of(publication).kinds:
            by_publication.setdefault(publication, []).append(unit)
    found: dict[str, dict[str, Figure]] = {}
    for publication, units in by_publication.items():
        found |= _figures(publication, {unit: wanted[unit] for unit in units}, clock.today(at))
    return found


def _figures(publication: Publication, wanted: Mapping[Unit, Collection[str]], today: date) -> dict[str, dict[str, Figure]]:
    scheme, units = scheme_of(publication), counted(list(wanted))
    asked = {unit.code: [fact for id, fact in scheme.kinds[unit.kind].facts.items() if id in ids] for unit, ids in wanted.items()}
    # Only what these figures are counted from: the others are then wrong, and not looked at.
    kinds = kinds_behind(scheme, {fact.source.kind for facts in asked.values() for fact in facts if fact.source})
    records = counting(units.all()).filter(kind__in=kinds)
    table = facts_of_units(scheme, units, records, day_of_rating(publication, today)).frame(scheme)
    rows = {row["unit"]: row for row in table.iter_rows(named=True)}
    return {
        code: {fact.id: fact.if_missing if rows[code][fact.id] is None else rows[code][fact.id] for fact in facts}
        for code, facts in asked.items()
    }


def is_reached(before: Figure, to: Figure, now: Figure) -> bool:
    """Has a figure that was to go from `before` to `to` come so far, or further?"""
    if not (_is_number(to) and _is_number(now)):
        return now is not None and now == to
    assert isinstance(to, int | float)
    assert isinstance(now, int | float)
    if isclose(now, to, rel_tol=DIGITS):
        return True
    return now < to if _is_number(before) and before > to else now > to  # type: ignore[operator]  # both are numbers


def _is_number(value: Figure) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
