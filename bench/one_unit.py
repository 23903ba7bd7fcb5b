"""One village from its records: what a page does when somebody has entered a record."""

import random
from datetime import date, timedelta
from typing import Any

import polars as pl

from fanxing.rating import Explanation, explain, rate
from fanxing.rating.measures import facts_from_records
from fanxing.scheme import Scheme, load
from fanxing.scheme.expressions import Type
from fanxing.scheme.model import FIELD_TYPES, Field, RecordKind

RECORDS = 400
KIND = "village"
POLARS_TYPES = {Type.NUMBER: pl.Float64, Type.TRUTH: pl.Boolean, Type.TEXT: pl.String, Type.DATE: pl.Date}


def scheme() -> Scheme:
    return load("five-star")


def records(of: Scheme) -> dict[str, pl.DataFrame]:
    """Records of one village, drawn from a fixed seed, evenly over the kinds of record and the period."""
    drawn = random.Random(1)
    assert of.period is not None
    days = (of.period.end - of.period.start).days
    each = RECORDS // len(of.records) + 1
    found, number = {}, 0
    for kind in of.records.values():
        rows = []
        for _ in range(each):
            number += 1
            day = of.period.start + timedelta(days=drawn.randint(0, days))
            rows.append(["v", number, day, *(_value(field, day, drawn) for field in kind.fields)])
        found[kind.id] = pl.DataFrame(sorted(rows, key=lambda row: row[2]), schema=_columns(kind), orient="row")
    return found


def explained(of: Scheme, given: dict[str, pl.DataFrame]) -> Explanation:
    """From records to the explanation of every star."""
    assert of.period is not None
    facts = facts_from_records(of, [("v", KIND)], given, of.period.end)
    return explain(rate(of, facts, of.period.end), "v")


def _columns(kind: RecordKind) -> dict[str, Any]:
    fields = {field.id: POLARS_TYPES[FIELD_TYPES[field.type]] for field in kind.fields}
    return {"unit": pl.String, "record": pl.Int64, "occurred_on": pl.Date, **fields}


def _value(field: Field, day: date, drawn: random.Random) -> Any:
    if field.choices:
        return drawn.choice(field.choices)[0]
    match FIELD_TYPES[field.type]:
        case Type.NUMBER:
            low, high = field.least or 0, field.most or (1 if field.type == "share" else 100)
            return float(round(drawn.uniform(low, high), 2 if field.type in ("share", "money", "number") else None))
        case Type.TRUTH:
            return drawn.random() < 0.5
        case Type.DATE:
            return day
    return "text"
