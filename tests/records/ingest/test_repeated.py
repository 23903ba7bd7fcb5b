"""Whatever is imported in whatever order: brought in again it changes nothing; and of a long sheet exactly the faulty rows are named."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanxing.audit.actors import SYSTEM
from fanxing.records.ingest.importing import begin_import, write_import
from fanxing.records.ingest.keeping import findings_kept
from fanxing.records.integrity import rows_not_as_logged
from fanxing.records.models import Record
from tests.cast import NOW, Cast
from tests.records.ingest.sheets import HEAD, brought_in, checked, csv

pytestmark = pytest.mark.usefixtures("visits")

VISIT_ROW = st.tuples(
    st.sampled_from(["柳河村", "990101202", "东湾村"]),
    st.sampled_from(["2025-05-01", "2025/5/2", "五月"]),
    st.sampled_from(["张三家", "李四 家", ""]),
    st.sampled_from(["30", "45", "很久", ""]),
    st.sampled_from(["86.1%", "2", ""]),
    st.sampled_from(["是", "否", ""]),
)
MEETING_HEAD = ("单位", "日期", "会议类型", "到会人数")
MEETING_ROW = st.tuples(
    st.sampled_from(["柳河村", "青山村"]),
    st.sampled_from(["2025-05-01", "2025-05-02"]),
    st.sampled_from(["党课", "党员大会", "聚餐"]),
    st.sampled_from(["20", "21", ""]),
)
SHEETS = st.lists(
    st.one_of(
        st.tuples(st.just("visit"), st.just(HEAD), st.lists(VISIT_ROW, min_size=1, max_size=6)),
        st.tuples(st.just("meeting"), st.just(MEETING_HEAD), st.lists(MEETING_ROW, min_size=1, max_size=6)),
    ),
    min_size=1,
    max_size=4,
)


def ledger() -> list[tuple[object, ...]]:
    return list(Record.objects.order_by("pk").values_list("pk", "unit", "position", "occurred_on", "data", "act", "supersedes"))


def bring_in(cast: Cast, sheets: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]], *, correct: bool) -> None:
    for kind, head, rows in sheets:
        brought_in(cast.city, csv(head, *rows), kind=kind, good_rows=True, correct=correct)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=SHEETS)
def test_imports_repeated_change_nothing(cast: Cast, sheets: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]):
    with transaction.atomic():
        bring_in(cast, sheets, correct=False)
        before = ledger()
        bring_in(cast, sheets, correct=False)
        assert ledger() == before
        assert rows_not_as_logged() == []
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=SHEETS)
def test_the_last_of_some_imports_with_corrections_changes_nothing_again(
    cast: Cast, sheets: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]
):
    with transaction.atomic():
        bring_in(cast, sheets, correct=True)
        before = ledger()
        bring_in(cast, sheets[-1:], correct=True)
        assert ledger() == before
        assert rows_not_as_logged() == []
        transaction.set_rollback(True)


def long_sheet(count: int) -> tuple[bytes, set[int]]:
    """A CSV of that many rows, and the one in a hundred that are faulty, each in one of four ways."""
    dice = random.Random(4)
    wrong = set(dice.sample(range(count), count // 100))
    first = date(2024, 1, 1)
    rows = []
    for number in range(count):
        row = ["柳河村" if number % 2 else "990101202", first + timedelta(days=number % 700), f"第{number}户", number % 600, "0.9", "是"]
        if number in wrong:
            column, text = ((0, "无名村"), (1, "某天"), (3, "很久"), (5, "也许"))[number % 4]
            row[column] = text
        rows.append(row)
    return csv(HEAD, *rows), wrong


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_of_a_long_sheet_exactly_the_faulty_rows_are_named(cast: Cast, count: int):
    content, wrong = long_sheet(count)
    kept = checked(cast.town, content)
    assert {fault.row - 1 for fault in findings_kept(kept).faults} == wrong
    assert (kept.counts["new"], kept.counts["faulty"]) == (count - len(wrong), len(wrong))
    begin_import(kept=kept, good_rows=True, corrections=(), expected=kept.counts["digest"])
    assert write_import(kept=kept, by=SYSTEM, at=NOW) == count - len(wrong)
    assert Record.objects.count() == count - len(wrong)
