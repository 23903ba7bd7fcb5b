"""What would come out if some facts were otherwise: the same as if they had come in so, and nobody else moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanxing.rating import Facts, FactsError, rate, what_if
from fanxing.scheme import Scheme, load_files
from tests.rating.strategies import World, worlds

SCHEME = """
scheme: ranked
title: 排名
basis: example
kinds: {village: {title: 村}}
facts:
  town: {title: 乡镇, type: text, if_missing: stays}
  mark: {title: 得分, type: number, least: 0, most: 10, if_missing: stays}
  level: {title: 级别, type: text, choices: [high, low], if_missing: stays}
nodes:
  place: {rank: {of: mark, within: [town]}}
  points: {choose: [{when: level == 'high', give: 5}, {give: 1}]}
  result: {formula: points + 10 - place}
tier: result
"""
UNITS = [
    {"unit": "a", "town": "east", "mark": 3.0, "level": "low"},
    {"unit": "b", "town": "east", "mark": 5.0, "level": "low"},
    {"unit": "c", "town": "west", "mark": 1.0, "level": "low"},
]


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_files({"scheme.yaml": SCHEME})


def test_a_unit_with_other_facts_takes_its_place_among_the_others(scheme: Scheme) -> None:
    rating = rate(scheme, Facts.from_rows(scheme, UNITS))

    supposed = what_if(rating, "a", {"mark": 9.0, "level": "high"})

    assert list(supposed.facts.units) == ["a"]
    assert supposed.values("a") == {"town": "east", "mark": 9.0, "level": "high", "place": 1.0, "points": 5.0, "result": 14.0}
    assert rating.value("a", "place") == 2.0


def test_what_it_would_be_in_another_town(scheme: Scheme) -> None:
    rating = rate(scheme, Facts.from_rows(scheme, UNITS))

    assert what_if(rating, "a", {"town": "west"}).value("a", "place") == 1.0
    assert what_if(rating, "a", {"town": "nowhere before"}).value("a", "place") == 1.0


def test_a_unit_alone_keeps_its_place(scheme: Scheme) -> None:
    rating = rate(scheme, Facts.from_rows(scheme, UNITS))

    assert what_if(rating.again([0]), "a", {"mark": 9.0}).value("a", "place") == 2.0


@pytest.mark.parametrize(
    ("unit", "changes", "message"),
    [
        ("z", {"mark": 1.0}, 'there is no unit "z"'),
        ("a", {"marks": 1.0}, 'unit a: no such fact "marks"; did you mean "mark"?'),
        ("a", {"mark": 11.0}, "unit a, column mark: 11 is out of bounds"),
        ("a", {"level": "middle"}, 'unit a, column level: "middle" is not one of high, low'),
    ],
)
def test_what_cannot_be_is_refused(scheme: Scheme, unit: str, changes: dict[str, float | str], message: str) -> None:
    with pytest.raises(FactsError, match=message.replace("?", r"\?")):
        what_if(rate(scheme, Facts.from_rows(scheme, UNITS)), unit, changes)


@given(worlds(), st.data())
def test_it_is_what_comes_out_when_the_facts_come_in_so(world: World, data: st.DataObject) -> None:
    known = [row for row in world.rows if row["kind"] in world.scheme.kinds]
    if not known:
        return
    one, other = data.draw(st.sampled_from(known)), data.draw(st.sampled_from(world.rows))
    facts = world.scheme.kinds[str(one["kind"])].facts
    changes = {id: other[id] for id in facts if id in other}
    rating = rate(world.scheme, Facts.from_rows(world.scheme, world.rows), world.as_of)

    supposed = what_if(rating, str(one["unit"]), changes)

    rows = [{**row, **changes} if row is one else row for row in world.rows]
    wanted = rate(world.scheme, Facts.from_rows(world.scheme, rows), world.as_of)
    if len([row for row in world.rows if row["kind"] == one["kind"]]) > 1 or not has_ranks(world):
        assert supposed.values(str(one["unit"])) == wanted.values(str(one["unit"]))


def has_ranks(world: World) -> bool:
    return "rank:" in "".join(world.files.values())
