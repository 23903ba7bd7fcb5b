"""The city desk in numbers: kinds, tiers, stars and parts of a place, and how they went over time. In the order of codes: it ranks nothing.

The charts are drawn here, as small pictures with a table beside them: they need no script and come out on paper.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT, within
from fanxing.programme.queries import Rulings
from fanxing.scheme.model import UnitKind
from fanxing.scoring.counts import Counted, counts_below, stars_held
from fanxing.scoring.queries import Standing, present_standings
from fanxing.web.listing import YES
from fanxing.web.standing import UNRATED_IN_ADDRESS, Row, at_least, middle_tier, row, tier_names

ROWS = 60


@dataclass(frozen=True)
class Share:
    """A number of units, what it is called, the query of the list of them, and its share of the whole in percent."""

    words: str
    count: int
    query: str
    percent: float
    place: int  # of the tier, the best first: how it is drawn


@dataclass(frozen=True)
class Group:
    """Units counted together: their tiers, and how many reached the middle tier or better."""

    title: str
    code: str
    count: int
    query: str
    tiers: tuple[Share, ...]
    reached: Share | None
    is_place: bool = False


@dataclass(frozen=True)
class StarShare:
    """How many units of a kind hold a star."""

    title: str
    colour: str
    held: Share


@dataclass(frozen=True)
class Moment:
    """How things stood on a day, as a column of the chart."""

    as_of: date
    tiers: tuple[Share, ...]
    reached: Share | None


class Desk:
    """What the desk shows of the units below a place (or of all that the person may see), of all kinds that count or of one."""

    def __init__(self, authority: Authority, ruling: Rulings, place: Unit | None, only: str) -> None:
        schemes = ruling.schemes
        counted = {id: kind for scheme in schemes for id, kind in scheme.kinds.items() if kind.counted}
        self.all_kinds = counted
        self.levels = {id: title for scheme in schemes for id, title in scheme.levels.items()}
        self.only = only if only in counted else ""
        self.kinds = {only: counted[only]} if self.only else counted
        self.is_all = all(kind.counted for scheme in schemes for kind in scheme.kinds.values())
        self.place, self.ruling = place, ruling
        self.path = place.path if place else ROOT
        here = within(place.path) if place else authority.reach("score.view")
        self.units = Unit.objects.filter(here & authority.reach("score.view"), closed_on=None, kind__in=counted)
        self.every = counts_below(self.units, ruling, self.path)
        self.words = tier_names(counted.values())
        middle = middle_tier(counted.values())
        self.least = middle if middle in self.words else ""
        self.high = at_least(self.least, self.words) if self.least else frozenset[str]()

    @property
    def counts(self) -> list[Counted]:
        """Those of the kinds asked for."""
        return [one for one in self.every if one.kind in self.kinds]

    def by_kind(self) -> list[Group]:
        """Each kind that has units here, and after the last of several that are also counted together, these; whatever kind is asked
        for, so that one can change over."""
        here = {id: kind for id, kind in self.all_kinds.items() if any(one.kind == id for one in self.every)}
        found = []
        for id, kind in here.items():
            found.append(self._group(kind.title, "", [one for one in self.every if one.kind == id], kind=id))
            together = [other for other, its in here.items() if its.group == kind.group]
            if kind.group and len(together) > 1 and id == together[-1]:
                rows = [one for one in self.every if one.kind in together]
                found.append(self._group(f"{kind.group}合计", "", rows, group=kind.group, kind=""))
        return found

    def total(self) -> Group:
        """All of them together."""
        return self._group("合计", "", self.counts)

    def parts(self) -> list[Group]:
        """Each part of the place that has units, in the order of codes; then, if there are parts, the units right below the place."""
        rows: dict[str, list[Counted]] = {}
        for one in self.counts:
            rows.setdefault(one.part, []).append(one)
        places = Unit.objects.filter(path__in=rows).exclude(kind__in=self.all_kinds).order_by("path")
        found = [self._group(name, code, rows.pop(path), under=code) for code, name, path in places.values_list("code", "name", "path")]
        direct = [one for rest in rows.values() for one in rest]
        if found and direct and self.place:
            found.append(self._group(f"{self.place.name}直属", "", direct, at=self.place.code))
        return found

    def rows(self) -> list[tuple[str, str, str, Row]]:
        """(code, name, tier as called, stars as drawn) of the first units, by code: for a place without parts."""
        saved = present_standings(self.units.filter(kind__in=self.kinds), self.ruling).order_by("unit__code")
        listed = saved.values_list("unit__code", "unit__name", "unit__kind", "tier", "stars")[:ROWS]
        return [(code, name, self.words.get(tier, tier), row(self.kinds[kind], stars)) for code, name, kind, tier, stars in listed]

    def stars(self) -> list[tuple[str, list[StarShare]]]:
        """(kind, its stars) of the kinds asked for."""
        held = stars_held(self.units, self.ruling, self.kinds)
        totals = Counter[str]()
        for one in self.counts:
            totals[one.kind] += one.units
        return [
            (kind.title, [self._star(kind, star, held[id, star], totals[id]) for star in kind.stars])
            for id, kind in self.kinds.items()
            if totals[id]
        ]

    def course(self, standings: Iterable[Standing]) -> list[Moment]:
        """The kinds asked for at each of the last runs."""
        return [moment for one in standings if (moment := self._moment(one))]

    def _star(self, kind: UnitKind, star: str, held: int, total: int) -> StarShare:
        rule = kind.nodes[star]
        return StarShare(rule.title, kind.star(star).colour, self._share(rule.title, held, total, 0, kind=kind.id, star=star))

    def _moment(self, then: Standing) -> Moment | None:
        counts = Counter[str]()
        for id in self.kinds:
            if id in then.tallies:
                counts.update(then.tallies[id].tiers)
        total = counts.total()
        return Moment(then.as_of, tuple(self._tiers(counts, total)), self._reached(counts, total)) if total else None

    def _group(self, title: str, code: str, rows: Sequence[Counted], **filters: str) -> Group:
        counts = Counter[str]()
        for one in rows:
            counts[one.tier] += one.units
        total = counts.total()
        shares = tuple(self._tiers(counts, total, **filters))
        return Group(title, code, total, self._query(**filters), shares, self._reached(counts, total, **filters), bool(code))

    def _tiers(self, counts: Mapping[str, int], total: int, **filters: str) -> Iterator[Share]:
        for place, (id, word) in enumerate(self.words.items()):
            yield self._share(word, counts.get(id, 0), total, place if id else -1, tier=id or UNRATED_IN_ADDRESS, **filters)

    def _reached(self, counts: Mapping[str, int], total: int, **filters: str) -> Share | None:
        if not self.high:
            return None
        reached = sum(counts.get(tier, 0) for tier in self.high)
        return self._share(f"{self.words[self.least]}以上", reached, total, 0, least=self.least, **filters)

    def _share(self, words: str, count: int, total: int, place: int, **filters: str) -> Share:
        return Share(words, count, self._query(**filters), count / total * 100 if total else 0, place)

    def _query(self, **filters: str) -> str:
        """The query of the list of units: of the place and kinds shown, unless the filters say otherwise."""
        asked = {"under": self.place.code if self.place else "", "kind": self.only} | filters
        asked |= {} if asked["kind"] or asked.get("group") or self.is_all else {"counted": YES}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


def bars(shares: Iterable[Share]) -> list[tuple[float, float, Share]]:
    """(from, width, share) in percent of a bar made of shares."""
    found, at = [], 0.0
    for one in shares:
        found.append((round(at, 2), round(one.percent, 2), one))
        at += one.percent
    return found
