"""What a draft of rules would change: the units of the latest run, rated by the rules of then and by the draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.models import Draft
from fanxing.programme.queries import programme_for, scheme_published
from fanxing.rating import (
    Change,
    Explanation,
    Facts,
    FactsError,
    Outcome,
    Rating,
    RatingError,
    Rehearsal,
    explain,
    moved,
    outcomes,
    rate,
    rehearse,
    robustness,
)
from fanxing.rating.rehearsal import KindRehearsal, Move
from fanxing.records.queries import counting
from fanxing.scheme import Scheme
from fanxing.scheme.editing import examine
from fanxing.scheme.model import Fact, UnitKind
from fanxing.scoring.ledger import counted, facts_of_units
from fanxing.scoring.models import Run
from fanxing.scoring.reckoning import facts_table

__all__ = [
    "Change",
    "Explanation",
    "KindRehearsal",
    "Move",
    "Outcome",
    "Rehearsal",
    "Steadiness",
    "Trial",
    "cases_unmet",
    "reasons_of",
    "rehearsed",
    "run_behind",
    "steadiness",
]

Files = tuple[tuple[str, str], ...]
RUNS_KEPT = 4
TRIALS_KEPT = 16
KINDS_KEPT = 32


@dataclass(frozen=True)
class Trial:
    """A draft tried on the units of a run.

    run       the key of the run; `as_of` its day
    kinds     a rehearsal for each kind of unit that occurs, in the order of the draft
    changed   the kinds of which the draft changes a rule
    recounted the kinds of which the draft counts a fact otherwise, so that it was counted from the records again
    """

    run: int
    as_of: date
    kinds: Mapping[str, Rehearsal]
    changed: tuple[str, ...]
    recounted: tuple[str, ...]


def run_behind(draft: Draft) -> Run | None:
    """The latest run of the rules that the draft was made from, or of those that rule its unit; without what is large in it."""
    publication = draft.base or programme_for(draft.unit)
    runs = Run.objects.filter(publication=publication).select_related("publication")
    return runs.defer("facts", "heads", "results", "publication__files").order_by("as_of", "pk").last() if publication else None


def rehearsed(draft: Draft) -> Trial | None:
    """The draft as it stands, tried on the latest run; None where there is no run, or where it has faults that keep it from being tried."""
    key = _key(draft)
    return _trial(key, files_of(draft)) if key else None


def _key(draft: Draft) -> "_Sample | None":
    """The units on which a draft is tried; None where there is no run."""
    run = run_behind(draft)
    return _Sample(run.pk, run.facts_digest, run.publication.digest, run.as_of, draft.unit.path, "") if run else None


def files_of(draft: Draft) -> Files:
    """The files of a draft as a key by which what was reckoned from them is kept."""
    return tuple(sorted(draft.files.items()))


def reasons_of(draft: Draft, code: str) -> tuple[Explanation, Explanation, tuple[Change, ...]] | None:
    """Why a unit would move: where it stands by the old rules and by the draft, and every step that differs. None where it is in no
    trial."""
    trial, scheme = rehearsed(draft), examine(draft.files).scheme
    for kind, one in trial.kinds.items() if trial and scheme else ():
        if scheme and kind in scheme.kinds and code in one.before.facts.units:
            after = rate(_only(scheme, kind), one.after.facts, one.after.as_of)
            old, new = explain(one.before, code), explain(after, code)
            return old, new, tuple(moved(old, new))
    return None


@dataclass(frozen=True)
class Steadiness:
    """How firmly a star stands under the draft: how many hold it; of them, how many hold it in nearly all draws of other points, in
    most, in fewer; and how many that do not hold it would in at least half of the draws."""

    star: str
    title: str
    held: int
    firm: int
    fair: int
    shaky: int
    near: int
    drawn: bool


FIRM, FAIR, LIKELY = 0.95, 0.8, 0.5
DRAWS, SPREAD = 1_000, 0.25


def steadiness(draft: Draft, kind: str) -> tuple[Steadiness, ...]:
    """How much the stars of one kind hang on the exact points, under many draws of points up to a quarter more or less; the same draws
    each time. Nothing where the draft cannot be tried."""
    key = _key(draft)
    return _steadiness(key, files_of(draft), kind) if key else ()


@lru_cache(maxsize=TRIALS_KEPT)
def _steadiness(whole: "_Sample", files: Files, kind: str) -> tuple[Steadiness, ...]:
    trial = _trial(whole, files)
    if trial is None or kind not in trial.kinds or kind not in trial.kinds[kind].after.scheme.kinds:
        return ()
    after = trial.kinds[kind].after
    found = robustness(after.scheme, after.facts, after.as_of, draws=DRAWS, spread=SPREAD).kinds[kind]
    return tuple(_steady(after, kind, star, shares, star not in found.fixed) for star, shares in found.stars.items())


def _steady(rating: Rating, kind: str, star: str, shares: NDArray[np.float64], drawn: bool) -> Steadiness:
    rows = rating.facts.of_kind(kind)
    held = rating.held(star)[rows].fill_null(False).to_numpy()
    counts = (held & (shares >= FIRM), held & (shares >= FAIR) & (shares < FIRM), held & (shares < FAIR), ~held & (shares >= LIKELY))
    firm, fair, shaky, near = (int(one.sum()) for one in counts)
    return Steadiness(star, rating.scheme.kinds[kind].nodes[star].title, int(held.sum()), firm, fair, shaky, near, drawn)


def cases_unmet(draft: Draft) -> tuple[Outcome, ...]:
    """What the draft's worked cases expect and no longer get; nothing where the draft cannot be reckoned with."""
    return _unmet(files_of(draft))


@lru_cache(maxsize=TRIALS_KEPT)
def _unmet(files: Files) -> tuple[Outcome, ...]:
    scheme = examine(dict(files)).scheme
    try:
        return outcomes(scheme) if scheme else ()
    except (FactsError, RatingError):
        return ()  # such a case is a fault, and told as one


@dataclass(frozen=True)
class _Sample:
    """The units of one kind that a run rated, at a path and below."""

    run: int
    facts_digest: str  # so that what is kept in the process is of just these facts
    publication: str
    as_of: date
    path: str
    kind: str


@lru_cache(maxsize=TRIALS_KEPT)
def _trial(whole: _Sample, files: Files) -> Trial | None:
    # With places, as the page that shows it has just read it; sentences are made by `reasons_of`.
    new = examine(dict(files), placed=True).scheme
    if new is None:
        return None
    old = scheme_published(whole.publication)
    # Whatever period the draft is for, it is tried on what was counted in that of the run.
    new = replace(new, period=old.period)
    kinds = {id: _of_kind(replace(whole, kind=id), old, new) for id in dict.fromkeys((*new.kinds, *old.kinds))}
    found = {id: one for id, one in kinds.items() if one is not None}
    changed = tuple(id for id in found if old.kinds.get(id) != new.kinds.get(id))
    recounted = tuple(id for id in changed if _counts_otherwise(old.kinds.get(id), new.kinds.get(id)))
    return Trial(whole.run, whole.as_of, found, changed, recounted)


def _of_kind(sample: _Sample, old: Scheme, new: Scheme) -> Rehearsal | None:
    """One kind of unit; None where no unit of it is in the run."""
    facts = _facts(sample)
    if facts is None:
        return None
    before, after = old.kinds.get(sample.kind), new.kinds.get(sample.kind)
    if before == after:
        return _unchanged(sample)
    only = _only(new, sample.kind)
    by_new = _recounted(sample, _Counting(tuple(after.facts.values()), only)) if after and _counts_otherwise(before, after) else None
    return rehearse(_only_published(sample.publication, sample.kind), only, facts, sample.as_of, facts_by_new=by_new)


@lru_cache(maxsize=KINDS_KEPT)
def _unchanged(sample: _Sample) -> Rehearsal:
    """A kind whose rules stay, rated by them."""
    scheme, facts = _only_published(sample.publication, sample.kind), _facts(sample)
    assert facts is not None  # who asks has looked
    return rehearse(scheme, scheme, facts, sample.as_of)


def _counts_otherwise(old: UnitKind | None, new: UnitKind | None) -> bool:
    """Whether the new rules read a fact that the old did not, or count it otherwise."""
    if new is None:
        return False
    before = old.facts if old else {}
    said = {id: (fact.source, fact.type, fact.choices) for id, fact in before.items()}
    return any(said.get(id) != (fact.source, fact.type, fact.choices) for id, fact in new.facts.items())


def _only(scheme: Scheme, kind: str) -> Scheme:
    """The scheme with the rules of one kind of unit: only what is asked for is compiled."""
    return replace(scheme, kinds={id: one for id, one in scheme.kinds.items() if id == kind}, cases=())


@lru_cache(maxsize=KINDS_KEPT)
def _only_published(digest: str, kind: str) -> Scheme:
    return _only(scheme_published(digest), kind)


@lru_cache(maxsize=RUNS_KEPT)
def _table(run: int, facts_digest: str) -> pl.DataFrame:
    """The facts of a run, kept in the process: a run never changes."""
    return facts_table(Run.objects.only("facts").get(pk=run, facts_digest=facts_digest))


@lru_cache(maxsize=KINDS_KEPT)
def _facts(sample: _Sample) -> Facts | None:
    """The facts of the units of a sample, as the run had them."""
    table = _table(sample.run, sample.facts_digest).filter(pl.col("kind") == sample.kind)
    inside = Unit.objects.filter(within(sample.path), code__in=table["unit"].to_list()).values_list("code", flat=True)
    table = table.filter(pl.col("unit").is_in(list(inside)))
    scheme = scheme_published(sample.publication)
    known = _only(scheme, sample.kind) if sample.kind in scheme.kinds else scheme
    return Facts.from_frame(known, table, "run") if len(table) else None


@dataclass(frozen=True)
class _Counting:
    """How some facts are counted; equal where they are counted alike, whatever else the scheme says."""

    facts: tuple[Fact, ...]
    scheme: Scheme = field(compare=False)


@lru_cache(maxsize=KINDS_KEPT)
def _recounted(sample: _Sample, way: _Counting) -> Facts:
    """The facts of the same units counted by other rules, from the records as they stood when the process first counted them so."""
    facts = _facts(sample)
    assert facts is not None  # who asks has looked
    units = Unit.objects.in_bulk(facts.units.to_list(), field_name="code")
    asked = counted([units[code] for code in facts.units])
    return facts_of_units(way.scheme, asked, counting(asked.all()), sample.as_of)
