"""Rating everybody, and keeping scores up with the ledger."""

import hashlib
import io
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.programme.models import Attachment, Publication
from fanxing.programme.queries import rulings, scheme_of
from fanxing.scoring.models import Run, Score
from fanxing.scoring.reckoning import Reckoning, reckon, scores

SAVED_AT_ONCE = 1_000


class NobodyToRate(Refused):
    """A publication that rules no unit of a kind it knows."""


def rate_all(*, publication: Publication, by: Doer, at: datetime) -> Run:
    """Rate every unit that a publication rules, and keep the run with its facts and all scores.

    Raises NobodyToRate; NotAllowed where `by` may not publish at a unit to which the publication is attached.
    """
    for attachment in Attachment.objects.filter(publication=publication).select_related("unit"):
        require(by, "programme.publish", attachment.unit, on=timezone.localdate(at))
    units = rated_units(publication)
    if not units:
        raise NobodyToRate("这个方案没有适用的单位：请先把方案发布到有这几类单位的地方")
    reckoning = reckon(publication, units, timezone.localdate(at))
    rated = scores(reckoning)
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
    return run


def refresh(*, unit: Unit, publication: Publication, at: datetime) -> Score:
    """Reckon one unit again and keep its score, with the last run it belongs to."""
    score = scores(reckon(publication, [unit], timezone.localdate(at)))[0]
    score.reckoned_at = at
    _save([score], keep_run=True)
    return score


def rated_units(publication: Publication) -> list[Unit]:
    """The units that a publication rules today and whose kind it knows, by code."""
    ruling = rulings()
    units = Unit.objects.filter(kind__in=scheme_of(publication).kinds, closed_on=None).order_by("code")
    return [unit for unit in units if ruling.of(unit) == publication]


def _keep(reckoning: Reckoning, *, by: Doer, at: datetime) -> Run:
    table = io.BytesIO()
    reckoning.facts.frame(reckoning.scheme).write_parquet(table)
    return Run.objects.create(
        publication=reckoning.publication,
        as_of=reckoning.as_of,
        heads={str(pk): position for pk, position in reckoning.heads.items()},
        facts=table.getvalue(),
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
