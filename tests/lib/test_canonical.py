"""Equal content has one spelling and one digest."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.lib.canonical import canonical_json, digest, plain

SHANGHAI = timezone(timedelta(hours=8))


class Colour(StrEnum):
    """Stands for a choice of a model."""

    RED = "red"


def test_keys_are_sorted_and_chinese_stays_legible():
    assert canonical_json({"b": [1, 2], "a": "星"}) == '{"a":"星","b":[1,2]}'


def test_values_of_python_become_values_of_json():
    value = {
        "decimal": Decimal("1.50"),
        "day": date(2026, 6, 15),
        "moment": datetime(2026, 6, 15, 12, tzinfo=SHANGHAI),
        "id": UUID(int=7),
        "choice": Colour.RED,
        "pair": (1, None),
        "flag": True,
    }
    assert plain(value) == {
        "decimal": "1.5",
        "day": "2026-06-15",
        "moment": "2026-06-15T04:00:00+00:00",
        "id": "00000000-0000-0000-0000-000000000007",
        "choice": "red",
        "pair": [1, None],
        "flag": True,
    }


def test_the_same_moment_in_two_zones_is_the_same():
    assert digest(datetime(2026, 6, 15, 12, tzinfo=SHANGHAI)) == digest(datetime(2026, 6, 15, 4, tzinfo=UTC))


@pytest.mark.parametrize(("value", "text"), [(1e5, "100000"), (1e16, "10000000000000000"), (-0.0, "0"), (0.1, "0.1")])
def test_whole_floats_are_written_as_integers(value: float, text: str):
    assert canonical_json(value) == text


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (float("nan"), "nan is not a number"),
        (float("inf"), "inf is not a number"),
        ("a\x00b", "must not contain NUL"),
        (datetime(2026, 6, 15), "needs its time zone"),  # noqa: DTZ001
    ],
)
def test_what_no_database_can_hold_is_refused(value: object, fault: str):
    with pytest.raises(ValueError, match=fault):
        plain(value)


@pytest.mark.parametrize("value", [{1: "a"}, {"a": object()}, b"bytes", {"set"}])
def test_what_json_does_not_know_is_refused(value: object):
    with pytest.raises(TypeError):
        plain(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_reading_back_what_was_written_changes_nothing(value: object):
    assert canonical_json(json.loads(canonical_json(value))) == canonical_json(value)
