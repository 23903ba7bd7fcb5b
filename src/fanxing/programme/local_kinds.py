"""The kinds of record that units keep beside those of the rules in force: where, since when, in which version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import ROOT
from fanxing.programme.models import KindVersion, LocalKind
from fanxing.scheme.model import RecordKind

KINDS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Local:
    """A kind that a unit keeps for itself: its version's key and digest, and whether no new records of it are entered any more."""

    id: str
    version: int
    digest: str
    ended: bool

    @property
    def kind(self) -> RecordKind:
        """The kind as it was published."""
        return kind_published(self.digest)


@dataclass(frozen=True, slots=True)
class LocalKinds:
    """What is kept where on a day: read once, asked for as many units as a list has."""

    by_path: Mapping[str, Mapping[str, Local]]

    def at(self, path: str) -> dict[str, Local]:
        """What the unit at a path keeps, and what those above it do, by the ids of the kinds; the nearest unit's holds."""
        found: dict[str, Local] = {}
        while path != ROOT:
            found = {**self.by_path.get(path, {}), **found}
            path = path[: path.rindex("/", 0, -1) + 1]
        return found

    @property
    def all(self) -> dict[str, RecordKind]:
        """Every kind kept anywhere, by id."""
        return {id: local.kind for kinds in self.by_path.values() for id, local in kinds.items()}


def local_kinds(on: date | None = None) -> LocalKinds:
    """Everything that is kept beside rules on a day (today), in one query."""
    return _held(_rows(on))


def local_kinds_for(unit: Unit, on: date | None = None) -> dict[str, Local]:
    """What a unit keeps beside the rules on a day (today), in one query."""
    return _held(_rows(on).filter(unit__code__in=unit.path.strip("/").split("/"))).at(unit.path)


def local_kinds_of(unit: Unit, on: date | None = None) -> Mapping[str, Local]:
    """What the very unit has added, those above it left out."""
    return _held(_rows(on).filter(unit=unit)).by_path.get(unit.path, {})


@lru_cache(maxsize=KINDS_KEPT)
def kind_published(digest: str) -> RecordKind:
    """The kind published under a digest; kept in the process, since what a digest names never changes."""
    return KindVersion.objects.get(digest=digest).record_kind


def _rows(on: date | None) -> QuerySet[LocalKind]:
    begun = LocalKind.objects.filter(valid_from__lte=on or clock.today())
    return begun.select_related("unit", "version").defer("version__definition").order_by("valid_from", "id")


def _held(rows: Iterable[LocalKind]) -> LocalKinds:
    found: dict[str, dict[str, Local]] = {}
    for row in rows:
        # Of several of a unit and a kind the last one stays.
        local = Local(row.version.kind, row.version_id, row.version.digest, row.ends)
        found.setdefault(row.unit.path, {})[local.id] = local
    return LocalKinds(found)
