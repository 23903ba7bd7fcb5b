"""Reading who took part, and the accounts that come of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Person, Unit
from fanxing.points.models import Participation, PointsObjection, PointsReversal, PointsSwitch
from fanxing.points.reckoning import Account, Taking, accounts
from fanxing.programme.models import Attachment
from fanxing.programme.queries import programme_for, scheme_of
from fanxing.records.models import Record
from fanxing.scheme.days import months_after
from fanxing.scheme.model import MemberPoints

NONE = Account(())


def rules_of(unit: Unit, on: date | None = None) -> MemberPoints | None:
    """The rules of members' points that hold in a unit on a day (today); None where its programme has none."""
    publication = programme_for(unit, on)
    return scheme_of(publication).points if publication else None


def keeps(authority: Authority, unit: Unit, rules: MemberPoints | None) -> bool:
    """Whether one who has this authority keeps the points of the very unit: nobody above it sees what members have."""
    return rules is not None and any(grant.path == unit.path and grant.post in rules.kept_by for grant in authority.grants)


def is_on(unit: Unit) -> bool:
    """Whether a branch keeps points."""
    return PointsSwitch.objects.filter(unit=unit, until=None).exists()


def members(unit: Unit) -> QuerySet[Person]:
    """The people of a branch, by name."""
    return Person.objects.filter(unit=unit).order_by("name", "pk")


def takers(first: Record) -> QuerySet[Participation]:
    """Who took part in what a record says, given by its first version."""
    return Participation.objects.filter(record=first, removed_at=None).select_related("person").order_by("person__name", "person")


def accounts_of(unit: Unit, today: date) -> dict[int, Account]:
    """The accounts of all who took part in something in a branch, by person, in a fixed number of queries."""
    taken = Participation.objects.filter(record__unit=unit, removed_at=None)
    found = defaultdict(list)
    for one in taken:
        found[one.record_id].append(one)
    reversed_ = set(PointsReversal.objects.filter(record__unit=unit).values_list("record", "person", "rule"))
    return accounts(_takings(unit, found, today), reversed_, today)


def account_of(person: Person, today: date) -> Account:
    """The account of one person in their own branch."""
    return accounts_of(person.unit, today).get(person.pk, NONE)


def objections(unit: Unit, person: Person | None = None) -> QuerySet[PointsObjection]:
    """What members of a branch, or one of them, objected to, the latest first."""
    of_unit = PointsObjection.objects.filter(record__unit=unit).select_related("person", "record").order_by("-raised_at", "-pk")
    return of_unit.filter(person=person) if person else of_unit


@dataclass(frozen=True)
class Summary:
    """What may be said of a branch's members outside it: how many have an account, and how many of them reach the mark."""

    members: int
    qualified: int


def summary(unit: Unit, today: date) -> Summary | None:
    """The accounts of a branch in two numbers; None where it keeps none."""
    rules = rules_of(unit, today)
    if rules is None or not is_on(unit):
        return None
    found = accounts_of(unit, today).values()
    return Summary(len(found), sum(one.reaches(rules) for one in found))


def units_with_points() -> QuerySet[Unit]:
    """The branches in which somebody was named as having taken part."""
    return Unit.objects.filter(pk__in=Participation.objects.values("record__unit")).order_by("pk")


def outdated(unit: Unit, today: date) -> list[int]:
    """The records, by first version, of which nothing is to be kept of who took part: as old as the rules of today say."""
    rules = rules_of(unit, today)
    taken = Participation.objects.filter(record__unit=unit).values_list("record", flat=True).distinct()
    return [first.pk for first, last in _standing(unit, list(taken)).items() if is_past(last.occurred_on, rules, today)]


def is_past(on: date, rules: MemberPoints | None, today: date) -> bool:
    """Whether what happened on a day is no longer kept."""
    return rules is not None and rules.retention is not None and months_after(on, 12 * rules.retention) <= today


def _takings(unit: Unit, taken: dict[int, list[Participation]], today: date) -> Iterable[Taking]:
    spans = list(PointsSwitch.objects.filter(unit=unit).values_list("since", "until"))
    in_time = _RulesInTime.of(unit)
    now_ruling = in_time.on(today)
    for first, now in _counting(unit, taken).items():
        on = now.occurred_on
        rules = in_time.on(on)
        was_on = any(since <= on and (until is None or on < until) for since, until in spans)
        if rules is None or on > today or not was_on or is_past(on, now_ruling, today):
            continue
        parts = taken[first.pk]
        stated = sum(one.amount or 0.0 for one in parts)
        shares = sum(one.amount is None for one in parts)
        for one in parts:
            yield Taking(one.person_id, first.pk, first.position, now.pk, now.kind, on, now.data, rules, one.amount, max(shares, 1), stated)


def _counting(unit: Unit, first_ids: Iterable[int]) -> dict[Record, Record]:
    """First version → the version that counts now; records that no longer count, or do not yet, are left out."""
    found = _standing(unit, first_ids)
    return {first: now for first, now in found.items() if now.act != Record.Act.WITHDRAWAL and not now.awaits}


def _standing(unit: Unit, first_ids: Iterable[int]) -> dict[Record, Record]:
    """First version → the last one."""
    rows = Record.objects.filter(Q(pk__in=list(first_ids)) | Q(supersedes__isnull=False), unit=unit)
    by_id = {row.pk: row for row in rows}
    following = {row.supersedes_id: row for row in by_id.values() if row.supersedes_id}
    found = {}
    for id in first_ids:
        now = by_id[id]
        while now.pk in following:
            now = following[now.pk]
        found[by_id[id]] = now
    return found


@dataclass(frozen=True)
class _RulesInTime:
    """What ruled a unit on any day: read once."""

    by_depth: list[Attachment]

    @classmethod
    def of(cls, unit: Unit) -> "_RulesInTime":
        above = Attachment.objects.filter(unit__code__in=unit.path.strip("/").split("/"))
        rows = above.select_related("unit", "publication").defer("publication__files")
        return cls(sorted(rows, key=lambda one: (len(one.unit.path), one.valid_from, one.pk)))

    def on(self, day: date) -> MemberPoints | None:
        """The rules of points on a day: those of the nearest unit, of several there the last to begin."""
        begun = [one for one in self.by_depth if one.valid_from <= day]
        return scheme_of(begun[-1].publication).points if begun else None
