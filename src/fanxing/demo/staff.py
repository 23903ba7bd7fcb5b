"""Who holds which post, and who of them can sign in."""

from collections.abc import Iterator
from dataclasses import dataclass

from fanxing.demo.names import CITY, COUNTY, TOWNSHIP
from fanxing.demo.plan import Story, Village, names
from fanxing.demo.township import Township

# The accounts of the sign-in page's role cards.
SECRETARY, REVIEWER, DESK = "secretary", "reviewer", "desk"
OFFICES = (
    (CITY[0], "city_desk", DESK),
    (TOWNSHIP[0], "township_reviewer", REVIEWER),
    (TOWNSHIP[0], "township_reviewer", ""),
    (TOWNSHIP[0], "township_clerk", ""),
)


@dataclass(frozen=True)
class Appointment:
    """A person at a post of a unit (by code); with a username, they can sign in."""

    name: str
    unit: str
    post: str
    username: str = ""


def appointments(township: Township, star_teams: int) -> Iterator[Appointment]:
    """Everybody: the secretaries, then the offices of township and city, and a star team in the county for each star."""
    teams = ((COUNTY[0], "star_team", "") for _ in range(star_teams))
    villages = [*township.villages, township.predecessor]
    yield from (Appointment(one.secretary, one.code, "branch_secretary", _username(one)) for one in villages)
    others = list(names())[len(villages) :]
    yield from (Appointment(name, *office) for name, office in zip(others, [*OFFICES, *teams], strict=False))


def _username(village: Village) -> str:
    return SECRETARY if village.story is Story.ONE_MARK_SHORT else ""
