"""The way to a star, and how far units have come on it."""

from datetime import date

import pytest

from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.units import merge_units
from fanxing.organisations.models import Unit
from fanxing.programme.actions import publish
from fanxing.programme.models import Publication
from fanxing.programme.queries import rulings
from fanxing.scoring.queries import Account, account
from fanxing.scoring.routes import Figure, Outcome, figures_now, is_reached, route, supposing
from tests.cast import FOUNDED, NOW, TODAY, Cast
from tests.programme.small import with_text
from tests.scoring.test_scores import income, lesson

WANTED = {"lessons", "income", "gone"}


def figures(*units: Unit) -> dict[str, dict[str, Figure]]:
    return figures_now(dict.fromkeys(units, WANTED), rulings(TODAY), at=NOW)


def account_of(unit: Unit) -> Account:
    found = account(unit, at=NOW)
    assert found
    return found


@pytest.fixture
def worked(cast: Cast) -> Cast:
    """The small programme, in which a lesson takes half a day."""
    files = with_text("stars/village/industry.yaml", "if_missing: 0}", "if_missing: 0, effort: 0.5, step: 上一次党课}")
    publish(files=files, document_number="", unit=cast.city, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return cast


def test_figures_are_those_of_the_ledger_as_it_stands(cast: Cast, programme: Publication) -> None:
    lesson(cast, 1)
    income(cast.neighbour, 5000)
    assert figures(cast.village, cast.neighbour, cast.town) == {
        "990101201": {"lessons": 1, "income": None},
        "990101202": {"lessons": 0, "income": 5000},
    }


def test_the_records_of_a_unit_merged_into_another_count_there(cast: Cast, programme: Publication) -> None:
    lesson(cast, 1, unit=cast.neighbour)
    merge_units(units=[cast.neighbour], into=cast.village, on=TODAY, by=SYSTEM, at=NOW)
    assert figures(cast.village) == {"990101201": {"lessons": 1, "income": None}}


def test_without_a_programme_there_are_no_figures(cast: Cast) -> None:
    assert figures(cast.village) == {}


def test_figures_of_many_units_cost_the_queries_of_one(cast: Cast, programme: Publication, django_assert_num_queries) -> None:
    ruling = rulings(TODAY)
    for units in ([cast.village], [cast.village, cast.neighbour, cast.other_village]):
        figures_now(dict.fromkeys(units, WANTED), ruling, at=NOW)
        with django_assert_num_queries(2):
            figures_now(dict.fromkeys(units, WANTED), ruling, at=NOW)


@pytest.mark.parametrize(
    ("before", "to", "now", "reached"),
    [
        (2, 4, 3, False),
        (2, 4, 4, True),
        (2, 4, 5, True),
        (2, 0.3, 0.1 + 0.2, True),
        (5, 2, 3, False),
        (5, 2, 1, True),
        (None, 4, 4, True),
        (2, 4, None, False),
        (False, True, False, False),
        (False, True, True, True),
        ("city", "province", "province", True),
        ("city", "province", "nation", False),
        (None, date(2026, 5, 1), date(2026, 5, 1), True),
        (True, 1, True, True),
    ],
)
def test_a_figure_is_where_it_was_to_be_or_beyond(before: Figure, to: Figure, now: Figure, reached: bool) -> None:
    assert is_reached(before, to, now) is reached


def test_what_is_supposed_is_what_comes_of_it(worked: Cast) -> None:
    income(worked.village, 100_000)
    found = account_of(worked.village)
    way = route(found, "industry")
    assert way.best
    assert [(one.fact, one.after, one.gain) for one in way.best.improvements] == [("lessons", 1.0, 20.0)]
    assert supposing(found, "industry", way.best.improvements) == Outcome(70.0, True, 0.5)
    assert supposing(found, "industry", []) == Outcome(50.0, False, 0)

    lesson(worked, 1)
    after = account_of(worked.village)
    assert (after.score.stars["industry"], route(after, "industry").held) == ({"points": 70.0, "held": True}, True)


def test_without_the_figures_nothing_can_be_supposed(worked: Cast) -> None:
    found = account_of(worked.village)
    assert supposing(found, "industry", []) == Outcome(None, None, 0)
    assert [block.why for block in route(found, "industry").blocks] == ["missing"]
