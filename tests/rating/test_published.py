"""Stated figures that cannot be are refused with their reason, and those that can are let be."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.rating.published import (
    Doubt,
    Stated,
    doubts,
    possible_parts,
    possible_wholes,
    stated,
    wrong_counts,
    wrong_rows,
    wrong_share,
    wrong_stars,
)
from fanxing.rating.reading import read_table
from fanxing.rating.tally import TallyError
from fanxing.scheme.model import Field, RecordKind

DATA = Path(__file__).parent / "data"


def test_a_printed_rate_that_no_whole_number_gives() -> None:
    assert wrong_share(182, "86.1%") == "没有一个整数总数能使 182 占 86.1%：211 中的 182 是 86.3%，212 中的 182 是 85.8%"
    assert wrong_share(182, 0.861) == wrong_share(182, "86.1%")


@pytest.mark.parametrize(
    ("part", "share", "whole", "reason"),
    [
        (182, "86.3%", None, None),
        (182, "86%", None, None),
        (182, "86.1%", 211, "211 中的 182 是 86.3%，不是 86.1%"),
        (182, "86.3%", 211, None),
        (182, 0.863, 211, None),
        (1171, "46.36%", 2526, None),
        (1170, "46.36%", 2526, "2526 中的 1170 是 46.32%，不是 46.36%"),
        (0, "0%", None, None),
        (0, "12%", None, "0 在任何总数中都占 0%，不是 12%"),
        (3, "0%", None, None),  # of more than 600
        (5, "120%", None, "没有一个整数总数能使 5 占 120%：5 中的 5 是 100%，6 中的 5 是 83%"),
        (5, "-3%", None, "5 不可能占 -3%"),
        (1.5, "12.34%", None, None),  # kilometres: any length may be the whole
        (1.5, "50%", 4.0, "4 中的 1.5 是 38%，不是 50%"),
        (1, "50%", 0, "总数是 0，算不出 50%"),
        (1, "33.3%", 3, None),
        (1, "12.5%", 8, None),
        (1, "13%", 8, None),
        (1, "12%", 8, None),  # 12.5 rounded half to even
    ],
)
def test_a_share_is_held_against_its_figures(part: float, share: str | float, whole: float | None, reason: str | None) -> None:
    assert wrong_share(part, share, whole) == reason


def test_only_one_number_of_units_is_46_36_percent_of_all() -> None:
    assert list(possible_parts(2349 + 177, stated("46.36%"))) == [1171]


def test_a_share_is_read_as_it_is_written() -> None:
    assert stated("86.1%") == stated("0.861") == stated(0.861) == stated("86.1％") == Stated(Decimal("0.861"), Decimal("0.001"))
    assert [str(stated(one)) for one in ("86.10%", 0.9, "5%", 1.0)] == ["86.10%", "90%", "5%", "100%"]
    for none in ("many", "", "nan"):
        with pytest.raises(ValueError, match="is not a share"):
            stated(none)


@given(st.integers(1, 3_000), st.integers(1, 3_000), st.integers(0, 3))
def test_what_is_rounded_from_its_own_figures_is_never_refused(part: int, more: int, places: int) -> None:
    whole = part + more - 1
    share = f"{100 * part / whole:.{places}f}%"
    assert wrong_share(part, share) is None
    assert wrong_share(part, share, whole) is None
    assert whole in possible_wholes(part, stated(share))
    assert part in possible_parts(whole, stated(share))


@given(st.integers(1, 60), st.integers(0, 1000))
def test_what_is_refused_no_whole_number_gives(part: int, thousandths: int) -> None:
    share = Stated(Decimal(thousandths) / 1000, Decimal("0.001"))
    # In whole numbers, since a float is beside the half: |part/whole − thousandths/1000| ≤ 1/2000.
    wholes = range(part, 200_000 if thousandths == 0 else 130_000)
    giving = [whole for whole in wholes if abs(2_000 * part - 2 * thousandths * whole) <= whole]
    assert (wrong_share(part, str(share)) is None) == bool(giving)


@pytest.mark.parametrize(
    ("total", "by_tier", "reason"),
    [
        (215, {"5": 22, "4": 22, "3": 183}, "各档合计 227 个，多于总数 215 个"),
        (33, {"5": 0, "4": 3, "3": 10, "2": 20, "1": 0, "0": 0}, None),
        (33, {"5": 0, "4": 3, "3": 10, "2": 19, "1": 0, "0": 0}, "各档合计 32 个，少于总数 33 个"),
        (33, {"5": 0, "4": 3, "3": 10, "2": 19, "1": None}, None),
        (5, {"5": -1, "4": 6}, "个数不能小于 0"),
    ],
)
def test_counts_by_tier_add_up(total: int, by_tier: dict[str, int | None], reason: str | None) -> None:
    assert wrong_counts(total, by_tier) == reason


def test_stars_held_are_the_stars_given() -> None:
    assert wrong_stars({5: 1, 4: 1, 3: 16, 2: 9, 1: 0}, {"产业": 4, "生态": 24, "平安": 19, "文明": 27, "支部": 1}) is None
    assert wrong_stars({5: 0, 4: 3, 3: 10, 2: 20, 1: 0}, {"产业": 3, "生态": 19, "平安": 27, "文明": 33, "支部": 0}) is None
    assert wrong_stars({5: 1}, {"产业": 1, "生态": 1}) == "按星级推算共有 5 颗星，按各星合计是 2 颗"


def test_of_the_published_lines_only_the_one_that_does_not_add_up_is_refused() -> None:
    table = read_table(DATA / "published_counts.csv")

    assert [(table["place"][row], reason) for row, reason in wrong_rows(table)] == [("博爱县", "各档合计 227 个，多于总数 215 个")]


def test_a_table_of_rates_is_checked_line_by_line() -> None:
    table = pl.DataFrame(
        {
            "name": ["a", "b", "c", "d"],
            "part": ["182", "182", None, "1"],
            "whole": ["211", None, None, "4"],
            "share": ["86.3%", "86.1%", "5%", "0.25"],
        }
    )

    assert [row for row, _ in wrong_rows(table)] == [1]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"place": ["a"]}, 'a table of stated figures has "total"'),
        ({"total": ["many"], "five": ["1"]}, 'row 2, column "total": "many" is not a whole number'),
        ({"part": ["1"], "share": ["half"]}, 'row 2: "half" is not a share'),
    ],
)
def test_a_table_that_cannot_be_checked_says_why(columns: dict[str, list[str]], message: str) -> None:
    with pytest.raises(TallyError, match=message):
        wrong_rows(pl.DataFrame(columns))


def test_a_record_says_which_of_its_stated_shares_its_figures_cannot_give() -> None:
    kind = RecordKind(
        id="figures",
        title="数据",
        nature="figure",
        fields=(
            Field(id="done", title="已改厕户数", type="count"),
            Field(id="scope", title="应改厕户数", type="count"),
            Field(id="rate", title="原报改厕率", type="share", share_of=("done", "scope")),
            Field(id="other", title="另一比例", type="share"),
        ),
    )

    assert doubts(kind, {"done": 182.0, "scope": 211.0, "rate": 0.863, "other": 0.5}) == ()
    assert doubts(kind, {"done": 182.0, "scope": 211.0, "rate": 0.861}) == (
        Doubt("rate", "原报改厕率", "211 中的 182 是 86.3%，不是 86.1%"),
    )
    assert len(doubts(kind, {"done": 182.0, "rate": 0.861})) == 1
    assert doubts(kind, {"rate": 0.861, "scope": None}) == ()
