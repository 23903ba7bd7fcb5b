"""A whole tree brought in line with a list: uploaded, looked at, imported."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.lib.search_text import search_text
from fanxing.lib.table_files import rows_of
from fanxing.organisations.actions.loading import UnitRow, load_units
from fanxing.organisations.actions.tree import begin, change_state, hang, record
from fanxing.organisations.actions.units import close_unit
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.listed import Line, Plan, Standing, depths, plan_of, read_lines
from fanxing.organisations.models import Unit, UnitImport


class ListFaulty(Refused):
    """The list has faults; nothing was imported."""


class TreeMoved(Refused):
    """The tree changed after the list was looked at; or the list was imported already."""


@transaction.atomic
def upload_list(*, unit: Unit, content: bytes, file_name: str, on: date, by: Doer, at: datetime) -> UnitImport:
    """Keep a workbook's list of the units at and below one, to be looked at; changes nothing else.

    Raises NotATable or NoHead where it cannot be read. What the same person uploaded before and did not import is dropped.
    """
    require(by, "unit.manage", unit, on=timezone.localdate(at))
    lines = read_lines(rows_of(content))
    UnitImport.objects.filter(uploaded_by=by.username, imported_at=None).delete()
    kept = UnitImport.objects.create(
        unit=unit,
        on=on,
        file_name=file_name[:200],
        digest=sha256(content).hexdigest(),
        rows=[[line.number, line.code, line.name, line.kind, line.parent] for line in lines],
        uploaded_by=by.username,
        uploaded_at=at,
    )
    details = {"digest": kept.digest, "rows": len(lines), "on": on}
    record("upload_list", unit, f"上传{unit.name}的单位表（{len(lines)} 行）", details, by, at)
    return kept


def lines_of(kept: UnitImport) -> list[Line]:
    """The lines of an uploaded list."""
    return [Line(*row) for row in kept.rows]


@transaction.atomic
def import_list(*, kept: UnitImport, kinds: Mapping[str, str], close: Collection[str], expected: str, by: Doer, at: datetime) -> Plan:
    """Bring the tree in line with an uploaded list, all of it or nothing, and close the absent units named in `close`.

    `expected` is the digest of the plan that was looked at: where the tree has changed since, TreeMoved is raised. A list is
    imported once.
    """
    top = kept.unit
    begin([top], on=kept.on, by=by, at=at)
    if not UnitImport.objects.filter(pk=kept.pk, imported_at=None).update(imported_at=at, imported_by=by.username):
        raise TreeMoved("这张表已经导入过")
    plan = plan_of(lines_of(kept), top=top, kinds=kinds, on=kept.on)
    if plan.faults:
        raise ListFaulty(f"表里有 {len(plan.faults)} 处要改，没有导入")
    if plan.digest != expected:
        raise TreeMoved("单位在您查看之后有了变动，请再看一遍")
    _found(plan, kept.on, by, at)
    _change(plan, top, kept.on, by, at)
    closed = _close(plan, close, kept.on, by, at)
    counts = {"founded": len(plan.founded), "changed": len(plan.changed), "closed": closed}
    record_event(
        by=by,
        at=at,
        action="organisations.import_list",
        subject=top,
        unit_code=top.code,
        summary=f"按表更新{top.name}的单位：设立 {len(plan.founded)} 个，变更 {len(plan.changed)} 个，撤销 {closed} 个",
        details={**counts, "digest": kept.digest, "on": kept.on},
    )
    return plan


def _found(plan: Plan, on: date, by: Doer, at: datetime) -> None:
    if plan.founded:
        rows = [UnitRow(one.code, one.name, one.kind, one.parent) for one in plan.founded]
        load_units(rows=rows, on=on, by=by, at=at)


def _change(plan: Plan, top: Unit, on: date, by: Doer, at: datetime) -> None:
    """Rename, change and move, those that shall stand higher first: a unit then never goes below what is still below it."""
    depth = depths(plan, top)
    for before, after in sorted(plan.changed, key=lambda pair: depth[pair[1].code]):
        unit = Unit.objects.get(code=after.code)
        unit.name, unit.kind, unit.search_text = after.name, after.kind, search_text(after.name)
        unit.save(update_fields=["name", "kind", "search_text"])
        if after.parent != before.parent:
            hang(unit, Unit.objects.get(code=after.parent), on)
        else:
            change_state(unit, on)
        _record_changes(unit, before, after, on, by, at)


def _record_changes(unit: Unit, before: Standing, after: Standing, on: date, by: Doer, at: datetime) -> None:
    """The same events as if each had been done by itself."""
    if before.name != after.name:
        details = {"before": before.name, "after": after.name, "on": on}
        record("rename_unit", unit, f"{before.name}更名为{after.name}", details, by, at)
    if before.kind != after.kind:
        record("change_kind", unit, f"{after.name}改变类型", {"before": before.kind, "after": after.kind, "on": on}, by, at)
    if before.parent != after.parent:
        details = {"before": before.parent, "after": after.parent, "on": on}
        record("move_unit", unit, f"{after.name}划归{unit.parent}", details, by, at)


def _close(plan: Plan, close: Collection[str], on: date, by: Doer, at: datetime) -> int:
    """Close the absent units that were chosen, from the bottom up."""
    chosen = [one.code for one in plan.absent if one.code in close]
    units = sorted(Unit.objects.filter(code__in=chosen), key=lambda unit: unit.path.count("/"), reverse=True)
    for unit in units:
        close_unit(unit=unit, on=on, by=by, at=at)
    return len(units)
