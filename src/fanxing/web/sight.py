"""What the signed-in person may open; their posts and their own unit are read once a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import Http404

from fanxing.organisations.authority import Authority, authority_of
from fanxing.organisations.models import Unit
from fanxing.web.requests import SignedInRequest

T = TypeVar("T")


@dataclass(frozen=True)
class Sight:
    """A unit that the person may see, and what they may do there."""

    unit: Unit
    authority: Authority

    def may(self, permission: str) -> bool:
        """Whether they may do this in the unit."""
        return self.authority.may(permission, self.unit)


def sight_of(request: SignedInRequest, code: str, permission: str = "unit.view") -> Sight:
    """The unit of that code; a page that is not there for those who do not hold the permission."""
    sight = sight_if_any(request, code, permission)
    if sight is None:
        raise Http404
    return sight


def sight_if_any(request: SignedInRequest, code: str, permission: str = "unit.view") -> Sight | None:
    """The unit of that code; None for those who do not hold the permission, strangers among them."""
    authority = authority_in(request)
    seen = authority.reach("unit.view") & authority.reach(permission)
    unit = Unit.objects.filter(seen, code=code).select_related("parent").first()
    return Sight(unit, authority) if unit else None


def authority_in(request: SignedInRequest) -> Authority:
    """What the person may do today."""
    return _once(request, "_authority", lambda: authority_of(request.user))


def own_unit(request: SignedInRequest) -> str:
    """The code of the one unit that the person answers for; empty where there are several, or none."""
    return _once(request, "_own_unit", lambda: _only_unit(authority_in(request)))


def _only_unit(authority: Authority) -> str:
    codes = Unit.objects.filter(authority.reach("unit.view"), closed_on=None).values_list("code", flat=True)[:2]
    return codes[0] if len(codes) == 1 else ""


def _once(request: SignedInRequest, name: str, read: Callable[[], T]) -> T:
    """What was read for this request, or is read now and kept with it."""
    kept = vars(request)
    if name not in kept:
        kept[name] = read()
    found: T = kept[name]
    return found
