"""The sky of stars: every unit an equal point on the cartogram, ringed by the stars it holds; and the same units as a list."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from fanxing.web.cartogram import SIZE, Block, Cartogram, Point, Tile, cartogram, hexagon
from fanxing.web.published import PublicUnit, Published

DRAWN = 2
LINE = 4  # characters in a line of a name on the map
# As parts of the space between two points.
DOT, RING, BROAD = 0.26, 0.36, 0.14
DIRECT = "直属"


@dataclass(frozen=True)
class Shelf:
    """The units of one place as the list shows them."""

    name: str
    query: str
    units: tuple[PublicUnit, ...]


@dataclass(frozen=True)
class Part:
    """A part of the whole: its places, how many units it has, and where it stands on the map."""

    code: str
    name: str
    query: str
    shelves: tuple[Shelf, ...]
    box: str

    @property
    def count(self) -> int:
        return sum(len(shelf.units) for shelf in self.shelves)


@dataclass(frozen=True)
class Sky:
    """The picture, where each unit stands on it ("x y", by code), and the parts in their order."""

    picture: SafeString
    width: int
    height: int
    spacing: float
    at: dict[str, str]
    parts: tuple[Part, ...]


@lru_cache(maxsize=DRAWN)
def sky_of(shown: Published) -> Sky:
    """Drawn once for what is published, and kept."""
    grouped = shown.grouped()
    map_ = cartogram({part: {place: [unit.code for unit in units] for place, units in places.items()} for part, places in grouped.items()})
    boxes = {block.place: " ".join(_number(side) for side in block.box) for block in map_.blocks}
    at = {unit: f"{_number(x)} {_number(y)}" for block in map_.blocks for tile in block.tiles for unit, (x, y) in tile.points}
    parts = tuple(_part(shown, part, places, boxes[part], only=len(grouped) == 1) for part, places in grouped.items())
    picture = _picture(shown, map_, dict(zip(grouped, parts, strict=True)))
    return Sky(picture, math.ceil(map_.width), math.ceil(map_.height), round(map_.spacing, 2), at, parts)


def _part(shown: Published, path: str, places: dict[str, list[PublicUnit]], box: str, *, only: bool) -> Part:
    shelves = tuple(
        Shelf(_name(shown, place, direct=place == path and len(places) > 1), _query(shown, place, direct=place == path), tuple(units))
        for place, units in places.items()
    )
    is_rest = path == shown.whole and not only
    return Part(_code(path), _name(shown, path, direct=is_rest), _query(shown, path, direct=is_rest), shelves, box)


def _name(shown: Published, path: str, *, direct: bool) -> str:
    place = shown.places.get(path)
    return (place.name if place else _code(path)) + (DIRECT if direct else "")


def _query(shown: Published, path: str, *, direct: bool) -> str:
    return "?" + urlencode({"at" if direct else "under": _code(path)})


def _code(path: str) -> str:
    return path.strip("/").rsplit("/", 1)[-1]


def _picture(shown: Published, map_: Cartogram, parts: dict[str, Part]) -> SafeString:
    names = {path: dict(zip(shown.grouped()[path], part.shelves, strict=True)) for path, part in parts.items()}
    blocks = format_html_join("", "{}", ((_block(shown, map_, block, parts[block.place], names[block.place]),) for block in map_.blocks))
    # Last, so that names lie above everything.
    return blocks + format_html_join("", "{}", ((_seat(block.seat, parts[block.place]),) for block in map_.blocks))


def _block(shown: Published, map_: Cartogram, block: Block, part: Part, shelves: dict[str, Shelf]) -> SafeString:
    tiles = format_html_join("", "{}", ((_tile(shown, tile, shelves[tile.place], map_.spacing),) for tile in block.tiles))
    return format_html('<g data-part="{}">{}</g>', part.code, tiles)


def _seat(at: Point, part: Part) -> SafeString:
    return format_html(
        '<a class="sky-seat" data-part="{}" href="{}{}" tabindex="-1" transform="{}"><path d="{}"/>{}'
        '<text class="sky-count" y="{}">{}</text></a>',
        part.code,
        reverse("stars"),
        part.query,
        _shift(at),
        _HEX,
        _lines(part.name, "sky-title", -2 if len(part.name) <= LINE else -10),
        19 if len(part.name) <= LINE else 29,
        f"{part.count:,}",
    )


def _tile(shown: Published, tile: Tile, shelf: Shelf, spacing: float) -> SafeString:
    points = [(at[0] - tile.at[0], at[1] - tile.at[1]) for _, at in tile.points]
    units = [shown.by_code[code] for code, _ in tile.points]
    dots = "".join(f"M{_number(x)} {_number(y)}h0" for x, y in points)
    return format_html(
        '<a class="sky-tile" href="{}{}" tabindex="-1" transform="{}"><path class="sky-land" d="{}"/>'
        '<path class="sky-dots" stroke-width="{}" d="{}"/>{}{}</a>',
        reverse("stars"),
        shelf.query,
        _shift(tile.at),
        _HEX,
        _number(spacing * DOT),
        dots,
        mark_safe("".join(_rings(units, points, spacing))),  # noqa: S308 - colours are names of the palette, the rest numbers
        format_html('<text class="sky-name" y="{}">{}</text>', _number(SIZE * 0.86), shelf.name),
    )


def _rings(units: Sequence[PublicUnit], points: Sequence[Point], spacing: float) -> Iterator[str]:
    """One path a colour: the fifths of the rings of all units of a tile."""
    paths: dict[str, list[str]] = {}
    for unit, at in zip(units, points, strict=True):
        for part, (_, colour, state) in enumerate(unit.row):
            if state == "held":
                paths.setdefault(colour, []).append(_arc(at, spacing * RING, part, len(unit.row)))
    return (
        f'<path class="sky-ring of-{colour}" stroke-width="{_number(spacing * BROAD)}" d="{"".join(arcs)}"/>'
        for colour, arcs in sorted(paths.items())
    )


def _arc(at: Point, radius: float, part: int, parts: int) -> str:
    """One part of a ring, with a gap on either side, from the top on; a ring of one part is whole but for a hair."""
    gap = 0.09 if parts > 1 else 0.01
    start, end = (math.tau * (part + shift) / parts - math.pi / 2 for shift in (gap, 1 - gap))
    from_x, from_y = at[0] + radius * math.cos(start), at[1] + radius * math.sin(start)
    by_x, by_y = radius * (math.cos(end) - math.cos(start)), radius * (math.sin(end) - math.sin(start))
    r, large = _number(radius), int(parts == 1)
    return f"M{_number(from_x)} {_number(from_y)}a{r} {r} 0 {large} 1 {_number(by_x)} {_number(by_y)}"


def _lines(name: str, css: str, y: float) -> SafeString:
    """A name in one line, or a long one in two."""
    cut = math.ceil(len(name) / 2) if len(name) > LINE else len(name)
    second = format_html('<tspan x="0" dy="1.15em">{}</tspan>', name[cut:]) if name[cut:] else ""
    return format_html('<text class="{}" y="{}">{}{}</text>', css, _number(y), name[:cut], second)


def _shift(at: Point) -> str:
    return f"translate({_number(at[0])} {_number(at[1])})"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points) + "z"


_HEX = _path(hexagon(SIZE - 1.2))
