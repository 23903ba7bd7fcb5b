"""Units founded, renamed, moved, merged, split and closed.

All of these change the tree, so they take turns on its root. What has begun on a day may be corrected with
effect from the same day; what lies further back is history and stays.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.lib.search_text import search_text
from fanxing.organisations.actions.tree import (
    InvalidUnit,
    UnitClosed,
    WrongDay,
    WrongPlace,
    begin,
    change_state,
    check,
    close,
    code_of,
    hang,
    record,
    require_past,
    within_path,
)
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Person, Unit, UnitState, UnitSuccession
from fanxing.organisations.paths import path_of

__all__ = [
    "InvalidUnit",
    "UnitClosed",
    "WrongDay",
    "WrongPlace",
    "change_kind",
    "close_unit",
    "create_unit",
    "merge_units",
    "move_unit",
    "rename_unit",
    "split_unit",
]


@transaction.atomic
def create_unit(*, code: str, name: str, kind: str, parent: Unit | None, on: date, by: Doer, at: datetime) -> Unit:
    """Found a unit on a day; only the system founds one without a parent."""
    if parent:
        begin([parent], on=on, by=by, at=at)
    else:
        require_past(on, at)
        require(by, "unit.manage", None, on=timezone.localdate(at))
    path = path_of(code, parent.path) if parent else path_of(code)
    unit = Unit(code=code, name=name.strip(), kind=kind, parent=parent, path=path, search_text=search_text(name))
    check(unit)
    unit.save(force_insert=True)
    UnitState.objects.create(unit=unit, name=unit.name, kind=kind, parent=parent, valid_from=on)
    record("create_unit", unit, f"设立{unit.name}", {"kind": kind, "parent": code_of(parent), "on": on}, by, at)
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, on: date, by: Doer, at: datetime) -> None:
    """Give the unit another name from a day on."""
    begin([unit], on=on, by=by, at=at)
    before, unit.name, unit.search_text = unit.name, name.strip(), search_text(name)
    check(unit)
    unit.save(update_fields=["name", "search_text"])
    change_state(unit, on)
    record("rename_unit", unit, f"{before}更名为{unit.name}", {"before": before, "after": unit.name, "on": on}, by, at)


@transaction.atomic
def change_kind(*, unit: Unit, kind: str, on: date, by: Doer, at: datetime) -> None:
    """Make it a unit of another kind from a day on, as when a village becomes an urban community."""
    begin([unit], on=on, by=by, at=at)
    before, unit.kind = unit.kind, kind
    check(unit)
    unit.save(update_fields=["kind"])
    change_state(unit, on)
    record("change_kind", unit, f"{unit.name}改变类型", {"before": before, "after": kind, "on": on}, by, at)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, on: date, by: Doer, at: datetime) -> None:
    """Put the unit, with everything below it, under another parent from a day on."""
    begin([unit, parent], on=on, by=by, at=at)
    before = unit.parent
    hang(unit, parent, on)
    details = {"before": code_of(before), "after": parent.code, "on": on}
    record("move_unit", unit, f"{unit.name}划归{parent.name}", details, by, at)


@transaction.atomic
def merge_units(*, units: Sequence[Unit], into: Unit, on: date, by: Doer, at: datetime) -> None:
    """Close some units in favour of one, which takes over their records, people and lower units.

    Posts in the closed units end on that day; `into` exists already, as one of the old or founded before.
    """
    if not units or into in units:
        raise WrongPlace("请选择被合并的单位，合并到的单位不在其内")
    begin([*units, into], on=on, by=by, at=at)
    for unit in units:
        if within_path(into, unit):
            raise WrongPlace(f"{into.name}在{unit.name}之下，不能将后者并入前者")
        close(unit, on)
        for child in unit.children.filter(closed_on=None).order_by("code"):
            hang(child, into, on)
        Person.objects.filter(unit=unit).update(unit=into)
        UnitSuccession.objects.create(predecessor=unit, successor=into, on=on, carries_records=True)
        record("merge_units", unit, f"{unit.name}并入{into.name}", {"into": into.code, "on": on}, by, at)
    names = "、".join(unit.name for unit in units)
    details = {"merged": [unit.code for unit in units], "on": on}
    record("merge_units", into, f"{names}并入{into.name}", details, by, at)


@transaction.atomic
def split_unit(*, unit: Unit, into: Sequence[Unit], records_to: Unit | None, on: date, by: Doer, at: datetime) -> None:
    """Close a unit in favour of several; its records count for one of them, or for none.

    The successors are founded before; lower units, people and posts are first moved to where they belong.
    A unit that only gives a part away is not split: found the new one beside it.
    """
    if len(set(into)) < 2 or unit in into or (records_to and records_to not in into):
        raise WrongPlace("分设至少要有两个后继单位，台账只能归其中之一")
    begin([unit, *into], on=on, by=by, at=at)
    if unit.children.filter(closed_on=None).exists():
        raise WrongPlace(f"请先将{unit.name}的下级单位划归后继单位")
    close(unit, on)
    UnitSuccession.objects.bulk_create(
        UnitSuccession(predecessor=unit, successor=successor, on=on, carries_records=successor == records_to) for successor in into
    )
    details = {"into": [one.code for one in into], "records_to": code_of(records_to), "on": on}
    record("split_unit", unit, f"{unit.name}分设为{'、'.join(one.name for one in into)}", details, by, at)


@transaction.atomic
def close_unit(*, unit: Unit, on: date, by: Doer, at: datetime) -> None:
    """Close a unit that nothing goes on as; its records stay with it, and posts in it end on that day."""
    begin([unit], on=on, by=by, at=at)
    if unit.children.filter(closed_on=None).exists():
        raise WrongPlace(f"请先将{unit.name}的下级单位划归别处或撤销")
    close(unit, on)
    record("close_unit", unit, f"撤销{unit.name}", {"on": on}, by, at)
