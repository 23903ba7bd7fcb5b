"""The generated map: every unit once, the same each time, for any tree."""

import math
from itertools import combinations

import pytest

from fanxing.web.cartogram import SIZE, Cartogram, cartogram

Tree = dict[str, dict[str, list[str]]]


def tree(*counties: list[int]) -> Tree:
    """Counties, each with townships of so many units."""
    return {
        f"c{county}": {f"c{county}t{town}": [f"c{county}t{town}u{unit}" for unit in range(count)] for town, count in enumerate(towns)}
        for county, towns in enumerate(counties)
    }


def points(map_: Cartogram) -> dict[str, tuple[float, float]]:
    return {unit: at for block in map_.blocks for tile in block.tiles for unit, at in tile.points}


CITY = tree(*([18 + (county * town) % 17 for town in range(15)] for county in range(7)), [60])
TREES = {
    "a city": CITY,
    "one township": tree([28]),
    "one unit": tree([1]),
    "two counties, one large": tree([1], [300, 2]),
    "empty places": {"a": {"b": [], "c": ["x"]}, "d": {"e": []}},
    "nothing": {},
}


@pytest.mark.parametrize("name", TREES)
def test_every_unit_stands_on_the_map_once(name: str):
    wanted = [unit for places in TREES[name].values() for units in places.values() for unit in units]
    drawn = [unit for block in cartogram(TREES[name]).blocks for tile in block.tiles for unit, _ in tile.points]
    assert sorted(drawn) == sorted(wanted)


@pytest.mark.parametrize("name", TREES)
def test_the_same_tree_gives_the_same_map(name: str):
    assert cartogram(TREES[name]) == cartogram(TREES[name])


@pytest.mark.parametrize("name", TREES)
def test_no_two_units_touch_and_all_lie_on_the_map(name: str):
    map_ = cartogram(TREES[name])
    found = points(map_)
    assert all(0 < x < map_.width and 0 < y < map_.height for x, y in found.values())
    near = [(a, b) for a, b in combinations(found, 2) if math.dist(found[a], found[b]) < map_.spacing * 0.99]
    assert near == []


def test_tiles_do_not_overlap_and_the_name_has_a_place_of_its_own():
    map_ = cartogram(CITY)
    middles = [at for block in map_.blocks for at in (block.seat, *(tile.at for tile in block.tiles))]
    assert min(math.dist(a, b) for a, b in combinations(middles, 2)) > SIZE * math.sqrt(3) * 0.9


def test_the_tiles_of_a_part_hang_together():
    for block in cartogram(CITY).blocks:
        reached, waiting = [block.seat], [tile.at for tile in block.tiles]
        while near := [at for at in waiting if any(math.dist(at, one) < SIZE * 1.8 for one in reached)]:
            reached += near
            waiting = [at for at in waiting if at not in near]
        assert waiting == []


def test_a_place_with_many_units_takes_several_tiles():
    last = cartogram(CITY).blocks[-1]
    assert {len(tile.points) for tile in last.tiles} == {30}


def test_the_units_of_a_tile_are_read_line_by_line():
    tile = cartogram(tree([7])).blocks[0].tiles[0]
    assert [at for _, at in tile.points] == sorted((at for _, at in tile.points), key=lambda at: (round(at[1], 3), at[0]))
