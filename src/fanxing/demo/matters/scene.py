"""Where matters play: the units of the county that is known one by one, and what their ledgers say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme.model import Procedure, Value


@dataclass(frozen=True)
class Begun:
    """A matter that is still on its way: opened some days ago in a unit, and taken so far by the system in the place of whoever's turn it
    was; each verb with what its form says, its reason, or the votes that were counted (in favour, against). `waits` are days before a
    verb is taken; `by` says who opened it. A notice at which it stands has the `objection`."""

    unit: Unit
    procedure: str
    data: Mapping[str, object]
    days_ago: int = 0
    verbs: tuple[str, ...] = ()
    said: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    votes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    waits: Mapping[str, int] = field(default_factory=dict)
    objection: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    by: str = "居民"


@dataclass(frozen=True)
class Paired:
    """Two matters that were put together some days ago, and what was done since with the one that was offered: its verbs with what their
    forms said, a day each."""

    wanted: Begun
    offered: Begun
    days_ago: int
    verbs: tuple[str, ...] = ()
    said: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """The units of one county; `own` those in which somebody signs in, and the flagships: there some matters are still on their way."""

    today: date
    units: tuple[Unit, ...]
    own: tuple[Unit, ...]
    procedures: Mapping[str, Procedure]

    def records(self, kind: str, where: Mapping[str, object] | None = None) -> Iterator[Record]:
        """The records of a kind in the units that count, the oldest first."""
        found = Record.objects.filter(unit__in=self.units, kind=kind).counting().select_related("unit").order_by("occurred_on", "pk")
        wanted = where or {}
        return (one for one in found if all(one.data.get(field) == value for field, value in wanted.items()))

    def of_kind(self, *kinds: str) -> Iterator[Unit]:
        """The units of some kinds."""
        return (one for one in self.units if one.kind in kinds)

    def shown(self, procedure: str) -> Iterator[Unit]:
        """The units in which somebody signs in, and the flagships, as far as they have such matters."""
        return (one for one in self.own if self.procedures[procedure].kept_in(one.kind))
