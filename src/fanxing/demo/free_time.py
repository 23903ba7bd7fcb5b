"""Days for what people come to in their own time."""

import numpy as np

from fanxing.demo.calendar import free_days
from fanxing.demo.dice import Whole
from fanxing.demo.life import Year
from fanxing.demo.words import ACTIVITY_TOPICS, TOPICS_ELSEWHERE

WEEKEND = 0.7


def free_day(year: Year, topic: str, first: int, last: int | None = None) -> Whole:
    """Mostly at a weekend, never in the harvest."""
    last = last or first
    at_weekend, any_day = (year.day(f"{topic}.free", free_days(year.year, first, last, weekend=weekend)) for weekend in (True, False))
    return np.where(year.share(f"{topic}.weekend") < WEEKEND, at_weekend, any_day)


def activity_topics(year: Year, form: str) -> tuple[str, ...]:
    """What an activity of some form may be about where these units are."""
    return TOPICS_ELSEWHERE.get(year.crowd.kind, {}).get(form) or ACTIVITY_TOPICS[form]
