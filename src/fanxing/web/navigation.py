"""What stands in the side bar and, on a phone, in the bottom bar."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One place in the console; `pages` are the url names shown under it, the first is where it leads."""

    label: str
    icon: str
    pages: tuple[str, ...]


ENTRIES = (
    Entry("工作台", "home", ("home",)),
    Entry("单位", "building-community", ("units",)),
)


def navigation(request: HttpRequest) -> Iterator[dict[str, object]]:
    """The entries as plain rows, the present one marked."""
    match = request.resolver_match
    here = match.url_name if match else None
    for entry in ENTRIES:
        yield {
            "label": entry.label,
            "icon": entry.icon,
            "href": reverse(entry.pages[0]),
            "here": here in entry.pages,
        }


def query(request: HttpRequest, **changes: object) -> str:
    """The present address's query with some parameters set, or taken out where None; filters stay in the address."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return "?" + parameters.urlencode()
