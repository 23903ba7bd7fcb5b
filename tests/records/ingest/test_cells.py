"""What stands in a cell, as the value it means."""

from datetime import date

import pytest

from fanxing.lib.typed_text import day_of
from fanxing.records.ingest.cells import failure, values_of
from fanxing.scheme import load_files
from tests.programme.small import FILES

KIND = load_files(
    FILES
    | {
        "records/figures.yaml": """
title: 数据
nature: figure
recorded_by: [team]
fields:
  income: {title: 收入, type: money, unit: 元}
  people: {title: 人数, type: count, unit: 人}
  rate: {title: 比率, type: share}
  since: {title: 起始日, type: date}
  open: {title: 营业, type: yes/no}
  level: {title: 等级, type: choice, choices: {a: 甲, b: 乙}}
  in_month: {title: 月份, type: period, every: month}
  in_quarter: {title: 季度, type: period, every: quarter}
  in_year: {title: 年度, type: period, every: year}
"""
    }
).records["figures"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-08 00:00:00", date(2025, 3, 8)),
        ("2025-03-08 09:30:00", date(2025, 3, 8)),
        ("2025年3月8日", date(2025, 3, 8)),
        ("2025.3.8", date(2025, 3, 8)),
        ("20250308", date(2025, 3, 8)),
        ("45724", date(2025, 3, 8)),
        ("45724.5", date(2025, 3, 8)),
        ("12345", None),
        ("三月", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_typed_as_a_date_and_as_the_number_of_one(text: str, day: date | None):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("income", "1,200.50 元", 1200.5),
        ("people", "1,200人", 1200),
        ("people", "12.0", 12),
        ("people", "一百", "一百"),
        ("rate", "86.1%", 0.861),
        ("rate", "0.861", 0.861),
        ("since", "2025-03-08 00:00:00", "2025-03-08"),
        ("open", "√", True),
        ("open", "true", True),
        ("open", "1.0", True),
        ("open", "否", False),
        ("level", "甲", "a"),
        ("in_month", "2025-03-01 00:00:00", "2025-03"),
        ("in_quarter", "2025-08-01 00:00:00", "2025-Q3"),
        ("in_year", "2025.0", "2025"),
    ],
)
def test_cells_are_values_as_people_and_spreadsheets_write_them(field: str, text: str, value: object):
    assert values_of(KIND, {field: text}) == {field: value}


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!"])
def test_a_failed_formula_is_told_with_what_to_do(text: str):
    assert failure(text) == f"公式出错（{text}），请改成数值，没有的留空"
    assert failure("#1") == ""
