"""The ranges that checks and the engine rely on hold for every value of every random scheme."""

from decimal import Decimal

from hypothesis import given

from fanxing.scheme.ranges import Range, ranges
from tests.rating import reference
from tests.rating.strategies import World, worlds


@given(worlds())
def test_no_value_lies_outside_its_range_and_none_is_missing_that_cannot_be(world: World) -> None:
    rated = reference.rate(world.scheme, {str(row["unit"]): row for row in world.rows}, world.as_of)
    kinds = {str(row["unit"]): row["kind"] for row in world.rows}
    for kind in world.scheme.kinds.values():
        reach = ranges(kind)
        for unit in (unit for unit, own in kinds.items() if own == kind.id):
            for node, value in rated[unit].items():
                assert within(value, reach[node]), (node, value, reach[node])


def within(value: reference.Value, reach: Range) -> bool:
    if value is None:
        return reach.missing
    if not isinstance(value, Decimal):
        return True
    slack = abs(value) * Decimal("1e-9")  # bounds are binary, values decimal
    return reach.low <= float(value + slack) and float(value - slack) <= reach.high
