"""What several decide together: when a committee is agreed, and what a vote says. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fanxing.scheme.model import Ballot, Committee

FOR, AGAINST, ABSTAIN = "for", "against", "abstain"
# A smaller vote would tell how its voters voted.
SHOWN_FROM = 10


def agreed(committee: Committee, size: int, choices: Iterable[str]) -> bool | None:
    """Whether a committee of so many members has decided in favour (True) or against (False); None while it is open.

    As soon as nothing that is still to come can change it, it is decided. Who abstains is not in favour. A committee of nobody is
    never agreed.
    """
    said = Counter(choices)
    need = _needed(committee, size)
    rest = size - said.total()
    if size and said[FOR] >= need:
        return True
    return False if said[FOR] + rest < need else None


def _needed(committee: Committee, size: int) -> int:
    match committee.decide:
        case "all":
            return size
        case "majority":
            return size // 2 + 1
    return committee.number


@dataclass(frozen=True)
class Tally:
    """A vote as it was counted: papers and online votes together, and how many of them came `online`."""

    eligible: int
    in_favour: int
    against: int
    abstaining: int
    spoilt: int = 0
    online: int = 0

    @property
    def cast(self) -> int:
        """How many took part."""
        return self.in_favour + self.against + self.abstaining + self.spoilt

    @property
    def is_shown(self) -> bool:
        """Whether so many took part that the figures tell nobody's vote. Whoever counted the papers knows what came beside them: those
        who voted online must be as many, or none."""
        return self.cast >= SHOWN_FROM and (not self.online or self.online >= SHOWN_FROM)


def is_quorate(ballot: Ballot, tally: Tally) -> bool:
    """Whether enough of those who may vote took part."""
    return ballot.quorum.reached(tally.cast, tally.eligible)


def is_adopted(ballot: Ballot, tally: Tally) -> bool:
    """Whether a vote has its quorum and its majority."""
    of = tally.cast if ballot.of == "cast" else tally.eligible
    return is_quorate(ballot, tally) and ballot.majority.reached(tally.in_favour, of)
