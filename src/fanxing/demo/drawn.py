"""The demo as it is drawn and written: the whole city, or one township of it; the same to the byte every time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from fanxing.demo.chronicle import SUBJECTS, chronicle
from fanxing.demo.names import COUNTY, TOWNSHIP
from fanxing.demo.plan import FLAGSHIPS, Crowd, Story, crowd
from fanxing.demo.tree import Place, Tree, city
from fanxing.demo.tuning import NotAsDrawn, Tuned, is_as_drawn, rating_of, tune
from fanxing.demo.writing import Written, written
from fanxing.scheme.model import Scheme

# Kinds of unit that the township has none of, or few.
STREET = f"{COUNTY[0]}001"
ELSEWHERE = ("community", "organ", "enterprise")
# The levels of units without stars of their own.
PARTY, WITHOUT_STARS = "party_branch", (0.35, 1.0)


@dataclass(frozen=True)
class Drawn:
    """Units in a tree, and the ledgers of those that the scheme rates: by kind of unit."""

    scheme: Scheme
    tree: Tree
    ledgers: Mapping[str, Written]

    @property
    def row_count(self) -> int:
        """How many rows the ledgers have."""
        return sum(len(one) for one in self.ledgers.values())

    def telling(self, story: Story) -> Place:
        """The village of a story; where several tell it, that of the township of the flagships."""
        return self.told(story)[0]

    def told(self, story: Story) -> list[Place]:
        """The villages of the township of the flagships that tell a story."""
        villages = self.ledgers["village"].crowd
        places = (villages.places[row] for row in np.flatnonzero(villages.has(story)).tolist())
        return [place for place in places if place.parent == TOWNSHIP[0]]


def draw_city(scheme: Scheme, *, full: bool = False) -> Drawn:
    """The whole city; `full`: with every unit's ledger in every detail."""
    return _draw(scheme, city(), full=full)


def draw_township(scheme: Scheme) -> Drawn:
    """The township of the flagships, and of the other kinds some units of its county: what the city has there too."""
    whole = city()
    county = {one.code for one in whole.places if one.kind in ELSEWHERE and one.parent in (COUNTY[0], STREET)}
    known = {crowd(scheme, whole, kind).telling(story).code for story, (id, *_) in FLAGSHIPS.items() if (kind := scheme.kinds.get(id))}
    return _draw(scheme, whole.only({TOWNSHIP[0]} | county | known))


def _draw(scheme: Scheme, tree: Tree, *, full: bool = False) -> Drawn:
    ledgers = {}
    for kind in scheme.kinds.values():
        if kind.id not in SUBJECTS:
            continue
        whole = crowd(scheme, city(), kind, full=full)
        rows = np.array([row for row, place in enumerate(whole.places) if place.code in tree.by_code], np.int64)
        some = whole.only(rows)
        if len(some):
            ledgers[kind.id] = _confirmed(written(scheme, some, _lived(scheme, some)))
    return Drawn(scheme, tree, ledgers)


def _confirmed(ledger: Written) -> Written:
    """Nothing awaits confirmation in units that have their stars only with it."""
    good = is_as_drawn(ledger.scheme, rating_of(ledger.scheme, ledger.crowd, ledger.counting()), ledger.crowd)
    good[list(ledger.crowd.heir)] = True
    return ledger.with_confirmed(np.flatnonzero(~good).tolist())


def _tuned(scheme: Scheme, some: Crowd) -> list[Tuned]:
    """The units at levels that give what was drawn; where there are no stars to be drawn, at whatever level they have."""
    if scheme.kinds[some.kind].stars:
        return tune(scheme, some)
    return [Tuned(some, {PARTY: some.dice.between("level", *WITHOUT_STARS)})]


def _lived(scheme: Scheme, some: Crowd) -> dict[str, pl.DataFrame]:
    """Two years of some units at the levels that the engine confirms."""
    row_of = {place.code: row for row, place in enumerate(some.places)}
    parts: dict[str, list[pl.DataFrame]] = {}
    for tuned in _tuned(scheme, some):
        place = pl.Series([row_of[one.code] for one in tuned.crowd.places], dtype=pl.Int32)
        for id, table in chronicle(scheme, tuned.crowd, tuned.levels).items():
            parts.setdefault(id, []).append(table.with_columns(place.gather(table["row"]).alias("row")))
    tables = {id: pl.concat(parts[id]) for id in scheme.records if id in parts}
    good = is_as_drawn(scheme, rating_of(scheme, some, tables), some)
    good[list(some.heir)] = True
    if not good.all():
        raise NotAsDrawn("、".join(some.places[row].name for row in np.flatnonzero(~good).tolist()))
    return tables
