"""The array engine and the slow one agree on every node of every unit of random schemes; and order and company change nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from fanxing.rating import Facts, Rating, rate
from fanxing.rating.columns import decode
from fanxing.scheme import load_files
from fanxing.scheme.checking import node_types
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
            for row, stored in zip(one.rows, one.columns[node], strict=True):
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


def test_two_schemes_of_one_title_are_rated_each_by_its_own_rules() -> None:
    rules = "scheme: one\ntitle: One\nbasis: example\nkinds: {village: {title: 村}}\nnodes: {n: {formula: '%s'}}\ntier: n\n"
    schemes = [load_files({"scheme.yaml": rules % number}) for number in (1, 2)]
    found = [rate(scheme, Facts.from_rows(scheme, [{"unit": "a"}])).value("a", "n") for scheme in schemes]
    assert found == [1.0, 2.0]
