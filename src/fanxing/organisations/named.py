"""The units that cells name: by code, by name, or by the name of what lies above them and their own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from django.db.models import Q

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within

ASKED_AT_ONCE = 400
CANDIDATES_SHOWN = 6
# A sheet in which more names are unknown is about another place; its reader is not helped by more proposals.
GUESSED = 50

Asked = TypeVar("Asked")

# What a row says of its unit: the name of something above it (blank where there is no such column), and the cell that names it.
Named = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that bears a name, and where it is."""

    code: str
    name: str
    above: str


class Places:
    """Units at and below one, as some rows name them: each read once.

    `found`: what a row says → unit. `faults`: the same → what would be right, for those that name no unit or several.
    `candidates`: a name → the units that bear it, where there are several.
    """

    def __init__(self, named: Collection[Named], top: Unit) -> None:
        self.top = top
        self.found: dict[Named, Unit] = {}
        self.faults: dict[Named, str] = {}
        self.candidates: dict[str, list[Candidate]] = {}
        self.above: dict[str, str] = {}
        by_code, by_name = self._read({text for _, text in named})
        joined = self._joined({text for _, text in named if text and text not in by_code and text not in by_name})
        guesses = self._guesses({text for _, text in named if not (text in by_code or text in by_name or text in joined)})
        for one in named:
            if one[1] in by_code:
                self.found[one] = by_code[one[1]]
            else:
                self._choose(one, by_name.get(one[1]) or joined.get(one[1], []), guesses.get(one[1], []))

    def _choose(self, named: Named, bearers: list[Unit], guesses: list[Unit]) -> None:
        above, text = named
        # Of a closed unit and one that goes on under its name, the one that goes on is meant.
        units = [unit for unit in bearers if unit.closed_on is None] or bearers
        if above and len(units) > 1:
            units = [unit for unit in units if above in self._names_above(unit)] or units
        if len(units) == 1:
            self.found[named] = units[0]
        elif units:
            self.candidates[text] = [Candidate(one.code, one.name, one.parent.name if one.parent else "") for one in units]
            self.faults[named] = f"有 {len(units)} 个单位叫“{text}”，请改写代码：{_listed(units)}"
        else:
            guess = f"；是不是{_listed(guesses)}？" if guesses else "，请核对"
            self.faults[named] = f"{self.top.name}没有代码或名称为“{text}”的单位{guess}" if text else "应写明单位的代码或名称"

    def _names_above(self, unit: Unit) -> set[str]:
        """What lies above a unit is called; read for all bearers of names together."""
        return {self.above[code] for code in unit.path.strip("/").split("/")[:-1] if code in self.above}

    def _read(self, texts: Collection[str]) -> tuple[dict[str, Unit], dict[str, list[Unit]]]:
        by_code: dict[str, Unit] = {}
        by_name: defaultdict[str, list[Unit]] = defaultdict(list)
        for some in _batches(texts):
            for unit in self._units(Q(code__in=some) | Q(name__in=some)):
                by_code[unit.code] = unit
                by_name[unit.name].append(unit)
        several = {code for bearers in by_name.values() if len(bearers) > 1 for unit in bearers for code in unit.path.strip("/").split("/")}
        for some in _batches(several):
            self.above |= dict(Unit.objects.filter(code__in=some).values_list("code", "name"))
        return by_code, by_name

    def _joined(self, texts: Collection[str]) -> dict[str, list[Unit]]:
        """The units that texts name together with what is right above them: 石桥镇柳河村."""
        if not texts:
            return {}
        parents: defaultdict[str, list[int]] = defaultdict(list)
        for pk, name in Unit.objects.filter(within(self.top.path), children__isnull=False).values_list("pk", "name").distinct():
            parents[name].append(pk)
        cut = ((text, text[:end], text[end:].strip()) for text in texts for end in range(1, len(text)))
        wanted = {(pk, name): text for text, above, name in cut for pk in parents.get(above, ())}
        found: defaultdict[str, list[Unit]] = defaultdict(list)
        for some in _batches(wanted):
            for unit in self._units(reduce(Q.__or__, (Q(parent=pk, name=name) for pk, name in some))):
                found[wanted[unit.parent_id, unit.name]].append(unit)  # type: ignore[index]  # asked for by its parent
        return found

    def _guesses(self, texts: Collection[str]) -> Mapping[str, list[Unit]]:
        """For names that nobody bears, the units whose names begin so: 柳河 for 柳河村."""
        some = sorted(filter(None, texts))[:GUESSED]
        if not some:
            return {}
        begin = list(self._units(reduce(Q.__or__, (Q(name__startswith=text) for text in some)) & Q(closed_on=None)))
        return {text: [unit for unit in begin if unit.name.startswith(text)] for text in some}

    def _units(self, asked: Q) -> Iterable[Unit]:
        return Unit.objects.filter(within(self.top.path), asked).select_related("parent").order_by("code")


def _listed(units: list[Unit]) -> str:
    listed = "、".join(f"{one.code}（{one.parent.name if one.parent else ''}{one.name}）" for one in units[:CANDIDATES_SHOWN])
    return f"{listed}{'等' if len(units) > CANDIDATES_SHOWN else ''}"


def _batches(asked: Iterable[Asked]) -> Iterator[list[Asked]]:
    every = [one for one in asked if one]
    return (every[start : start + ASKED_AT_ONCE] for start in range(0, len(every), ASKED_AT_ONCE))
