"""What is drawn before anything is written: the villages, how large they are, and which stars each of them shall earn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from fanxing.demo.names import GIVEN_NAMES, PREDECESSOR, SURNAMES, TOWNSHIP, VILLAGES
from fanxing.scheme.model import Scheme

SEED = "繁星"
# The sets of stars that are drawn, and how many villages get each. What comes of them, tiers and all, the engine says.
DRAWN = (
    (("party_branch", "industry", "ecology", "safety", "civility"), 1),
    (("industry", "ecology", "safety", "civility"), 1),
    (("ecology", "safety", "civility"), 14),
    (("industry", "ecology", "civility"), 1),
    (("industry", "safety", "civility"), 1),
    (("ecology", "civility"), 7),
    (("safety", "civility"), 2),
    ((), 1),
)
# Points by which a star that is drawn is passed, and one that is not is missed.
PASSED_BY = (0.6, 12.0)
MISSED_BY = (1.2, 17.0)
ONE_MARK_SHORT = -0.5
SETTLED_BY_A_NEED = (-18.0, 12.0)
# How far above the mark a star stands that a ruling takes away.
VETOED_ABOVE = 3.0
NEEDS_OTHERS = "party_branch"
VETOED_STAR = "civility"
# 182 of 211 is 86.3 %, of 212 is 85.8 %: no number of households gives what was reported.
TOILETS = {"toilets_in_scope": 211, "toilets_converted": 182, "toilets_share_stated": 0.861}


class Story(Enum):
    """What makes one village worth opening."""

    ONE_MARK_SHORT = "the secretary has not given this year's lesson: the fifth star is within one record"
    VETOED = "a ruling takes a star whose points are there"
    FIGURE_MISSING = "the party register was not supplied: one star has no points, and is settled by the others"
    SUCCESSOR = "took over a village that was merged into it in the first year"
    IMPOSSIBLE_RATE = "reported a share of toilets converted that its own figures cannot give"


@dataclass(frozen=True)
class Village:
    """A village as it is drawn.

    stars    those drawn
    targets  star → the points to come near
    story     what is particular about it, if anything is
    """

    code: str
    name: str
    secretary: str
    households: int
    residents: int
    farmland: int
    members: int
    stars: tuple[str, ...]
    targets: Mapping[str, float]
    story: Story | None = None


def villages(scheme: Scheme) -> list[Village]:
    """The villages of the township, in the order of their codes."""
    luck = Random(f"{SEED}/plan")
    drawn = [stars for stars, times in DRAWN for _ in range(times)]
    luck.shuffle(drawn)
    sizes = [_households(luck) for _ in drawn]
    stories = _stories(drawn, sizes)
    people = names()
    return [
        _village(scheme, number, next(people), sizes[number], drawn[number], stories.get(number), luck) for number in range(len(VILLAGES))
    ]


def predecessor(scheme: Scheme) -> Village:
    """The village that was merged away; it lived as its successor did, on a smaller scale."""
    into = next(one for one in villages(scheme) if one.story is Story.SUCCESSOR)
    return Village(
        code=_code(len(VILLAGES)),
        name=PREDECESSOR,
        secretary=list(names())[len(VILLAGES)],
        households=190,
        residents=641,
        farmland=906,
        members=18,
        stars=into.stars,
        targets=into.targets,
    )


def names() -> Iterator[str]:
    """Names of people, no surname and no given name twice in a row, none used twice."""
    luck = Random(f"{SEED}/names")
    surnames, given = list(SURNAMES), list(GIVEN_NAMES)
    luck.shuffle(surnames)
    luck.shuffle(given)
    yield from (surname + given[number % len(given)] for number, surname in enumerate(surnames))


def _stories(drawn: Sequence[tuple[str, ...]], sizes: Sequence[int]) -> dict[int, Story]:
    """Which village has which story: the smallest that fits and has none yet."""
    order = sorted(range(len(drawn)), key=lambda number: sizes[number])
    wanted = (
        (Story.ONE_MARK_SHORT, lambda stars, households: len(stars) == 4),
        (Story.VETOED, lambda stars, households: not stars),
        (Story.FIGURE_MISSING, lambda stars, households: len(stars) == 2),
        (Story.IMPOSSIBLE_RATE, lambda stars, households: "ecology" in stars and households > TOILETS["toilets_in_scope"]),
        (Story.SUCCESSOR, lambda stars, households: len(stars) == 3),
    )
    stories: dict[int, Story] = {}
    for story, fits in wanted:
        stories[next(number for number in order if number not in stories and fits(drawn[number], sizes[number]))] = story
    return stories


def _village(
    scheme: Scheme, number: int, secretary: str, households: int, stars: tuple[str, ...], story: Story | None, luck: Random
) -> Village:
    residents = round(households * luck.uniform(3.1, 3.8))
    kind = scheme.kinds["village"]
    vigour = luck.random()
    return Village(
        code=_code(number),
        name=VILLAGES[number],
        secretary=secretary,
        households=households,
        residents=residents,
        farmland=round(residents * luck.uniform(1.1, 1.9)),
        members=round(residents * luck.uniform(0.022, 0.034)) + 4,
        stars=stars,
        targets={star: kind.star(star).pass_mark + _margin(star, stars, story, vigour, luck) for star in kind.stars},
        story=story,
    )


def _margin(star: str, stars: tuple[str, ...], story: Story | None, vigour: float, luck: Random) -> float:
    """Points above the mark (below: negative); those of one village are alike."""
    share = (luck.random() + vigour) / 2
    if star in stars:
        return PASSED_BY[0] + (PASSED_BY[1] - PASSED_BY[0]) * share
    if story is Story.VETOED and star == VETOED_STAR:
        return VETOED_ABOVE
    if star == NEEDS_OTHERS:
        low, high = SETTLED_BY_A_NEED
        return ONE_MARK_SHORT if story is Story.ONE_MARK_SHORT else low + (high - low) * share
    return -MISSED_BY[1] + (MISSED_BY[1] - MISSED_BY[0]) * share


def _households(luck: Random) -> int:
    return min(900, max(180, round(luck.lognormvariate(6.0, 0.42))))


def _code(number: int) -> str:
    return f"{TOWNSHIP[0]}{201 + number}"
