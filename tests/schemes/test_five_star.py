"""What the programme of the five stars promises the people who live with it, beyond its worked cases."""

import pytest

from fanxing.rating import Facts, rate
from fanxing.scheme import load
from fanxing.scheme.expressions import Name
from fanxing.scheme.model import Combine, Value

SCHEME = load("five-star")
VILLAGE = SCHEME.kinds["village"]
FULL: dict[str, Value] = dict(SCHEME.cases[0].given[""])

# How many records of each typed kind an average village enters in a year: an assumption, made on the high side.
RECORDS_A_YEAR = {"village_profile": 1, "activity": 19, "decision": 5, "honour": 4}
FACTS_A_YEAR = 120


def scores(given: dict[str, Value]) -> dict[str, float]:
    rating = rate(SCHEME, Facts.from_rows(SCHEME, [{"unit": "v", **given}]))
    return {star: float(str(rating.value("v", f"{star}_score"))) for star in VILLAGE.stars}


def test_each_star_has_a_colour_of_its_own() -> None:
    assert {star: VILLAGE.star(star).colour for star in VILLAGE.stars} == {
        "party_branch": "red",
        "industry": "violet",
        "ecology": "green",
        "safety": "blue",
        "civility": "orange",
    }


@pytest.mark.parametrize("star", VILLAGE.stars)
def test_a_star_has_four_to_seven_criteria_worth_a_hundred_points(star: str) -> None:
    score = VILLAGE.nodes[f"{star}_score"]
    assert isinstance(score.form, Combine)
    criteria = [VILLAGE.nodes[part.id] for part in score.form.parts if isinstance(part, Name)]
    assert 4 <= len(criteria) <= 7
    assert sum(one.full or 0 for one in criteria if not one.extra) == score.full == 100


@pytest.mark.parametrize("star", VILLAGE.stars)
def test_a_veto_gives_its_ground_and_ends(star: str) -> None:
    vetoes = VILLAGE.star(star).vetoes
    assert vetoes
    for veto in vetoes:
        assert veto.basis
        assert veto.note
        assert veto.lasts is not None or veto.if_undecided == "no"


def test_only_the_capstone_asks_for_other_stars() -> None:
    asking = {star: [need.basis for need in VILLAGE.star(star).needs] for star in VILLAGE.stars if VILLAGE.star(star).needs}
    assert asking == {"party_branch": ["example"]}


@pytest.mark.parametrize("handled", [0, 1, 7])
@pytest.mark.parametrize(
    ("due", "well"),
    [
        ("requests_due", "requests_in_time"),
        ("requests_answered", "requests_satisfied"),
        ("disputes_due", "disputes_settled"),
        ("reports_due", "reports_in_time"),
        ("hazards_found", "hazards_fixed"),
    ],
)
def test_one_more_matter_that_is_handled_well_never_costs_a_point(due: str, well: str, handled: int) -> None:
    before = {**FULL, due: 10.0, well: float(handled)} if handled else {**FULL, due: 0.0, well: 0.0}
    after = {**before, due: float(str(before[due])) + 1, well: float(str(before[well])) + 1}
    lost = {star: points for star, points in scores(before).items() if scores(after)[star] < points}
    assert lost == {}


def test_a_village_types_at_most_120_facts_a_year() -> None:
    """Every field counted as filled, and the date; the kinds that somebody else holds are imported."""
    typed = {kind.id: len(kind.fields) + 1 for kind in SCHEME.records.values() if not kind.held_by}
    assert set(typed) == set(RECORDS_A_YEAR)
    assert sum(RECORDS_A_YEAR[kind] * facts for kind, facts in typed.items()) <= FACTS_A_YEAR


def test_what_a_village_types_it_may_type_itself() -> None:
    assert {kind.id for kind in SCHEME.records.values() if not kind.held_by and "branch_secretary" not in kind.recorded_by} == set()


def test_a_marks_giver_marks_no_village_of_whose_records_it_is_the_author() -> None:
    """Marks and rulings are never written by the village or by the clerk who enters for it."""
    judged = {kind.id: set(kind.recorded_by) for kind in SCHEME.records.values() if kind.nature == "judgement"}
    assert judged == {
        "joint_visit": {"star_team"},
        "ruling": {"city_desk", "star_team"},
        "township_review": {"township_reviewer"},
    }
