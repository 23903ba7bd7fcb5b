"""The arithmetic: a facts table and a scheme become points, stars and tiers, each of which can be explained."""

from fanxing.rating.cases import failing_cases
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.rate import Rating, RatingError, rate

__all__ = ["Facts", "FactsError", "Rating", "RatingError", "failing_cases", "rate"]
