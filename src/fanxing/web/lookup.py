"""The public list: what the address asks for, out of what is published."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from fanxing.organisations.models import Unit
from fanxing.organisations.queries import matching
from fanxing.web.published import PublicUnit, Published
from fanxing.web.standing import UNRATED, UNRATED_IN_ADDRESS


@dataclass(frozen=True)
class Lookup:
    """The filters of the public list, each from the address; what is not known there filters nothing.

    kinds   kinds of unit (`kind`, several)
    place   the path of a place above (`under`), or of the place they belong to themselves (`at`)
    tier    a tier as stored (`tier`); `least` that tier or a better one
    star    a star that they hold
    words   of their name, its initials in pinyin, or the beginning of their code (`q`)
    """

    shown: Published
    kinds: tuple[str, ...]
    place: str
    is_direct: bool
    tier: str | None
    least: str
    star: str
    words: str

    @classmethod
    def of(cls, shown: Published, asked: QueryDict) -> "Lookup":
        """What the address asks for."""
        paths = {place.code: path for path, place in shown.places.items()}
        direct = paths.get(asked.get("at", ""), "")
        tier = asked.get("tier", "")
        return cls(
            shown=shown,
            kinds=tuple(kind for kind in asked.getlist("kind") if kind in shown.kinds),
            place=direct or paths.get(asked.get("under", ""), ""),
            is_direct=bool(direct),
            tier="" if tier == UNRATED_IN_ADDRESS else tier if tier in shown.tiers else None,
            least=asked.get("least", "") if asked.get("least") in shown.tiers else "",
            star=asked.get("star", "") if asked.get("star") in shown.stars else "",
            words=asked.get("q", "").strip(),
        )

    @cached_property
    def searched(self) -> list[PublicUnit]:
        """The units of the place and kinds asked for, found by the words; whatever their stars."""
        found: Iterable[PublicUnit] = self.shown.units
        if self.kinds:
            found = (unit for unit in found if unit.kind in self.kinds)
        if self.is_direct:
            found = (unit for unit in found if unit.path == f"{self.place}{unit.code}/")
        elif self.place:
            found = (unit for unit in found if unit.path.startswith(self.place))
        if self.words:
            named = set(matching(Unit.objects.filter(closed_on=None), self.words).values_list("code", flat=True))
            found = (unit for unit in found if unit.code in named)
        return list(found)

    @cached_property
    def found(self) -> list[PublicUnit]:
        """The units after all filters, in the order of their codes."""
        found: Iterable[PublicUnit] = self.searched
        if self.tier is not None:
            found = (unit for unit in found if unit.tier == self.tier)
        if self.least:
            tiers = self.shown.tiers_from(self.least)
            found = (unit for unit in found if unit.tier in tiers)
        if self.star:
            found = (unit for unit in found if self.star in self.shown.held(unit))
        return list(found)

    @cached_property
    def tiers(self) -> list[tuple[str, str, int]]:
        """(value in the address, tier, number of units) of every tier that some unit searched has, best first."""
        counts = Counter(unit.tier for unit in self.searched)
        named = {**self.shown.tiers, "": UNRATED}
        return [(id or UNRATED_IN_ADDRESS, word, counts[id]) for id, word in named.items() if counts[id]]

    @property
    def stars(self) -> list[tuple[str, str, str]]:
        """(id, title, colour) of the stars of the kinds asked for."""
        kinds = [self.shown.kinds[id] for id in self.kinds] or self.shown.kinds.values()
        return list(dict.fromkeys((id, kind.nodes[id].title, kind.star(id).colour) for kind in kinds for id in kind.stars))
