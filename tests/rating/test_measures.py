"""Measures: every verb against a plain reading of what it means, on random records."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fanxing.rating.columns import decode
from fanxing.rating.measures import facts_from_records, met_now, records_behind, years_before
from fanxing.scheme import Scheme, load_files
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import Fact

SCHEME = """
scheme: measures
title: 取数
basis: example
period: {from: 2024-01-01, to: 2024-12-31}
kinds: {v: {title: 村}}
facts:
  count: {title: 次数, type: count, from: {count: visit}, if_missing: stays}
  count_a: {title: 甲类次数, type: count, from: {count: visit, where: "sort == 'a' and people >= 2"}, if_missing: stays}
  any_b: {title: 有无乙类, type: yes/no, from: {any: visit, where: "sort == 'b'"}, if_missing: stays}
  unsorted: {title: 未分类, type: count, from: {count: visit, where: not present(sort)}, if_missing: stays}
  total: {title: 合计, type: number, from: {sum: visit.people}, if_missing: stays}
  latest: {title: 最近, type: number, from: {latest: visit.people}, if_missing: stays}
  latest_word: {title: 最近类别, type: text, from: {latest: visit.sort}, if_missing: stays}
  latest_yes: {title: 最近是否, type: yes/no, from: {latest: visit.done}, if_missing: stays}
  latest_on: {title: 最近日期, type: date, from: {latest: visit.occurred_on, within: 24 months}, if_missing: stays}
  sorts: {title: 类别数, type: count, from: {distinct: visit.sort}, if_missing: stays}
  weeks: {title: 周数, type: count, from: {weeks: visit}, if_missing: stays}
  months: {title: 月数, type: count, from: {months: visit, at_least: 2}, if_missing: stays}
  quarters: {title: 季度数, type: count, from: {quarters: visit, where: done}, if_missing: stays}
  before: {title: 上年次数, type: count, from: {count: visit, years_ago: 1}, if_missing: stays}
  recent: {title: 近三月次数, type: count, from: {count: visit, within: 3 months}, if_missing: stays}
  other: {title: 别的, type: count, from: {count: talk}, if_missing: stays}
  other_sum: {title: 别的合计, type: number, from: {sum: talk.people}, if_missing: stays}
  typed: {title: 只从表格来, type: number, if_missing: stays}
nodes:
  all: {title: 都用到, sum: [count, count_a, unsorted, total, latest, sorts, weeks, months, quarters, before, recent]}
  rest: {title: 其余, sum: [other, other_sum, typed]}
  more: {title: 也用到, choose: [{when: any_b and latest_yes and latest_word == 'a' and present(latest_on), give: 1}, {give: 0}]}
tier: all
"""
FIELDS = """
title: 走访
nature: outcome
fields:
  people: {title: 人数, type: number}
  sort: {title: 类别, type: choice, choices: {a: 甲, b: 乙, c: 丙}}
  done: {title: 办结, type: yes/no}
"""
UNITS = ("u1", "u2", "u3")
FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files({"scheme.yaml": SCHEME, "records/visit.yaml": FIELDS, "records/talk.yaml": FIELDS.replace("走访", "谈话")})


rows = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from(["u1", "u2", "former"]),
            "occurred_on": st.dates(date(2022, 12, 1), date(2025, 2, 1)),
            "people": st.none() | st.integers(0, 400).map(lambda tenths: tenths / 10),
            "sort": st.none() | st.sampled_from("abc"),
            "done": st.none() | st.booleans(),
        }
    ),
    max_size=40,
)


def every_few_days(step: int) -> list[dict[str, object]]:
    """Two years of records, one every few days, now of one unit and now of another."""
    return [
        {
            "unit": ("u1", "u1", "u2", "former")[number % 4],
            "occurred_on": date(2023, 1, 1) + timedelta(number),
            "people": None if number % 7 == 0 else number % 11 / 10,
            "sort": (None, "a", "b", "c")[number % 5 % 4],
            "done": number % 3 == 0,
        }
        for number in range(0, 740, step)
    ]


def frame(records: list[dict[str, object]]) -> pl.DataFrame:
    types = {"unit": pl.String, "occurred_on": pl.Date, "people": pl.Float64, "sort": pl.String, "done": pl.Boolean}
    numbered = [{**row, "record": number} for number, row in enumerate(records, start=1)]
    return pl.DataFrame(numbered, schema={**types, "record": pl.Int64})


def plainly(records: list[Row], as_of: date) -> dict[str, object]:
    """Every fact of one unit from its records in the order of the ledger, one line a fact."""
    last = min(LAST, as_of)
    now = [row for row in records if FIRST <= row["occurred_on"] <= last]
    people = [row["people"] for row in now if row["people"] is not None]
    by_month = Counter((row["occurred_on"].year, row["occurred_on"].month) for row in now)
    quarters = {(row["occurred_on"].month - 1) // 3 for row in now if row["done"]}
    dated = [row["occurred_on"] for row in records if row["occurred_on"] <= as_of < two_years_on(row["occurred_on"])]
    return {
        "count": len(now),
        "count_a": sum(row["sort"] == "a" and row["people"] is not None and row["people"] >= 2 for row in now),
        "any_b": any(row["sort"] == "b" for row in now),
        "unsorted": sum(row["sort"] is None for row in now),
        "total": round(sum(people), 9) if people else None,
        "latest": last_of(now, "people"),
        "latest_word": last_of(now, "sort"),
        "latest_yes": last_of(now, "done"),
        "latest_on": max(dated, default=None),
        "sorts": len({row["sort"] for row in now} - {None}),
        "weeks": len({row["occurred_on"] - timedelta(row["occurred_on"].weekday()) for row in now}),
        "months": sum(times >= 2 for times in by_month.values()),
        "quarters": len(quarters),
        "before": sum(years_before(FIRST, 1) <= row["occurred_on"] <= years_before(last, 1) for row in records),
        "recent": sum(three_months_before(as_of, row["occurred_on"]) for row in records),
        "other": 0,
        "other_sum": None,
        "typed": None,
    }


def last_of(rows: list[Row], field: str) -> object:
    filled = [row for row in rows if row[field] is not None]
    return max(enumerate(filled), key=lambda pair: (pair[1]["occurred_on"], pair[0]))[1][field] if filled else None


def two_years_on(day: date) -> date:
    return date(day.year + 2, day.month, min(day.day, 28) if day.month == 2 else day.day)


def three_months_before(as_of: date, day: date) -> bool:
    month = day.month + 3
    year, month = day.year + (month > 12), (month - 1) % 12 + 1
    length = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    return day <= as_of < date(year, month, min(day.day, length))


def test_every_verb_counts_what_it_says(scheme: Scheme) -> None:
    @given(rows, st.dates(date(2024, 1, 1), date(2025, 1, 31)))
    @example(every_few_days(2), LAST)
    @example(every_few_days(3), LAST)
    @example(every_few_days(16), date(2024, 8, 31))
    def check(records: list[dict[str, object]], as_of: date) -> None:
        table = frame(records)
        facts = facts_from_records(scheme, [(unit, "v") for unit in UNITS], {"visit": table}, as_of, {"former": "u2"})
        of_unit = {"u1": ["u1"], "u2": ["u2", "former"], "u3": []}
        for place, unit in enumerate(UNITS):
            expected = plainly([row for row in records if row["unit"] in of_unit[unit]], as_of)
            assert {id: found(scheme.kinds["v"].facts[id], facts.columns[id][place], facts.words) for id in expected} == expected

    check()


def found(fact: Fact, stored: object, words: tuple[str, ...]) -> object:
    value = decode(stored, fact.value_type, words)
    return round(value, 9) if isinstance(value, float) else value


def test_a_day_of_the_leap_month_falls_on_the_28th_a_year_before() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)


BEHIND: Mapping[str, Callable[[Row], bool]] = {
    "count": lambda row: True,
    "count_a": lambda row: row["sort"] == "a" and (row["people"] or 0) >= 2,
    "sorts": lambda row: row["sort"] is not None,
    "total": lambda row: row["people"] is not None,
    "quarters": lambda row: bool(row["done"]),
}


def test_the_records_behind_a_fact_are_those_it_counts(scheme: Scheme) -> None:
    @given(rows)
    def check(records: list[dict[str, object]]) -> None:
        mine = [row for row in records if row["unit"] == "u1"]
        inside = [(number, row) for number, row in enumerate(mine, start=1) if FIRST <= row["occurred_on"] <= LAST]
        for id, counts in BEHIND.items():
            expected = [number for number, row in inside if counts(row)]
            assert records_behind(scheme, scheme.kinds["v"].facts[id], frame(mine), LAST) == expected
        latest = records_behind(scheme, scheme.kinds["v"].facts["latest"], frame(mine), LAST)
        assert [mine[number - 1]["people"] for number in latest] == [
            one for one in [last_of([row for _, row in inside], "people")] if one is not None
        ]

    check()


def test_two_kinds_of_unit_may_count_one_fact_from_different_records() -> None:
    files = {
        "scheme.yaml": """
scheme: measures
title: 取数
basis: example
period: {from: 2024-01-01, to: 2024-12-31}
kinds:
  v: {title: 村, facts: {people: {title: 人数, type: number, from: {sum: visit.people, where: done}, if_missing: stays}}}
  c: {title: 社区, facts: {people: {title: 人数, type: number, from: {sum: talk.people}, if_missing: stays}}}
nodes: {all: {title: 人数, formula: people}}
tier: all
""",
        "records/visit.yaml": FIELDS,
        "records/talk.yaml": FIELDS,
    }
    scheme = load_files(files)
    rows = [
        {"unit": unit, "record": number, "occurred_on": FIRST, "people": 2.0, "done": unit == "u1"} for number, unit in enumerate(UNITS)
    ]
    frames = {"visit": pl.DataFrame(rows), "talk": pl.DataFrame(rows).with_columns(people=pl.lit(5.0))}
    facts = facts_from_records(scheme, [("u1", "v"), ("u2", "c"), ("u3", "v")], frames, LAST)
    assert [decode(stored, Type.NUMBER, facts.words) for stored in facts.columns["people"]] == [2, 5, None]
    visit = frames["visit"].filter(pl.col("unit") == "u1")
    assert records_behind(scheme, scheme.kinds["v"].facts["people"], visit, LAST) == [0]


def test_the_periods_that_are_met_now_are_those_that_a_record_of_today_would_not_raise(scheme: Scheme) -> None:
    kind = scheme.kinds["v"]
    for day in (date(2024, 2, 29), date(2024, 7, 1), date(2024, 12, 30)):
        for step in (1, 9, 40):
            records = [{**row, "unit": "u1"} for row in every_few_days(step) if row["occurred_on"] <= day]
            met = met_now(scheme, kind, {"visit": frame(records)}, day)
            today = {"unit": "u1", "occurred_on": day, "people": 1.0, "sort": "a", "done": True}
            for id, records_needed in (("weeks", 1), ("months", 2), ("quarters", 1)):
                raised = [*records, *[today] * records_needed]
                before, after = (
                    facts_from_records(scheme, [("u1", "v")], {"visit": frame(rows)}, day).columns[id][0] for rows in (records, raised)
                )
                assert (id in met) == (after == before), (day, step, id)
