"""From rows of the ledger to the facts of the rules: the only bridge between the two."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from fanxing.organisations.models import Unit, UnitSuccession
from fanxing.rating import Facts
from fanxing.rating.measures import facts_from_records
from fanxing.records.models import Record, RecordQuerySet
from fanxing.scheme.expressions import Type, names
from fanxing.scheme.model import FIELD_TYPES, RecordKind, Scheme, Source
from fanxing.scoring.promised import with_dues

POLARS_TYPES = {Type.NUMBER: pl.Float64, Type.TRUTH: pl.Boolean, Type.TEXT: pl.String, Type.DATE: pl.String}
ROW_SCHEMA = {"unit": pl.String, "record": pl.Int64, "kind": pl.String, "occurred_on": pl.String, "data": pl.String}
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Counted:
    """Some units, and those merged into them, however long ago: `former` maps the code of one to that of the unit it counts for."""

    units: Sequence[Unit]
    former: Mapping[str, str]
    merged: Sequence[Unit]

    def all(self) -> list[Unit]:
        return [*self.units, *self.merged]

    def by_unit(self) -> dict[str, list[int]]:
        """Code of a unit → the ids of all units whose records count for it."""
        found = {unit.code: [unit.pk] for unit in self.units}
        for unit in self.merged:
            found[self.former[unit.code]].append(unit.pk)
        return found


def counted(units: Sequence[Unit]) -> Counted:
    """Whose records count for some units."""
    former = _predecessors(units)
    return Counted(units, former, list(Unit.objects.filter(code__in=former)) if former else [])


def facts_of_units(scheme: Scheme, units: Counted, records: RecordQuerySet, as_of: date, supposed: Sequence[Record] = ()) -> Facts:
    """The facts of some units from the records given, and from some that are only supposed (see `frames`)."""
    asked = [(unit.code, unit.kind) for unit in units.units]
    return facts_from_records(scheme, asked, frames(scheme, records, as_of, supposed), as_of, units.former)


def _predecessors(units: Iterable[Unit]) -> dict[str, str]:
    found: dict[str, str] = {}
    fresh = {unit.code: unit.code for unit in units}
    while fresh:
        carried = UnitSuccession.objects.filter(successor__code__in=fresh, carries_records=True)
        pairs = carried.values_list("predecessor__code", "successor__code")
        fresh = {former: fresh[code] for former, code in pairs if former not in found}
        found |= fresh
    return found


def frames(scheme: Scheme, records: RecordQuerySet, as_of: date, supposed: Sequence[Record] = ()) -> dict[str, pl.DataFrame]:
    """The records by kind, in the order of the ledger, with the fields that some rule reads; what falls due under a kind is told by the
    records that answer it, so that these must be among them (`kinds_behind`).

    `supposed` are records that nobody has written yet, of kinds that expect nothing; they stand last.
    """
    fields = fields_read(scheme)
    table = pl.concat([_table(records.filter(kind__in=fields)), _unwritten(one for one in supposed if one.kind in fields)])
    found = {
        str(kind): _with_fields(part, scheme.records[str(kind)], fields[str(kind)] - _promised(scheme.records[str(kind)]))
        for (kind,), part in table.group_by("kind", maintain_order=True)
    }
    promising = [id for id in found if fields[id] & _promised(scheme.records[id])]
    return found | {id: with_dues(found[id], scheme.records[id], found, scheme.period, as_of) for id in promising}


def kinds_behind(scheme: Scheme, kinds: Iterable[str]) -> set[str]:
    """Some kinds of record, and those whose records answer them."""
    wanted = set(kinds)
    return wanted | {expects.record for id in wanted if id in scheme.records and (expects := scheme.records[id].expects)}


def _table(records: RecordQuerySet) -> pl.DataFrame:
    """The columns of records that are read, in the order of the ledger."""
    texts = Cast("occurred_on", TextField()), Cast("data", TextField())
    rows = records.order_by("unit_id", "position").values_list("unit__code", "pk", "kind", *texts)
    parts = [pl.DataFrame(schema=ROW_SCHEMA)]
    try:
        statement = rows.query.sql_with_params()
    except EmptyResultSet:  # no units, or no kinds, were asked for
        return parts[0].with_columns(pl.col("occurred_on").cast(pl.Date))
    # Past Django's own reading of rows, which would make a date of every text: that takes twice as long for a city.
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        while some := cursor.fetchmany(ROWS_AT_ONCE):
            parts.append(pl.DataFrame(some, schema=ROW_SCHEMA, orient="row"))
    return pl.concat(parts).with_columns(pl.col("occurred_on").str.to_date("%Y-%m-%d"))


def _unwritten(records: Iterable[Record]) -> pl.DataFrame:
    rows = [(one.unit.code, 0, one.kind, one.occurred_on, json.dumps(one.data)) for one in records]
    return pl.DataFrame(rows, schema={**ROW_SCHEMA, "occurred_on": pl.Date}, orient="row")


def fields_read(scheme: Scheme) -> dict[str, set[str]]:
    """Kind of record → its fields that some fact reads; kinds that no fact reads are left out."""
    found: dict[str, set[str]] = {}
    for kind in scheme.kinds.values():
        for fact in kind.facts.values():
            if fact.source is not None:
                found.setdefault(fact.source.kind, set()).update(_fields_of(fact.source))
    for id, fields in list(found.items()):
        expects = scheme.records[id].expects
        if expects is not None and fields & _promised(scheme.records[id]):
            fields |= {expects.sum, expects.due, expects.until, expects.while_} - {""}
            found.setdefault(expects.record, set()).update({expects.by, expects.counted} - {""})
    return found


def _promised(kind: RecordKind) -> set[str]:
    """What its dues add to a kind; a field of such a name of a kind that promises nothing is its own."""
    return {field.id for field in kind.promised}


def _fields_of(source: Source) -> set[str]:
    read = {source.field} if source.field else set()
    if source.where is not None:
        read |= set(names(source.where))
    return read - {"occurred_on"}


def _with_fields(part: pl.DataFrame, kind: RecordKind, fields: Iterable[str]) -> pl.DataFrame:
    """The rows of one kind with `data` taken apart into the columns of some fields."""
    wanted = sorted(fields)
    kept = part.select("unit", "record", "occurred_on")
    if not wanted:
        return kept
    types = {field: FIELD_TYPES[one.type] for field in wanted if (one := kind.field(field))}
    shape = pl.Struct({field: POLARS_TYPES[type_] for field, type_ in types.items()})
    parsed = part["data"].str.json_decode(shape).struct.unnest()
    days = [pl.col(field).str.to_date("%Y-%m-%d") for field, type_ in types.items() if type_ is Type.DATE]
    return pl.concat([kept, parsed.with_columns(days)], how="horizontal")
