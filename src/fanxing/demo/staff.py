"""Who holds which post, and who of them can sign in."""

from collections.abc import Iterator
from itertools import product
from random import Random

from fanxing.demo.dice import SEED
from fanxing.demo.drawn import STREET, Drawn
from fanxing.demo.enterprise import POSTS, ZONES
from fanxing.demo.names import CITY, GIVEN_NAMES, SURNAMES, TOWNSHIP
from fanxing.demo.neighbourhood import Appointment, flagship, is_known, on_the_ground, told
from fanxing.demo.plan import Story
from fanxing.demo.tree import Place
from fanxing.scheme.model import Scheme

# The accounts of the sign-in page's role cards.
CARDS = SECRETARY, REVIEWER, DESK, DEPUTY, CLERK, MEMBER = "secretary", "reviewer", "desk", "deputy", "clerk", "team"
OFFICES = (
    (CITY[0], "city_desk", DESK),
    # Two people of one desk are told apart by what they do.
    (CITY[0], "city_desk", DEPUTY, "复核人"),
    (TOWNSHIP[0], "township_reviewer", REVIEWER),
)

CREW = (("company_head", 1), ("finance_officer", 1), ("worker", 3), ("studio_head", 1))
PIONEERS = (("pioneer_post", POSTS), ("duty_area", ZONES))


def appointments(drawn: Drawn) -> Iterator[Appointment]:
    """Everybody: the offices with accounts, a reviewer and a clerk in every township, a star team in every county for each
    star, whoever leads a unit, and who is on the ground in one county."""
    names = people()
    yield from (Appointment(next(names), *office) for office in OFFICES)
    own = drawn.telling(Story.ONE_MARK_SHORT).code
    leads = {kind: post for post in drawn.scheme.posts.values() if post.permissions == "branch_secretary" for kind in post.kinds}
    teams, leaders = star_teams(drawn.scheme), dict[str, str]()
    for place in drawn.tree.places:
        if place.kind == "township":
            yield Appointment(next(names), place.code, "township_reviewer")
            yield Appointment(next(names), place.code, "township_clerk", *((CLERK, "人员管理") if place.code == STREET else ()))
        elif place.kind == "county":
            yield from (Appointment(next(names), place.code, "star_team") for _ in range(teams))
        elif place.kind in leads:
            leaders[place.code] = next(names)
            yield _leader(drawn, place, leaders[place.code], leads[place.kind].id, SECRETARY if place.code == own else "")
    yield from on_the_ground(drawn, names, leaders)
    yield from crews(drawn, names)


def crews(drawn: Drawn, names: Iterator[str]) -> Iterator[Appointment]:
    """Who handles the matters of the flagship companies, and the pioneers of the one that is known for them."""
    for story, more in ((Story.PIONEERS, PIONEERS), (Story.IMPROVERS, ())):
        code = flagship(drawn, story)
        for post, count in (*CREW, *more):
            yield from (Appointment(next(names), code, post, kept_by=code) for _ in range(count))


def _leader(drawn: Drawn, place: Place, name: str, post: str, username: str) -> Appointment:
    if not is_known(drawn, place):
        return Appointment(name, place.code, post, username)
    return Appointment(name, place.code, post, username, kept_by=place.code, told=told(place, 0))


def people() -> Iterator[str]:
    """Names of people, none used twice."""
    names = ["".join(parts) for parts in product(SURNAMES, GIVEN_NAMES)]
    Random(f"{SEED}/people").shuffle(names)
    yield from names


def star_teams(scheme: Scheme) -> int:
    """How many star teams a county has: one for each star."""
    return len({star for kind in scheme.kinds.values() for star in kind.stars})
