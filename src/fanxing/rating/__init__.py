"""The arithmetic: a facts table and a scheme become points, stars and tiers, each of which can be explained."""

from fanxing.rating.cases import Outcome, failing_cases, outcomes
from fanxing.rating.conditions import Condition, conditions
from fanxing.rating.explanation import Change, Explanation, Step, explain, moved
from fanxing.rating.facts import Facts, FactsError
from fanxing.rating.measures import met_now, records_behind
from fanxing.rating.rate import Rating, RatingError, rate
from fanxing.rating.rehearsal import Rehearsal, rehearse
from fanxing.rating.robustness import Robustness, robustness
from fanxing.rating.route import Route, route
from fanxing.rating.supposing import what_if
from fanxing.scheme.days import months_after

__all__ = [
    "Change",
    "Condition",
    "Explanation",
    "Facts",
    "FactsError",
    "Outcome",
    "Rating",
    "RatingError",
    "Rehearsal",
    "Robustness",
    "Route",
    "Step",
    "conditions",
    "explain",
    "failing_cases",
    "met_now",
    "months_after",
    "moved",
    "outcomes",
    "rate",
    "records_behind",
    "rehearse",
    "robustness",
    "route",
    "what_if",
]
