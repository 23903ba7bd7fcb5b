"""A draft tried on the latest run, as a page shows it: counts before and after, and who gains and who loses."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fanxing.lib.spreadsheets import Cell
from fanxing.organisations.models import Unit
from fanxing.scheme.model import UnitKind
from fanxing.scoring.rehearsing import KindRehearsal, Move, Rehearsal, Trial
from fanxing.web.standing import UNRATED, Row, drawn, tier_names

GAINS, LOSES = "gains", "loses"


@dataclass(frozen=True)
class Mover:
    """A unit that moves: its tier and stars before and after, and the titles of the stars it gains and loses."""

    code: str
    name: str
    place: str
    kind: str
    before: str
    after: str
    stars_before: Row
    stars_after: Row
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Results:
    """A trial as it is read at a place: `under` is the code of a unit right below the draft's, `way` keeps only gains or losses."""

    def __init__(self, trial: Trial, unit: Unit, under: str = "", way: str = "") -> None:
        self.trial, self.unit, self.under, self.way = trial, unit, under, way

    @property
    def kinds(self) -> list[tuple[KindRehearsal, bool]]:
        """The counts of each kind of unit, and whether the draft changes a rule of it."""
        return [(one, id in self.trial.changed) for id, rehearsal in self.trial.kinds.items() for one in rehearsal.kinds]

    @cached_property
    def gaining(self) -> int:
        """How many units gain a star."""
        return sum(bool(move.gained) for move in self._moves)

    @cached_property
    def losing(self) -> int:
        """How many units lose a star."""
        return sum(bool(move.lost) for move in self._moves)

    @cached_property
    def moving(self) -> int:
        """How many units move at all."""
        return len(self._moves)

    @cached_property
    def places(self) -> list[tuple[str, str, int]]:
        """(code, name, how many of its units move) of each unit right below the draft's."""
        counts = Counter(self._part(path) for _, path in self._units.values())
        names = dict(Unit.objects.filter(code__in=counts).values_list("code", "name"))
        return [(code, names.get(code, code), counts[code]) for code in sorted(counts)]

    def found(self) -> list[Move]:
        """The units that move and are asked for, in the order of their codes."""
        kept = [move for move in self._moves if not self.under or self._part(self._units[move.unit][1]) == self.under]
        wanted = [move for move in kept if {GAINS: move.gained, LOSES: move.lost}.get(self.way, True)]
        return sorted(wanted, key=lambda move: move.unit)

    def movers(self, moves: list[Move]) -> list[Mover]:
        """Some of them as they are shown."""
        places = {code: name for code, name, _ in self.places}
        by_kind = {id: _Reader(rehearsal, id) for id, rehearsal in self.trial.kinds.items()}
        return [self._mover(move, by_kind[move.kind], places) for move in moves]

    def _mover(self, move: Move, reader: "_Reader", places: Mapping[str, str]) -> Mover:
        name, path = self._units[move.unit]
        before, after = reader.stars(move.unit)
        return Mover(
            move.unit,
            name,
            places.get(self._part(path), ""),
            reader.kind.title,
            reader.tiers.get(move.before or "", move.before or UNRATED),
            reader.tiers.get(move.after or "", move.after or UNRATED),
            before,
            after,
            tuple(map(reader.title, move.gained)),
            tuple(map(reader.title, move.lost)),
        )

    @cached_property
    def _moves(self) -> list[Move]:
        return [move for rehearsal in self.trial.kinds.values() for move in rehearsal.moves]

    @cached_property
    def _units(self) -> dict[str, tuple[str, str]]:
        """Name and path of each unit that moves, by code."""
        rows = Unit.objects.filter(code__in=[move.unit for move in self._moves]).values_list("code", "name", "path")
        return {code: (name, path) for code, name, path in rows}

    def _part(self, path: str) -> str:
        """The code of the unit right below the draft's in which a path lies."""
        return path.removeprefix(self.unit.path).split("/")[0]


class _Reader:
    """One kind of unit in a rehearsal, read unit by unit."""

    def __init__(self, rehearsal: Rehearsal, kind: str) -> None:
        self.rehearsal = rehearsal
        self.kinds = [rating.scheme.kinds.get(kind) for rating in (rehearsal.before, rehearsal.after)]
        self.kind: UnitKind = next(one for one in reversed(self.kinds) if one is not None)
        self.tiers = tier_names(one for one in self.kinds if one is not None)

    def title(self, star: str) -> str:
        """What a star is called."""
        return next(one.nodes[star].title for one in reversed(self.kinds) if one is not None and star in one.stars)

    def stars(self, unit: str) -> tuple[Row, Row]:
        """The stars of a unit before and after, as they are drawn."""
        row = self.rehearsal.before.facts.row(unit)
        before, after = (
            drawn(kind, {star: held[row] for star, held in side.items()}) if kind else ()
            for kind, side in zip(self.kinds, self._held, strict=True)
        )
        return before, after

    @cached_property
    def _held(self) -> list[dict[str, list[bool | None]]]:
        ratings = (self.rehearsal.before, self.rehearsal.after)
        return [
            {star: rating.held(star).to_list() for star in (kind.stars if kind else ())}
            for rating, kind in zip(ratings, self.kinds, strict=True)
        ]


def cells(movers: list[Mover]) -> Iterator[list[Cell]]:
    """The units that move as rows of a workbook."""
    for one in movers:
        yield [one.code, one.name, one.place, one.kind, one.before, one.after, "、".join(one.gained) or None, "、".join(one.lost) or None]
