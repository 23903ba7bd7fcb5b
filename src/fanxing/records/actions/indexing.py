"""What records are found by, made anew from what they say."""

from collections.abc import Iterator
from itertools import islice

from django.db import transaction

from fanxing.programme.models import KindVersion
from fanxing.records.actions.ledger import write_texts
from fanxing.records.models import Record, RecordText
from fanxing.records.texts import fields_sought, tokens_of

ROWS_AT_ONCE = 5_000


def index_records() -> int:
    """Write the tokens of every record anew, all or none; return how many records have any. Nothing else of the ledger is touched."""
    written = 0
    with transaction.atomic():
        RecordText.objects.all().delete()
        found = _found()
        while some := list(islice(found, ROWS_AT_ONCE)):
            write_texts(some)
            written += len(some)
    return written


def _found() -> Iterator[tuple[int, str]]:
    for version in KindVersion.objects.order_by("pk"):
        kind = version.record_kind
        if fields_sought(kind):
            said = Record.objects.filter(kind_version=version).values_list("pk", "data")
            each = ((pk, tokens_of(kind, data)) for pk, data in said.iterator(chunk_size=ROWS_AT_ONCE))
            yield from (one for one in each if one[1])
