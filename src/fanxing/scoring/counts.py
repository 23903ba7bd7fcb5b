"""How many units stand where by their saved scores, counted by the database: by part of a place, kind, tier and star."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT
from fanxing.programme.queries import Rulings
from fanxing.scheme.model import UnitKind
from fanxing.scoring.queries import present_standings


@dataclass(frozen=True, slots=True)
class Counted:
    """How many units of one kind and tier (empty: not rated) a part of a place has; `part` is the path right below the place."""

    part: str
    kind: str
    tier: str
    units: int


def counts_below(units: QuerySet[Unit], ruling: Rulings, path: str = ROOT) -> list[Counted]:
    """Some units counted by the parts of the place at a path, in the order of its parts."""
    depth = len(path)
    # Up to the first slash after the path of the place.
    part = Substr("unit__path", 1, StrIndex(Substr("unit__path", depth + 1), Value("/")) + depth)
    rows = present_standings(units, ruling).annotate(part=part).order_by().values_list("part", "unit__kind", "tier").annotate(Count("pk"))
    return [Counted(*row) for row in sorted(rows)]


def stars_held(units: QuerySet[Unit], ruling: Rulings, kinds: Mapping[str, UnitKind]) -> dict[tuple[str, str], int]:
    """(kind, star) → how many of some units hold it."""
    each = [(id, star) for id, kind in kinds.items() for star in kind.stars]
    # The kind first: the stars of the others are then not even looked at.
    held = {
        f"held_{place}": Count("pk", filter=Q(unit__kind=id) & Q(**{f"stars__{star}__held": True})) for place, (id, star) in enumerate(each)
    }
    found = present_standings(units, ruling).aggregate(**held) if held else {}
    return {one: found[f"held_{place}"] for place, one in enumerate(each)}
