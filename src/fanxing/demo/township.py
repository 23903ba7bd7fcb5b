"""The whole township, drawn and written: the same to the byte every time."""

from collections.abc import Sequence
from dataclasses import dataclass

from fanxing.demo.chronicle import chronicle, chronicle_before_merger
from fanxing.demo.plan import Story, Village, predecessor, villages
from fanxing.demo.tuning import tune
from fanxing.demo.writing import Row, written
from fanxing.scheme.model import Scheme


@dataclass(frozen=True)
class Township:
    """28 villages, the one merged into the first that tells so, and every row of their ledgers in the order of writing."""

    villages: Sequence[Village]
    predecessor: Village
    rows: Sequence[Row]

    @property
    def successor(self) -> Village:
        return self.telling(Story.SUCCESSOR)

    def telling(self, story: Story) -> Village:
        """The village of a story."""
        return next(village for village in self.villages if village.story is story)


def township(scheme: Scheme) -> Township:
    """Draw the township of a scheme and write its two years."""
    tuned = tune(scheme, villages(scheme))
    former = predecessor(scheme)
    rows: list[Row] = []
    for one in tuned:
        rows += written(scheme, one.village, chronicle(scheme, one.village, one.levels, one.attempt))
        if one.village.story is Story.SUCCESSOR:
            rows += written(scheme, former, chronicle_before_merger(scheme, former, one.levels, one.attempt))
    return Township([one.village for one in tuned], former, sorted(rows, key=lambda row: (row.at, row.source, row.by)))
