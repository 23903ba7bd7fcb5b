"""Rating everybody, and keeping scores up with the ledger."""

import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.programme.models import Attachment, Publication
from fanxing.programme.queries import rulings, scheme_of
from fanxing.scoring.models import Run, Score
from fanxing.scoring.reckoning import Reckoning, day_of_rating, reckon, scores
from fanxing.scoring.trends import results_of

SAVED_AT_ONCE = 1_000
STAGES = 3

Advance = Callable[[str], None]


class NobodyToRate(Refused):
    """A publication that rules no unit of a kind it knows."""


def unheard(_done: str) -> None:
    """Nobody follows the progress."""


def rate_all(*, publication: Publication, by: Doer, at: datetime, advance: Advance = unheard) -> Run:
    """Rate every unit that a publication rules, and keep the run with its facts, results and all scores.

    The day of rating is that of `at`, or the last day of the publication's period if that is over: a year gone by is rated as
    of its end, for the units that the publication ruled then. `advance` hears of the stages done, of `STAGES`.
    Raises NobodyToRate; NotAllowed where `by` may not publish at a unit to which the publication is attached.
    """
    today = timezone.localdate(at)
    for attachment in Attachment.objects.filter(publication=publication).select_related("unit"):
        require(by, "programme.publish", attachment.unit, on=today)
    units = rated_units(publication, on=day_of_rating(publication, today))
    if not units:
        raise NobodyToRate("这个方案没有适用的单位：请先把方案发布到有这几类单位的地方")
    reckoning = reckon(publication, units, today)
    advance("读取台账")
    rated = scores(reckoning)
    advance("计算得分")
    with transaction.atomic():
        run = _keep(reckoning, by=by, at=at)
        for score in rated:
            score.run, score.reckoned_at = run, at
        _save(rated)
        record_event(
            by=by,
            at=at,
            action="scoring.rate_all",
            subject=run,
            summary=f"按《{publication.title}》计算了 {len(units)} 个单位的得分",
            details={"facts": run.facts_digest, "rating": publication.rating_digest},
        )
    advance("保存结果")
    return run


def refresh(*, unit: Unit, publication: Publication, at: datetime) -> Score:
    """Reckon one unit again and keep its score, with the last run it belongs to."""
    return refresh_many(units=[unit], publication=publication, at=at)[0]


def refresh_many(*, units: Sequence[Unit], publication: Publication, at: datetime) -> list[Score]:
    """Reckon some units again, all at once, and keep their scores, with the last run they belong to."""
    rated = scores(reckon(publication, units, timezone.localdate(at)))
    for score in rated:
        score.reckoned_at = at
    _save(rated, keep_run=True)
    return rated


def rated_units(publication: Publication, *, on: date | None = None) -> list[Unit]:
    """The units that a publication rules on a day (today) and whose kind it knows, by code."""
    day = on or clock.today()
    ruling = rulings(day)
    there = Q(closed_on=None) | Q(closed_on__gt=day)
    units = Unit.objects.filter(there, kind__in=scheme_of(publication).kinds).order_by("code")
    return [unit for unit in units if ruling.of(unit) == publication]


def _keep(reckoning: Reckoning, *, by: Doer, at: datetime) -> Run:
    table = io.BytesIO()
    reckoning.facts.frame(reckoning.scheme).write_parquet(table)
    return Run.objects.create(
        publication=reckoning.publication,
        as_of=reckoning.as_of,
        heads={str(pk): position for pk, position in reckoning.heads.items()},
        facts=table.getvalue(),
        results=results_of(reckoning.rating, reckoning.units.units),
        facts_digest=hashlib.sha256(table.getvalue()).hexdigest(),
        unit_count=len(reckoning.units.units),
        made_at=at,
        made_by=by.username,
    )


def _save(rated: list[Score], *, keep_run: bool = False) -> None:
    fields = ["heads", "as_of", "tier", "total", "stars", "reason", "reckoned_at", *([] if keep_run else ["run"])]
    Score.objects.bulk_create(
        rated, batch_size=SAVED_AT_ONCE, update_conflicts=True, unique_fields=["publication", "unit"], update_fields=fields
    )
