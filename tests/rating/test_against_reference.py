"""The array engine and the slow one agree on every node of every unit of random schemes; and order and company change nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from fanxing.rating import Facts, Rating, rate
from fanxing.rating.columns import decode
from fanxing.rating.plan import BLOCK
from fanxing.scheme import load_files
from fanxing.scheme.checking import node_types
from fanxing.scheme.model import UnitKind
from tests.rating import reference
from tests.rating.strategies import World, worlds


def rated(world: World) -> Rating:
    return rate(world.scheme, Facts.from_rows(world.scheme, world.rows), world.as_of, every_node=True)


def expected(world: World) -> dict[str, dict[str, reference.Value]]:
    return reference.rate(world.scheme, {str(row["unit"]): row for row in world.rows}, world.as_of)


def every_value(rating: Rating) -> dict[str, dict[str, Any]]:
    """Unit → node → value, from the columns that were computed for all units at once."""
    values: dict[str, dict[str, Any]] = {unit: {} for unit in rating.facts.units}
    for one in rating.kinds.values():
        types = node_types(one.kind)
        for node in one.kind.nodes:
            for row, stored in zip(one.rows.tolist(), one.columns[node], strict=True):
                values[rating.facts.units[row]][node] = decode(stored, types[node], rating.words)
    return values


def different(found: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    assert {unit: set(row) for unit, row in found.items()} == {unit: set(row) for unit, row in wanted.items()}
    return [
        (unit, node, found[unit][node], value)
        for unit, row in wanted.items()
        for node, value in row.items()
        if not same(found[unit][node], value)
    ]


def same(found: Any, wanted: reference.Value) -> bool:
    """Alike; a number is the exact one on 12 digits. (Where the exact one ends in a 5 just behind them, binary may go either way.)"""
    if not isinstance(found, float) or not isinstance(wanted, Decimal):
        return type(found) is type(wanted) and found == wanted
    last_digit = Decimal(1).scaleb(wanted.adjusted() - 11) if wanted else Decimal(0)
    return abs(Decimal(repr(found)) - wanted) <= last_digit * Decimal("0.51")


@given(worlds())
def test_both_engines_agree_on_every_node_of_every_unit(world: World) -> None:
    assert different(every_value(rated(world)), expected(world)) == []


@given(worlds())
def test_asking_for_one_unit_gives_what_it_got_among_all(world: World) -> None:
    rating = rated(world)
    together = every_value(rating)
    for unit in rating.facts.units:
        assert {node: value for node, value in rating.values(unit).items() if node in together[unit]} == together[unit]


@given(worlds())
def test_the_table_shows_these_values(world: World) -> None:
    wanted = expected(world)
    rows = rated(world).table().rows(named=True)
    assert [(row["unit"], row["kind"]) for row in rows] == [(row["unit"], row["kind"]) for row in world.rows]
    for row in rows:
        results = results_of(world.scheme.kinds.get(row["kind"]), wanted[row["unit"]])
        assert (row["tier"] is None) == (results["tier"] is None) == (row["reason"] is not None)
        for column in row.keys() - {"unit", "kind", "tier", "reason"}:
            assert same(row[column], results.get(column)), (column, row, results)


def results_of(kind: UnitKind | None, nodes: Mapping[str, reference.Value]) -> dict[str, reference.Value]:
    """What the columns of the table say of one unit."""
    if kind is None:
        return {"tier": None}
    held = {f"{star}.held": nodes[star] for star in kind.stars}
    points = {f"{star}.points": nodes[kind.star(star).score.id] for star in kind.stars}
    return {"tier": nodes[kind.tier], "total": nodes.get(kind.total), **held, **points}


@given(worlds(), st.randoms())
def test_the_order_of_rows_means_nothing(world: World, random: Any) -> None:
    rows = list(world.rows)
    random.shuffle(rows)
    table = rated(world).table()
    shuffled = rated(World(world.files, rows, world.as_of)).table()
    note(str(rows))
    assert shuffled.sort("unit").write_csv() == table.sort("unit").write_csv()


@given(worlds(ranks=False))
def test_without_ranks_a_unit_alone_is_rated_as_among_others(world: World) -> None:
    together = every_value(rated(world))
    alone = {}
    for row in world.rows:
        alone |= every_value(rated(World(world.files, [row], world.as_of)))
    assert alone == together


def test_many_units_are_rated_block_by_block_as_each_alone() -> None:
    scheme = load_files(
        {
            "scheme.yaml": """
scheme: many
title: Many
basis: example
kinds: {village: {title: 村}, organ: {title: 机关}}
facts:
  town: {title: 乡镇, type: text, if_missing: stays}
  mark: {title: 得分, type: number, if_missing: stays}
nodes:
  place: {rank: {of: mark, within: [town]}}
  points: {steps: {of: place, up_to: {10: 5, 100: 3}, otherwise: 0}}
  last: {rank: {of: points + mark / 100, first: lowest, as: share}}
tier: last
"""
        }
    )
    random = Random(7)
    rows = [
        {
            "unit": f"u{number}",
            "kind": random.choice(("village", "village", "organ")),
            "town": random.choice(("east", "west", None)),
            "mark": random.choice((None, *range(100))),
        }
        for number in range(3 * BLOCK)
    ]
    rating = rate(scheme, Facts.from_rows(scheme, rows), every_node=True)
    assert every_value(rating) == ranked_by_sorting(rows)


def ranked_by_sorting(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the scheme above gives, reckoned with sorted lists."""
    found: dict[str, dict[str, Any]] = {row["unit"]: {"place": None, "points": None, "last": None} for row in rows}
    ranked = [row for row in rows if row["town"] and row["mark"] is not None]
    for row, marks in with_peers(ranked, ("kind", "town"), lambda row: row["mark"]):
        place = 1 + len(marks) - bisect_right(marks, row["mark"])
        found[row["unit"]] |= {"place": float(place), "points": 5.0 if place <= 10 else 3.0 if place <= 100 else 0.0}
    for row, values in with_peers(ranked, ("kind",), lambda row: round(found[row["unit"]]["points"] * 100 + row["mark"])):
        value = round(found[row["unit"]]["points"] * 100 + row["mark"])
        found[row["unit"]]["last"] = float(f"{(1 + bisect_left(values, value)) / len(values):.12g}")
    return found


def with_peers(
    rows: Sequence[Mapping[str, Any]], group: Sequence[str], value: Callable[[Mapping[str, Any]], Any]
) -> Iterator[tuple[Mapping[str, Any], list[Any]]]:
    """Each row with the sorted values of its group."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in group), []).append(value(row))
    for values in groups.values():
        values.sort()
    yield from ((row, groups[tuple(row[key] for key in group)]) for row in rows)


def test_two_schemes_of_one_title_are_rated_each_by_its_own_rules() -> None:
    rules = "scheme: one\ntitle: One\nbasis: example\nkinds: {village: {title: 村}}\nnodes: {n: {formula: '%s'}}\ntier: n\n"
    schemes = [load_files({"scheme.yaml": rules % number}) for number in (1, 2)]
    found = [rate(scheme, Facts.from_rows(scheme, [{"unit": "a"}])).value("a", "n") for scheme in schemes]
    assert found == [1.0, 2.0]
