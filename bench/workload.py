"""The work that all sides of the rating bench do: 60 indicators in about 250 rules for each of three kinds of unit, and facts for them.

The rules are written once as parameters (`Indicator`) and said to Fanxing as YAML; every other side is given the parameters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KINDS = ("village", "community", "neighbourhood")
SHARES = (0.75, 0.18, 0.07)
INDICATORS, STARS = 60, 5
PER_STAR = INDICATORS // STARS
MISSING = 0.05
SEED = 20250101
# Half a unit of the 12th digit: what others multiply by, so that a number so near to the next multiple has reached it.
REACHED = 1 + 5e-12


@dataclass(frozen=True)
class Indicator:
    """One indicator: four rules of a form (see the sides for what each computes) over its own fact x and three others.

    shift  moves the thresholds, by kind of unit
    """

    number: int
    shift: float

    @property
    def form(self) -> str:
        return ("banded", "counted", "adjusted", "best")[self.number % 4]

    @property
    def facts(self) -> tuple[str, str, str, str]:
        """x, y, z, w."""
        return tuple(f"f{(self.number + step) % INDICATORS}" for step in (0, 1, 7, 3))  # type: ignore[return-value]

    @property
    def names(self) -> tuple[str, str, str, str]:
        """The ids of its rules a, b, c and d; d is what counts towards the star."""
        return tuple(f"{rule}{self.number}" for rule in "abcd")  # type: ignore[return-value]


@dataclass(frozen=True)
class Star:
    """One star: the points of its indicators; which facts veto it; which star it requires."""

    number: int
    indicators: tuple[Indicator, ...]
    pass_mark: float
    veto: str
    waits: str
    requires: int | None

    @property
    def id(self) -> str:
        return f"s{self.number}"

    @property
    def score(self) -> str:
        return f"s{self.number}_score"


def rules(kind: str) -> tuple[Star, ...]:
    """The stars of a kind of unit: its parameters differ from those of the others."""
    place = KINDS.index(kind)
    return tuple(
        Star(
            number=star,
            indicators=tuple(Indicator(star * PER_STAR + one, float(place)) for one in range(PER_STAR)),
            pass_mark=(49.0, 48.0, 47.0)[place],
            veto=f"f{star * PER_STAR + 1}",
            waits=f"f{star * PER_STAR + 3}" if star == 3 else "",
            requires=0 if star == 4 else None,
        )
        for star in range(STARS)
    )


def may_be_missing(fact: int) -> bool:
    """Does the fact stay missing (a third of them), or count as 0?"""
    return fact % 3 == 0


def scheme_files() -> dict[str, str]:
    """The scheme as the files of a folder."""
    return {"scheme.yaml": _scheme()} | {
        f"stars/{kind}/{star.id}.yaml": "\n".join(_star(star, of_kind=kind == KINDS[0])) for kind in KINDS for star in rules(kind)
    }


def _scheme() -> str:
    stars = ", ".join(f"s{star}" for star in range(STARS))
    lines = ["scheme: bench", "title: Bench", "basis: example", "kinds:"]
    lines += [f"  {kind}: {{title: {kind}, stars: [{stars}]}}" for kind in KINDS]
    lines += ["tier: {title: Stars, count: stars}", "total: total", "facts:"]
    for fact in range(INDICATORS):
        lines += [f"  f{fact}: {{title: F{fact}, type: number, least: 0, if_missing: {'stays' if may_be_missing(fact) else 0}}}"]
    scores = ", ".join(f"s{star}_score" for star in range(STARS))
    return "\n".join([*lines, "nodes:", f"  total: {{title: Total, sum: [{scores}]}}", ""])


def _star(star: Star, *, of_kind: bool) -> Iterator[str]:
    yield f"title: S{star.number}"
    yield "basis: example"
    yield "nodes:"
    for indicator in star.indicators:
        yield from (f"  {line}" for line in FORMS[indicator.form](indicator))
    yield f"score: {{title: Score, sum: [{', '.join(one.names[3] for one in star.indicators)}], round: 0.01}}"
    yield f"pass: {star.pass_mark:g}"
    if star.requires is not None:
        yield f"needs: [s{star.requires}]"
    yield "vetoes:"
    yield f"  - {{title: Veto, when: {star.veto} > 98.5, if_undecided: no}}"
    if star.waits:
        yield f"  - {{title: Waits, when: {star.waits} > 99.5, if_undecided: hold}}"


def _banded(one: Indicator) -> Iterator[str]:
    (x, y, z, w), (a, b, c, d), t = one.facts, one.names, one.shift
    steps = f"{20 + t:g}: 1, {40 + t:g}: 2, {60 + t:g}: 3, {80 + t:g}: 4"
    rows = f"{{when: {x} >= 50 and {z} < 30, give: 2}}, {{when: {w} > {90 - t:g}, give: 1}}, {{give: 0}}"
    yield f"{a}: {{title: A, steps: {{of: {x}, at_least: {{{steps}}}, otherwise: 0}}, if_missing: 0}}"
    yield f"{b}: {{title: B, scale: {{of: {x} / {y}, from: [0, 2], to: [0, 5]}}, round: 0.01, if_missing: 0}}"
    yield f"{c}: {{title: C, choose: [{rows}], if_missing: 0}}"
    yield f"{d}: {{title: D, sum: [{a}, {b}, {c}], most: 9}}"


def _counted(one: Indicator) -> Iterator[str]:
    (x, y, _, _), (a, b, c, d), t = one.facts, one.names, one.shift
    yield f"{a}: {{title: A, each: {{of: {x}, per: {8 + t:g}, points: 0.5}}, most: 4, if_missing: 0}}"
    yield f"{b}: {{title: B, formula: {x} / ({x} + {y}), round: 0.0001}}"
    yield f"{c}: {{title: C, steps: {{of: {b}, up_to: {{0.3: 3, 0.5: 2, 0.7: 1}}, otherwise: 0}}, if_missing: 0}}"
    yield f"{d}: {{title: D, sum: [{a}, {c}], most: 6}}"


def _adjusted(one: Indicator) -> Iterator[str]:
    (x, y, z, _), (a, b, c, d), t = one.facts, one.names, one.shift
    yield f"{a}: {{title: A, scale: {{of: {x}, from: [0, {50 + t:g}, 100], to: [0, 4, 6]}}, if_missing: 0}}"
    yield f"{b}: {{title: B, formula: not ({x} < 20) or {z} > {80 + t:g}}}"
    yield f"{c}: {{title: C, adjust: {{start: {a}, steps: [{{when: {b}, add: 1}}, {{when: {y} > 95, add: -2, least: 0}}]}}, missing: skip}}"
    yield f"{d}: {{title: D, mean: [{a}, {c}], weights: [1, 3], round: 0.01}}"


def _best(one: Indicator) -> Iterator[str]:
    (x, y, _, _), (a, b, c, d), t = one.facts, one.names, one.shift
    yield f"{a}: {{title: A, steps: {{of: {x} - {y}, below: {{{-50 - t:g}: 0, 0: 1, 50: 2}}, otherwise: 3}}, if_missing: 0}}"
    yield f"{b}: {{title: B, formula: 'max({x}, {y}) * 0.04', round: 0.01, if_missing: 0}}"
    yield f"{c}: {{title: C, highest: [{a}, {b}]}}"
    yield f"{d}: {{title: D, sum: [{a}, {c}], most: 5.5}}"


FORMS = {"banded": _banded, "counted": _counted, "adjusted": _adjusted, "best": _best}


@dataclass(frozen=True)
class Inputs:
    """Facts as every side is given them: the kind of each unit as its place in KINDS, and a column (NaN: missing) for each fact."""

    codes: NDArray[np.int8]
    columns: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.codes)

    def kinds(self) -> list[str]:
        return [KINDS[code] for code in self.codes]

    def first(self, count: int) -> "Inputs":
        return Inputs(self.codes[:count], {id: column[:count] for id, column in self.columns.items()})


def inputs(count: int) -> Inputs:
    """Facts drawn from a fixed seed: one decimal from 0 to 100, so that thresholds are often hit exactly; about 5 % missing."""
    random = np.random.default_rng(SEED)
    codes = random.choice(len(KINDS), size=count, p=SHARES).astype(np.int8)
    columns = {}
    for fact in range(INDICATORS):
        column = np.round(random.random(count) * 100, 1)
        column[random.random(count) < MISSING] = np.nan
        columns[f"f{fact}"] = column
    return Inputs(codes, columns)


@dataclass(frozen=True)
class Results:
    """What every side must agree on, in the order of the units: the count of stars (NaN: not rated), the total, each star's points."""

    tier: NDArray[np.float64]
    points: Mapping[str, NDArray[np.float64]]

    def first(self, count: int) -> "Results":
        return Results(self.tier[:count], {id: column[:count] for id, column in self.points.items()})

    def differences(self, other: "Results") -> tuple[int, float]:
        """How many tiers differ, and by how much at most the points do (infinite where only one has any)."""
        tiers = int((~((self.tier == other.tier) | (np.isnan(self.tier) & np.isnan(other.tier)))).sum())
        return tiers, max(_apart(column, other.points[id]) for id, column in self.points.items())


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if (np.isnan(one) != np.isnan(other)).any():
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0))
