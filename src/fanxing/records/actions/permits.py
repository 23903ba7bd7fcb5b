"""What may be recorded where, and by whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Authority
from fanxing.organisations.models import Unit
from fanxing.organisations.permissions import PERMISSIONS
from fanxing.programme.local_kinds import Local, local_kinds_for
from fanxing.programme.models import Publication
from fanxing.programme.queries import kind_versions, programme_for, rulings, scheme_of
from fanxing.records.queries import changed_by, may_confirm, may_judge
from fanxing.records.references import References
from fanxing.records.validation import EARLIEST, RecordError, Value, validate
from fanxing.scheme import Scheme
from fanxing.scheme.model import RecordKind

NO_FAULTS: Mapping[str, str] = {}


class KindUnknown(Refused):
    """The programme of the unit has no such kind of record, or there is no programme."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The kinds of record kept in a unit, with the keys of their versions: those of a published programme, and those that the unit or
    one above it has added; of those `ended` no new ones are entered any more."""

    scheme: Scheme
    kinds: Mapping[str, RecordKind]
    versions: Mapping[str, int]
    ended: frozenset[str] = frozenset()

    def kind(self, id: str) -> RecordKind:
        """The kind of that id; raises KindUnknown."""
        if id not in self.kinds:
            known = "、".join(f"{kind.title}（{kind.id}）" for kind in self.kinds.values())
            raise KindUnknown(f"方案《{self.scheme.title}》没有“{id}”这类台账，现有：{known}")
        return self.kinds[id]

    def kind_to_add(self, id: str, unit: Unit) -> RecordKind:
        """The kind of that id, of which the unit may have new records; raises KindUnknown.

        What a unit recorded while it was of another kind stays, and can be corrected.
        """
        kind = self.kind(id)
        if id in self.ended:
            raise KindUnknown(f"“{kind.title}”已停用，不再登记新的；以前登记的还在台账里")
        if not kind.kept_in(unit.kind):
            keepers = "、".join(self.scheme.title_of_kind(one) for one in kind.kinds)
            raise KindUnknown(f"“{kind.title}”是{keepers}的台账，{unit.name}是{self.scheme.title_of_kind(unit.kind)}，不登记这一类")
        return kind

    def require_recorder(self, authority: Authority, permission: str, kind: RecordKind, unit: Unit) -> None:
        """Raise NotAllowed unless the permission is held in the unit, and one of the posts that the kind names."""
        if not authority.may(permission, unit):
            raise NotAllowed(f"您在{unit.name}没有“{PERMISSIONS[permission]}”的权限")
        if not may_judge(authority, kind, unit):
            raise NotAllowed(f"“{kind.title}”是评分或认定，只能由有“{PERMISSIONS['record.judge']}”权限的岗位登记")
        if not authority.holds(kind.recorded_by if permission == "record.add" else changed_by(kind), unit):
            posts = "、".join(self.scheme.posts[post].title for post in kind.recorded_by if post in self.scheme.posts)
            raise NotAllowed(f"“{kind.title}”由{posts}登记" if posts else f"方案没有指定由谁登记“{kind.title}”")


def rules_of(publication: Publication | None, unit: Unit, added: Mapping[str, Local]) -> Rules:
    """The rules that a publication brings to a unit, with the kinds of record `added` there; raises KindUnknown where there is no
    publication."""
    if publication is None:
        raise KindUnknown(f"{unit.name}还没有适用的方案，请先发布")
    scheme = scheme_of(publication)
    local = {id: one for id, one in added.items() if id not in scheme.records}
    return Rules(
        scheme,
        {**scheme.records, **{id: one.kind for id, one in local.items()}},
        {**kind_versions(publication), **{id: one.version for id, one in local.items()}},
        frozenset(id for id, one in local.items() if one.ended),
    )


def rules_for(unit: Unit, on: date) -> Rules:
    """The rules of a unit on a day; raises KindUnknown where there are none."""
    return rules_of(programme_for(unit, on), unit, local_kinds_for(unit, on))


class Listed:
    """The units that the rows of a list name, and the rules of each, every part of it read once."""

    def __init__(self, codes: Iterable[str], today: date) -> None:
        self.units: dict[str, Unit] = Unit.objects.in_bulk(set(codes), field_name="code")
        self._rulings = rulings(today)
        self._rules: dict[tuple[int, tuple[tuple[int, bool], ...]], Rules] = {}

    def unit(self, code: str) -> Unit:
        """The unit of that code; raises KindUnknown where there is none."""
        if code not in self.units:
            raise KindUnknown(f"没有代码为“{code}”的单位")
        return self.units[code]

    def order(self, code: str) -> int:
        """What brings the rows of one unit together; those of none come first."""
        unit = self.units.get(code)
        return unit.pk if unit else 0

    def rules(self, unit: Unit) -> Rules:
        """The rules of a unit; raises KindUnknown where there are none."""
        publication = self._rulings.of(unit)
        if publication is None:
            return rules_of(None, unit, {})
        added = self._rulings.local.at(unit.path)
        key = publication.pk, tuple((one.version, one.ended) for one in added.values())
        if key not in self._rules:
            self._rules[key] = rules_of(publication, unit, added)
        return self._rules[key]


def awaits(authority: Authority, kind: RecordKind, unit: Unit) -> bool:
    """Whether what one who has this authority enters waits for somebody of the unit to confirm it."""
    return bool(kind.confirmed_by) and not may_confirm(authority, kind, unit)


def checked(
    kind: RecordKind,
    unit: Unit,
    occurred_on: date | None,
    data: Mapping[str, object],
    *,
    today: date,
    references: References | None = None,
    more: Mapping[str, str] = NO_FAULTS,
) -> tuple[date, dict[str, Value]]:
    """The day, and the data as it is stored; raises RecordError with every fault, that of the day included.

    `references`: what records name, where it was read for many at once. `more`: faults found elsewhere, told with these.
    """
    faults = {**more}
    cleaned: dict[str, Value] = {}
    if fault := day_fault(unit, occurred_on, today):
        faults["occurred_on"] = fault
    try:
        cleaned = validate(kind, data)
    except RecordError as error:
        faults |= error.faults
    else:
        faults |= (references or References([(kind, cleaned)])).faults(kind, unit, cleaned)
    if faults or occurred_on is None:
        raise RecordError(kind, faults)
    return occurred_on, cleaned


def day_fault(unit: Unit, occurred_on: date | None, today: date) -> str:
    """What is wrong with the day of a record; empty where nothing is."""
    if occurred_on is None:
        return "应为日期，如 2025-03-08"
    if occurred_on > today:
        return f"不能晚于今天（{today}）"
    if occurred_on < EARLIEST:
        return f"不能早于 {EARLIEST}"
    if unit.closed_on and occurred_on >= unit.closed_on:
        return f"{unit.name}已于 {unit.closed_on} 撤销，此后的事请记到承接它的单位"
    return ""
