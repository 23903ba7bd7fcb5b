"""The places of the demo: a city of seven counties down to its compounds and branches; none of them exists."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from fanxing.demo import names as told
from fanxing.demo import places
from fanxing.demo.places import Names

VILLAGES, COMMUNITIES, ORGANS, ENTERPRISES = 2_349, 177, 60, 300
COMPOUNDS, BRANCHES = 150, 90
# Code, name, townships (streets, towns, country townships) and the county's share of villages, communities and companies.
COUNTIES = (
    ("990102", "望岫区", (8, 3, 0), 0.06, 0.30, 0.22),
    ("990103", "枕溪区", (6, 5, 1), 0.09, 0.21, 0.19),
    (*told.COUNTY, (3, 8, 5), 0.17, 0.10, 0.13),
    ("990122", "衔川县", (2, 8, 7), 0.18, 0.08, 0.09),
    ("990123", "浣陵县", (2, 7, 6), 0.17, 0.07, 0.09),
    ("990181", "明槐市", (4, 8, 4), 0.17, 0.13, 0.15),
    ("990182", "砚湖市", (4, 9, 5), 0.16, 0.11, 0.13),
)
ENDINGS = ("街道", "镇", "乡")
SERIES = (1, 101, 201)
CITY_ORGANS = 32
# Communities by name that are villages by kind, since they are rural.
VILLAGES_CALLED_COMMUNITIES = 3


@dataclass(frozen=True)
class Place:
    """A unit of the tree, and how well things go there: about −1 … 1, shared by all below."""

    code: str
    name: str
    kind: str
    parent: str | None
    luck: float = 0.0


@dataclass(frozen=True)
class Tree:
    """All units, those above first. `predecessor` is a village of the list that was merged away."""

    places: tuple[Place, ...]
    predecessor: str
    by_code: dict[str, Place] = field(repr=False)

    @classmethod
    def of(cls, units: Iterator[Place], predecessor: str) -> "Tree":
        """A tree of some units."""
        found = tuple(units)
        return cls(found, predecessor, {one.code: one for one in found})

    def of_kind(self, kind: str) -> list[Place]:
        """The units of one kind that are there today, in the order of their codes."""
        return sorted((one for one in self.places if one.kind == kind and one.code != self.predecessor), key=lambda one: one.code)

    def above(self, place: Place, kind: str) -> Place | None:
        """The unit of a kind above a place, or the place itself."""
        while place.kind != kind:
            if place.parent is None:
                return None
            place = self.by_code[place.parent]
        return place

    def only(self, codes: set[str]) -> "Tree":
        """The part that lies at some units and below, with what lies above."""
        kept: set[str] = set()
        for one in self.places:
            if one.code in codes or one.parent in kept & codes:
                codes = codes | {one.code}
                kept.add(one.code)
        for code in tuple(kept):
            above = self.by_code[code].parent
            while above:
                kept.add(above)
                above = self.by_code[above].parent
        return Tree.of((one for one in self.places if one.code in kept), self.predecessor)


@cache
def city() -> Tree:
    """The whole city; the same every time."""
    return Tree.of(_city(Names("city")), f"{told.TOWNSHIP[0]}{201 + len(told.VILLAGES)}")


def _city(names: Names) -> Iterator[Place]:
    for name in (*told.VILLAGES, told.PREDECESSOR):
        names.take(name.removesuffix("村"))
    names.take(told.TOWNSHIP[1].removesuffix("镇"))
    root = Place(*told.CITY, "city", None)
    yield root
    counties = [Place(code, name, "county", root.code, names.luck.uniform(-0.5, 0.5)) for code, name, *_ in COUNTIES]
    yield from counties
    towns = {county.code: list(_townships(names, county, row[2])) for county, row in zip(counties, COUNTIES, strict=True)}
    for some in towns.values():
        yield from some
    yield from _villages(names, towns)
    communities = list(_communities(names, towns))
    yield from communities
    yield from _organs(names, root, counties)
    yield from _enterprises(names, towns)
    yield from _compounds(names, communities)


def _townships(names: Names, county: Place, numbers: tuple[int, int, int]) -> Iterator[Place]:
    for ending, first, number in zip(ENDINGS, SERIES, numbers, strict=True):
        codes = (f"{county.code}{first + place:03}" for place in count())
        if county.code == told.COUNTY[0] and ending == "镇":
            yield Place(next(codes), told.TOWNSHIP[1], "township", county.code, 0.2)
            number -= 1
        for name in places.townships(names, number):
            yield Place(next(codes), f"{name}{ending}", "township", county.code, county.luck + names.luck.uniform(-0.5, 0.5))


def _villages(names: Names, towns: dict[str, list[Place]]) -> Iterator[Place]:
    own = told.TOWNSHIP[0]
    shares = {row[0]: row[3] for row in COUNTIES}
    rural = [(town, county) for county, some in towns.items() for town in some if town.code != own]
    weights = [shares[county] * (0.15 if town.name.endswith("街道") else 1) * names.luck.uniform(0.6, 1.5) for town, county in rural]
    numbers = _split(VILLAGES - len(told.VILLAGES), weights)
    renamed = set(names.luck.sample([place for place, number in enumerate(numbers) if number > 20], VILLAGES_CALLED_COMMUNITIES))
    for place, ((town, _), number) in enumerate(zip(rural, numbers, strict=True)):
        for serial, name in enumerate(places.villages(names, number)):
            called = f"{name.removesuffix('村')}社区" if place in renamed and serial == 2 else name
            yield Place(f"{town.code}{201 + serial}", called, "village", town.code, town.luck)
    for serial, name in enumerate((*told.VILLAGES, told.PREDECESSOR)):
        yield Place(f"{own}{201 + serial}", name, "village", own, 0.2)


def _communities(names: Names, towns: dict[str, list[Place]]) -> Iterator[Place]:
    shares = {row[0]: row[4] for row in COUNTIES}
    # Streets hold most of them; the first town of a county has a few.
    urban = [
        (town, county)
        for county, some in towns.items()
        for place, town in enumerate(some)
        if town.name.endswith("街道") or (place and some[place - 1].name.endswith("街道") and town.code != told.TOWNSHIP[0])
    ]
    streets = {county: sum(town.name.endswith("街道") for town in some) for county, some in towns.items()}
    weights = [shares[county] / streets[county] * _urban(town) * names.luck.uniform(0.7, 1.4) for town, county in urban]
    for (town, _), number in zip(urban, _split(COMMUNITIES, weights), strict=True):
        for serial, name in enumerate(places.communities(names, number), start=1):
            yield Place(f"{town.code}{serial:03}", name, "community", town.code, town.luck)


def _urban(town: Place) -> float:
    return 1.0 if town.name.endswith("街道") else 0.4


def _organs(names: Names, root: Place, counties: list[Place]) -> Iterator[Place]:
    bodies = list(places.BUREAUS)
    numbers = _split(ORGANS - CITY_ORGANS, [1.0] * len(counties))
    own = enumerate(bodies[:CITY_ORGANS], start=1)
    organs = [Place(f"{root.code}J{serial:02}", f"{root.name}{body}", "organ", root.code) for serial, body in own]
    for county, number in zip(counties, numbers, strict=True):
        chosen = sorted(names.luck.sample(range(len(bodies)), number))
        organs += [
            Place(f"{county.code}J{serial:02}", f"{county.name}{bodies[body]}", "organ", county.code, county.luck)
            for serial, body in enumerate(chosen, start=1)
        ]
    yield from organs
    for organ, number in zip(organs, _split(BRANCHES, [names.luck.uniform(0, 2) for _ in organs]), strict=True):
        for serial in range(number if number > 1 else 0):
            yield Place(f"{organ.code}Z{serial + 1}", f"{organ.name}机关第{'一二三四五六七八九'[serial]}党支部", "organ_branch", organ.code)


def _enterprises(names: Names, towns: dict[str, list[Place]]) -> Iterator[Place]:
    for row, number in zip(COUNTIES, _split(ENTERPRISES, [row[5] for row in COUNTIES]), strict=True):
        code, name = row[0], row[1]
        for serial, firm in enumerate(places.firms(names, name[:-1], number), start=1):
            seat = names.luck.choice([code, *(town.code for town in towns[code])])
            yield Place(f"{code}Q{serial:03}", firm, "enterprise", seat)


def _compounds(names: Names, communities: list[Place]) -> Iterator[Place]:
    numbers = _split(COMPOUNDS, [names.luck.uniform(0, 2) for _ in communities])
    for community, number in zip(communities, numbers, strict=True):
        own = Names(community.code)
        for serial, name in enumerate(places.compounds(own, number), start=1):
            yield Place(f"{community.code}X{serial:02}", name, "compound", community.code, community.luck)


def _split(whole: int, weights: list[float]) -> list[int]:
    """A whole number in parts as some weights say, by the largest remainders."""
    exact = [whole * weight / sum(weights) for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda place: parts[place] - exact[place])
    for place in order[: whole - sum(parts)]:
        parts[place] += 1
    return parts
