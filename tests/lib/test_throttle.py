"""How often something may come from one place."""

import pytest

from fanxing.lib.throttle import customer_of, is_within


@pytest.mark.parametrize(
    ("address", "customer"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::1", "2001:0db8:0001:0002"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
    ],
)
def test_of_ipv6_the_network_counts_and_not_each_of_its_addresses(address: str, customer: str):
    assert customer_of(address) == customer


def test_a_flood_from_elsewhere_does_not_push_a_count_out():
    assert is_within("test", "one", most=1, seconds=60)
    for number in range(1_000):
        is_within("test", f"other {number}", most=1, seconds=60)
    assert not is_within("test", "one", most=1, seconds=60)
