"""How units stood in the runs of the past: tallies by kind, tier and star, and the course of one unit."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import QuerySet

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT
from fanxing.programme.models import Publication
from fanxing.programme.queries import scheme_of, scheme_published
from fanxing.rating import Rating
from fanxing.scheme import Scheme
from fanxing.scoring.models import Run

NOT_RATED = ""
RUNS_KEPT = 24
PLACES_KEPT = 1_024


@dataclass(frozen=True)
class Tally:
    """How the units of one kind at one place stood in a run.

    kind    the kind of unit
    units   how many of them were rated or could not be
    tiers   tier as it is spelled ("0" … "5"; "": not rated) → units, the highest first
    stars   star → units that held it, in the order of the scheme
    """

    kind: str
    units: int
    tiers: Mapping[str, int]
    stars: Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """Where the units of a place stood on a day: the tally of each kind of unit, by its id, in the order of the scheme."""

    run: int
    publication: Publication
    as_of: date
    tallies: Mapping[str, Tally]


@dataclass(frozen=True)
class UnitStanding:
    """Where one unit stood on a day, as a unit of which kind. `tier` as it is spelled ("": not rated), `stars`: star → held (None:
    not rated)."""

    run: int
    publication: Publication
    as_of: date
    kind: str
    tier: str
    stars: Mapping[str, bool | None]


def results_of(rating: Rating, units: Iterable[Unit]) -> bytes:
    """The results of a run as a Parquet table: `unit`, `kind`, `path` (that of the day of the run), `tier`, and a column
    `<star>.points` and `<star>.held` for each star."""
    paths = {unit.code: unit.path for unit in units}
    table = rating.table().filter(pl.col("unit").is_in(list(paths)))
    kept = table.select("unit", "kind", pl.Series("path", [paths[unit] for unit in table["unit"]], pl.String), *_of_stars(table))
    buffer = io.BytesIO()
    kept.write_parquet(buffer)
    return buffer.getvalue()


def _of_stars(table: pl.DataFrame) -> list[str]:
    return ["tier", *(name for name in table.columns if name.endswith((".points", ".held")))]


def results(run: Run) -> pl.DataFrame:
    """The results of a run as `results_of` kept them."""
    return _results(run.publication.digest, run.facts_digest, run.as_of)


# By what a run was reckoned from, which never changes, so nothing kept can be out of date.
@lru_cache(maxsize=RUNS_KEPT)
def _results(publication: str, facts: str, as_of: date) -> pl.DataFrame:
    named = Run.objects.filter(publication__digest=publication, facts_digest=facts, as_of=as_of).exclude(results=b"")
    return pl.read_parquet(io.BytesIO(bytes(named.values_list("results", flat=True)[0])))


def trend(place: Unit | None = None, *, last: int = 12) -> list[Standing]:
    """How the units at a place and below (everywhere) stood in each of the last runs, oldest first; of several runs as of
    one day the newest. Counts every kind that was rated: who shows them leaves out those that do not count."""
    path = place.path if place else ROOT
    return [Standing(run.pk, run.publication, run.as_of, tallies(run, path)) for run in _last_runs(last)]


def course(unit: Unit, *, last: int = 12) -> list[UnitStanding]:
    """Where one unit stood in each of the last runs in which it was rated, oldest first."""
    return [
        _unit_standing(run, row)
        for run in _last_runs(last)
        for row in results(run).filter(pl.col("unit") == unit.code).iter_rows(named=True)
    ]


def _unit_standing(run: Run, row: Mapping[str, Any]) -> UnitStanding:
    stars = scheme_of(run.publication).kinds[row["kind"]].stars
    return UnitStanding(
        run.pk, run.publication, run.as_of, row["kind"], row["tier"] or NOT_RATED, {star: row[f"{star}.held"] for star in stars}
    )


def tallies(run: Run, path: str = ROOT) -> dict[str, Tally]:
    """The tally of each kind of unit at a path and below, in the order of the scheme."""
    return dict(_tallies_at(run.publication.digest, run.facts_digest, run.as_of, path))


@lru_cache(maxsize=PLACES_KEPT)
def _tallies_at(publication: str, facts: str, as_of: date, path: str) -> dict[str, Tally]:
    table = _results(publication, facts, as_of).filter(pl.col("path").str.starts_with(path))
    return _tallies(scheme_published(publication), table)


def latest_run() -> Run | None:
    """The run of the latest day; of several as of that day the newest."""
    return _runs().last()


def latest_runs(publications: Iterable[Publication]) -> dict[int, Run]:
    """The latest run of each of some publications, by the publication's primary key; one without a run is left out."""
    return {run.publication_id: run for run in _runs().filter(publication__in=publications)}


def _runs() -> QuerySet[Run]:
    """The runs that kept their results, in the order of the days they tell of; without what is large in them."""
    kept = Run.objects.exclude(results=b"").select_related("publication")
    return kept.defer("facts", "heads", "results", "publication__files").order_by("as_of", "pk")


def _last_runs(last: int) -> list[Run]:
    newest = {as_of: pk for pk, as_of in _runs().values_list("pk", "as_of")}
    return list(_runs().filter(pk__in=list(newest.values())[-last:]))


def _tallies(scheme: Scheme, table: pl.DataFrame) -> dict[str, Tally]:
    by_kind = table.partition_by("kind", as_dict=True)
    return {id: _tally(id, kind.stars, by_kind[id,]) for id, kind in scheme.kinds.items() if (id,) in by_kind}


def _tally(kind: str, stars: Iterable[str], table: pl.DataFrame) -> Tally:
    counts = dict(table["tier"].fill_null(NOT_RATED).value_counts().iter_rows())
    held = {star: int(table[f"{star}.held"].sum()) for star in stars}
    return Tally(kind, len(table), {tier: counts[tier] for tier in sorted(counts, reverse=True)}, held)
