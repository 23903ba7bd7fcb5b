"""Units founded, renamed, moved, merged and split.

All of these change the tree, so they take turns on its root. What has begun on a day may be corrected with
effect from the same day; what lies further back is history and stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, Greatest, Substr
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.lib.search_text import search_text
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Assignment, Person, Unit, UnitState, UnitSuccession
from fanxing.organisations.paths import path_of, within


class InvalidUnit(Refused):
    """A unit cannot be like this: a bad or taken code, an empty name or kind."""


class UnitClosed(Refused):
    """The unit no longer exists."""


class WrongPlace(Refused):
    """The unit cannot stand there in the tree, or go on as those."""


class WrongDay(Refused):
    """The change would lie in the future, or before the last change."""


@transaction.atomic
def create_unit(*, code: str, name: str, kind: str, parent: Unit | None, on: date, by: Doer, at: datetime) -> Unit:
    """Found a unit on a day; only the system founds one without a parent."""
    if parent:
        _begin([parent], on=on, by=by, at=at)
    else:
        _require_past(on, at)
        require(by, "unit.manage", None, on=timezone.localdate(at))
    path = path_of(code, parent.path) if parent else path_of(code)
    unit = Unit(code=code, name=name.strip(), kind=kind, parent=parent, path=path, search_text=search_text(name))
    _check(unit)
    unit.save(force_insert=True)
    UnitState.objects.create(unit=unit, name=unit.name, kind=kind, parent=parent, valid_from=on)
    _record("create_unit", unit, f"设立{unit.name}", {"kind": kind, "parent": _code(parent), "on": on}, by, at)
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: date, by: Doer, at: datetime) -> None:
    """Give the unit another name from a day on."""
    _begin([unit], on=on, by=by, at=at)
    before, unit.name, unit.search_text = unit.name, name.strip(), search_text(name)
    _check(unit)
    unit.save(update_fields=["name", "search_text"])
    _change_state(unit, on)
    _record("rename_unit", unit, f"{before}更名为{unit.name}", {"before": before, "after": unit.name, "on": on}, by, at)


@transaction.atomic
def change_kind(*, unit: Unit, kind: str, on: date, by: Doer, at: datetime) -> None:
    """Make it a unit of another kind from a day on, as when a village becomes an urban community."""
    _begin([unit], on=on, by=by, at=at)
    before, unit.kind = unit.kind, kind
    _check(unit)
    unit.save(update_fields=["kind"])
    _change_state(unit, on)
    _record("change_kind", unit, f"{unit.name}改变类型", {"before": before, "after": kind, "on": on}, by, at)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, on: date, by: Doer, at: datetime) -> None:
    """Put the unit, with everything below it, under another parent from a day on."""
    _begin([unit, parent], on=on, by=by, at=at)
    before = unit.parent
    _hang(unit, parent, on)
    details = {"before": _code(before), "after": parent.code, "on": on}
    _record("move_unit", unit, f"{unit.name}划归{parent.name}", details, by, at)


@transaction.atomic
def merge_units(*, units: Sequence[Unit], into: Unit, on: date, by: Doer, at: datetime) -> None:
    """Close some units in favour of one, which takes over their records, people and lower units.

    Posts in the closed units end on that day; `into` exists already, as one of the old or founded before.
    """
    if not units or into in units:
        raise WrongPlace("请选择被合并的单位，合并到的单位不在其内")
    _begin([*units, into], on=on, by=by, at=at)
    for unit in units:
        if within_path(into, unit):
            raise WrongPlace(f"{into.name}在{unit.name}之下，不能将后者并入前者")
        _close(unit, on)
        for child in unit.children.filter(closed_on=None).order_by("code"):
            _hang(child, into, on)
        Person.objects.filter(unit=unit).update(unit=into)
        UnitSuccession.objects.create(predecessor=unit, successor=into, on=on, carries_records=True)
        _record("merge_units", unit, f"{unit.name}并入{into.name}", {"into": into.code, "on": on}, by, at)
    names = "、".join(unit.name for unit in units)
    details = {"merged": [unit.code for unit in units], "on": on}
    _record("merge_units", into, f"{names}并入{into.name}", details, by, at)


@transaction.atomic
def split_unit(*, unit: Unit, into: Sequence[Unit], records_to: Unit | None, on: date, by: Doer, at: datetime) -> None:
    """Close a unit in favour of several; its records count for one of them, or for none.

    The successors are founded before; lower units, people and posts are first moved to where they belong.
    A unit that only gives a part away is not split: found the new one beside it.
    """
    if len(set(into)) < 2 or unit in into or (records_to and records_to not in into):
        raise WrongPlace("分设至少要有两个后继单位，台账只能归其中之一")
    _begin([unit, *into], on=on, by=by, at=at)
    if unit.children.filter(closed_on=None).exists():
        raise WrongPlace(f"请先将{unit.name}的下级单位划归后继单位")
    _close(unit, on)
    UnitSuccession.objects.bulk_create(
        UnitSuccession(predecessor=unit, successor=successor, on=on, carries_records=successor == records_to) for successor in into
    )
    details = {"into": [one.code for one in into], "records_to": _code(records_to), "on": on}
    _record("split_unit", unit, f"{unit.name}分设为{'、'.join(one.name for one in into)}", details, by, at)


def within_path(unit: Unit, above: Unit) -> bool:
    """Whether the unit is the other or lies below it."""
    return bool(unit.path.startswith(above.path))


def _check(unit: Unit) -> None:
    try:
        unit.full_clean(exclude=["parent"])
    except ValidationError as error:
        raise InvalidUnit("；".join(error.messages)) from error


def _begin(units: Sequence[Unit], *, on: date, by: Doer, at: datetime) -> None:
    """What every change of existing units begins with: the day, the lock, the right, and that they exist."""
    _require_past(on, at)
    _lock(units)
    for unit in units:
        require(by, "unit.manage", unit, on=timezone.localdate(at))
        if unit.closed_on:
            raise UnitClosed(f"{unit.name}已于 {unit.closed_on} 撤销")


def _require_past(on: date, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise WrongDay("生效日期不能晚于今天")


def _lock(units: Iterable[Unit]) -> None:
    """Wait for other changes of the same trees, then read the units as they are now."""
    roots = sorted({unit.path.split("/")[1] for unit in units})
    # Without the key lock, so that records that refer to the root are not held up.
    list(Unit.objects.select_for_update(no_key=True).filter(code__in=roots).order_by("code"))
    for unit in units:
        unit.refresh_from_db()


def _hang(unit: Unit, parent: Unit, on: date) -> None:
    """Move a subtree: one statement re-paths all of it, however large."""
    if within_path(parent, unit):
        raise WrongPlace(f"{parent.name}在{unit.name}之下，不能作它的上级")
    old, new = unit.path, path_of(unit.code, parent.path)
    rest = Substr("path", len(old) + 1)
    Unit.objects.filter(within(old)).update(path=Concat(Value(new), rest, output_field=TextField()))
    unit.parent, unit.path = parent, new
    unit.save(update_fields=["parent", "path"])
    _change_state(unit, on)


def _change_state(unit: Unit, on: date) -> None:
    """Let the unit's present name, kind and parent hold from a day on."""
    now = {"name": unit.name, "kind": unit.kind, "parent": unit.parent}
    if not _end_state(unit, on):
        UnitState.objects.filter(unit=unit, valid_from=on).update(**now)
        return
    UnitState.objects.create(unit=unit, valid_from=on, **now)


def _end_state(unit: Unit, on: date) -> bool:
    """End the open state on a day; False when it only began on that very day."""
    state = UnitState.objects.get(unit=unit, valid_to=None)
    if on < state.valid_from:
        raise WrongDay(f"{unit.name}在 {state.valid_from} 已有变更，生效日期不能更早")
    if on == state.valid_from:
        return False
    state.valid_to = on
    state.save(update_fields=["valid_to"])
    return True


def _close(unit: Unit, on: date) -> None:
    if not _end_state(unit, on):
        raise WrongDay(f"{unit.name}当日才有变更，不能在同一天撤销")
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    lasting = Assignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
    lasting.update(valid_to=Greatest(Value(on), F("valid_from")))


def _code(unit: Unit | None) -> str | None:
    return unit.code if unit else None


def _record(action: str, unit: Unit, summary: str, details: Mapping[str, object], by: Doer, at: datetime) -> None:
    record_event(
        by=by,
        at=at,
        action=f"organisations.{action}",
        subject=unit,
        unit_code=unit.code,
        summary=summary,
        details=details,
    )
