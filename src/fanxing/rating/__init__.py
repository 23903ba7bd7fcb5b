"""The arithmetic: a facts table and a scheme become points, stars and tiers, each of which can be explained."""

from fanxing.rating.cases import failing_cases
from fanxing.rating.conditions import Condition, conditions
from fanxing.rating.explanation import Change, Explanation, Step, explain, moved
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.measures import records_behind
from fanxing.rating.rate import Rating, RatingError, rate
from fanxing.rating.rehearsal import Rehearsal, rehearse
from fanxing.rating.supposing import what_if
from fanxing.rating.terms import months_after

__all__ = [
    "Change",
    "Condition",
    "Explanation",
    "Facts",
    "FactsError",
    "Rating",
    "RatingError",
    "Rehearsal",
    "Step",
    "conditions",
    "explain",
    "failing_cases",
    "months_after",
    "moved",
    "rate",
    "records_behind",
    "rehearse",
    "what_if",
]
