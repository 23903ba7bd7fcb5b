"""A scheme compiled once: for each kind of unit the nodes as functions over columns, in stages that end in ranks."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from fanxing.rating.changes import Change, changed, filling
from fanxing.rating.columns import BLOCK, DTYPES, Column, scalar
from fanxing.rating.evaluate import Names
from fanxing.rating.facts import LARGEST
from fanxing.rating.forms import TODAY, Compiler
from fanxing.rating.grids import grids
from fanxing.rating.ranking import rank
from fanxing.scheme.checking import node_types
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import Fact, Node, Rank, Scheme, Star, UnitKind, reads
from fanxing.scheme.ranges import ranges


class Block(dict[str, Column]):
    """The columns of some units while they are computed. What is not there (a fact, a node of an earlier stage) is fetched when read."""

    def __init__(self, size: int, fetch: Callable[[str], Column], today: Column) -> None:
        super().__init__({TODAY: today})
        self.shape, self.fetch = (size,), fetch

    def __missing__(self, id: str) -> Column:
        column = self[id] = self.fetch(id)
        return column


@dataclass(frozen=True)
class Step:
    """A node to compute: whether its column is kept, and which columns nobody reads after it (what is dropped early stays in the cache)."""

    id: str
    compute: Callable[[Block], Column]
    kept: bool
    last_reads: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Nodes computed block by block, then ranks computed over all units."""

    steps: tuple[Step, ...]
    ranks: tuple[str, ...]


class KindPlan:
    """The plan of one kind of unit."""

    def __init__(self, kind: UnitKind, words: dict[str, int]) -> None:
        self.kind = kind
        self.types = node_types(kind)
        self.names = Names(self.types, ranges(kind, largest=LARGEST), words)
        self.compiler = Compiler(self.names, grids(kind))
        self.ranks = frozenset(id for id, node in kind.nodes.items() if isinstance(node.form, Rank))
        self.compiled = {id: _node(node, self.compiler) for id, node in kind.nodes.items()}
        self.fill = {fact.id: _fill(fact, self.names) for fact in kind.facts.values() if fact.if_missing is not None}
        self.results = tuple(dict.fromkeys(id for id in _results(kind) if id in kind.nodes))
        self.every_node = self._stages(frozenset(kind.nodes))
        self.results_only = self._stages(frozenset(self.results) | self.ranks)
        self._only: dict[frozenset[str], tuple[Stage, ...]] = {}

    def only(self, wanted: frozenset[str]) -> tuple[Stage, ...]:
        """The stages for some nodes to be known, and no others."""
        if wanted not in self._only:
            self._only[wanted] = self._stages(wanted)
        return self._only[wanted]

    def _stages(self, wanted: Set[str]) -> tuple[Stage, ...]:
        """What must be computed, and in which order, for some nodes to be kept."""
        nodes = self.kind.nodes
        needed = _needed(nodes, wanted)
        stage_of = _stages(nodes)
        read_later = {name for id in needed for name in reads(nodes[id]) if name in nodes and stage_of[name] != stage_of[id]}
        return tuple(
            Stage(
                self._steps([id for id in needed if stage_of[id] == stage and id not in self.ranks], wanted | read_later),
                tuple(id for id in needed if stage_of[id] == stage + 1 and id in self.ranks),
            )
            for stage in range(max(stage_of.values(), default=0) + 1)
        )

    def _steps(self, ids: list[str], kept: Set[str]) -> tuple[Step, ...]:
        last = {name: id for id in ids for name in (id, *reads(self.kind.nodes[id]))}
        spent: dict[str, list[str]] = {id: [] for id in ids}
        for name, id in last.items():
            spent[id].append(name)
        return tuple(Step(id, self.compiled[id], id in kept, tuple(spent[id])) for id in ids)

    def run(
        self, stages: tuple[Stage, ...], facts: Mapping[str, Column], rows: NDArray[np.int64], as_of: float, ranks: Mapping[str, Column]
    ) -> dict[str, Column]:
        """The columns that some stages (`every_node`, `results_only`, or `only` some) keep, of the units in some rows of the facts. Given
        `ranks` are taken, not computed."""
        kept: dict[str, Column] = {}
        pick = _picking(rows)

        def block(part: slice) -> Block:
            return Block(part.stop - part.start, partial(fetch, part), np.asarray(as_of))

        def fetch(part: slice, id: str) -> Column:
            if id in self.kind.nodes:
                return kept[id][part]
            column = pick(facts[id], part)
            return self.fill[id](column) if id in self.fill else column

        parts = _parts(len(rows))
        if len(parts) > 1:
            kept = self._room([step.id for stage in stages for step in stage.steps if step.kept], len(rows))
        for stage in stages:
            for part in parts:
                self._compute(stage.steps, block(part), part, kept, whole=len(parts) == 1)
            everything = block(slice(0, len(rows)))
            for id in stage.ranks:
                kept[id] = ranks[id] if id in ranks else self.compiled[id](everything)
        return kept

    def _room(self, ids: list[str], count: int) -> dict[str, Column]:
        """Columns to be filled, those of a type in one piece: for hundreds of large pieces the system needs three times as long."""
        room: dict[str, Column] = {}
        for dtype in dict.fromkeys(DTYPES.values()):
            names = [id for id in ids if DTYPES[self.types[id]] is dtype]
            room |= zip(names, np.empty((len(names), count), dtype), strict=True)
        return room

    def _compute(self, steps: tuple[Step, ...], block: Block, part: slice, kept: dict[str, Column], *, whole: bool) -> None:
        for step in steps:
            column = step.compute(block)
            if column.shape != block.shape:  # what reads nothing is a scalar
                column = np.full(block.shape, column)
            block[step.id] = column
            if step.kept:
                if whole:
                    kept[step.id] = column
                else:
                    kept[step.id][part] = column
            for name in step.last_reads:
                del block[name]


def _parts(count: int) -> list[slice]:
    return [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def _picking(rows: NDArray[np.int64]) -> Callable[[Column, slice], Column]:
    """A function that takes a part of these rows from a column: in one piece, where they stand together."""
    first = int(rows[0])
    if int(rows[-1]) - first + 1 == len(rows):
        return lambda column, part: column[first + part.start : first + part.stop]
    return lambda column, part: column.take(rows[part])


def _results(kind: UnitKind) -> Iterator[str]:
    yield kind.tier
    if kind.total:
        yield kind.total
    for star in kind.stars:
        yield star
        yield kind.star(star).score.id


def _needed(nodes: Mapping[str, Node], wanted: Set[str]) -> list[str]:
    """The nodes that must be computed for some to be known, in order."""
    needed = set(wanted)
    for id in reversed(list(nodes)):
        if id in needed:
            needed.update(reads(nodes[id]))
    return [id for id in nodes if id in needed]


def _stages(nodes: Mapping[str, Node]) -> dict[str, int]:
    """The stage of each node: one more than a rank's inputs have, else as late as its latest input."""
    stages: dict[str, int] = {}
    for id, node in nodes.items():
        latest = max((stages.get(name, 0) for name in reads(node)), default=0)
        stages[id] = latest + 1 if isinstance(node.form, Rank) else latest
    return stages


def _fill(fact: Fact, names: Names) -> Change:
    return filling(scalar(fact.if_missing, fact.value_type, names.words), fact.value_type, names.ranges[fact.id])


def _node(node: Node, compiler: Compiler) -> Callable[[Block], Column]:
    if isinstance(node.form, Rank):
        return _rank(node, node.form, compiler)
    return compiler.node(node)


def _rank(node: Node, form: Rank, compiler: Compiler) -> Callable[[Block], Column]:
    of, only = compiler.expression(form.of), None if form.only is None else compiler.condition(form.only).holds
    tail = compiler.tail(node, Type.NUMBER)

    def compute(block: Block) -> Column:
        places = rank(
            np.broadcast_to(of(block), block.shape),
            [block[scope] for scope in form.within],
            None if only is None else np.broadcast_to(only(block), block.shape),
            highest=form.first == "highest",
            share=form.as_ == "share",
        )
        return changed(places, tail)

    return compute


class Plan:
    """The plans of all kinds of a scheme; `words` are the texts its rules name."""

    def __init__(self, scheme: Scheme) -> None:
        words: dict[str, int] = {}
        self.kinds = {id: KindPlan(kind, words) for id, kind in scheme.kinds.items()}
        self.words = tuple(words)
        self.asks_for_the_day = any(_asks_for_the_day(kind) for kind in scheme.kinds.values())


def _asks_for_the_day(kind: UnitKind) -> bool:
    return any(veto.since for node in kind.nodes.values() if isinstance(node.form, Star) for veto in node.form.vetoes)


@lru_cache(maxsize=16)
def plan_of(scheme: Scheme) -> Plan:
    """The plan of a scheme, compiled once."""
    return Plan(scheme)
