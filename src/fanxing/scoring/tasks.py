"""What scoring does by itself."""

from datetime import datetime

from fanxing.lib.timetable import every
from fanxing.programme.models import Publication
from fanxing.scoring import actions, queries


@every(seconds=60, title="更新得分")
def refresh_stale_scores(*, at: datetime) -> None:
    for publication in Publication.objects.filter(scores__isnull=False).distinct():
        for score in queries.stale(publication):
            actions.refresh(unit=score.unit, publication=publication, at=at)
