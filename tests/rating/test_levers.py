"""How far a fact can still move, in which steps, and what moves with it."""

from datetime import date

import pytest

from fanxing.rating.levers import Lever, levers
from fanxing.scheme import load_files
from fanxing.scheme.model import Value

VISIT = """
title: 走访
basis: example
nature: activity
fields: {sort: {title: 类别, type: choice, choices: {a: 甲, b: 乙}}, done: {title: 办结, type: yes/no}, people: {title: 人数, type: count}}
"""


def lever(fact: str, value: Value, day: date = date(2025, 12, 1)) -> Lever:
    """The only lever of a scheme that counts some facts from visits."""
    files = {
        "scheme.yaml": f"""
scheme: levers
title: 改进
basis: example
period: {{from: 2025-01-01, to: 2025-12-31}}
kinds: {{v: {{title: 村}}}}
facts:
  x: {{title: 甲, if_missing: stays, {fact}}}
  all: {{title: 全部, type: count, from: {{count: visit}}, if_missing: 0}}
  some: {{title: 有无, type: yes/no, from: {{any: visit, where: sort == 'a' or done}}, if_missing: no}}
  other: {{title: 乙类, type: count, from: {{count: visit, where: sort == 'b'}}, if_missing: 0}}
nodes: {{all_read: {{choose: [{{when: present(x) and all > 0 and some and other > 0, give: 1}}, {{give: 0}}]}}}}
tier: all_read
""",
        "records/visit.yaml": VISIT,
    }
    scheme = load_files(files)
    (found,) = levers(scheme, scheme.kinds["v"], {"x": value}, day, None, frozenset(scheme.kinds["v"].facts))
    return found


@pytest.mark.parametrize(
    ("fact", "value", "values", "days"),
    [
        ("type: money, most: 300000, effort: 2, by: 100000", 120_000.0, (200_000.0, 300_000.0, 100_000.0, 0.0), (1.6, 3.6, 0.4, 2.4)),
        ("type: share, effort: 1, by: 0.5", 0.25, (0.5, 1.0, 0.0), (0.5, 1.5, 0.5)),
        ("type: count, most: 3, effort: 4", 1.0, (2.0, 3.0, 0.0), (4.0, 8.0, 4.0)),
        ("type: count, most: 3, from: {count: visit}, effort: 4", 1.0, (2.0, 3.0), (4.0, 8.0)),
        ("type: yes/no, effort: 4", True, (False,), (4.0,)),
        ("type: yes/no, from: {any: visit}, effort: 4", True, (), ()),
        ("type: text, choices: [low, high], effort: 4", "low", ("high",), (4.0,)),
    ],
)
def test_a_fact_goes_in_steps_to_its_bounds(fact: str, value: Value, values: tuple[Value, ...], days: tuple[float, ...]) -> None:
    found = lever(fact if "money" not in fact else f"least: 0, {fact}", value)

    assert (found.values, found.days) == (values, days)


def test_there_is_an_end_to_what_is_looked_at() -> None:
    found = lever("type: count, effort: 0.1", 3.0)

    assert (len(found.values), found.values[-1], found.edge) == (503, 0.0, 50.0)


@pytest.mark.parametrize(
    ("verb", "day", "left"),
    [
        ("weeks", date(2025, 12, 1), 5),  # the week of the 1st to that of the 29th
        ("months", date(2025, 10, 31), 3),
        ("quarters", date(2025, 9, 30), 2),
    ],
)
def test_no_more_periods_can_be_met_than_are_left(verb: str, day: date, left: int) -> None:
    found = lever(f"type: count, from: {{{verb}: visit}}, effort: 1", 1.0, day)

    assert found.values == tuple(float(1 + more) for more in range(1, left + 1))
    assert found.limit.startswith("过去的")


@pytest.mark.parametrize(
    ("source", "along"),
    [
        ("{count: visit}", ("all",)),
        ("{count: visit, where: sort == 'a'}", ("all", "some")),
        ("{count: visit, where: sort == 'a' and people > 3}", ("all", "some")),
        ("{quarters: visit, where: done, at_least: 2}", ("all", "some")),
        ("{count: visit, where: sort == 'b'}", ("all", "other")),
        ("{count: visit, where: not done}", ("all",)),
        ("{sum: visit.people}", ()),
        ("{latest: visit.people}", ()),
    ],
)
def test_what_counts_the_same_records_rises_with_it(source: str, along: tuple[str, ...]) -> None:
    found = lever(f"type: count, from: {source}, effort: 1", 0.0)

    assert tuple(id for id in found.along if id != "x") == along
    if along:
        assert found.records[0] == (2.0 if "at_least: 2" in source else 1.0)
