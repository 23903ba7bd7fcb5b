"""Who may do what where."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from fanxing.accounts.models import User
from fanxing.audit.actors import Public, System
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed
from fanxing.organisations.models import Assignment, Unit, in_force
from fanxing.organisations.paths import ROOT, within
from fanxing.organisations.permissions import PERMISSION_SETS, PERMISSIONS

# Who acts, and who may ask: `by` of every action is the first.
Doer = User | System | Public
Asker = Doer | AnonymousUser


@dataclass(frozen=True, slots=True)
class Grant:
    """The permissions of one post, at a path and below; `term` is the assignment by which it is held."""

    path: str
    permissions: frozenset[str]
    post: str = ""
    term: int = 0


@dataclass(frozen=True, slots=True)
class Authority:
    """All that someone may do on a day: read once, asked as often as a page needs."""

    grants: tuple[Grant, ...] = ()

    def permissions_at(self, path: str) -> frozenset[str]:
        """What may be done at a path: of every post held there or above."""
        held = (grant.permissions for grant in self.grants if path.startswith(grant.path))
        return frozenset().union(*held)

    def may(self, permission: str, unit: Unit | None) -> bool:
        """Whether the permission reaches the unit; None stands for what lies above all units."""
        assert permission in PERMISSIONS, permission
        return permission in self.permissions_at(unit.path if unit else ROOT)

    def holds(self, posts: Collection[str], unit: Unit) -> bool:
        """Whether one of these posts is held in the unit or above; the system stands in for every post."""
        return self is EVERYTHING or any(grant.post in posts and unit.path.startswith(grant.path) for grant in self.grants)

    def seats(self, permission: str) -> frozenset[str]:
        """The paths of the very units in which posts with the permission are held, not of those below them."""
        assert permission in PERMISSIONS, permission
        return frozenset(grant.path for grant in self.grants if permission in grant.permissions)

    def tops(self, permission: str) -> list[str]:
        """The paths of those of them that lie below no other, in the order of the tree."""
        seats = self.seats(permission)
        return sorted(path for path in seats if not any(path != other and path.startswith(other) for other in seats))

    def holds_anywhere(self, permission: str) -> bool:
        """Whether the permission is held at some unit."""
        assert permission in PERMISSIONS, permission
        return any(permission in grant.permissions for grant in self.grants)

    def covers(self, other: "Authority") -> bool:
        """Whether everything the other may do may be done here too."""
        return all(grant.permissions <= self.permissions_at(grant.path) for grant in other.grants)

    def reach(self, permission: str) -> Q:
        """The units for which the permission is held, as a condition on `Unit`."""
        return reduce(Q.__or__, map(within, sorted(self.seats(permission))), Q(pk__in=[]))


EVERYTHING = Authority((Grant(ROOT, frozenset(PERMISSIONS)),))
NOTHING = Authority()


def authority_of(user: Asker, *, on: date | None = None) -> Authority:
    """What the user may do on a day (today), in one query; the system everything, a stranger nothing."""
    if isinstance(user, System):
        return EVERYTHING
    if isinstance(user, Public) or not user.is_authenticated:
        return NOTHING
    held = Assignment.objects.filter(in_force(on or clock.today()), person__user=user, person__user__is_active=True).values_list(
        "unit__path", "post__permission_set", "post", "pk"
    )
    return Authority(tuple(Grant(path, PERMISSION_SETS.get(name, frozenset()), post, term) for path, name, post, term in held))


def may(user: Asker, permission: str, unit: Unit | None, *, on: date | None = None) -> bool:
    """Whether the user may do this in the unit on a day (today)."""
    return authority_of(user, on=on).may(permission, unit)


def require(user: Asker, permission: str, unit: Unit | None, *, on: date | None = None) -> None:
    """Raise NotAllowed unless the user may do this in the unit on a day (today)."""
    if not may(user, permission, unit, on=on):
        raise NotAllowed(f"您在{unit.name if unit else '全部单位'}没有“{PERMISSIONS[permission]}”的权限")


def visible_to(user: Asker, permission: str = "unit.view", *, on: date | None = None) -> QuerySet[Unit]:
    """The units for which the user holds the permission, closed ones included; strangers get none."""
    return Unit.objects.filter(authority_of(user, on=on).reach(permission))
