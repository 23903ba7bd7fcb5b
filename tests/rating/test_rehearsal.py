"""A change of the rules on the same facts: who gains, who loses, and the counts before and after."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fanxing.rating import Facts, Rehearsal, rate, rehearse
from fanxing.rating.rehearsal import Counted, KindRehearsal, Move, StarCount, TierCount
from fanxing.scheme import Scheme, load_files
from tests.rating.strategies import World, worlds

HEAD = """
scheme: small
title: 小方案
basis: example
kinds:
  village: {title: 村, stars: [work, calm]}
  organ: {title: 机关, stars: [work]}
facts:
  done: {title: 完成数, type: count, if_missing: 0}
  quiet: {title: 平稳, type: yes/no, if_missing: stays}
nodes:
  work: {title: 工作星, star: done, pass: 5}
  calm: {title: 平安星, star: quiet_mark, pass: 1}
  quiet_mark: {choose: [{when: quiet, give: 1}, {give: 0}]}
tier: {title: 星级, count: stars, labels: {0: 零星, 1: 一星, 2: 二星}}
"""
ROWS: list[dict[str, Any]] = [
    {"unit": "a", "kind": "village", "done": 5.0, "quiet": True},
    {"unit": "b", "kind": "village", "done": 4.0, "quiet": False},
    {"unit": "c", "kind": "organ", "done": 4.0},
    {"unit": "d", "kind": "village", "done": 9.0},
    {"unit": "e", "kind": "unheard_of", "done": 9.0},
]


def scheme(*changes: tuple[str, str]) -> Scheme:
    text = HEAD
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return load_files({"scheme.yaml": text})


def rehearsed(*changes: tuple[str, str]) -> Rehearsal:
    old = scheme()
    return rehearse(old, scheme(*changes), Facts.from_rows(old, ROWS))


def test_a_lower_mark_says_who_gains_and_how_the_counts_move() -> None:
    found = rehearsed(("star: done, pass: 5", "star: done, pass: 4"))

    assert found.moves == (
        Move("b", "village", "0", "1", ("work",), ()),
        Move("c", "organ", "0", "1", ("work",), ()),
    )
    assert (found.gainers, found.losers) == (found.moves, ())
    assert found.kinds[0] == KindRehearsal(
        kind="village",
        title="村",
        units=3,
        known=(True, True),
        rated=Counted(2, 2),
        tiers=(TierCount(1, 1, "2", "二星"), TierCount(0, 1, "1", "一星"), TierCount(1, 0, "0", "零星"), TierCount(1, 1, None, "不评")),
        stars=(StarCount(2, 3, "work", "工作星", 1, 0), StarCount(1, 1, "calm", "平安星", 0, 0)),
    )
    assert found.unknown == 1


def test_a_star_that_is_taken_away_is_lost_by_those_who_hold_it() -> None:
    found = rehearsed(("stars: [work, calm]", "stars: [work]"), ("  calm: {title: 平安星, star: quiet_mark, pass: 1}\n", ""))

    assert [(move.unit, move.before, move.after, move.lost) for move in found.moves] == [("a", "2", "1", ("calm",)), ("d", None, "1", ())]
    assert found.kinds[0].stars[1] == StarCount(1, 0, "calm", "平安星", 0, 1)


def test_a_new_fact_that_nobody_has_supplied_counts_as_missing() -> None:
    found = rehearsed(
        ("  done:", "  plan: {title: 有规划, type: yes/no, if_missing: no}\n  done:"), ("pass: 5}", "pass: 5, needs: [plan]}")
    )

    assert found.without == ("plan",)
    assert [(move.unit, move.lost) for move in found.losers] == [("a", ("work",)), ("d", ("work",))]


def test_a_fact_of_another_type_and_values_that_are_no_longer_allowed_count_as_missing() -> None:
    other_type = rehearsed(("quiet: {title: 平稳, type: yes/no", "quiet: {title: 平稳, type: number"), ("when: quiet,", "when: quiet > 0,"))
    assert other_type.without == ("quiet",)
    assert other_type.kinds[0].rated == Counted(2, 0)

    bounded = rehearsed(("type: count, if_missing: 0", "type: count, most: 8, if_missing: 0"))
    assert bounded.refused == {"done": 2}
    assert [(move.unit, move.before, move.after, move.lost) for move in bounded.moves] == [("d", None, None, ("work",))]


def test_units_whose_kind_only_one_version_knows() -> None:
    found = rehearsed(("  organ: {title: 机关, stars: [work]}\n", "  unheard_of: {title: 新类, stars: [work]}\n"))

    kinds = {kind.kind: (kind.known, kind.rated) for kind in found.kinds}
    assert kinds["organ"] == ((True, False), Counted(1, 0))
    assert kinds["unheard_of"] == ((False, True), Counted(0, 1))
    assert found.unknown == 0
    assert [(move.unit, move.before, move.after) for move in found.moves] == [("c", "0", None), ("e", None, "1")]


def test_records_that_the_new_rules_count_otherwise_come_in_beside() -> None:
    old = scheme()
    counted_anew = Facts.from_rows(old, [{**row, "done": 0.0} for row in ROWS])

    found = rehearse(old, old, Facts.from_rows(old, ROWS), facts_by_new=counted_anew)

    assert [(move.unit, move.lost) for move in found.losers] == [("a", ("work",)), ("d", ("work",))]


@given(worlds(), worlds(), st.booleans())
def test_it_says_what_two_ratings_say(world: World, other: World, same: bool) -> None:
    new = world.scheme if same else other.scheme
    found = rehearse(world.scheme, new, Facts.from_rows(world.scheme, world.rows), world.as_of)

    before, after = (rows_of(rating.table().rows(named=True)) for rating in (found.before, found.after))
    assert found.before.table().equals(rate(world.scheme, Facts.from_rows(world.scheme, world.rows), world.as_of).table())
    wanted = {
        unit: (
            before[unit]["tier"],
            after[unit]["tier"],
            stars(after[unit]) - stars(before[unit]),
            stars(before[unit]) - stars(after[unit]),
        )
        for unit in before
        if before[unit]["tier"] != after[unit]["tier"] or stars(before[unit]) != stars(after[unit])
    }
    assert {move.unit: (move.before, move.after, set(move.gained), set(move.lost)) for move in found.moves} == wanted
    assert not same or not found.moves
    for kind in found.kinds:
        assert kind.units == sum(tier.before for tier in kind.tiers) == sum(tier.after for tier in kind.tiers)
        assert all(star.more == star.gained - star.lost for star in kind.stars)
    assert sum(kind.units for kind in found.kinds) + found.unknown == len(world.rows)


def rows_of(rows: list[dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["unit"]: row for row in rows}


def stars(row: Mapping[str, Any]) -> set[str]:
    return {name.removesuffix(".held") for name, value in row.items() if name.endswith(".held") and value}
