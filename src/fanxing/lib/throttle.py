"""How often something may come from one place: counted in the cache of each process, and forgotten after a while."""

from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from django.core.cache import cache


def is_within(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more, and say whether it is still within what may come in that time. Who it was stands nowhere, not even in the cache."""
    key = f"throttle/{what}/{sha256(who.encode()).hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # It ran out in between.
        return True


def customer_of(address: str) -> str:
    """Who comes from an address: of IPv6 the network that one customer is given, in which they may choose any of 2^64 addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address) or found.ipv4_mapped:
        return str(getattr(found, "ipv4_mapped", None) or found)
    return found.exploded[:19]
