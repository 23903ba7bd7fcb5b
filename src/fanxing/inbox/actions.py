"""Giving a unit something to do, and what becomes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.inbox.models import TITLE_LENGTH, WorkItem, WorkItemQuerySet
from fanxing.inbox.queries import key_in_person, named, spelled, waiting_from
from fanxing.lib.canonical import plain
from fanxing.lib.refusals import Refused
from fanxing.organisations.actions.units import UnitClosed
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Assignment, Unit


class ItemFaulty(Refused):
    """An item without words, with too many, or due on a day that is over."""


class NotWaiting(Refused):
    """Somebody has closed the item meanwhile."""


class StillWaiting(Refused):
    """The item waits already, or another one for the same matter does."""


@dataclass(frozen=True)
class NewItem:
    """What is to be done until a day.

    about  what the stage that asks for it wants to find again; it must be plain JSON
    key    names the matter among those of the source; without one every item is a matter of its own
    posts  the posts of the unit whom it concerns; none: all who plan its work
    due_at  the moment on that day where an hour counts, and not only the day
    """

    title: str
    due_on: date
    note: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    key: str = ""
    posts: tuple[str, ...] = ()
    urgent: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """What became of the items asked for: new ones, those that waited already and now say something else, and those left alone."""

    opened: tuple[WorkItem, ...]
    renewed: tuple[WorkItem, ...]
    unchanged: tuple[WorkItem, ...]


@transaction.atomic
def open_items(*, unit: Unit, items: Sequence[NewItem], source: str, by: Doer, at: datetime) -> Planned:
    """Give a unit some things to do, all or none.

    An item whose key already waits does not become a second one: it takes the new words and day. Raises NotAllowed,
    ItemFaulty, UnitClosed.
    """
    today = timezone.localdate(at)
    require(by, "work.plan", unit, on=today)
    for item in items:
        _require_sound(item, today)
    # Writers of one unit take turns, so that nobody else opens an item of the same key in between.
    if not Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk, closed_on=None).exists():
        raise UnitClosed(f"{unit.name}已撤销")
    opened, renewed, unchanged = [], [], []
    # Locked, so that an item is not closed while it is given new words.
    waiting = {item.key: item for item in waiting_from(unit, source).select_for_update()}
    for item in items:
        if item.key not in waiting:
            opened.append(_open(unit, item, source, by, at))
            waiting |= {item.key: opened[-1]} if item.key else {}
        elif _says(waiting[item.key]) == _asked(item):
            unchanged.append(waiting[item.key])
        else:
            renewed.append(_renew(waiting[item.key], item, by, at))
    return Planned(tuple(opened), tuple(renewed), tuple(unchanged))


@transaction.atomic
def remind_units(*, units: Sequence[Unit], item: NewItem, source: str, by: Doer, at: datetime) -> list[Unit]:
    """Let one matter, named by its key, wait for each of many units, where it does not wait yet; return the units for which it is new.

    Closed units are passed over. The stage above asks in its own transaction, for what its own rules make necessary: whether the doer may
    write there it has seen to, so that no permission is asked. One event, however many units. Raises ItemFaulty.
    """
    _require_sound(item, timezone.localdate(at))
    assert item.key  # without one there would be a second item
    reminded = set(_matter(units, source, item.key).values_list("unit", flat=True))
    fresh = [unit for unit in units if unit.pk not in reminded and unit.closed_on is None]
    # Of two that remind at once one finds the other's item there.
    WorkItem.objects.bulk_create((_row(unit, item, source, by, at) for unit in fresh), ignore_conflicts=True)
    _record_many("remind_units", fresh, f"新增待办：{item.title}", {"due_on": item.due_on, "source": source}, by, at)
    return fresh


@transaction.atomic
def settle_units(*, units: Sequence[Unit], key: str, source: str, outcome: str, by: Doer, at: datetime) -> int:
    """Say of the matter of that key that it is done in some units, where it waits; return in how many. Permissions as in `remind_units`."""
    waiting = _matter(units, source, key)
    codes = set(waiting.values_list("unit__code", flat=True))
    closed = waiting.update(**_closed(WorkItem.State.DONE, outcome, by, at))
    _record_many(
        "settle_units", [unit for unit in units if unit.code in codes], "待办已办结", {"source": source, "outcome": outcome}, by, at
    )
    return closed


@transaction.atomic
def remind_terms(*, terms: Sequence[Assignment], item: NewItem, source: str, by: Doer, at: datetime) -> None:
    """Let one matter, named by its key, wait for each holder of some terms, who alone sees it. Permissions as in `remind_units`; the stage
    above writes the event. Raises ItemFaulty."""
    _require_sound(item, timezone.localdate(at))
    assert item.key  # it is taken away by it
    each = (replace(item, key=key_in_person(item.key, term.pk), posts=(named(term.pk),)) for term in terms)
    rows = (_row(term.unit, one, source, by, at) for term, one in zip(terms, each, strict=True))
    WorkItem.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def release_terms(*, key: str, source: str, terms: Sequence[int] | None = None) -> None:
    """Take the matter of that key away from the holders of some terms, or from all.

    Nothing is left of it, not even an event: when somebody looked at something is not kept for others to count.
    """
    items = WorkItem.objects.filter(source=source)
    these = items.filter(key__startswith=f"{key}/") if terms is None else items.filter(key__in=[key_in_person(key, term) for term in terms])
    these.delete()


@transaction.atomic
def close_item(*, item: WorkItem, outcome: str = "", by: Doer, at: datetime) -> WorkItem:
    """Say that the thing is done, in words or without. Raises NotAllowed; NotWaiting for all but the first of several."""
    return _close(item, WorkItem.State.DONE, outcome, "close_item", by, at)


@transaction.atomic
def drop_item(*, item: WorkItem, reason: str = "", by: Doer, at: datetime) -> WorkItem:
    """Say that the thing will not be done, with a reason or without. Raises as `close_item`."""
    return _close(item, WorkItem.State.DROPPED, reason, "drop_item", by, at)


@transaction.atomic
def reopen_item(*, item: WorkItem, by: Doer, at: datetime) -> WorkItem:
    """Let a thing wait again that was closed by mistake. Raises NotAllowed, StillWaiting."""
    require(by, "work.plan", item.unit, on=timezone.localdate(at))
    Unit.objects.select_for_update(no_key=True).get(pk=item.unit_id)
    if item.key and waiting_from(item.unit, item.source).filter(key=item.key).exists():
        raise StillWaiting(f"“{item.title}”已在待办中")
    nobody = {"closed_at": None, "closed_by": "", "closed_by_title": "", "outcome": ""}
    if not WorkItem.objects.filter(pk=item.pk).closed().update(state=WorkItem.State.OPEN, **nobody):
        raise StillWaiting(f"“{item.title}”已在待办中")
    item.refresh_from_db()
    _record("reopen_item", item, f"{item.unit.name}恢复待办：{item.title}", {"due_on": item.due_on}, by, at)
    return item


@transaction.atomic
def reschedule_item(*, item: WorkItem, due_on: date, by: Doer, at: datetime) -> WorkItem:
    """Give a thing that waits another day. Raises NotAllowed, ItemFaulty for a day that is over, NotWaiting."""
    today = timezone.localdate(at)
    require(by, "work.plan", item.unit, on=today)
    _require_ahead(due_on, today)
    before = item.due_on
    if not WorkItem.objects.filter(pk=item.pk).waiting().update(due_on=due_on, due_at=None):
        _refuse_closed(item)
    item.refresh_from_db()
    _record("reschedule_item", item, f"{item.unit.name}待办改期：{item.title}", {"from": before, "to": due_on}, by, at)
    return item


def _require_sound(item: NewItem, today: date) -> None:
    if not item.title.strip() or len(item.title) > TITLE_LENGTH:
        raise ItemFaulty(f"事项为 1 至 {TITLE_LENGTH} 个字")
    _require_ahead(item.due_on, today)
    if item.due_at and timezone.localdate(item.due_at) != item.due_on:
        raise ItemFaulty("到期的时刻要在到期的那一天")


def _require_ahead(due_on: date, today: date) -> None:
    if due_on < today:
        raise ItemFaulty(f"期限不能早于今天（{today}）")


def _open(unit: Unit, item: NewItem, source: str, by: Doer, at: datetime) -> WorkItem:
    row = _row(unit, item, source, by, at)
    row.save(force_insert=True)
    _record("open_items", row, f"{unit.name}新增待办：{row.title}", {"due_on": row.due_on, "source": source}, by, at)
    return row


def _row(unit: Unit, item: NewItem, source: str, by: Doer, at: datetime) -> WorkItem:
    """The item, not yet written."""
    return WorkItem(
        unit=unit,
        title=item.title,
        note=item.note,
        due_on=item.due_on,
        source=source,
        about=plain(item.about),
        key=item.key,
        posts=spelled(item.posts),
        is_urgent=item.urgent,
        due_at=item.due_at,
        opened_at=at,
        opened_by=by.username,
        opened_by_title=by.display_name,
    )


def _renew(row: WorkItem, item: NewItem, by: Doer, at: datetime) -> WorkItem:
    row.title, row.note, row.about = item.title, item.note, plain(item.about)
    row.due_on, row.due_at, row.is_urgent = item.due_on, item.due_at, item.urgent
    row.save(update_fields=["title", "note", "about", "due_on", "due_at", "is_urgent"])
    _record("open_items", row, f"{row.unit.name}更新待办：{row.title}", {"due_on": row.due_on, "source": row.source}, by, at)
    return row


def _says(row: WorkItem) -> tuple[object, ...]:
    return (row.title, row.note, row.due_on, row.due_at, row.about, row.is_urgent)


def _asked(item: NewItem) -> tuple[object, ...]:
    return (item.title, item.note, item.due_on, item.due_at, plain(item.about), item.urgent)


def _close(item: WorkItem, state: WorkItem.State, words: str, action: str, by: Doer, at: datetime) -> WorkItem:
    require(by, "work.plan", item.unit, on=timezone.localdate(at))
    if not WorkItem.objects.filter(pk=item.pk).waiting().update(**_closed(state, words, by, at)):
        _refuse_closed(item)
    item.refresh_from_db()
    _record(action, item, f"{item.unit.name}{item.get_state_display()}：{item.title}", {"outcome": item.outcome}, by, at)
    return item


def _closed(state: WorkItem.State, words: str, by: Doer, at: datetime) -> dict[str, object]:
    """What an item says once it waits no longer."""
    return {"state": state, "outcome": words.strip(), "closed_at": at, "closed_by": by.username, "closed_by_title": by.display_name}


def _matter(units: Iterable[Unit], source: str, key: str) -> WorkItemQuerySet:
    return WorkItem.objects.filter(unit__in=units, source=source, key=key).waiting()


def _refuse_closed(item: WorkItem) -> None:
    now = WorkItem.objects.get(pk=item.pk)
    assert now.closed_at  # it was not waiting, and is never deleted
    day = timezone.localdate(now.closed_at)
    raise NotWaiting(f"“{now.title}”已于 {day} 由{now.closed_by_title}标为{now.get_state_display()}，请刷新后查看")


def _record(action: str, item: WorkItem, summary: str, details: Mapping[str, object], by: Doer, at: datetime) -> None:
    record_event(by=by, at=at, action=f"inbox.{action}", subject=item, unit_code=item.unit.code, summary=summary, details=details)


def _record_many(action: str, units: Sequence[Unit], summary: str, details: Mapping[str, object], by: Doer, at: datetime) -> None:
    """One event for the items of some units; none where there are none."""
    if units:
        alone = units[0] if len(units) == 1 else None
        record_event(
            by=by,
            at=at,
            action=f"inbox.{action}",
            subject="inbox.WorkItem",
            unit_code=alone.code if alone else "",
            summary=f"{alone.name if alone else f'{len(units)} 个单位'}{summary}",
            details={**details, "units": [unit.code for unit in units]},
        )
