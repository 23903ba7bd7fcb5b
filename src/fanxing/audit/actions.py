"""Writing the log: recording, sealing, and taking a form only once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from fanxing.audit.actors import Actor
from fanxing.audit.chain import GENESIS, link_digest
from fanxing.audit.models import Event, IdempotencyKey
from fanxing.audit.references import reference, row_digest
from fanxing.lib.canonical import digest, plain

Row = TypeVar("Row", bound=Model)

# So that a backlog, as after a large import, is sealed in steps of a second or so.
SEALED_AT_ONCE = 10_000


def record_event(
    *,
    by: Actor,
    at: datetime,
    action: str,
    subject: Model | str,
    summary: str,
    unit_code: str = "",
    details: Mapping[str, object] | None = None,
    rows: Iterable[Model] = (),
) -> Event:
    """Note in the log what was done, inside the transaction that does it.

    `action` is the app and the action's name (`organisations.rename_unit`), `summary` a Chinese sentence
    without personal data, `unit_code` the unit in whose log it is to be seen. `rows` are rows just written
    to append-only tables: their digests join the chain.
    """
    return Event.objects.create(
        at=at,
        actor=by.username,
        actor_title=by.display_name,
        action=action,
        subject=subject if isinstance(subject, str) else reference(subject),
        summary=summary,
        unit_code=unit_code,
        details=plain(details or {}),
        rows={reference(row): row_digest(row) for row in rows},
    )


@transaction.atomic
def seal(*, at: datetime) -> int:
    """Give every event that has none its place at the end of the chain; return how many were sealed.

    Of two sealers exactly one links an event: the second waits for the first and finds nothing left.
    Writers are never waited for: an event that is committed later is simply sealed later.
    """
    waiting = Event.objects.filter(position=None).order_by("id")
    events = list(waiting.select_for_update()[:SEALED_AT_ONCE])
    # Read only now: the rows are locked, so no other sealer can move the end of the chain.
    last = Event.objects.filter(position__isnull=False).order_by("position").last()
    position, head = (last.position, last.digest) if last else (0, GENESIS)
    for event in events:
        position += 1
        event.sealed_at, event.position, event.previous = at, position, head
        event.digest = head = link_digest(position, head, event.content())
    # The base manager is the only way past the refusal to change events; an upsert is ten times faster
    # than bulk_update.
    Event._base_manager.bulk_create(
        events,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["sealed_at", "position", "previous", "digest"],
    )
    return len(events)


@transaction.atomic
def once(*, key: str, content: Mapping[str, object], by: Actor, at: datetime, write: Callable[[], Model]) -> str:
    """Call `write` unless this person has already sent this form with this content; return what it wrote.

    The result is the reference of the row that `write` returned, the first time or this time. When `write`
    refuses, the key is free again. A changed form under an old key is another form.
    """
    form = digest({"key": key, "by": by.username, "content": content})
    taken, is_new = IdempotencyKey.objects.get_or_create(key=form, defaults={"at": at})
    if is_new:
        taken.result = reference(write())
        taken.save(update_fields=["result"])
    return taken.result


def written_once(
    *, key: str | None, content: Mapping[str, object], by: Actor, at: datetime, model: type[Row], write: Callable[[], Row]
) -> Row:
    """The row that `write` wrote, this time or, for a form sent `once` before, then; without a key it is written in any case."""
    if key is None:
        with transaction.atomic():
            return write()
    result = once(key=key, content=content, by=by, at=at, write=write)
    return model._default_manager.get(pk=result.rpartition(":")[2])


def forget_keys(*, before: datetime) -> int:
    """Delete the keys of forms sent before a moment; return how many."""
    return IdempotencyKey.objects.filter(at__lt=before).delete()[0]
