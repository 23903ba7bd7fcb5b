"""What has not been reported: figures that a rule needs, that nothing stands in for, and that no record gives yet."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl
from django.db.models import QuerySet

from fanxing.organisations.models import Unit
from fanxing.programme.queries import Rulings, scheme_of
from fanxing.records.models import Record
from fanxing.scheme.expressions import names
from fanxing.scheme.model import Fact, RecordKind, Scheme, Star, UnitKind, reads
from fanxing.scoring.models import Run
from fanxing.scoring.trends import latest_runs

RUNS_KEPT = 4


@dataclass(frozen=True)
class Gap:
    """A figure that a unit lacks, and the kind of record that would give it."""

    unit: str
    unit_kind: str
    fact: Fact
    record: RecordKind


@dataclass(frozen=True)
class Gaps:
    """The figures lacking in the last run and not reported since, and the units that lack them, by code; `as_of` is the day of the
    run, None before the first."""

    as_of: date | None
    found: tuple[Gap, ...]
    units: Mapping[str, Unit]

    @property
    def unit_count(self) -> int:
        """How many units lack something."""
        return len({gap.unit for gap in self.found})


def gaps(units: QuerySet[Unit], ruling: Rulings) -> Gaps:
    """What some units lack, in the order of their codes; those that are closed or do not count lack nothing.

    A figure is expected where points are made of it, and a fact counted from records stays missing without them. It is lacking where
    the last run found it missing and nobody has since entered a record of its kind for the unit.
    """
    runs = latest_runs(ruling.publications)
    codes = {gap.unit for run in runs.values() for gap in lacking_in(run)}
    here = {unit.code: unit for unit in units.filter(code__in=codes, closed_on=None)}
    lacking = [gap for run in runs.values() for gap in lacking_in(run) if gap.unit in here and ruling.of(here[gap.unit]) == run.publication]
    supplied = _supplied(lacking, runs.values())
    found = sorted((gap for gap in lacking if (gap.unit, gap.record.id) not in supplied), key=lambda gap: gap.unit)
    return Gaps(max((run.as_of for run in runs.values()), default=None), tuple(found), here)


def lacking_in(run: Run) -> tuple[Gap, ...]:
    """The figures that were expected and missing in a run, of the kinds of unit that count."""
    return _lacking(run.publication.digest, run.facts_digest, run.as_of)


# By what a run was reckoned from, which never changes, so nothing kept can be out of date.
@lru_cache(maxsize=RUNS_KEPT)
def _lacking(publication: str, facts: str, as_of: date) -> tuple[Gap, ...]:
    named = Run.objects.filter(publication__digest=publication, facts_digest=facts, as_of=as_of).select_related("publication")
    run = named.defer("heads", "results")[0]
    scheme = scheme_of(run.publication)
    table = pl.read_parquet(io.BytesIO(bytes(run.facts)))
    found: list[Gap] = []
    for id, kind in ((id, kind) for id, kind in scheme.kinds.items() if kind.counted):
        mine = table.filter(pl.col("kind") == id)
        needed = points_read(kind)
        for fact in (one for one in kind.facts.values() if one.id in needed):
            if record := expected(scheme, fact):
                lacking = mine.filter(pl.col(fact.id).is_null())["unit"]
                found += [Gap(unit, id, fact, record) for unit in lacking]
    return tuple(found)


def points_read(kind: UnitKind) -> set[str]:
    """What points, needs and other results are made of; a veto waits for what nobody wishes to report."""
    found: set[str] = set()
    for node in kind.nodes.values():
        if isinstance(node.form, Star):
            found.update(names(node.form.score), *(names(need.when) for need in node.form.needs))
        else:
            found.update(reads(node))
    return found


def expected(scheme: Scheme, fact: Fact) -> RecordKind | None:
    """The kind of record that must give a figure; None where the figure may stay away without harm, or comes from no record."""
    if fact.source is None or fact.if_missing is not None or fact.source.years_ago:
        return None
    return scheme.records.get(fact.source.kind)


def _supplied(lacking: Iterable[Gap], runs: Iterable[Run]) -> set[tuple[str, str]]:
    """(unit, kind of record) of what was entered since the runs."""
    since = min((run.made_at for run in runs), default=None)
    if since is None:
        return set()
    units, kinds = {gap.unit for gap in lacking}, {gap.record.id for gap in lacking}
    entered = Record.objects.filter(unit__code__in=units, kind__in=kinds, recorded_at__gt=since).counting()
    return set(entered.values_list("unit__code", "kind").distinct())
