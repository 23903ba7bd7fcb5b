"""The list of units as its address asks for it: a place in the tree, a search, filters, and how many there are of each."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet

from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.organisations.queries import matching
from fanxing.programme.queries import Rulings, rulings
from fanxing.scheme.model import OtherKind, Scheme, UnitKind
from fanxing.scoring.models import Score
from fanxing.scoring.queries import by_what_rules, present_standings
from fanxing.web.requests import SignedInRequest
from fanxing.web.sight import authority_in
from fanxing.web.standing import UNRATED_IN_ADDRESS, at_least, row, tier_choices, tier_names

ROWS = 50
# So many are counted and paged through; who seeks one among more searches or filters.
COUNTED = 10_000
YES = "yes"
BATCH = 2_000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Words:
    """What the schemes that rule anywhere call things: rated kinds by id, the levels above them, the kinds beside them, stars and tiers."""

    kinds: Mapping[str, UnitKind]
    levels: Mapping[str, str]
    beside: Mapping[str, OtherKind] = field(default_factory=dict)

    @cached_property
    def stars(self) -> dict[str, str]:
        """Title by id of the stars of all kinds, as those that count call them; where kinds share one, it is once."""
        return self.stars_of(self.kinds)

    def stars_of(self, kinds: Collection[str]) -> dict[str, str]:
        """Title by id of the stars of some kinds; where they call one by different names, by that of a kind that counts."""
        titles: dict[str, str] = {}
        for kind in sorted((self.kinds[id] for id in self.kinds if id in kinds), key=lambda one: not one.counted):
            for id in kind.stars:
                titles.setdefault(id, kind.nodes[id].title)
        return titles

    @cached_property
    def tiers(self) -> dict[str, str]:
        """Tiers as they are stored → as they are called, best first."""
        return tier_names(self.kinds.values())

    @cached_property
    def outside(self) -> list[str]:
        """What the kinds are called that stand outside the counts."""
        return [kind.title for kind in self.kinds.values() if not kind.counted]

    def listed(self, asked: Mapping[str, str]) -> set[str]:
        """The kinds that a list shows: the one asked for, or those counted together under the name asked for; where something is
        sought, all; else those that are counted."""
        if asked["kind"]:
            return {asked["kind"]}
        if together := {id for id, kind in self.kinds.items() if kind.counted and kind.group and kind.group == asked["group"]}:
            return together
        return {id for id, kind in self.kinds.items() if kind.counted or asked["q"]}

    def kind(self, id: str) -> str:
        """What a kind of unit is called."""
        rule = self.kinds.get(id) or self.beside.get(id)
        return rule.title if rule else self.levels.get(id, id)

    @cached_property
    def places(self) -> list[str]:
        """The ids of the kinds that rated units divide into: grids, streets."""
        return [id for id, kind in self.beside.items() if kind.sort == "place"]


def words_of(schemes: Iterable[Scheme]) -> Words:
    """What some schemes call things."""
    kinds: dict[str, UnitKind] = {}
    levels: dict[str, str] = {}
    beside: dict[str, OtherKind] = {}
    for scheme in schemes:
        kinds |= scheme.kinds
        levels |= scheme.levels
        beside |= scheme.beside
    return Words(kinds, levels, beside)


def words_everywhere() -> Words:
    """What the schemes that rule anywhere call things."""
    return words_of(rulings().schemes)


@dataclass(frozen=True)
class Place:
    """A unit above rated ones, as one step of the way or a branch to open; `count` None where there are too many to count."""

    code: str
    name: str
    path: str
    count: int | None = None


@dataclass(frozen=True)
class Listing:
    """What the list shows.

    words   what the schemes call kinds, stars and tiers
    ruling  what rules where
    node    the unit under which one looks; None where the person's posts lie in several places, or in none
    scope   the units under it that the search leaves, closed ones too
    found   those after the filters, in the order of the tree: by place and code
    scores  the saved scores of the scope that the person may see
    """

    words: Words
    ruling: Rulings
    node: Unit | None
    authority: Authority
    scope: QuerySet[Unit]
    found: QuerySet[Unit]
    scores: QuerySet[Score]
    asked: Mapping[str, str]

    @cached_property
    def is_large(self) -> bool:
        """Whether there are too many units to count them."""
        return self.scope[COUNTED : COUNTED + 1].exists()


def listing(request: SignedInRequest) -> Listing:
    """What the address asks for: `q` searches, `under` is the code of a unit above, `kind`, `tier`, `least`
    (that tier or a better one), `star`, `closed`,
    `group` (kinds counted together), `at` (the unit right above) and `counted` (only kinds that count) filter."""
    ruling, authority = rulings(), authority_in(request)
    words = words_of(ruling.schemes)
    asked = {
        name: request.GET.get(name, "") for name in ("under", "q", "kind", "group", "tier", "least", "star", "closed", "at", "counted")
    }
    reach = Unit.objects.filter(authority.reach("unit.view"))
    node = reach.filter(code=asked["under"] or _only_top(authority)).first()
    # What lies under a unit that one may see, one may see.
    units = Unit.objects.filter(within(node.path)) if node else reach.none() if asked["under"] else reach
    if words.kinds:
        units = units.filter(kind__in=words.kinds)
    scope = matching(units, asked["q"])
    rated, may_see_all = scope.filter(closed_on=None), node is not None and authority.may("score.view", node)
    scores = present_standings(rated if may_see_all else rated.filter(authority.reach("score.view")), ruling)
    # To look up one unit's score it need not be sought among all that may be seen.
    mine = (Score.objects.filter(by_what_rules(ruling)) if may_see_all else scores).filter(unit=OuterRef("pk"))
    found = _filtered(scope, mine, words, asked).order_by("path")
    return Listing(words, ruling, node, authority, scope, found, scores, asked)


def _only_top(authority: Authority) -> str:
    """The code of the one unit under which lies all that the person sees; empty where there are several."""
    tops = authority.tops("unit.view")
    return tops[0].rstrip("/").rpartition("/")[2] if len(tops) == 1 else ""


def _filtered(units: QuerySet[Unit], mine: QuerySet[Score], words: Words, asked: Mapping[str, str]) -> QuerySet[Unit]:
    if words.kinds:
        units = units.filter(kind__in=words.listed(asked))
    if asked["counted"] == YES:
        units = units.filter(kind__in=[id for id, kind in words.kinds.items() if kind.counted])
    if asked["at"]:
        units = units.filter(parent__code=asked["at"])
    if asked["closed"] == YES:
        return units.exclude(closed_on=None)
    units = units.filter(closed_on=None)
    if tier := asked["tier"]:
        units = units.filter(Exists(mine.filter(tier="" if tier == UNRATED_IN_ADDRESS else tier)))
    if asked["least"] and asked["least"] in words.tiers:
        units = units.filter(Exists(mine.filter(tier__in=at_least(asked["least"], words.tiers))))
    if (star := asked["star"]) in words.stars:
        units = units.filter(Exists(mine.filter(**{f"stars__{star}__held": True})))
    return units


class Capped(Paginator[Item]):
    """Pages of a list of which only the first rows are counted: counting 600,000 takes longer than reading fifty."""

    most: int | None = COUNTED

    @cached_property
    def count(self) -> int:
        """How many rows there are, `most` at most; all where that is None."""
        return cast("QuerySet[Any]", self.object_list)[: self.most].count()

    @property
    def is_capped(self) -> bool:
        """Whether there may be more than are counted."""
        return self.most is not None and self.count >= self.most


def page_of(shown: Listing, number: str | None) -> Page[Unit]:
    """One page of what was found."""
    return Capped(shown.found, ROWS).get_page(number)


@dataclass(frozen=True)
class Around:
    """The place in the tree: the way down to it, what one can open next, and how many units each kind has here."""

    way: list[Place]
    places: list[Place]
    kinds: list[tuple[str, str, int | None]]


def around(shown: Listing) -> Around:
    """The way to the node, and the places below it; where it has none, those beside it."""
    way = _way(shown)
    nodes = list(_places_below(shown, shown.node)) if shown.node or not shown.asked["under"] else []
    base = shown.scope
    if not nodes and len(way) > 1:
        above = way[-2]
        nodes = list(_places_below(shown, above))
        base = matching(Unit.objects.filter(shown.authority.reach("unit.view"), within(above.path)), shown.asked["q"])
    if shown.is_large:
        return Around(way, nodes, [(id, kind.title, None) for id, kind in shown.words.kinds.items()])
    counts = _counts(base.filter(kind__in=shown.words.kinds), shown.asked["closed"] == YES)
    listed = shown.words.listed(shown.asked)
    places = [Place(one.code, one.name, one.path, _sum(counts, one.path, listed)) for one in nodes]
    here = shown.node.path if shown.node else "/"
    kinds = [(id, kind.title, _sum(counts, here, {id})) for id, kind in shown.words.kinds.items()]
    return Around(way, places, [one for one in kinds if one[2] or one[0] == shown.asked["kind"]])


def _way(shown: Listing) -> list[Place]:
    if shown.node is None:
        return []
    codes = shown.node.path.strip("/").split("/")
    above = Unit.objects.filter(shown.authority.reach("unit.view"), code__in=codes).order_by("path")
    return [Place(*one) for one in above.values_list("code", "name", "path")]


def _places_below(shown: Listing, above: Unit | Place | None) -> Iterator[Place]:
    """The units right below one, of the levels above the rated kinds; right below nothing, where the person's posts lie."""
    units = Unit.objects.filter(shown.authority.reach("unit.view"), closed_on=None)
    levels = shown.words.levels
    # A scheme that names no levels is taken to rate the lowest units.
    units = units.filter(kind__in=levels) if levels else units.exclude(kind__in=shown.words.kinds)
    units = units.filter(parent__code=above.code) if above else units.filter(path__in=shown.authority.seats("unit.view"))
    return (Place(*one) for one in units.order_by("path").values_list("code", "name", "path")) if shown.words.kinds else iter(())


Counts = Counter[tuple[str, str]]


def _counts(units: QuerySet[Unit], closed: bool) -> Counts:
    """How many units there are right below each place, by the place's path and their kind."""
    rows = units.exclude(closed_on=None) if closed else units.filter(closed_on=None)
    found = rows.order_by().values_list("parent__path", "kind").annotate(Count("pk"))
    return Counter({(path or "/", kind): count for path, kind, count in found})


def _sum(counts: Counts, path: str, kinds: Collection[str]) -> int:
    return sum(count for (place, kind), count in counts.items() if kind in kinds and place.startswith(path))


def tiers_of(shown: Listing) -> list[tuple[str, str, int]]:
    """(value in the address, tier, number of units) among those of the kinds listed; none where there are too many."""
    if shown.is_large:
        return []
    scores = shown.scores.filter(unit__kind__in=shown.words.listed(shown.asked))
    counts = dict(scores.order_by().values_list("tier").annotate(Count("pk")))
    return tier_choices(shown.words.kinds.values(), counts)


def stars_of(shown: Listing) -> list[tuple[str, str, str]]:
    """(id, title, colour) of the stars to choose from: those of the chosen kind, or of the only one."""
    kinds = shown.words.kinds
    chosen = kinds.get(shown.asked["kind"]) or (next(iter(kinds.values())) if len(kinds) == 1 else None)
    return [(id, chosen.nodes[id].title, chosen.star(id).colour) for id in chosen.stars] if chosen else []


UNIT_COLUMNS = ("pk", "path", "code", "name", "kind", "parent__name", "closed_on")
SCORE_COLUMNS = ("unit_id", "publication_id", "tier", "stars", "reason")
NO_SCORE: tuple[str, Mapping[str, Any], str] = ("", {}, "")


def with_standings(shown: Listing, units: QuerySet[Unit]) -> Iterator[tuple[Any, ...]]:
    """(code, name, kind, unit above, closed on, tier as called, stars as saved, stars as drawn, why not rated) of each unit.

    Plain tuples: a list of fifty would spend most of its time on making objects. In batches, so that any number may be written out.
    """
    for rows in batched(units.values_list(*UNIT_COLUMNS).iterator(chunk_size=BATCH), BATCH):
        scores = _scores(shown, {pk: path for pk, path, *_, closed_on in rows if not closed_on})
        for pk, _, code, name, kind, above, closed_on in rows:
            tier, stars, reason = scores.get(pk, NO_SCORE)
            drawn = row(shown.words.kinds[kind], stars) if stars else ()
            called = shown.words.tiers.get(tier, tier) if pk in scores else ""
            yield code, name, shown.words.kind(kind), above, closed_on, called, stars, drawn, reason


def _scores(shown: Listing, paths: Mapping[int, str]) -> dict[int, tuple[str, Mapping[str, Any], str]]:
    """The saved scores of some units, each by what rules it, where the person may see them."""
    by = {pk: shown.ruling.at(path) for pk, path in paths.items() if "score.view" in shown.authority.permissions_at(path)}
    saved = Score.objects.filter(unit__in=by, publication__in={one.pk for one in by.values() if one}).values_list(*SCORE_COLUMNS)
    ruled = {pk: one.pk for pk, one in by.items() if one}
    return {pk: (tier, stars, reason) for pk, publication, tier, stars, reason in saved if ruled.get(pk) == publication}


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of a size, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
