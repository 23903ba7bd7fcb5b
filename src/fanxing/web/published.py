"""What everybody may see: the stars and tiers that the last run found, never points."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT
from fanxing.programme.queries import rulings, scheme_of
from fanxing.scheme.model import UnitKind
from fanxing.scoring.models import Run
from fanxing.scoring.trends import latest_run, latest_runs, results
from fanxing.web.standing import UNRATED, Row, at_least, drawn, tier_words

KEPT = 4
Line = tuple[str, str, str, str]  # of a unit: code, name, kind, path


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """A unit as everybody sees it: its tier as stored (empty: not rated), and its stars as they are drawn."""

    code: str
    name: str
    kind: str
    path: str
    tier: str
    row: Row


@dataclass(frozen=True, slots=True)
class Place:
    """A unit above those that are rated: a city, a county, a township."""

    code: str
    name: str
    kind: str
    path: str


@dataclass(frozen=True, eq=False)
class Published:
    """All units that count, by their codes, as the last run found them.

    as_of   the day whose records were counted
    kinds   the kinds of unit that count, by id; `levels` what the kinds above them are called
    runs    what rated each place, by path; the newest stands for the rest
    places  the units above them, by path
    """

    as_of: date
    kinds: Mapping[str, UnitKind]
    levels: Mapping[str, str]
    units: tuple[PublicUnit, ...]
    runs: Mapping[str, Run]
    places: Mapping[str, Place]

    @cached_property
    def by_code(self) -> Mapping[str, PublicUnit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def tallies(self) -> Mapping[str, Counter[str]]:
        """Kind → tier as stored → how many units."""
        found = {id: Counter[str]() for id in self.kinds}
        for unit in self.units:
            found[unit.kind][unit.tier] += 1
        return found

    @cached_property
    def tiers(self) -> Mapping[str, str]:
        """The tiers of all kinds as stored → as called, best first."""
        return {id: word for kind in self.kinds.values() for id, word in tier_words(kind).items()}

    @cached_property
    def stars(self) -> frozenset[str]:
        """The ids of the stars of all kinds."""
        return frozenset(star for kind in self.kinds.values() for star in kind.stars)

    def held(self, unit: PublicUnit) -> list[str]:
        """The ids of the stars that a unit holds."""
        stars = self.kinds[unit.kind].stars
        return [id for id, (_, _, state) in zip(stars, unit.row, strict=True) if state == "held"]

    def run_of(self, unit: PublicUnit) -> Run:
        """The run that rated the unit."""
        return self.runs[max((path for path in self.runs if unit.path.startswith(path)), key=len)]

    def tier_word(self, unit: PublicUnit) -> str:
        """The tier as it is called."""
        return tier_words(self.kinds[unit.kind]).get(unit.tier, unit.tier) if unit.tier else UNRATED

    def tiers_from(self, tier: str) -> frozenset[str]:
        """The tier and all better ones; none where there is no such tier."""
        return at_least(tier, self.tiers)

    def way_to(self, path: str) -> list[Place]:
        """The places above a path, from the widest on."""
        codes = path.strip("/").split("/")[:-1]
        paths = ["/" + "/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
        return [self.places[one] for one in paths if one in self.places]

    @cached_property
    def whole(self) -> str:
        """The path of the nearest place above all units."""
        if not self.units:
            return ROOT
        first, last = (path.split("/")[:-2] for path in (min(unit.path for unit in self.units), max(unit.path for unit in self.units)))
        shared = next((depth for depth, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
        return "/".join(first[:shared]) + "/"

    def below(self, path: str) -> list[Place]:
        """The places right below a path that have units, in the order of their codes."""
        depth = path.count("/")
        parts = {
            "/".join(unit.path.split("/")[: depth + 1]) + "/" for unit in self.units if unit.path.startswith(path) and unit.path != path
        }
        return [self.places[one] for one in sorted(parts) if one in self.places]

    def grouped(self) -> dict[str, dict[str, list[PublicUnit]]]:
        """The units by the parts of the whole and the places in them (paths, in their order); what belongs to a part or to the
        whole itself stands under that alone."""
        found: dict[str, dict[str, list[PublicUnit]]] = {}
        for unit in self.units:
            above = unit.path[len(self.whole) :].split("/")[:-2]
            part = self.whole + "/".join(above[:1]) + "/" if above else self.whole
            place = self.whole + "/".join(above[:2]) + "/" if len(above) > 1 else part
            found.setdefault(part, {}).setdefault(place, []).append(unit)
        return {part: dict(sorted(places.items())) for part, places in sorted(found.items())}


def published() -> Published | None:
    """What the last runs of the rules in force found; None before the first run."""
    ruling = rulings()
    runs = latest_runs(ruling.publications) or {run.publication_id: run for run in [latest_run()] if run}
    if not runs:
        return None
    sources = {run.publication_id: Source.of(run) for run in runs.values()}
    by_path = tuple((path, sources[one.pk]) for path, one in sorted(ruling.by_path.items()) if one.pk in sources)
    newest = max(sources.values(), key=lambda source: source.as_of)
    lines = tuple(Unit.objects.filter(closed_on=None).order_by("code").values_list("code", "name", "kind", "path"))
    return _assembled(by_path, newest, lines)


@dataclass(frozen=True)
class Source:
    """What names a result for ever: the rules, the facts and the day they were rated by."""

    publication: str
    facts: str
    as_of: date

    @classmethod
    def of(cls, run: Run) -> "Source":
        return cls(run.publication.digest, run.facts_digest, run.as_of)

    def run(self) -> Run:
        """The run itself, without what is large in it."""
        named = Run.objects.filter(publication__digest=self.publication, facts_digest=self.facts, as_of=self.as_of).exclude(results=b"")
        run: Run = named.select_related("publication").defer("facts", "heads", "results")[0]
        return run


@lru_cache(maxsize=KEPT)
def _assembled(by_path: tuple[tuple[str, Source], ...], newest: Source, lines: Sequence[Line]) -> Published:
    """Kept by everything it is made of, so it is never out of date."""
    found = {source: _found(source) for source in (newest, *(source for _, source in by_path))}
    schemes = [scheme_of(run.publication) for run, _ in found.values()]
    kinds = {id: kind for scheme in schemes for id, kind in scheme.kinds.items() if kind.counted}
    units = [_unit(line, kinds[line[2]], found[_source(line[3], by_path) or newest][1].get(line[0])) for line in lines if line[2] in kinds]
    rated = {id for scheme in schemes for id in scheme.kinds}
    places = {line[3]: Place(*line) for line in lines if line[2] not in rated}
    levels = {id: title for scheme in schemes for id, title in scheme.levels.items()}
    runs = {ROOT: found[newest][0]} | {path: found[source][0] for path, source in by_path}
    return Published(newest.as_of, kinds, levels, tuple(units), runs, places)


def _source(path: str, by_path: tuple[tuple[str, Source], ...]) -> Source | None:
    """What the nearest place upwards was rated by."""
    above = [(len(place), source) for place, source in by_path if path.startswith(place)]
    return max(above, key=lambda one: one[0])[1] if above else None


def _found(source: Source) -> tuple[Run, Mapping[str, tuple[str, Mapping[str, bool | None]]]]:
    """The run, and code → (tier, star → held)."""
    run = source.run()
    stars = {id: kind.stars for id, kind in scheme_of(run.publication).kinds.items()}
    rows = results(run).iter_rows(named=True)
    return run, {
        row["unit"]: (row["tier"] or "", {star: row[f"{star}.held"] for star in stars[row["kind"]]}) for row in rows if row["kind"] in stars
    }


def _unit(line: Line, kind: UnitKind, result: tuple[str, Mapping[str, bool | None]] | None) -> PublicUnit:
    tier, held = result or ("", {})
    code, name, kind_id, path = line
    return PublicUnit(code, name, kind_id, path, tier, drawn(kind, held))
