"""A layered layout of boxes and the labelled arrows between them: what follows stands below, arrows cross as little as may be.

The steps are those of Sugiyama, Tagawa and Toda (1981): turn cycles, give layers, order each layer, then give places. Every label
has a place of its own between the boxes, so that nothing lies on anything else. The same boxes are always drawn alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP = 28.0  # between what stands beside each other
BETWEEN = 26.0  # between one layer and the next
SWEEPS = 24


@dataclass(frozen=True)
class Box:
    """Something with a size; `beside` is room kept free at its right side."""

    id: str
    width: float
    height: float
    beside: float = 0.0


@dataclass(frozen=True)
class Arrow:
    """A way from a box to another, with a label of a size."""

    source: str
    target: str
    width: float
    height: float


@dataclass(frozen=True)
class Spot:
    """The middle of something."""

    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """How an arrow goes: through these points one after the other, straight down or up at each; `label` is the middle of its label."""

    points: tuple[Spot, ...]
    label: Spot


@dataclass(frozen=True)
class Layout:
    """Where everything stands on a sheet of this size."""

    boxes: Mapping[str, Spot]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass
class _Knot:
    """Something in a layer: a box, the label of an arrow, or where an arrow passes through."""

    left: float
    right: float
    height: float
    up: list[int] = field(default_factory=list)
    down: list[int] = field(default_factory=list)
    x: float = 0.0


def lay_out(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Layout:
    """The layout of boxes, the first of which is the beginning. Arrows from a box to itself are left to whoever draws."""
    places = {box.id: at for at, box in enumerate(boxes)}
    ways = [(places[one.source], places[one.target]) for one in arrows]
    turned = _turned(len(boxes), ways)
    knots = [_Knot(box.width / 2, box.width / 2 + box.beside, box.height) for box in boxes]
    layers = _layers(len(boxes), [way[::-1] if at in turned else way for at, way in enumerate(ways)])
    depth = [2 * one for one in layers]
    chains = [_chain(at, way, at in turned, arrows[at], knots, depth) for at, way in enumerate(ways)]
    rows = _ordered(knots, depth)
    _place(knots, rows)
    heights = [max(knots[one].height for one in row) for row in rows]
    tops = [sum(heights[:at]) + BETWEEN * at for at in range(len(rows))]
    left = min(knot.x - knot.left for knot in knots)
    for knot in knots:
        knot.x -= left
    middles = [Spot(knot.x, tops[depth[at]] + heights[depth[at]] / 2) for at, knot in enumerate(knots)]
    ports = _Ports(knots, depth, tops, heights, middles)
    lines = tuple(ports.line(chain, ways[at][0] != ways[at][1]) for at, chain in enumerate(chains))
    width = max(knot.x + knot.right for knot in knots)
    return Layout({box.id: middles[at] for at, box in enumerate(boxes)}, lines, width, tops[-1] + heights[-1])


def _turned(count: int, ways: Sequence[tuple[int, int]]) -> set[int]:
    """The arrows that lead back, as a walk from the beginning meets them: with these the other way round nothing goes in a circle."""
    after: list[list[int]] = [[] for _ in range(count)]
    for at, (source, _) in enumerate(ways):
        after[source].append(at)
    turned: set[int] = set()
    done: set[int] = set()
    for root in range(count):
        path, waiting = {root}, [(root, iter(after[root]))]
        if root in done:
            continue
        while waiting:
            box, rest = waiting[-1]
            arrow = next(rest, None)
            if arrow is None:
                waiting.pop()
                path.discard(box)
                done.add(box)
                continue
            target = ways[arrow][1]
            if target in path:
                turned.add(arrow)
            elif target not in done:
                path.add(target)
                waiting.append((target, iter(after[target])))
    return turned


def _layers(count: int, ways: Iterable[tuple[int, int]]) -> list[int]:
    """The layer of each box: below all that lead to it. No way goes in a circle but from a box to itself."""
    forwards = [way for way in ways if way[0] != way[1]]
    layers = [0] * count
    for _ in range(count):
        for source, target in forwards:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers


def _chain(at: int, way: tuple[int, int], turned: bool, arrow: Arrow, knots: list[_Knot], depth: list[int]) -> list[int]:
    """The knots through which an arrow goes, from its source to its target; its label is the one next to the source."""
    source, target = way
    if source == target:
        return [source]
    top, bottom = (target, source) if turned else (source, target)
    inner = []
    for layer in range(depth[top] + 1, depth[bottom]):
        labelled = layer == (depth[bottom] - 1 if turned else depth[top] + 1)
        half = arrow.width / 2 if labelled else 4.0
        knots.append(_Knot(half, half, arrow.height if labelled else 0.0))
        depth.append(layer)
        inner.append(len(knots) - 1)
    downwards = [top, *inner, bottom]
    for upper, lower in pairwise(downwards):
        knots[upper].down.append(lower)
        knots[lower].up.append(upper)
    return downwards[::-1] if turned else downwards


# ---- the order in each layer


def _ordered(knots: Sequence[_Knot], depth: Sequence[int]) -> list[list[int]]:
    """The knots of each layer from left to right, so that few arrows cross: each sweep sorts by the middle of the neighbours."""
    rows: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for at, layer in enumerate(depth):
        rows[layer].append(at)
    best, fewest = [row.copy() for row in rows], _crossings(rows, knots)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = {one: float(at) for row in rows for at, one in enumerate(row)}
        for row in rows if down else rows[::-1]:
            middles = {one: _mean([order[other] for other in (knots[one].up if down else knots[one].down)], order[one]) for one in row}
            row.sort(key=middles.__getitem__)
            order |= {one: float(at) for at, one in enumerate(row)}
        if (crossing := _crossings(rows, knots)) < fewest:
            best, fewest = [row.copy() for row in rows], crossing
    return best


def _crossings(rows: Sequence[Sequence[int]], knots: Sequence[_Knot]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        places = {one: at for at, one in enumerate(lower)}
        ends = [places[other] for one in upper for other in sorted(knots[one].down, key=places.__getitem__)]
        count += sum(second < first for at, first in enumerate(ends) for second in ends[at + 1 :])
    return count


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


# ---- the places in each layer


def _place(knots: Sequence[_Knot], rows: Sequence[Sequence[int]]) -> None:
    """Give each knot its place: as near to the middle of its neighbours as the others of its layer let it."""
    for row in rows:
        _spread(knots, row, [0.0] * len(row))
    for sweep in range(SWEEPS * 2):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            _spread(knots, row, [_wanted(knots[one], knots, (sweep % 2 == 0) if sweep < SWEEPS else None) for one in row])


def _wanted(knot: _Knot, knots: Sequence[_Knot], upwards: bool | None) -> float:
    """The middle of its neighbours above, below, or (None) both."""
    near = [*(knot.up if upwards is not False else ()), *(knot.down if upwards is not True else ())]
    return _mean([knots[one].x for one in near], knot.x)


def _spread(knots: Sequence[_Knot], row: Sequence[int], wanted: Sequence[float]) -> None:
    """Put a layer where it is wanted, in its order and without touching: the least squares, by pooling what would overlap."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + knots[left].right + GAP + knots[right].left)
    pools: list[tuple[float, int]] = []  # the mean of what is wanted, and of how many
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (other * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    places = [mean for mean, size in pools for _ in range(size)]
    for one, place, offset in zip(row, places, offsets, strict=True):
        knots[one].x = place + offset


# ---- how arrows leave and come


@dataclass(frozen=True)
class _Ports:
    """Where the arrows of each knot begin and end: side by side, in the order of where they go."""

    knots: Sequence[_Knot]
    depth: Sequence[int]
    tops: Sequence[float]
    heights: Sequence[float]
    middles: Sequence[Spot]

    def line(self, chain: Sequence[int], leads_on: bool) -> Line:
        """The line through a chain of knots."""
        if not leads_on:
            return Line((), self.middles[chain[0]])
        points: list[Spot] = []
        for one, other in pairwise(chain):
            down = self.depth[other] > self.depth[one]
            points += [*self._edge(one, other, down), *self._edge(other, one, not down)[::-1]]
        return Line(tuple(dict.fromkeys(points)), self.middles[chain[1]])

    def _edge(self, one: int, other: int, below: bool) -> list[Spot]:
        """Where the arrow to or from another leaves a knot, and where it leaves its layer: only between layers does it bend."""
        knot, middle = self.knots[one], self.middles[one]
        near = sorted(knot.down if below else knot.up, key=lambda at: (self.knots[at].x, at))
        share = (near.index(other) + 1) / (len(near) + 1) - 0.5 if len(near) > 1 else 0.0
        x, side = middle.x + share * knot.left * 1.4, 1 if below else -1
        ends = {middle.y + side * knot.height / 2, middle.y + side * self.heights[self.depth[one]] / 2}
        return [Spot(x, y) for y in sorted(ends, reverse=not below)]
