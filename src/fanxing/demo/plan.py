"""What is drawn before anything is written: how large the units are, and which stars each of them shall earn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from fanxing.demo.dice import Dice, Numbers, Truths, Whole
from fanxing.demo.names import CITY, COUNTY, TOWNSHIP
from fanxing.demo.tree import Place, Tree
from fanxing.scheme.model import Scheme, UnitKind

# How many units of each kind are drawn to earn so many stars; None: one star waits for a figure that did not come.
# What comes of it the engine says.
DRAWN: Mapping[str, Mapping[int | None, int]] = {
    "village": {5: 34, 4: 246, 3: 790, 2: 652, 1: 437, 0: 183, None: 7},
    "community": {5: 4, 4: 35, 3: 62, 2: 45, 1: 22, 0: 8, None: 1},
    "organ": {5: 9, 4: 17, 3: 18, 2: 11, 1: 4, 0: 1},
    "enterprise": {5: 20, 4: 48, 3: 92, 2: 83, 1: 41, 0: 16},
    "compound": {5: 12, 4: 30, 3: 48, 2: 36, 1: 18, 0: 6},
}
# The sets of stars in the township of the flagships.
TOWNSHIP_DRAWN = (
    (("party_branch", "industry", "ecology", "safety", "civility"), 1),
    (("industry", "ecology", "safety", "civility"), 1),
    (("ecology", "safety", "civility"), 14),
    (("industry", "ecology", "civility"), 1),
    (("industry", "safety", "civility"), 1),
    (("ecology", "civility"), 7),
    (("safety", "civility"), 2),
    ((), 1),
)
# How readily a star is earned, against the others of its kind; one that is not named: 1.
READILY = {"industry": 0.16, "ecology": 1.1, "safety": 1.0, "civility": 1.5, "party_branch": 0.7, "benefit": 0.8, "employment": 0.7}
# Points by which a star that is drawn is passed, and one that is not is missed.
PASSED_BY = (0.6, 12.0)
MISSED_BY = (0.4, 17.0)
ONE_MARK_SHORT = -0.5
SETTLED_BY_A_NEED = (-18.0, 12.0)
# How far above the mark a star stands that a ruling takes away.
VETOED_ABOVE = 3.0
VETOED_STAR = "civility"
# A village that is known for what it did is not one of the smallest.
LARGE = 400
# Where 1,500 mu are let there is more land than that.
FARMLAND = 2_600
# 182 of 211 is 86.3 %, of 212 is 85.8 %: no number of households gives what was reported.
TOILETS = {"toilets_in_scope": 211, "toilets_converted": 182, "toilets_share_stated": 0.861}
# Of the villages outside the township: how many lost a star to a ruling, and how many a party register did not come from.
VETOED, REGISTER_MISSING = 6, 55


class Story(Enum):
    """What makes one unit worth opening."""

    ONE_MARK_SHORT = "the secretary has not given this year's lesson: the fifth star is within one record"
    VETOED = "a ruling takes a star whose points are there"
    FIGURE_MISSING = "the party register was not supplied: one star has no points, and is settled by the others"
    WAITING = "a figure was not supplied on which a star hangs: the unit is not rated until it comes"
    SUCCESSOR = "took over a village that was merged into it in the first year"
    INCOME = "a village whose collective earned 1.5 million yuan, with 200,000 a year guaranteed by contract"
    LOTS = "a village of 18 sorting stations and 36 lots put to use"
    HONOURS = "a village that honoured 443 people since 2018"
    FOUR_GRIDS = "a community of four grids, each with a branch"
    SIX_GRIDS = "a community of six grids, 32 shops and 160 jobs"
    IN_THE_PROVINCE = "an organ of 43 activities, second in the province"
    PIONEERS = "a company with 46 pioneer posts, whose people made 430 suggestions, 300 of them put right"
    IMPROVERS = "a company whose suggestions are worth 86 million yuan"
    IMPOSSIBLE_RATE = "reported a share of toilets converted that its own figures cannot give"


# The units of other kinds that the city shows to others: the beginning of their codes, and which of these it is.
FLAGSHIPS: Mapping[Story, tuple[str, str, int]] = {
    Story.FOUR_GRIDS: ("community", COUNTY[0], 0),
    Story.SIX_GRIDS: ("community", COUNTY[0], 1),
    Story.IN_THE_PROVINCE: ("organ", CITY[0], 7),
    Story.PIONEERS: ("enterprise", COUNTY[0], 0),
    Story.IMPROVERS: ("enterprise", COUNTY[0], 1),
}


@dataclass(frozen=True)
class Crowd:
    """The units of one kind, one place in every array each.

    places   in the order of their codes; of villages the one merged away comes last
    sizes    households, residents and so on
    stars    star → who is drawn to earn it
    targets  star → the points to come near
    stories  who has which story
    dense    whose ledger is kept in every detail; the others import sums and fewer rows
    full     whether that is so everywhere, with a patrol's every round, to have a ledger of the size of a great city's
    dice     their chances
    heir     row of the merged unit → row of the unit for which its records count
    """

    kind: str
    places: Sequence[Place]
    sizes: Mapping[str, Numbers]
    stars: Mapping[str, Truths]
    targets: Mapping[str, Numbers]
    stories: Mapping[Story, Truths]
    dense: Truths
    dice: Dice
    towns: Dice
    heir: Mapping[int, int]
    full: bool = False

    def __len__(self) -> int:
        return len(self.places)

    def has(self, story: Story) -> Truths:
        """Who has a story."""
        return self.stories[story]

    def telling(self, story: Story) -> Place:
        """The first unit of a story."""
        return self.places[int(np.flatnonzero(self.has(story))[0])]

    def only(self, rows: Whole, *, attempt: int = 0) -> "Crowd":
        """Some of them, with other chances at another attempt. Who was merged away comes with its heir."""
        wanted = set(rows.tolist())
        added = [former for former, heir in self.heir.items() if heir in wanted and former not in wanted]
        rows = np.append(rows, added).astype(np.int64)
        place = {row: position for position, row in enumerate(rows.tolist())}
        return replace(
            self,
            places=[self.places[row] for row in rows.tolist()],
            sizes={id: one[rows] for id, one in self.sizes.items()},
            stars={id: one[rows] for id, one in self.stars.items()},
            targets={id: one[rows] for id, one in self.targets.items()},
            stories={id: one[rows] for id, one in self.stories.items()},
            dense=self.dense[rows],
            dice=self.dice.only(rows).anew(attempt),
            towns=self.towns.only(rows).anew(attempt),
            heir={place[former]: place[heir] for former, heir in self.heir.items() if former in place and heir in place},
        )


def crowd(scheme: Scheme, tree: Tree, kind: UnitKind, *, full: bool = False) -> Crowd:
    """The units of one kind of the whole tree, with what is drawn for them."""
    places = tree.of_kind(kind.id)
    former = tree.by_code.get(tree.predecessor)
    heirs: dict[int, int] = {}
    if former is not None and former.kind == kind.id:
        places = [*places, former]
    dice = Dice.of([place.code for place in places])
    own = np.array([place.parent == TOWNSHIP[0] for place in places])
    flagships = _flagships(kind, places)
    count = _counts(kind, places, dice, own, flagships)
    sizes = SIZES[kind.id](dice)
    stars = _stars(kind, dice, count)
    if kind.id == "village":
        _township(stars, dice, own)
    stories = _stories(kind, stars, sizes, own, dice, count) | flagships
    if former is not None and former.kind == kind.id:
        heirs = {len(places) - 1: int(np.flatnonzero(stories[Story.SUCCESSOR])[0])}
        sizes["farmland"] = np.where(stories[Story.INCOME], np.maximum(sizes["farmland"], FARMLAND), sizes["farmland"])
    return Crowd(
        kind=kind.id,
        places=places,
        sizes=sizes,
        stars=stars,
        targets=_targets(kind, stars, stories, dice),
        stories=stories,
        dense=own | full,
        dice=dice,
        towns=Dice.of([place.parent or "" for place in places]),
        heir=heirs,
        full=full,
    )


def _flagships(kind: UnitKind, places: Sequence[Place]) -> dict[Story, Truths]:
    found = {}
    for story, (wanted, beginning, number) in FLAGSHIPS.items():
        if wanted == kind.id:
            row = [row for row, place in enumerate(places) if place.code.startswith(beginning)][number]
            found[story] = np.arange(len(places)) == row
    return found


def _counts(kind: UnitKind, places: Sequence[Place], dice: Dice, own: Truths, flagships: Mapping[Story, Truths]) -> Whole:
    """How many stars each unit shall earn (−1: waits), better places more; the township has a plan of its own."""
    drawn = dict(DRAWN.get(kind.id, {0: len(places)}))
    if kind.id == "village":
        for some, times in TOWNSHIP_DRAWN:
            drawn[len(some)] -= times
        own = own | (np.arange(len(places)) == len(places) - 1)
    else:
        own = np.zeros(len(places), bool)
    luck = np.array([place.luck for place in places]) * 0.5 + dice.share("vigour") + dice.share("fortune")
    for flagship in flagships.values():
        luck = luck + 9.0 * flagship
    order = [row for row in np.argsort(-luck, kind="stable").tolist() if not own[row]]
    waiting = drawn.pop(None, 0)
    count = np.zeros(len(places), np.int64)
    start = 0
    # Those that wait are taken from the middle of the field.
    for row in order[len(order) // 2 :: 7][:waiting]:
        count[row] = -1
    order = [row for row in order if count[row] != -1]
    for stars, times in sorted(drawn.items(), key=lambda one: -(one[0] or 0)):
        count[order[start : start + times]] = stars or 0
        start += times
    assert start == len(order), (kind.id, start, len(order))
    return count


def capstone(kind: UnitKind) -> str:
    """The star that asks for the others; empty where there is none."""
    return next((star for star in kind.stars if kind.star(star).needs), "")


def _stars(kind: UnitKind, dice: Dice, count: Whole) -> dict[str, Truths]:
    """So many stars each: those that fall soonest, the readier ones sooner; the capstone only on top of all."""
    last = capstone(kind)
    others = [star for star in kind.stars if star != last]
    falls = np.array([-np.log1p(-dice.share(f"falls.{star}")) / READILY.get(star, 1.0) for star in others])
    place = falls.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    wanted = np.where(count < 0, 2, count)
    stars = {star: place[number] < wanted for number, star in enumerate(others)}
    if last:
        stars[last] = wanted == len(kind.stars)
    return {star: stars[star] for star in kind.stars}


def _township(stars: dict[str, Truths], dice: Dice, own: Truths) -> None:
    rows = np.flatnonzero(own)[:-1]
    order = rows[np.argsort(dice.share("township")[rows], kind="stable")].tolist()
    sets = [some for some, times in TOWNSHIP_DRAWN for _ in range(times)]
    for row, some in zip(order, sets, strict=True):
        for star in stars:
            stars[star][row] = star in some


def _stories(
    kind: UnitKind, stars: Mapping[str, Truths], sizes: Mapping[str, Numbers], own: Truths, dice: Dice, count: Whole
) -> dict[Story, Truths]:
    stories = {story: np.zeros(len(own), bool) for story in Story}
    stories[Story.WAITING] = count == -1
    if kind.id != "village":
        return stories
    held = sum(one.astype(np.int64) for one in stars.values())
    households = sizes["households"]
    wanted = (
        (Story.ONE_MARK_SHORT, held == 4),
        (Story.VETOED, held == 0),
        (Story.FIGURE_MISSING, held == 2),
        (Story.IMPOSSIBLE_RATE, stars["ecology"] & (households > TOILETS["toilets_in_scope"])),
        (Story.SUCCESSOR, held == 3),
        (Story.INCOME, held == 5),
        (Story.LOTS, stars["ecology"] & (held == 3) & (households > LARGE)),
        (Story.HONOURS, stars["civility"] & (held == 3) & (households > LARGE)),
    )
    free = own.copy()
    free[-1] = False
    for story, fits in wanted:
        # The smallest that fits and has none yet.
        rows = np.flatnonzero(free & fits)
        row = rows[np.argmin(households[rows])]
        stories[story][row], free[row] = True, False
    rest = ~own & (count >= 0)
    for story, fits, number in (
        (Story.VETOED, ~stars[VETOED_STAR] & (held > 0), VETOED),
        (Story.FIGURE_MISSING, (held < 4) & ~stories[Story.VETOED], REGISTER_MISSING),
    ):
        rows = np.flatnonzero(rest & fits)
        chosen = rows[np.argsort(dice.share(f"story.{story.name}")[rows], kind="stable")[:number]]
        stories[story][chosen] = True
        rest[chosen] = False
    return stories


def _targets(kind: UnitKind, stars: Mapping[str, Truths], stories: Mapping[Story, Truths], dice: Dice) -> dict[str, Numbers]:
    """The points of each star to come near: those of one unit are alike."""
    vigour = dice.share("margin")
    last = capstone(kind)
    targets = {}
    for star in kind.stars:
        share = (dice.share(f"margin.{star}") + vigour) / 2
        passed = PASSED_BY[0] + (PASSED_BY[1] - PASSED_BY[0]) * share
        missed = -MISSED_BY[1] + (MISSED_BY[1] - MISSED_BY[0]) * share
        if star == last:
            low, high = SETTLED_BY_A_NEED
            # Where all others are earned, its own points decide.
            alone = np.all([stars[one] for one in kind.stars if one != last], axis=0)
            missed = np.where(alone, missed, low + (high - low) * share)
            missed = np.where(stories[Story.ONE_MARK_SHORT], ONE_MARK_SHORT, missed)
        if star == VETOED_STAR:
            missed = np.where(stories[Story.VETOED], VETOED_ABOVE, missed)
        targets[star] = kind.star(star).pass_mark + np.where(stars[star], passed, missed)
    return targets


def _village_sizes(dice: Dice) -> dict[str, Numbers]:
    households: Numbers = np.clip(np.round(np.exp(6.0 + 0.42 * _bell(dice, "households"))), 180, 900)
    residents = np.round(households * dice.between("residents", 3.1, 3.8))
    return {
        "households": households,
        "residents": residents,
        "farmland": np.round(residents * dice.between("farmland", 1.1, 1.9)),
        "members": np.round(residents * dice.between("members", 0.022, 0.034)) + 4,
        "busy": households // 250,
        "honoured": households,
    }


def _community_sizes(dice: Dice) -> dict[str, Numbers]:
    households: Numbers = np.clip(np.round(np.exp(7.6 + 0.38 * _bell(dice, "households"))), 800, 5_200)
    residents = np.round(households * dice.between("residents", 2.4, 2.9))
    return {
        "households": households,
        "residents": residents,
        "members": np.round(residents * dice.between("members", 0.012, 0.022)) + 10,
        "busy": 3 + households // 900,
        "honoured": households / 3,
    }


def _organ_sizes(dice: Dice) -> dict[str, Numbers]:
    staff: Numbers = np.clip(np.round(np.exp(4.1 + 0.5 * _bell(dice, "staff"))), 18, 260)
    return {"staff": staff, "members": np.round(staff * dice.between("members", 0.5, 0.8)), "busy": staff // 20, "honoured": staff}


def _compound_sizes(dice: Dice) -> dict[str, Numbers]:
    households: Numbers = np.clip(np.round(np.exp(6.1 + 0.5 * _bell(dice, "households"))), 90, 2_200)
    return {
        "households": households,
        "residents": np.round(households * dice.between("residents", 2.3, 2.9)),
        "members": np.round(households * dice.between("members", 0.02, 0.05)) + 5,
        "busy": households // 400,
        "honoured": households / 3,
    }


def _branch_sizes(dice: Dice) -> dict[str, Numbers]:
    return {"members": dice.whole("members", 7, 34).astype(np.float64)}


def _enterprise_sizes(dice: Dice) -> dict[str, Numbers]:
    staff: Numbers = np.clip(np.round(np.exp(5.0 + 0.75 * _bell(dice, "staff"))), 25, 3_000)
    members = np.round(staff * dice.between("members", 0.05, 0.14)) + 6
    return {"staff": staff, "members": members, "busy": staff // 400, "honoured": staff}


def _bell(dice: Dice, topic: str) -> Numbers:
    """About normal: the sum of twelve."""
    return sum((dice.share(f"{topic}.{number}") for number in range(12)), np.zeros(len(dice))) - 6.0


SIZES = {
    "village": _village_sizes,
    "community": _community_sizes,
    "organ": _organ_sizes,
    "enterprise": _enterprise_sizes,
    "compound": _compound_sizes,
    "organ_branch": _branch_sizes,
}
