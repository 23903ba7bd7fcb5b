"""Reading the log."""

from collections.abc import Iterator, Mapping

from django.db.models import Model, QuerySet

from fanxing.audit.chain import Verdict, export_line, verify_links
from fanxing.audit.models import Event
from fanxing.audit.references import reference, row_digest


def sealed_events() -> QuerySet[Event]:
    """The events of the chain, in its order."""
    return Event.objects.filter(position__isnull=False).order_by("position")


def unsealed_count() -> int:
    """How many events still wait for their place in the chain."""
    return Event.objects.filter(position=None).count()


def verify(*, heads: Mapping[int, str] | None = None) -> Verdict:
    """Walk the chain in the database; `heads` as in `fanxing.audit.chain.verify_links`."""
    return verify_links((event.link() for event in sealed_events().iterator()), heads=heads)


def export_lines() -> Iterator[str]:
    """The chain as lines that `fanxing.audit.chain.verify_lines` reads without a database."""
    return (export_line(event.link()) for event in sealed_events().iterator())


def events_about(row: Model | str) -> QuerySet[Event]:
    """What was done to a row, oldest first."""
    return Event.objects.filter(subject=row if isinstance(row, str) else reference(row)).order_by("at", "id")


def rows_not_as_recorded(model: type[Model]) -> list[str]:
    """References of an append-only table's rows that are changed, gone, or were never recorded, sorted."""
    mark = f"{model._meta.label}:"
    recorded: dict[str, str] = {}
    for rows in Event.objects.exclude(rows={}).values_list("rows", flat=True).iterator():
        recorded.update({name: value for name, value in rows.items() if name.startswith(mark)})
    present = {reference(row): row_digest(row) for row in model._default_manager.iterator()}
    return sorted({name for name, _ in recorded.items() ^ present.items()})
