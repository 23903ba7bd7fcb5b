"""Departments' figures: of each kind who supplies it, for how many units it came this period, and for which it did not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.organisations.paths import within
from fanxing.programme.models import Publication
from fanxing.programme.queries import kinds_to_add, scheme_of
from fanxing.records.ingest.reach import keepers, supplied
from fanxing.scheme.model import RecordKind, Scheme


@dataclass(frozen=True)
class Period:
    """From when to when figures are asked for."""

    start: date
    end: date


@dataclass(frozen=True)
class Supply:
    """A kind of figures: who supplies it, of how many units it is asked, of how many it came, and the last day of those."""

    kind: RecordKind
    recorders: str
    expected: int
    came: int
    last: date | None

    @property
    def lacking(self) -> int:
        """Of how many units it was not reported."""
        return self.expected - self.came


def period_of(publication: Publication) -> Period:
    """The period of the rules, or this year where they have none."""
    year = clock.today().year
    return Period(publication.period_from or date(year, 1, 1), publication.period_to or date(year, 12, 31))


def figure_kinds(top: Unit) -> list[RecordKind]:
    """The kinds of record kept in a unit that are figures: in the order of the scheme, then those that units have added."""
    return [kind for kind in kinds_to_add(top).values() if kind.nature == "figure"]


def supplies(top: Unit, publication: Publication) -> list[Supply]:
    """Each kind of figures as far as units at and below one keep it; four queries."""
    scheme, period = scheme_of(publication), period_of(publication)
    kinds = figure_kinds(top)
    here = Unit.objects.filter(within(top.path), closed_on=None).order_by()
    counts = dict(here.values_list("kind").annotate(Count("pk")))
    came = supplied(top, [kind.id for kind in kinds], period.start, period.end)
    return list(_supplies(scheme, kinds, counts, came))


def _supplies(
    scheme: Scheme, kinds: list[RecordKind], counts: dict[str, int], came: dict[tuple[str, str], tuple[int, date]]
) -> Iterator[Supply]:
    for kind in kinds:
        keeping = keepers(scheme, kind)
        expected = sum(counts.get(one, 0) for one in keeping)
        found = [came[kind.id, one] for one in keeping if (kind.id, one) in came]
        if expected:
            posts = "、".join(scheme.posts[post].title for post in kind.recorded_by if post in scheme.posts)
            yield Supply(kind, posts, expected, sum(count for count, _ in found), max((last for _, last in found), default=None))
