"""Rating units from the ledger as it stands; nothing here is written down."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from fanxing.organisations.models import Unit
from fanxing.programme.models import Publication
from fanxing.programme.queries import scheme_of
from fanxing.rating import Facts, Rating, rate
from fanxing.records.models import Record
from fanxing.records.queries import counting, counting_at, ledger_heads
from fanxing.scheme import Scheme
from fanxing.scheme.model import Rank
from fanxing.scoring.ledger import Counted, counted, facts_of_units
from fanxing.scoring.models import Run, Score

NOW: Mapping[int, int] = {}


@dataclass(frozen=True)
class Reckoning:
    """Units rated from the ledger by a publication.

    heads   the ends of the ledgers that were read, by unit id; they are read before the records (see LedgerHead)
    facts   what the records of these units say; `rating` may hold peers beside them, for ranks
    """

    publication: Publication
    units: Counted
    heads: dict[int, int]
    facts: Facts
    as_of: date

    @cached_property
    def scheme(self) -> Scheme:
        return scheme_of(self.publication)

    @cached_property
    def rating(self) -> Rating:
        return rate(self.scheme, _with_peers(self.facts, self.scheme, self.publication), self.as_of)


def day_of_rating(publication: Publication, today: date) -> date:
    """Today while the period lasts, afterwards its last day."""
    return min(publication.period_to, today) if publication.period_to else today


def reckon(
    publication: Publication, units: Sequence[Unit], today: date, ends: Mapping[int, int] = NOW, supposed: Sequence[Record] = ()
) -> Reckoning:
    """Rate some units from the records that stand now; `ends`: from those that stood when the ledgers of some ended there, by unit id;
    `supposed`: as if these had been written too."""
    asked = counted(units)
    heads = {**ledger_heads(asked.all()), **ends}
    as_of = day_of_rating(publication, today)
    records = counting_at(heads) if ends else counting(asked.all())
    facts = facts_of_units(scheme_of(publication), asked, records, as_of, supposed)
    return Reckoning(publication, asked, heads, facts, as_of)


def _with_peers(facts: Facts, scheme: Scheme, publication: Publication) -> Facts:
    """The facts and, where a rule ranks units, those of all others from the last run."""
    if not has_ranks(scheme):
        return facts
    run = Run.objects.filter(publication=publication).order_by("made_at", "pk").last()
    if run is None:
        return facts
    peers = facts_table(run).filter(~pl.col("unit").is_in(facts.units))
    return Facts.from_frame(scheme, pl.concat([facts.frame(scheme), peers], how="diagonal_relaxed"), "run")


def has_ranks(scheme: Scheme) -> bool:
    """Does a rule of the scheme compare units with each other?"""
    return any(isinstance(node.form, Rank) for kind in scheme.kinds.values() for node in kind.nodes.values())


def facts_table(run: Run) -> pl.DataFrame:
    """The facts of a run as they were kept."""
    return pl.read_parquet(io.BytesIO(bytes(run.facts)))


def again(run: Run) -> Rating:
    """The rating of a run reckoned again from its own facts, which gives the same result for ever."""
    scheme = scheme_of(run.publication)
    return rate(scheme, Facts.from_frame(scheme, facts_table(run), "run"), run.as_of)


def rating_of(run: Run) -> Rating:
    """As `again`, kept for as long as pages keep asking for the same run."""
    return _rating(run.publication.digest, run.facts_digest, run.as_of)


# By what a run was reckoned from, which never changes, so nothing kept can be out of date.
@lru_cache(maxsize=2)
def _rating(publication: str, facts: str, as_of: date) -> Rating:
    return again(Run.objects.select_related("publication").filter(publication__digest=publication, facts_digest=facts, as_of=as_of)[0])


def scores(reckoning: Reckoning) -> list[Score]:
    """The scores of the units reckoned, not yet saved: in the order of the units."""
    rows = {row["unit"]: row for row in reckoning.rating.table().iter_rows(named=True)}
    ledgers = reckoning.units.by_unit()
    return [_score(reckoning, unit, rows[unit.code], ledgers[unit.code]) for unit in reckoning.units.units]


def _score(reckoning: Reckoning, unit: Unit, row: dict[str, Any], ledgers: list[int]) -> Score:
    stars = reckoning.scheme.kinds[unit.kind].stars
    return Score(
        unit=unit,
        publication=reckoning.publication,
        heads={str(pk): reckoning.heads.get(pk, 0) for pk in ledgers},
        as_of=reckoning.as_of,
        tier=row["tier"] or "",
        total=row.get("total"),
        stars={star: {"points": row[f"{star}.points"], "held": row[f"{star}.held"]} for star in stars},
        reason=row["reason"] or "",
    )
