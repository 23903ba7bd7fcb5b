"""Many suppositions about one unit at once: each a row of facts, rated by the engine itself."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanxing.rating.columns import YES, Column, days, encode
from fanxing.rating.forms import TODAY
from fanxing.rating.levers import Lever
from fanxing.rating.plan import plan_of
from fanxing.rating.rate import NO_DAY, Rating, recoded

Places = NDArray[np.int64]
STAYS = -1


class Trials(dict[str, Column]):
    """Rows of one unit, in each of which some levers are moved. The columns of facts are there when they are read, as the rules see
    them; those of nodes, where they are `wanted`. Places in ranks are those of the rating.

    rating  of this unit alone, with every node
    places  number of a lever → for each row the place of its value among the lever's values; STAYS where it is not moved
    """

    def __init__(
        self, rating: Rating, kind: str, levers: Sequence[Lever], places: Mapping[int, Places], count: int, wanted: frozenset[str]
    ) -> None:
        super().__init__()
        plan = plan_of(rating.scheme).kinds[kind]
        words = tuple(dict.fromkeys((*plan_of(rating.scheme).words, *rating.facts.words)))
        self.count, self.fill = count, plan.fill
        self.facts = recoded(rating.facts, words)
        self.moved = self._moved(levers, places, {word: code for code, word in enumerate(words)})
        self[TODAY] = np.asarray(days(rating.as_of) if rating.as_of else NO_DAY)
        ranks = {id: np.repeat(rating.kinds[kind].columns[id], count) for id in plan.ranks}
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            self.update(plan.run(plan.only(wanted), self, np.arange(count), float(self[TODAY]), ranks))

    def __missing__(self, id: str) -> Column:
        column = self[id] = self.moved[id] if id in self.moved else np.repeat(self._as_it_is(id), self.count)
        return column

    def _as_it_is(self, id: str) -> Column:
        """A fact of the unit; one that is missing as what it counts as."""
        return self.fill[id](self.facts[id]) if id in self.fill else self.facts[id]

    def _moved(self, levers: Sequence[Lever], places: Mapping[int, Places], words: dict[str, int]) -> dict[str, Column]:
        columns: dict[str, Column] = {}
        records: dict[str, Column] = {}
        for number, place in places.items():
            lever = levers[number]
            type_ = lever.fact.value_type
            columns[lever.fact.id] = np.array([encode(value, type_, words) for value in (*lever.values, lever.before)])[place]
            for id in lever.along:
                records[id] = records.get(id, np.zeros(self.count)) + np.array([*lever.records, 0.0])[place]
        for id, more in records.items():
            column = columns[id] if id in columns else np.repeat(self._as_it_is(id), self.count)
            columns[id] = np.where(more > 0, YES, column) if column.dtype == np.int8 else column + more
        return columns
