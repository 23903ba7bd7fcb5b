"""Where units stand, why, and on which records it rests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.models import Publication
from fanxing.programme.queries import Rulings, programme_for, rulings, scheme_of
from fanxing.rating import Change, Condition, Explanation, Step, conditions, explain, months_after, moved
from fanxing.rating import records_behind as ids_behind
from fanxing.records.models import LedgerHead, Record, RecordQuerySet
from fanxing.records.queries import counting, counting_at
from fanxing.scheme.model import Node, UnitKind, Veto
from fanxing.scoring.ledger import counted, frames, kinds_behind
from fanxing.scoring.models import Run, Score
from fanxing.scoring.reckoning import Reckoning, day_of_rating, rating_of, reckon, scores
from fanxing.scoring.trends import Standing, Tally, UnitStanding, course, latest_run, tallies, trend

__all__ = [
    "Account",
    "Change",
    "Condition",
    "Explanation",
    "NearMiss",
    "Standing",
    "Step",
    "Tally",
    "Told",
    "UnitStanding",
    "account",
    "account_in",
    "by_what_rules",
    "course",
    "explanation",
    "explanation_at",
    "explanation_in",
    "heir_of",
    "ids_behind_each",
    "is_stale",
    "latest_run",
    "moved",
    "near_misses",
    "present_standings",
    "records_behind",
    "stale",
    "standings",
    "tallies",
    "trend",
]


def standings(units: QuerySet[Unit], publication: Publication) -> QuerySet[Score]:
    """The saved scores of some units by a publication, in the order of their codes."""
    return Score.objects.filter(publication=publication, unit__in=units).order_by("unit__code")


def present_standings(units: QuerySet[Unit], ruling: Rulings) -> QuerySet[Score]:
    """The saved scores of some units, each by the publication that rules it."""
    return Score.objects.filter(by_what_rules(ruling), unit__in=units)


def by_what_rules(ruling: Rulings) -> Q:
    """The scores by the publication that rules their unit, as a condition on `Score`."""
    by_path = ruling.by_path
    ruled = Q(pk__in=[])
    for path, publication in by_path.items():
        here = Q(publication=publication) & within(path, field="unit__path")
        for nearer in by_path:
            if nearer != path and nearer.startswith(path):
                here &= ~within(nearer, field="unit__path")
        ruled |= here
    return ruled


@dataclass(frozen=True)
class NearMiss:
    """A star that a unit misses by few points."""

    score: Score
    star: Node
    colour: str
    gap: float


# Of a difference of two marks, what lies behind is noise of binary fractions.
DECIMALS = 9


def near_misses(units: QuerySet[Unit], ruling: Rulings, within_points: float) -> list[NearMiss]:
    """The stars that some units miss by at most so many points, by their saved scores, in the order of the units' codes."""
    stars = [(kind.id, kind.nodes[id], kind.star(id)) for scheme in ruling.schemes for kind in scheme.kinds.values() for id in kind.stars]
    wanted = Q(pk__in=[])
    for kind_id, node, star in stars:
        of = f"stars__{node.id}"
        # The database compares points alone, in the order that rules most units out first; whether it is held is looked at below.
        near = {f"{of}__points__gte": star.pass_mark - within_points, f"{of}__points__lt": star.pass_mark}
        wanted |= Q(unit__kind=kind_id, **near)
    found = present_standings(units, ruling).filter(wanted).select_related("unit").defer("heads", "reason").order_by("unit__code")
    each = ((score, node, star, score.stars.get(node.id)) for score in found for kind_id, node, star in stars if kind_id == score.unit.kind)
    return [
        NearMiss(score, node, star.colour, round(star.pass_mark - has["points"], DECIMALS))
        for score, node, star, has in each
        if has and has["held"] is False and 0 < star.pass_mark - (has["points"] or 0) <= within_points
    ]


def explanation(unit: Unit, *, at: datetime | None = None) -> Explanation | None:
    """Why the unit stands where it stands now: results as trees down to the figures. None where no programme rates it."""
    publication = _rated_by(unit)
    if publication is None:
        return None
    return explain(reckon(publication, [unit], clock.today(at)).rating, unit.code)


def explanation_at(unit: Unit, ends: Mapping[int, int], *, at: datetime | None = None) -> Explanation | None:
    """Why the unit would stand where it would by the records that counted when some ledgers ended there, by unit id, and today's rules."""
    publication = _rated_by(unit)
    if publication is None:
        return None
    return explain(reckon(publication, [unit], clock.today(at), ends).rating, unit.code)


def explanation_in(run: Run, code: str) -> Explanation | None:
    """Why a unit stood where it did in a run, from the run's own facts. None where it was not rated then."""
    rating = rating_of(run)
    return explain(rating, code) if rating.facts.units.index_of(code) is not None else None


@dataclass(frozen=True)
class Told:
    """Where a unit stands or stood and why: the trees behind its results, and star → needs and vetoes."""

    publication: Publication
    explanation: Explanation
    conditions: Mapping[str, tuple[Condition, ...]]


@dataclass(frozen=True)
class Account(Told):
    """Where a unit stands now: the same with its score, from one reading of the ledger."""

    score: Score
    reckoning: Reckoning


def account(unit: Unit, *, at: datetime | None = None, supposed: Sequence[Record] = ()) -> Account | None:
    """Where the unit stands now, or would with some `supposed` records, and all it rests on. None where no programme rates it."""
    publication = _rated_by(unit)
    if publication is None:
        return None
    reckoning = reckon(publication, [unit], clock.today(at), supposed=supposed)
    found = {star: tuple(_dated(one, unit, at) for one in each) for star, each in conditions(reckoning.rating, unit.code).items()}
    return Account(publication, explain(reckoning.rating, unit.code), found, scores(reckoning)[0], reckoning)


def account_in(run: Run, unit: Unit) -> Told | None:
    """Where the unit stood in a run and why, from the run's own facts. None where it was not rated then."""
    explained = explanation_in(run, unit.code)
    if explained is None:
        return None
    found = conditions(rating_of(run), unit.code)
    return Told(run.publication, explained, {star: tuple(_dated(one, unit, None, run) for one in each) for star, each in found.items()})


def _dated(condition: Condition, unit: Unit, at: datetime | None, run: Run | None = None) -> Condition:
    """A veto in force by its facts, until the last record it counts is as old as it lasts."""
    rule = condition.rule
    if not isinstance(rule, Veto) or not condition.holds or condition.until or rule.lasts is None:
        return condition
    days = [record.occurred_on for fact in condition.facts for record in records_behind(unit, fact, run=run, at=at)]
    return replace(condition, until=months_after(max(days), rule.lasts)) if days else condition


def records_behind(unit: Unit, fact_id: str, *, run: Run | None = None, at: datetime | None = None) -> QuerySet[Record]:
    """The records that a figure of the unit counts now, or counted in a run; by date. None at all for a figure that is not there."""
    ids = ids_behind_each(unit, [fact_id], run=run, at=at).get(fact_id, [])
    return Record.objects.filter(pk__in=ids).order_by("occurred_on", "unit", "position")


def ids_behind_each(unit: Unit, fact_ids: Iterable[str], *, run: Run | None = None, at: datetime | None = None) -> dict[str, list[int]]:
    """Figure → the records that it counts now, or counted in a run: of several figures, with one reading of the ledger."""
    publication = run.publication if run else _rated_by(unit)
    if publication is None:
        return {}
    scheme, known = scheme_of(publication), _kind(publication, unit).facts
    asked = {id: (fact, fact.source.kind) for id in fact_ids if (fact := known.get(id)) and fact.source}
    if not asked:
        return {}
    as_of = run.as_of if run else day_of_rating(publication, clock.today(at))
    kinds = kinds_behind(scheme, {kind for _, kind in asked.values()})
    by_kind = frames(scheme, _counted_in(unit, run).filter(kind__in=kinds), as_of)
    return {id: ids_behind(scheme, fact, by_kind[kind], as_of) if kind in by_kind else [] for id, (fact, kind) in asked.items()}


def _counted_in(unit: Unit, run: Run | None) -> RecordQuerySet:
    """The records that count for the unit now, or counted in a run."""
    ledgers = counted([unit]).all()
    if run is None:
        return counting(ledgers)
    return counting_at({one.pk: run.heads[str(one.pk)] for one in ledgers if str(one.pk) in run.heads})


def is_stale(score: Score, heads: Mapping[int, int]) -> bool:
    """Has a ledger that the score was reckoned from moved on? `heads`: where they end now, by unit id."""
    return any(heads.get(int(pk), 0) != position for pk, position in score.heads.items())


def stale(publication: Publication) -> list[Score]:
    """The saved scores of a publication whose ledgers have moved on."""
    saved = list(Score.objects.filter(publication=publication).select_related("unit"))
    heads = _heads(saved)
    return [score for score in saved if is_stale(score, heads)]


def unscored(publication: Publication, *, today: date | None = None) -> list[Unit]:
    """The units that a publication rules and whose saved score is not of what they are by now: founded or put there since the last run
    (they have none), become another kind of unit, or gone on with the records of others. None before the first run."""
    if not Run.objects.filter(publication=publication).exists():
        return []
    kinds, ruling = scheme_of(publication).kinds, rulings(today)
    units = [unit for unit in Unit.objects.filter(kind__in=kinds, closed_on=None).order_by("code") if ruling.of(unit) == publication]
    ledgers = counted(units).by_unit()
    saved = Score.objects.filter(publication=publication).values_list("unit_id", "heads", "stars")
    reckoned = {pk: (heads.keys(), stars.keys()) for pk, heads, stars in saved}
    return [unit for unit in units if reckoned.get(unit.pk) != ({*map(str, ledgers[unit.code])}, {*kinds[unit.kind].stars})]


def _heads(saved: Iterable[Score]) -> dict[int, int]:
    ids = [int(pk) for score in saved for pk in score.heads]
    if len(ids) > 1_000:
        return dict(LedgerHead.objects.values_list("unit", "position"))
    return dict(LedgerHead.objects.filter(unit__in=ids).values_list("unit", "position"))


def _rated_by(unit: Unit) -> Publication | None:
    """The publication that rates the unit: the one that rules it, if it knows its kind."""
    publication = programme_for(unit)
    return publication if publication and unit.kind in scheme_of(publication).kinds else None


def _kind(publication: Publication, unit: Unit) -> UnitKind:
    return scheme_of(publication).kinds[unit.kind]


def heir_of(unit: Unit) -> Unit:
    """The unit for which the records of this one count today."""
    following = unit.successions.filter(carries_records=True).select_related("successor").first()
    return heir_of(following.successor) if following else unit
