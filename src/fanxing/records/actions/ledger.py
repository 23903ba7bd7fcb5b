"""How rows get into the ledger; see `LedgerHead` for why writers of one unit take turns."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from fanxing.records.models import LedgerHead, Record, RecordText
from fanxing.records.texts import tokens_of
from fanxing.scheme.model import RecordKind

LOCKED_AT_ONCE = 1_000
TABLE = Record._meta.db_table
TEXTS = RecordText._meta.db_table
FIELDS = [field for field in Record._meta.concrete_fields if not field.primary_key]
UNIT, POSITION = ([field.name for field in FIELDS].index(name) for name in ("unit", "position"))


def lock_heads(unit_ids: Iterable[int]) -> dict[int, int]:
    """Wait for other writers of these units and hold further ones off until the transaction ends; the positions reached."""
    # Everyone locks in the order of the ids, so that nobody waits in a circle.
    ids = sorted(set(unit_ids))
    heads: dict[int, int] = {}
    for start in range(0, len(ids), LOCKED_AT_ONCE):
        some = ids[start : start + LOCKED_AT_ONCE]
        LedgerHead.objects.bulk_create((LedgerHead(unit_id=id) for id in some), ignore_conflicts=True)
        locked = LedgerHead.objects.select_for_update().filter(unit__in=some).order_by("unit_id")
        heads.update(locked.values_list("unit", "position"))
    return heads


def append(record: Record, kind: RecordKind, heads: dict[int, int]) -> None:
    """Write a record of a kind after the position that `lock_heads` gave, which moves on, with what it is found by."""
    heads[record.unit_id] += 1
    record.position = heads[record.unit_id]
    move_heads(heads)
    record.save(force_insert=True)
    if tokens := tokens_of(kind, record.data):
        RecordText.objects.create(record=record, search_text=tokens)


def as_row(record: Record) -> list[Any]:
    """The columns of a record as `append_rows` takes them, made before the transaction begins."""
    return [field.get_db_prep_save(field.value_from_object(record), connection) for field in FIELDS]


def append_rows(rows: Sequence[list[Any]], texts: Sequence[str], heads: dict[int, int]) -> None:
    """Write many records, given by `as_row`, in their order, each with the tokens it is found by (see `records.texts`).
    `bulk_create` would hold the lock ten times as long."""
    ids = new_ids(len(rows))
    for row in rows:
        unit_id = row[UNIT]
        heads[unit_id] += 1
        row[POSITION] = heads[unit_id]
    move_heads(heads)
    write_rows(["id", *(field.column for field in FIELDS)], [[id, *row] for id, row in zip(ids, rows, strict=True)])
    write_texts(zip(ids, texts, strict=True))


def new_ids(count: int) -> range | list[int]:
    """Ids for rows to come, so that one can name another before either is written; only after `lock_heads`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [TABLE, count])
            return [id for (id,) in cursor.fetchall()]
        # Who locked the heads is the only one that writes.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [TABLE])
        last: int = cursor.fetchone()[0]
        return range(last + 1, last + count + 1)


def write_texts(texts: Iterable[tuple[int, str]]) -> None:
    """Write by which tokens records are found, by their ids; those without any are left out."""
    write_rows(["record_id", "search_text"], [one for one in texts if one[1]], table=TEXTS)


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], table: str = TABLE) -> None:
    """Insert rows by the fastest way that the database has."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608  # names of our own


def move_heads(heads: dict[int, int]) -> None:
    """Say how far the ledgers reach now."""
    LedgerHead.objects.bulk_create(
        (LedgerHead(unit_id=unit_id, position=position) for unit_id, position in heads.items()),
        batch_size=LOCKED_AT_ONCE,
        update_conflicts=True,
        unique_fields=["unit"],
        update_fields=["position"],
    )
