"""The arithmetic: a facts table and a scheme become points, stars and tiers, each of which can be explained."""

from fanxing.rating.cases import failing_cases
from fanxing.rating.explanation import Explanation, explain, moved
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.measures import records_behind
from fanxing.rating.rate import Rating, RatingError, rate

__all__ = [
    "Explanation",
    "Facts",
    "FactsError",
    "Rating",
    "RatingError",
    "explain",
    "failing_cases",
    "moved",
    "rate",
    "records_behind",
]
