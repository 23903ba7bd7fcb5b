"""The people and places that the tests speak of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.organisations.actions.people import assign, create_person, define_posts, open_account
from fanxing.organisations.actions.units import create_unit
from fanxing.organisations.models import Post, Unit

FOUNDED = date(2020, 1, 1)
# Noon of 15 June 2026 in Shanghai.
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
TODAY = date(2026, 6, 15)


@dataclass(frozen=True)
class Cast:
    """A small city: two townships, three villages, and someone at each desk.

    The secretary leads 柳河村; the colleague leads 青山村 in the same township; the outsider leads 东湾村 in
    the other one; the reviewer and the clerk work for the township 石桥镇, the desk for the city; the stranger
    has an account and no post.
    """

    city: Unit
    town: Unit
    village: Unit
    neighbour: Unit
    other_town: Unit
    other_village: Unit
    secretary: User
    colleague: User
    outsider: User
    reviewer: User
    clerk: User
    desk: User
    stranger: User


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, founded and appointed in 2020; nobody has a password."""
    posts = {
        "secretary": Post(id="secretary", title="支部书记", permission_set="branch_secretary", kinds=["village"]),
        "reviewer": Post(id="reviewer", title="审核员", permission_set="township_reviewer", kinds=["township"]),
        "clerk": Post(id="clerk", title="党建办干事", permission_set="township_clerk", kinds=["township"]),
        "desk": Post(id="desk", title="创建办", permission_set="city_desk", kinds=["city"]),
    }
    define_posts(posts=posts.values(), by=SYSTEM, at=NOW)
    city = found("990000", "云溪市", "city", None)
    town = found("990101", "石桥镇", "township", city)
    other_town = found("990102", "白沙镇", "township", city)
    village = found("990101201", "柳河村", "village", town)
    neighbour = found("990101202", "青山村", "village", town)
    other_village = found("990102201", "东湾村", "village", other_town)
    return Cast(
        city=city,
        town=town,
        village=village,
        neighbour=neighbour,
        other_town=other_town,
        other_village=other_village,
        secretary=appoint("secretary", "林秀英", village, posts["secretary"]),
        colleague=appoint("colleague", "周志强", neighbour, posts["secretary"]),
        outsider=appoint("outsider", "吴建国", other_village, posts["secretary"]),
        reviewer=appoint("reviewer", "陈晓梅", town, posts["reviewer"]),
        clerk=appoint("clerk", "赵敏", town, posts["clerk"]),
        desk=appoint("desk", "孙立", city, posts["desk"]),
        stranger=appoint("stranger", "何伟", city, None),
    )


def found(code: str, name: str, kind: str, parent: Unit | None) -> Unit:
    return create_unit(code=code, name=name, kind=kind, parent=parent, on=FOUNDED, by=SYSTEM, at=NOW)


def appoint(username: str, name: str, unit: Unit, post: Post | None) -> User:
    """An account for a new person, at a post in a unit."""
    person = create_person(name=name, unit=unit, by=SYSTEM, at=NOW)
    title = f"{unit.name}{post.title}" if post else "无岗位人员"
    user = open_account(person=person, username=username, display_name=title, by=SYSTEM, at=NOW)
    if post:
        assign(person=person, unit=unit, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return user
