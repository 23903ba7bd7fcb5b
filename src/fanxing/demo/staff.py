"""Who holds which post, and who of them can sign in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

from fanxing.demo.dice import SEED
from fanxing.demo.drawn import Drawn
from fanxing.demo.names import CITY, GIVEN_NAMES, SURNAMES, TOWNSHIP
from fanxing.demo.plan import Story
from fanxing.scheme.model import Scheme

# The accounts of the sign-in page's role cards.
SECRETARY, REVIEWER, DESK, DEPUTY = "secretary", "reviewer", "desk", "deputy"
OFFICES = (
    (CITY[0], "city_desk", DESK),
    # Two people of one desk are told apart by what they do.
    (CITY[0], "city_desk", DEPUTY, "复核人"),
    (TOWNSHIP[0], "township_reviewer", REVIEWER),
)


@dataclass(frozen=True)
class Appointment:
    """A person at a post of a unit (by code); with a username, they can sign in, and `title` is what they are called on screen."""

    name: str
    unit: str
    post: str
    username: str = ""
    title: str = ""


def appointments(drawn: Drawn) -> Iterator[Appointment]:
    """Everybody: the offices with accounts, a reviewer and a clerk in every township, a star team in every county for each
    star, and whoever leads a unit."""
    names = people()
    yield from (Appointment(next(names), *office) for office in OFFICES)
    own = drawn.telling(Story.ONE_MARK_SHORT).code
    leads = {kind: post for post in drawn.scheme.posts.values() if post.permissions == "branch_secretary" for kind in post.kinds}
    teams = star_teams(drawn.scheme)
    for place in drawn.tree.places:
        if place.kind == "township":
            yield Appointment(next(names), place.code, "township_reviewer")
            yield Appointment(next(names), place.code, "township_clerk")
        elif place.kind == "county":
            yield from (Appointment(next(names), place.code, "star_team") for _ in range(teams))
        elif place.kind in leads:
            yield Appointment(next(names), place.code, leads[place.kind].id, SECRETARY if place.code == own else "")


def people() -> Iterator[str]:
    """Names of people, none used twice."""
    names = ["".join(parts) for parts in product(SURNAMES, GIVEN_NAMES)]
    Random(f"{SEED}/people").shuffle(names)
    yield from names


def star_teams(scheme: Scheme) -> int:
    """How many star teams a county has: one for each star."""
    return len({star for kind in scheme.kinds.values() for star in kind.stars})
