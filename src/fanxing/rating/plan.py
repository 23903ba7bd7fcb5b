"""A scheme compiled once: for each kind of unit the nodes as functions over columns, in stages that end in ranks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fanxing.rating.columns import DTYPES, Column, missing, scalar
from fanxing.rating.evaluate import Compute, Names, compile_expression
from fanxing.rating.forms import Compiler, rank
from fanxing.scheme.checking import node_types
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import Node, Rank, Scheme, UnitKind, reads
from fanxing.scheme.ranges import ranges

BLOCK = 8_192


@dataclass(frozen=True)
class Stage:
    """Nodes computed block by block, then ranks computed over all units."""

    nodes: tuple[tuple[str, Compute], ...]
    ranks: tuple[tuple[str, Compute], ...]


class KindPlan:
    """The plan of one kind of unit."""

    def __init__(self, kind: UnitKind, words: dict[str, int]) -> None:
        self.kind = kind
        self.types = node_types(kind)
        reach = ranges(kind)
        names = Names(self.types, reach, words)
        compiler = Compiler(names, dict(kind.facts), {})
        stage_of = _stages(kind)
        compiled = {
            id: _rank(node, names, compiler) if isinstance(node.form, Rank) else compiler.node(node) for id, node in kind.nodes.items()
        }
        self.stages = tuple(
            Stage(
                tuple((id, compiled[id]) for id, node in kind.nodes.items() if stage_of[id] == stage and not isinstance(node.form, Rank)),
                tuple((id, compiled[id]) for id, node in kind.nodes.items() if stage_of[id] == stage + 1 and isinstance(node.form, Rank)),
            )
            for stage in range(max(stage_of.values(), default=0) + 1)
        )
        self.across = frozenset(
            name for id in kind.nodes for name in reads(kind.nodes[id]) if name in kind.nodes and stage_of[name] != stage_of[id]
        )
        self.results = tuple(dict.fromkeys(id for id in _results(kind) if id in kind.nodes))
        self.ranks = frozenset(id for id, node in kind.nodes.items() if isinstance(node.form, Rank))
        self.defaults = {
            id: scalar(fact.if_missing, fact.value_type, words) for id, fact in kind.facts.items() if fact.if_missing is not None
        }

    def run(
        self, facts: Mapping[str, Column], count: int, as_of: float, *, every_node: bool, ranks: Mapping[str, Column]
    ) -> dict[str, Column]:
        """The columns asked for (`results` and ranks, or every node) of `count` units. Given `ranks` are taken, not computed."""
        wanted = set(self.kind.nodes) if every_node else {*self.results, *self.across, *self.ranks}
        kept: dict[str, Column] = {id: np.empty(count, DTYPES[self.types[id]]) for id in self.kind.nodes if id in wanted}
        filled = {id: self._filled(id, column) for id, column in facts.items()}
        today = np.asarray(as_of)
        for stage in self.stages:
            for rows in _blocks(count):
                columns: dict[str, Column] = {"": today, **_sliced(filled, rows, count), **_sliced(kept, rows, count)}
                for id, compute in stage.nodes:
                    columns[id] = compute(columns)
                    if id in wanted:
                        kept[id][rows] = columns[id]
            for id, compute in stage.ranks:
                kept[id][:] = ranks[id] if id in ranks else compute({"": np.broadcast_to(today, count), **filled, **kept})
        return kept

    def _filled(self, id: str, column: Column) -> Column:
        """A fact's column with what a missing one counts as."""
        if id not in self.defaults:
            return column
        absent = missing(column)
        return np.where(absent, self.defaults[id], column) if absent.any() else column


def _blocks(count: int) -> Iterator[slice]:
    """Slices of rows: so small that intermediate columns stay in the processor's cache."""
    return (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def _sliced(columns: Mapping[str, Column], rows: slice, count: int) -> dict[str, Column]:
    return dict(columns) if rows == slice(0, count) else {id: column[rows] for id, column in columns.items()}


def _results(kind: UnitKind) -> Iterator[str]:
    yield kind.tier
    if kind.total:
        yield kind.total
    for star in kind.stars:
        yield star
        yield kind.star(star).score.id


def _stages(kind: UnitKind) -> dict[str, int]:
    """The stage of each node: one more than a rank's inputs have, else as late as its latest input."""
    stages: dict[str, int] = {}
    for id, node in kind.nodes.items():
        latest = max((stages.get(name, 0) for name in reads(node)), default=0)
        stages[id] = latest + 1 if isinstance(node.form, Rank) else latest
    return stages


def _rank(node: Node, names: Names, compiler: Compiler) -> Compute:
    form = node.form
    assert isinstance(form, Rank)  # the caller has looked
    of = compile_expression(form.of, names, Type.NUMBER)
    only = None if form.only is None else compile_expression(form.only, names, Type.TRUTH)

    def compute(columns: Mapping[str, Column]) -> Column:
        count = columns[""].shape  # what reads no fact is a scalar
        return rank(
            np.broadcast_to(of(columns), count),
            [np.broadcast_to(columns[scope], count) for scope in form.within],
            None if only is None else np.broadcast_to(only(columns), count),
            highest=form.first == "highest",
            share=form.as_ == "share",
        )

    return compiler.tail(node, Type.NUMBER, compute)


class Plan:
    """The plans of all kinds of a scheme; `words` are the texts its rules name."""

    def __init__(self, scheme: Scheme) -> None:
        words: dict[str, int] = {}
        self.kinds = {id: KindPlan(kind, words) for id, kind in scheme.kinds.items()}
        self.words = tuple(words)


@lru_cache(maxsize=16)
def plan_of(scheme: Scheme) -> Plan:
    """The plan of a scheme, compiled once."""
    return Plan(scheme)
