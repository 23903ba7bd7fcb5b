"""Every page is closed unless it is listed here."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

PUBLIC = {
    *("front", "stars", "stars_excel", "unit", "sign_in", "sign_in_as", "text_size", "healthz", "queue_sender", "worker"),
    *(
        "open_places",
        "open_new",
        "open_matter",
        "follow",
        "follow_step",
        "follow_other",
        "pairs_open",
        "notices",
        "notice",
        "open_procedures",
        "open_closed",
        "open_register",
        "open_week",
        "services",
        "follow_photo",
    ),
}
EXAMPLES = {"IntConverter": "1", "StringConverter": "x", "SlugConverter": "x", "PathConverter": "x"} | {
    "UUIDConverter": "00000000-0000-0000-0000-000000000000"
}


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with an example of an address it serves."""
    for one in resolver.url_patterns:
        address = before + str(one.pattern)
        for name, converter in one.pattern.converters.items():
            address = address.replace(written(name, address), EXAMPLES[type(converter).__name__])
        if isinstance(one, URLResolver):
            yield from patterns(one, address)
        else:
            yield address, one


def written(parameter: str, address: str) -> str:
    """How the address names the parameter: `<name>` or `<type:name>`."""
    end = address.index(parameter + ">") + len(parameter) + 1
    return address[address.rindex("<", 0, end) : end]


CLOSED = [address for address, pattern in patterns(get_resolver()) if pattern.name not in PUBLIC]


@pytest.mark.parametrize("address", CLOSED)
def test_a_stranger_is_sent_to_sign_in(address: str):
    response = Client().get(address)
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_only_the_listed_pages_are_open():
    open_pages = {
        pattern.name or address for address, pattern in patterns(get_resolver()) if not getattr(pattern.callback, "login_required", True)
    }
    assert open_pages == PUBLIC
