"""A village that calls up a flood team, and a township that writes to its villages."""

from dataclasses import dataclass

import pytest

from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.circulars.actions import Said, send_circular
from fanxing.circulars.models import Circular
from fanxing.circulars.queries import Address
from fanxing.organisations.actions.people import assign, create_person, define_posts
from fanxing.organisations.models import Post
from tests.cast import FOUNDED, NOW, Cast, appoint

LEAVES = {"kind": "meeting", "data": {"form": "lesson"}, "titled": "topic", "amount": "attended"}


@dataclass(frozen=True)
class Team:
    """Two members of 柳河村's flood team with accounts; a third has none."""

    first: User
    second: User


@pytest.fixture
def team(cast: Cast) -> Team:
    """The flood team of 柳河村."""
    post = Post(id="flood_team", title="防汛队员", permission_set="no_access", kinds=["village"])
    define_posts(posts=[post], by=SYSTEM, at=NOW)
    third = create_person(name="丁一", unit=cast.village, by=SYSTEM, at=NOW)
    assign(person=third, unit=cast.village, post=post, valid_from=FOUNDED, by=SYSTEM, at=NOW)
    return Team(appoint("first", "刘大力", cast.village, post), appoint("second", "马小军", cast.village, post))


def to_secretaries(cast: Cast, by: str = "reviewer", replaces: Circular | None = None, **said: object) -> Circular:
    """A circular of 石桥镇 to the secretaries of all its villages."""
    words = Said(**{"title": "防汛值班安排", "text": "请各村安排好夜间值班。", **said})
    address = Address(cast.town, ["secretary"], below=True)
    return send_circular(unit=cast.town, said=words, address=address, replaces=replaces, by=getattr(cast, by), at=NOW)


def called_up(cast: Cast) -> Circular:
    """The flood team of 柳河村 is called up."""
    said = Said("防汛队集结", "请到村部集合。", asks="call", question="能否到岗", urgent=True)
    return send_circular(unit=cast.village, said=said, address=Address(cast.village, ["flood_team"]), by=cast.secretary, at=NOW)
