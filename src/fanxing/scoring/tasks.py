"""What scoring does by itself."""

from datetime import datetime

from fanxing.lib.timetable import every
from fanxing.programme.queries import rulings
from fanxing.scoring import actions, queries

# Enough that a city is reckoned in a few goes, few enough that a go is short.
AT_ONCE = 500


@every(seconds=60, title="更新得分")
def refresh_stale_scores(*, at: datetime) -> None:
    # A year gone by stays as it was rated: only what rules today is kept up.
    for publication in rulings().publications:
        units = list(dict.fromkeys([*queries.unscored(publication), *(score.unit for score in queries.stale(publication))]))
        for start in range(0, len(units), AT_ONCE):
            actions.refresh_many(units=units[start : start + AT_ONCE], publication=publication, at=at)
