"""What every change of the tree is made of: the lock and the right to begin, and the single steps."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, Greatest, Substr
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Assignment, Unit, UnitState
from fanxing.organisations.paths import path_of, within


class InvalidUnit(Refused):
    """A unit cannot be like this: a bad or taken code, an empty name or kind."""


class UnitClosed(Refused):
    """The unit no longer exists."""


class WrongPlace(Refused):
    """The unit cannot stand there in the tree, or go on as those."""


class WrongDay(Refused):
    """The change would lie in the future, or before the last change."""


def within_path(unit: Unit, above: Unit) -> bool:
    """Whether the unit is the other or lies below it."""
    return bool(unit.path.startswith(above.path))


def check(unit: Unit) -> None:
    """Refuse what no unit can be."""
    try:
        unit.full_clean(exclude=["parent"])
    except ValidationError as error:
        raise InvalidUnit("；".join(error.messages)) from error


def begin(units: Sequence[Unit], *, on: date, by: Doer, at: datetime) -> None:
    """What every change of existing units begins with: the day, the lock, the right, and that they exist."""
    require_past(on, at)
    lock(units)
    for unit in units:
        require(by, "unit.manage", unit, on=timezone.localdate(at))
        if unit.closed_on:
            raise UnitClosed(f"{unit.name}已于 {unit.closed_on} 撤销")


def require_past(on: date, at: datetime) -> None:
    """Refuse a day that is still to come."""
    if on > timezone.localdate(at):
        raise WrongDay("生效日期不能晚于今天")


def lock(units: Iterable[Unit]) -> None:
    """Wait for other changes of the same trees, then read the units as they are now."""
    roots = sorted({unit.path.split("/")[1] for unit in units})
    # Without the key lock, so that records that refer to the root are not held up.
    list(Unit.objects.select_for_update(no_key=True).filter(code__in=roots).order_by("code"))
    for unit in units:
        unit.refresh_from_db()


def hang(unit: Unit, parent: Unit, on: date) -> None:
    """Move a subtree: one statement re-paths all of it, however large."""
    if within_path(parent, unit):
        raise WrongPlace(f"{parent.name}在{unit.name}之下，不能作它的上级")
    old, new = unit.path, path_of(unit.code, parent.path)
    rest = Substr("path", len(old) + 1)
    Unit.objects.filter(within(old)).update(path=Concat(Value(new), rest, output_field=TextField()))
    unit.parent, unit.path = parent, new
    unit.save(update_fields=["parent", "path"])
    change_state(unit, on)


def change_state(unit: Unit, on: date) -> None:
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


def close(unit: Unit, on: date) -> None:
    """End the unit, and the posts in it, on a day."""
    if not _end_state(unit, on):
        raise WrongDay(f"{unit.name}当日才有变更，不能在同一天撤销")
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    lasting = Assignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
    lasting.update(valid_to=Greatest(Value(on), F("valid_from")))


def code_of(unit: Unit | None) -> str | None:
    """The code of a unit that may be none."""
    return unit.code if unit else None


def record(action: str, unit: Unit, summary: str, details: Mapping[str, object], by: Doer, at: datetime) -> None:
    """Note in the log what was done to a unit."""
    record_event(
        by=by,
        at=at,
        action=f"organisations.{action}",
        subject=unit,
        unit_code=unit.code,
        summary=summary,
        details=details,
    )
