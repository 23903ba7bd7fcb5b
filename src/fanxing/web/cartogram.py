"""A map that is generated from the tree of units alone: every part of the whole a block of equal tiles, every unit a point in its tile.

It knows no borders and shows no real place: where a block stands follows from the order of codes and the numbers of units. The
same tree gives the same map, and any tree gives one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

Point = tuple[float, float]
Cell = tuple[int, int]  # row, column

SIZE = 50.0  # from the middle of a tile to its corners
ROW, COLUMN = SIZE * 1.5, SIZE * math.sqrt(3)
WIDE = 1.55  # how much wider than high the whole becomes
GAP = 40.0  # between two halves of the map, at each cut
APART = COLUMN + 16  # the least from tile to tile of two parts
TIGHT = 0.95  # of the widest spacing at which points of two tiles stand no closer than those of one
ROUNDS = 400
USUAL = 0.75  # the share of places that need one tile; larger ones take several
FEWEST, MOST = 2, 4  # rings of points around the middle of a tile


@dataclass(frozen=True)
class Tile:
    """Some units of one place, each at its point; a place with many units has several tiles."""

    place: str
    at: Point
    points: tuple[tuple[str, Point], ...]


@dataclass(frozen=True)
class Block:
    """A part of the whole: `seat` is the tile that bears its name, `box` what it covers: left, top, width, height."""

    place: str
    seat: Point
    tiles: tuple[Tile, ...]
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Cartogram:
    """The whole map, from 0, 0 to `width`, `height`; `spacing` is how far points stand from each other."""

    width: float
    height: float
    spacing: float
    blocks: tuple[Block, ...]


def cartogram(parts: Mapping[str, Mapping[str, Sequence[str]]]) -> Cartogram:
    """The map of part → place → units, each in the order given. A part of which no place has units is left out."""
    wanted = {part: {place: units for place, units in places.items() if units} for part, places in parts.items()}
    wanted = {part: places for part, places in wanted.items() if places}
    rings = _rings([len(units) for places in wanted.values() for units in places.values()])
    held = len(lattice(rings))
    filled = {
        part: [(place, piece) for place, units in places.items() for piece in _pieces(units, held)] for part, places in wanted.items()
    }
    sizes = [len(pieces) + 1 for pieces in filled.values()]
    regions = _divided(_blob(sum(sizes)), sizes) if sizes else []
    blocks = [_block(part, pieces, region, rings) for (part, pieces), region in zip(filled.items(), regions, strict=True)]
    return _at_origin(blocks, _spacing(rings))


def hexagon(size: float = SIZE) -> list[Point]:
    """The corners of a tile around its middle."""
    return [(size * math.sin(turn), -size * math.cos(turn)) for turn in (math.tau * corner / 6 for corner in range(6))]


@lru_cache(maxsize=8)
def lattice(rings: int) -> tuple[Point, ...]:
    """The points of a tile around its middle, nearest first."""
    spacing = _spacing(rings)
    steps = range(-rings, rings + 1)
    hexes = [(q, r) for q in steps for r in steps if abs(q + r) <= rings]
    points = [(spacing * q * math.sqrt(3) / 2, spacing * (r + q / 2)) for q, r in hexes]
    return tuple(sorted(points, key=lambda at: (round(math.hypot(*at), 3), round(at[1], 3), at[0])))


def _spacing(rings: int) -> float:
    return TIGHT * COLUMN / (1 + math.sqrt(3) * rings)


def _rings(counts: Sequence[int]) -> int:
    """The least number of rings that holds all units of three places in four."""
    usual = sorted(counts)[int(USUAL * (len(counts) - 1))] if counts else 0
    return next((rings for rings in range(FEWEST, MOST) if len(lattice(rings)) >= usual), MOST)


def _pieces(units: Sequence[str], held: int) -> list[Sequence[str]]:
    """The units in equal pieces that a tile holds."""
    count = math.ceil(len(units) / held)
    cuts = [len(units) * piece // count for piece in range(count + 1)]
    return [units[start:end] for start, end in pairwise(cuts)]


def _middle(cell: Cell) -> Point:
    row, column = cell
    return (COLUMN * (column + (row % 2) / 2), ROW * row)


def _blob(count: int) -> list[Cell]:
    """So many cells nearest to a middle, in a round shape that is wider than high."""
    reach = math.ceil(math.sqrt(count)) + 2

    def distance(cell: Cell) -> tuple[float, Cell]:
        x, y = _middle(cell)
        return round(math.hypot(x / WIDE, y), 3), cell

    cells = [(row, column) for row in range(-reach, reach + 1) for column in range(-2 * reach, 2 * reach + 1)]
    return sorted(cells, key=distance)[:count]


Region = list[tuple[Cell, Point]]


def _divided(cells: list[Cell], sizes: Sequence[int]) -> list[Region]:
    """The cells cut into compact regions of these sizes, in order, each moved away from its neighbours."""
    regions = _cut([(cell, (0.0, 0.0)) for cell in cells], sizes)
    for _ in range(ROUNDS):
        if not any(_parted(regions, one, two) for one, two in combinations(range(len(regions)), 2)):
            break
    return regions


def _parted(regions: list[Region], one: int, two: int) -> bool:
    """Whether two regions came too near to each other and were moved apart."""
    pairs = ((_placed(a), _placed(b)) for a in regions[one] for b in regions[two])
    a, b = min(pairs, key=lambda pair: round(math.dist(*pair), 3))
    away = math.dist(a, b)
    if away >= APART - 0.5:
        return False
    for index, sign in ((one, -1), (two, 1)):
        by = sign * (APART - away) / 2
        regions[index] = _moved(_moved(regions[index], 0, by * (b[0] - a[0]) / away), 1, by * (b[1] - a[1]) / away)
    return True


def _placed(one: tuple[Cell, Point]) -> Point:
    (x, y), (by_x, by_y) = _middle(one[0]), one[1]
    return x + by_x, y + by_y


def _cut(region: Region, sizes: Sequence[int]) -> list[Region]:
    if len(sizes) == 1:
        return [region]
    half = _half(sizes)
    first = sum(sizes[:half])
    middles = [_middle(cell) for cell, _ in region]
    across, down = (max(one) - min(one) for one in zip(*middles, strict=True))
    axis = 0 if across >= down else 1
    ordered = sorted(region, key=lambda one: (round(_middle(one[0])[axis], 3), _middle(one[0])[1 - axis]))
    return [
        *_cut(_moved(ordered[:first], axis, -GAP / 2), sizes[:half]),
        *_cut(_moved(ordered[first:], axis, GAP / 2), sizes[half:]),
    ]


def _half(sizes: Sequence[int]) -> int:
    """After how many of the sizes their sum is cut most evenly."""
    return min(range(1, len(sizes)), key=lambda count: abs(sum(sizes[:count]) - sum(sizes[count:])))


def _moved(region: Region, axis: int, by: float) -> Region:
    return [(cell, (x + by, y) if axis == 0 else (x, y + by)) for cell, (x, y) in region]


def _block(part: str, pieces: list[tuple[str, Sequence[str]]], region: Region, rings: int) -> Block:
    """The name in the midst, the tiles around it line by line."""
    places = [_placed(one) for one in region]
    middle = tuple(sum(axis) / len(places) for axis in zip(*places, strict=True))
    seat = min(places, key=lambda at: (round(math.dist(at, middle), 3), at))
    rest = sorted((at for at in places if at != seat), key=lambda at: (round(at[1], 3), at[0]))
    tiles = tuple(Tile(place, at, _points(units, at, rings)) for (place, units), at in zip(pieces, rest, strict=True))
    return Block(part, seat, tiles, _box(places))


def _points(units: Sequence[str], at: Point, rings: int) -> tuple[tuple[str, Point], ...]:
    """Around the middle of the tile, read line by line."""
    taken = sorted(lattice(rings)[: len(units)], key=lambda point: (round(point[1], 3), point[0]))
    return tuple((unit, (at[0] + x, at[1] + y)) for unit, (x, y) in zip(units, taken, strict=True))


def _box(places: Sequence[Point]) -> tuple[float, float, float, float]:
    left, top = min(x for x, _ in places) - COLUMN / 2, min(y for _, y in places) - SIZE
    right, bottom = max(x for x, _ in places) + COLUMN / 2, max(y for _, y in places) + SIZE
    return left, top, right - left, bottom - top


def _at_origin(blocks: Sequence[Block], spacing: float) -> Cartogram:
    """The blocks moved so that the map begins at 0, 0."""
    if not blocks:
        return Cartogram(0, 0, spacing, ())
    left, top = min(block.box[0] for block in blocks), min(block.box[1] for block in blocks)
    width = max(block.box[0] + block.box[2] for block in blocks) - left
    height = max(block.box[1] + block.box[3] for block in blocks) - top

    def moved(at: Point) -> Point:
        return at[0] - left, at[1] - top

    def tile(one: Tile) -> Tile:
        return Tile(one.place, moved(one.at), tuple((unit, moved(at)) for unit, at in one.points))

    return Cartogram(
        width,
        height,
        spacing,
        tuple(
            Block(one.place, moved(one.seat), tuple(map(tile, one.tiles)), (one.box[0] - left, one.box[1] - top, *one.box[2:]))
            for one in blocks
        ),
    )
