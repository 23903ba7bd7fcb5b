"""Who is on the ground in one county: grids, streets and partners of its communities, and everybody who answers for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from fanxing.demo.chronicle import today
from fanxing.demo.dice import Dice
from fanxing.demo.drawn import Drawn
from fanxing.demo.names import COUNTY, TOWNSHIP
from fanxing.demo.places import PARTNERS_EACH, partners
from fanxing.demo.plan import FLAGSHIPS, Story
from fanxing.demo.tree import Place
from fanxing.organisations.particulars import NO_PARTICULARS, Particulars

NUMERALS = "一二三四五六七八九十"
LANES = ("前街", "后街", "东巷", "西巷")
# No place of the country has this area code.
AREA = "0099"
OPEN, ALWAYS, MORNINGS = "工作日 8:30—17:30", "每天 8:00—20:00", "周一至周六 8:00—12:00"
BUILDINGS = 6
DUTIES = (
    ("政策宣传岗", "每月把新出的惠民政策讲给本组住户听", "年度评议时优先考虑"),
    ("环境监督岗", "每周看一遍楼道和绿地，发现问题报网格", "记志愿服务时长"),
    ("安全巡查岗", "每周巡查一次消防通道和充电桩", "记志愿服务时长"),
    ("纠纷调解岗", "邻里小事先去坐一坐，劝一劝", "年终通报表扬"),
    ("邻里服务岗", "帮行动不便的邻居跑腿代办", "记志愿服务时长"),
)
# So many villages of the township have one head for both the branch and the committee, and so many have a cadre to a patch.
BOTH_SIDES, VILLAGES_OF_A_CADRE = 0.7, 5
# Terms that end within the month, of one community in so many.
ENDING_OF, ENDS_IN = 4, timedelta(days=31)


@dataclass(frozen=True)
class Appointment:
    """A person at a post of a unit, kept by it or another (by code), until the day before `valid_to`; with a username, they can sign in,
    and `title` is what they are called on screen."""

    name: str
    unit: str
    post: str
    username: str = ""
    title: str = ""
    kept_by: str = ""
    valid_to: date | None = None
    told: Particulars = NO_PARTICULARS


def ground(drawn: Drawn) -> list[Place]:
    """The communities of the county whose people are known one by one, the flagships among them."""
    return [place for place in drawn.tree.of_kind("community") if place.code.startswith(COUNTY[0])]


def beside(drawn: Drawn) -> Iterator[Place]:
    """The units beside the rated ones: as many grids as the ledger says, with their branches, streets and partners."""
    for place in ground(drawn):
        base = place.name.removesuffix("社区")
        grids, branches, _ = _grids(drawn, place)
        for number in range(grids):
            yield Place(_grid(place, number), f"{place.name}第{NUMERALS[number]}网格", "grid", place.code)
        for number in range(branches):
            yield Place(_branch(place, number), f"{place.name}第{NUMERALS[number]}网格党支部", "party_branch", place.code)
        for number, lane in enumerate(_lanes(grids)):
            yield Place(f"{place.code}L{number + 1}", f"{base}{lane}", "street", place.code)
        for number, partner in enumerate(partners(place.code, place.name)):
            yield Place(f"{place.code}P{number + 1}", partner, "partner", place.code)
    for compound in managed(drawn):
        yield Place(f"{compound.code}M", f"{compound.name}物业服务中心", "property_manager", compound.code)


def managed(drawn: Drawn) -> Iterator[Place]:
    """The compounds of the flagship communities, each with a property manager of its own."""
    flagships = {flagship(drawn, Story.FOUR_GRIDS), flagship(drawn, Story.SIX_GRIDS)}
    return (place for place in drawn.tree.of_kind("compound") if place.parent in flagships)


def _lanes(grids: int) -> Sequence[str]:
    return LANES[: 2 + grids // 5]


def _grid(place: Place, number: int) -> str:
    return f"{place.code}W{number + 1:02}"


def _branch(place: Place, number: int) -> str:
    return f"{place.code}D{number + 1:02}"


def _grids(drawn: Drawn, place: Place) -> tuple[int, int, int]:
    """How many grids a community has, how many of them a branch, how many all their people: what the ledger said last."""
    ledger = drawn.ledgers["community"]
    row = next(row for row, one in enumerate(ledger.crowd.places) if one.code == place.code)
    last = ledger.tables["grid_figures"].filter(pl.col("row") == row).sort("occurred_on").row(-1, named=True)
    return int(last["grids"]), int(last["grids_with_branch"]), int(last["grids_staffed"])


def told(place: Place, number: int, hours: str = OPEN, scope: str = "", duty: str = "", reward: str = "") -> Particulars:
    """What is said of a post: an office number that nobody has, when it is answered, and the rest."""
    line = Dice.of([place.code]).whole("telephone", 61_000, 69_999)[0]
    return Particulars(f"{AREA}-{line}{number:02}", hours, scope, duty, reward)


def is_known(drawn: Drawn, place: Place) -> bool:
    """Whether the people of a place are known one by one."""
    return place.parent == TOWNSHIP[0] or (place.kind in ("community", "compound") and place.code.startswith(COUNTY[0]))


def on_the_ground(drawn: Drawn, names: Iterator[str], leaders: Mapping[str, str]) -> Iterator[Appointment]:
    """Everybody beside those who lead (`leaders`: code of the unit → name), who hold a second post here and there."""
    on = today(drawn.scheme)
    for serial, place in enumerate(ground(drawn)):
        yield from _community(drawn, place, names, leaders[place.code], on + ENDS_IN if serial % ENDING_OF == 1 else None)
    for place in drawn.tree.of_kind("compound"):
        if place.code.startswith(COUNTY[0]) and place.code in leaders:
            yield Appointment(next(names), place.code, "household_contact", told=told(place, 41, MORNINGS, "1、2 号楼"))
    yield from _villages(drawn, names, leaders)
    for place in managed(drawn):
        yield _held(next(names), f"{place.code}M", "property_manager", told=told(place, 45, ALWAYS))
    for code in (flagship(drawn, Story.FOUR_GRIDS), flagship(drawn, Story.SIX_GRIDS)):
        place = drawn.tree.by_code[code]
        yield _held(next(names), code, "window_staff", told=told(place, 5, OPEN, f"{place.name}党群服务中心一楼大厅"))


def _held(
    name: str, unit: str, post: str, kept_by: str = "", valid_to: date | None = None, told: Particulars = NO_PARTICULARS
) -> Appointment:
    return Appointment(name, unit, post, kept_by=kept_by, valid_to=valid_to, told=told)


def _community(drawn: Drawn, place: Place, names: Iterator[str], secretary: str, ends: date | None) -> Iterator[Appointment]:
    both = Dice.of([place.code]).share("both sides")[0] < BOTH_SIDES
    yield _held(secretary if both else next(names), place.code, "committee_head", place.code, ends, told(place, 1))
    yield _held(next(names), place.code, "patch_cadre", place.parent or "", None, told(place, 2, scope=f"{place.name}全部网格"))
    grids, branches, staffed = _grids(drawn, place)
    for number in range(grids):
        yield from _in_a_grid(place, number, names, has_branch=number < branches, is_staffed=number < staffed)
    # The last street of the flagship of four grids has no head.
    heads = len(_lanes(grids)) - (place.code == flagship(drawn, Story.FOUR_GRIDS))
    for number in range(heads):
        yield _held(next(names), f"{place.code}L{number + 1}", "street_head", told=told(place, 50 + number, MORNINGS, "沿街门店和路面"))
    for number in range(PARTNERS_EACH):
        yield _held(next(names), f"{place.code}P{number + 1}", "partner_contact", told=told(place, 60 + number))


def _in_a_grid(place: Place, number: int, names: Iterator[str], *, has_branch: bool, is_staffed: bool) -> Iterator[Appointment]:
    """一长两员, the head leading the branch too; a member for some buildings, and one without office in every other grid."""
    grid, head, first = _grid(place, number), next(names), number * BUILDINGS + 1
    blocks = f"{first}—{first + BUILDINGS - 1} 号楼"
    yield _held(head, grid, "grid_head", place.code, None, told(place, 10 + number, ALWAYS, blocks))
    if has_branch:
        yield _held(head, _branch(place, number), "branch_secretary", place.code)
    for _ in range(2 if is_staffed else 1):
        yield _held(next(names), grid, "grid_staff", told=told(place, 30 + number, ALWAYS, blocks))
    contact = Particulars(scope=f"{first}、{first + 1} 号楼", duty="每月上门一次，听意见、讲政策")
    yield _held(next(names), grid, "household_contact", told=contact)
    if number % 2 == 0:
        post, duty, reward = DUTIES[number // 2 % len(DUTIES)]
        yield _held(next(names), grid, "member_post", told=Particulars(scope=post, duty=duty, reward=reward))


def _villages(drawn: Drawn, names: Iterator[str], leaders: Mapping[str, str]) -> Iterator[Appointment]:
    """The township of the flagships: heads of the committees, cadres to a patch, and members without office in the secretary's village."""
    villages = [place for place in drawn.tree.of_kind("village") if place.parent == TOWNSHIP[0]]
    cadre = ""
    for serial, place in enumerate(villages):
        both = Dice.of([place.code]).share("both sides")[0] < BOTH_SIDES
        yield _held(leaders[place.code] if both else next(names), place.code, "committee_head", place.code, None, told(place, 1))
        cadre = next(names) if serial % VILLAGES_OF_A_CADRE == 0 else cadre
        yield _held(cadre, place.code, "patch_cadre", TOWNSHIP[0], None, told(place, 2, scope=f"{place.name}全村"))
    own = drawn.telling(Story.ONE_MARK_SHORT)
    for number, (post, duty, reward) in enumerate(DUTIES):
        scope = f"第{NUMERALS[number // 2]}村民小组，{post}"
        yield _held(next(names), own.code, "member_post", told=Particulars(scope=scope, duty=duty, reward=reward))


def flagship(drawn: Drawn, story: Story) -> str:
    """The code of the unit that tells a story."""
    kind = FLAGSHIPS[story][0]
    return drawn.ledgers[kind].crowd.telling(story).code


def on_duty(drawn: Drawn) -> Sequence[str]:
    """The codes of the units that have a rota: both flagship communities and the secretary's own village."""
    return [flagship(drawn, Story.FOUR_GRIDS), flagship(drawn, Story.SIX_GRIDS), drawn.telling(Story.ONE_MARK_SHORT).code]


def away(drawn: Drawn) -> str:
    """The code of the grid whose head is away."""
    return f"{flagship(drawn, Story.FOUR_GRIDS)}W02"
