"""Where a fact is not said to lower a rule, more of it never does: seen on random schemes with the slow engine."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, settings, target
from hypothesis import strategies as st

from fanxing.scheme.expressions import Arithmetic, names, walk
from fanxing.scheme.influence import influences
from fanxing.scheme.model import UnitKind, expressions_in, reads
from tests.rating import reference
from tests.rating.strategies import World, worlds
from tests.scheme.schemes import scheme_of

WATCHED = "x"  # a number in nearly every random scheme


@settings(max_examples=50)
@given(worlds(ranks=False), st.sampled_from((1, 2, 0.5, 10, 100, 1000)))
def test_more_of_a_fact_never_lowers_what_it_is_not_said_to_lower(world: World, more: float) -> None:
    units = {str(row["unit"]): row for row in world.rows if isinstance(row.get(WATCHED), float)}
    grown = {unit: {**row, WATCHED: row[WATCHED] + more} for unit, row in units.items()}  # type: ignore[operator]  # a float, as seen above
    before, after = (reference.rate(world.scheme, facts, world.as_of) for facts in (units, grown))
    moved = 0
    for kind in world.scheme.kinds.values():
        found = influences(kind, {WATCHED: "the table"})
        divided = divided_by(kind)
        for unit in (unit for unit, row in units.items() if row["kind"] == kind.id):
            for node in kind.nodes.keys() - divided:
                gone, came = after[unit][node] is None, before[unit][node] is None
                assert gone == came or WATCHED in found[node].hides | found[node].stirs, node
                if gone or came:
                    continue
                was, now = size(before[unit][node]), size(after[unit][node])
                moved += was != now
                assert now >= was or WATCHED in found[node].lowers, (node, was, now)
                assert now <= was or WATCHED in found[node].raises, (node, was, now)
    target(moved)


def divided_by(kind: UnitKind) -> set[str]:
    """The nodes that divide by something the watched fact is in, and those that read them: a rate takes it for neutral."""
    touched, divided = {WATCHED}, set[str]()
    for node in kind.nodes.values():
        parts = [part for expression in expressions_in(node.form) for part in walk(expression)]
        if any(isinstance(part, Arithmetic) and part.op == "/" and touched & {*names(part.right)} for part in parts) or divided & {
            *reads(node)
        }:
            divided.add(node.id)
        if touched & {*reads(node)}:
            touched.add(node.id)
    return divided


def size(value: reference.Value) -> Decimal:
    """Words are left out; yes stands above no."""
    return Decimal(value) if isinstance(value, Decimal | bool) else Decimal(0)


def test_every_way_is_found_in_a_rule_that_goes_up_and_down() -> None:
    kind = scheme_of(
        "x: {title: x, type: number, if_missing: stays}",
        "result: {title: r, scale: {of: x, from: [0, 5, 10], to: [0, 5, 4]}}",
    ).kinds["village"]
    found: Mapping[str, object] = {id: (sorted(one.raises), sorted(one.lowers)) for id, one in influences(kind, {"x": "a"}).items()}
    assert found == {"x": (["x"], []), "result": (["x"], ["x"])}
