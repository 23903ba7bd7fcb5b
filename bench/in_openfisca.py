"""OpenFisca-core: the rules of the workload as variables with formulas, a tax and benefit system for each kind of unit.

Its numbers are of single precision, in which thresholds and roundings come out otherwise; here its variables are given double precision.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from workload import INDICATORS, KINDS, REACHED, STARS, Indicator, Inputs, Results, Star, may_be_missing, rules

YEAR = period("2025")
UNIT = build_entity(key="unit", plural="units", label="Unit", is_person=True)
Column = np.ndarray
Get = Callable[[str], Column]
Formula = Callable[[Get], Column]


def prepare(inputs: Inputs) -> Inputs:
    for kind in KINDS:
        system(kind)
    return inputs


def run(inputs: Inputs) -> list[tuple[Column, Simulation]]:
    """A simulation for the units of each kind; it keeps the arrays of all variables."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return [_simulated(inputs, kind) for kind in KINDS]


def results(simulated: list[tuple[Column, Simulation]]) -> Results:
    count = sum(len(rows) for rows, _ in simulated)
    columns = {name: np.empty(count) for name in ("tier", "total", *(f"s{star}_score" for star in range(STARS)))}
    for rows, simulation in simulated:
        for name, column in columns.items():
            column[rows] = simulation.calculate(name, YEAR)
    return Results(columns.pop("tier"), columns)


def _simulated(inputs: Inputs, kind: str) -> tuple[Column, Simulation]:
    rows = np.flatnonzero(inputs.codes == KINDS.index(kind))
    simulation = SimulationBuilder().build_default_simulation(system(kind), len(rows))
    for place, (name, column) in enumerate(inputs.columns.items()):
        column = column[rows]
        if not may_be_missing(place):
            column[np.isnan(column)] = 0.0
        simulation.set_input(name, YEAR, column)
    for name in ("tier", "total"):
        simulation.calculate(name, YEAR)
    return rows, simulation


@cache
def system(kind: str) -> TaxBenefitSystem:
    """The rules of a kind of unit."""
    made = TaxBenefitSystem([UNIT])
    formulas: dict[str, Formula | None] = {f"f{fact}": None for fact in range(INDICATORS)}
    for name, formula in {**formulas, **dict(_formulas(rules(kind)))}.items():
        made.add_variable(_variable(name, formula))
        made.get_variable(name).dtype = np.float64
    return made


def _variable(name: str, formula: Formula | None) -> type[Variable]:
    content: dict[str, Any] = {"value_type": float, "entity": UNIT, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:

        def in_openfisca(unit: Any, when: Any) -> Column:
            return formula(lambda other: unit(other, when))

        content["formula"] = in_openfisca
    return type(name, (Variable,), content)


def _formulas(stars: tuple[Star, ...]) -> Iterator[tuple[str, Formula]]:
    for star in stars:
        for one in star.indicators:
            yield from zip(one.names, FORMS[one.form](one), strict=True)
        yield star.score, lambda get, star=star: rounded(sum(get(one.names[3]) for one in star.indicators), 100)
        yield star.id, lambda get, star=star: _held(star, get)
    yield "total", lambda get: sum(get(star.score) for star in stars)
    yield "tier", lambda get: sum(get(star.id) for star in stars)


def _held(star: Star, get: Get) -> Column:
    """1, 0, or NaN: not to be decided."""
    held = (get(star.score) >= star.pass_mark - 5e-11) & ~(get(star.veto) > 98.5)
    if star.requires is not None:
        held &= get(f"s{star.requires}") == 1
    if not star.waits:
        return held
    waits = get(star.waits)
    held &= ~(waits > 99.5)
    return np.where(held & np.isnan(waits), np.nan, held)


def rounded(column: Column, parts: float) -> Column:
    return np.floor(column * (parts * REACHED) + 0.5) / parts


def or_0(column: Column) -> Column:
    return np.where(np.isnan(column), 0.0, column)


def _banded(one: Indicator) -> tuple[Formula, ...]:
    (x, y, z, w), (a, b, c, _), t = one.facts, one.names, one.shift

    def steps(get: Get) -> Column:
        return np.select([get(x) >= 80 + t, get(x) >= 60 + t, get(x) >= 40 + t, get(x) >= 20 + t], [4.0, 3.0, 2.0, 1.0], 0.0)

    def scaled(get: Get) -> Column:
        return or_0(rounded(np.clip(np.where(get(y) == 0, np.nan, get(x) / get(y)), 0, 2) * 2.5, 100))

    def chosen(get: Get) -> Column:
        first = (get(x) >= 50) & (get(z) < 30)
        undecided = (np.isnan(get(x)) & ~(get(z) >= 30)) | (np.isnan(get(z)) & ~(get(x) < 50)) | np.isnan(get(w))
        return np.where(first, 2.0, np.where(undecided, 0.0, get(w) > 90 - t))

    return steps, scaled, chosen, lambda get: np.minimum(get(a) + get(b) + get(c), 9)


def _counted(one: Indicator) -> tuple[Formula, ...]:
    (x, y, _, _), (a, b, c, _), t = one.facts, one.names, one.shift

    def steps(get: Get) -> Column:
        return np.select([np.isnan(get(b)), get(b) <= 0.3, get(b) <= 0.5, get(b) <= 0.7], [0.0, 3.0, 2.0, 1.0], 0.0)

    return (
        lambda get: or_0(np.minimum(np.floor(get(x) * (REACHED / (8 + t))) * 0.5, 4)),
        lambda get: rounded(get(x) / (get(x) + get(y)), 10_000),
        steps,
        lambda get: np.minimum(get(a) + get(c), 6),
    )


def _adjusted(one: Indicator) -> tuple[Formula, ...]:
    (x, y, z, _), (a, b, c, _), t = one.facts, one.names, one.shift

    def either(get: Get) -> Column:
        enough, much = get(x) >= 20, get(z) > 80 + t
        return np.where((np.isnan(get(x)) & ~much) | (np.isnan(get(z)) & ~enough), np.nan, enough | much)

    def after(get: Get) -> Column:
        first = np.where(get(b) == 1, get(a) + 1, get(a))
        return np.where(get(y) > 95, np.maximum(first - 2, 0), first)

    return (
        lambda get: or_0(np.interp(get(x), (0, 50 + t, 100), (0, 4, 6))),
        either,
        after,
        lambda get: rounded((get(a) + 3 * get(c)) / 4, 100),
    )


def _best(one: Indicator) -> tuple[Formula, ...]:
    (x, y, _, _), (a, b, c, _), t = one.facts, one.names, one.shift

    def steps(get: Get) -> Column:
        apart = np.round(get(x) - get(y), 9)
        return np.select([apart >= 50, apart >= 0, apart >= -50 - t], [3.0, 2.0, 1.0], 0.0)

    return (
        steps,
        lambda get: or_0(rounded(np.maximum(get(x), get(y)) * 0.04, 100)),
        lambda get: np.maximum(get(a), get(b)),
        lambda get: np.minimum(get(a) + get(c), 5.5),
    )


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}
