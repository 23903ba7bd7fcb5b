"""Every shipped scheme loads without a fault, and its worked cases come out."""

import pytest

from fanxing.organisations.permissions import PERMISSION_SETS
from fanxing.rating import failing_cases
from fanxing.scheme import load, shipped
from fanxing.scheme.guard import warnings


def test_the_shipped_schemes_are_these() -> None:
    assert shipped() == (
        "deductions-from-100",
        "five-star",
        "food-hygiene",
        "grades-to-points",
        "half-year-top-ten",
        "hdi",
        "nursing-home",
        "organisation-1000",
        "points-110-bands",
        "satisfaction-cap",
    )


@pytest.mark.parametrize("name", shipped())
def test_the_worked_cases_come_out(name: str) -> None:
    scheme = load(name)
    assert scheme.cases
    assert failing_cases(scheme) == ()


@pytest.mark.parametrize("name", shipped())
def test_a_scheme_bears_the_name_of_its_folder_and_says_where_it_comes_from(name: str) -> None:
    scheme = load(name)
    assert scheme.id == name
    assert scheme.basis == "example" or scheme.source


@pytest.mark.parametrize("name", shipped())
def test_every_rule_has_a_title_to_be_read_by(name: str) -> None:
    scheme = load(name)
    untitled = [rule.id for kind in scheme.kinds.values() for rule in (*kind.facts.values(), *kind.nodes.values()) if not rule.title]
    assert untitled == []


@pytest.mark.parametrize("name", shipped())
def test_every_post_names_a_permission_set_that_exists(name: str) -> None:
    assert {post.permissions for post in load(name).posts.values()} <= set(PERMISSION_SETS)


@pytest.mark.parametrize("name", shipped())
def test_no_star_gives_more_for_what_is_done_than_for_what_comes_of_it(name: str) -> None:
    assert warnings(load(name)) == ()
