"""How rows get into the ledger; see `LedgerHead` for why writers of one unit take turns."""

from collections.abc import Iterable, Sequence

from fanxing.records.models import LedgerHead, Record

LOCKED_AT_ONCE = 1_000
INSERTED_AT_ONCE = 2_000


def lock_heads(unit_ids: Iterable[int]) -> dict[int, int]:
    """Wait for other writers of these units and hold further ones off until the transaction ends; the positions reached."""
    # Everyone locks in the order of the ids, so that nobody waits in a circle.
    ids = sorted(set(unit_ids))
    heads: dict[int, int] = {}
    for start in range(0, len(ids), LOCKED_AT_ONCE):
        some = ids[start : start + LOCKED_AT_ONCE]
        LedgerHead.objects.bulk_create((LedgerHead(unit_id=id) for id in some), ignore_conflicts=True)
        locked = LedgerHead.objects.select_for_update().filter(unit__in=some).order_by("unit")
        heads.update(locked.values_list("unit", "position"))
    return heads


def append(records: Sequence[Record], heads: dict[int, int]) -> None:
    """Write the records in the order given, after the positions that `lock_heads` gave, which move on."""
    for record in records:
        heads[record.unit_id] += 1
        record.position = heads[record.unit_id]
    LedgerHead.objects.bulk_create(
        (LedgerHead(unit_id=unit_id, position=position) for unit_id, position in heads.items()),
        batch_size=LOCKED_AT_ONCE,
        update_conflicts=True,
        unique_fields=["unit"],
        update_fields=["position"],
    )
    Record.objects.bulk_create(records, batch_size=INSERTED_AT_ONCE)
