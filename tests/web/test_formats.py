"""Numbers and moments as a page writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from fanxing.web.formats import day, moment, number, percent


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (None, None, "—"),
        (0, None, "0"),
        (2349, None, "2,349"),
        (-1234567, None, "-1,234,567"),
        (12.5, None, "12.5"),
        (100.0, None, "100"),
        (1.005, None, "1.01"),
        (Decimal("79.995"), None, "80"),
        (1234.5, 2, "1,234.50"),
        (3, 1, "3.0"),
        (2.5, 0, "3"),
    ],
)
def test_a_number_is_grouped_and_rounded_half_up(value: float | None, places: int | None, text: str):
    assert number(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (0.46357, "46.4%"), (1, "100.0%"), (Decimal(1171) / 2526, "46.4%"), (0.2825, "28.3%")]
)
def test_a_share_is_written_in_percent(value: float | None, text: str):
    assert percent(value) == text


def test_a_day_is_written_in_chinese_without_leading_zeros():
    assert [day(date(2025, 3, 4)), day(None)] == ["2025年3月4日", "—"]


def test_a_moment_is_that_of_shanghai():
    evening = datetime(2025, 3, 4, 18, 5, tzinfo=UTC)
    assert [day(evening), moment(evening), moment(None)] == ["2025年3月5日", "2025年3月5日 02:05", "—"]
