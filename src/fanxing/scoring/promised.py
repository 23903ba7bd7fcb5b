"""What fell due under records and whether it was met in time, as columns that facts read like any other field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import polars as pl
from django.utils import timezone

from fanxing.records.dues import Answer, Due, dues
from fanxing.records.models import Record
from fanxing.scheme.model import PROMISED, Expects, Period, RecordKind

AT_ONCE = 10_000


def with_dues(part: pl.DataFrame, kind: RecordKind, all_: Mapping[str, pl.DataFrame], period: Period | None, as_of: date) -> pl.DataFrame:
    """The records of a kind that expects answers, with the sums of their dues of the period by how they were met; empty where none is due.

    `all_` holds the records that answer. What is not met counts only once its grace is over.
    """
    expects = kind.expects
    assert expects is not None  # only such kinds have these fields
    answers, firsts = _answers(all_.get(expects.record), expects, as_of), _firsts(part["record"].to_list())
    rows = []
    for row in part.iter_rows(named=True):
        reference, since = firsts[row["record"]]
        data = {id: value.isoformat() if isinstance(value, date) else value for id, value in row.items()}
        owed = dues(expects, data, answers.get(reference, []), since=since, today=as_of)
        rows.append(_summed([one for one in owed if one.due_on <= as_of and _within(one.due_on, period)], expects, as_of))
    return pl.concat([part, pl.DataFrame(rows, schema=dict.fromkeys(PROMISED, pl.Float64), orient="row")], how="horizontal")


def _within(day: date, period: Period | None) -> bool:
    return period is None or period.start <= day <= period.end


def _summed(some: Iterable[Due], expects: Expects, as_of: date) -> tuple[float | None, ...]:
    """(fell due, met in time, met late, overdue) of some dues; nothing at all where there are none."""
    in_time = late = overdue = 0.0
    for due in some:
        if due.met_on:
            in_time, late = (in_time, late + due.sum) if due.was_late else (in_time + due.sum, late)
        elif as_of > due.due_on + timedelta(days=expects.grace):
            overdue += due.sum
    whole = in_time + late + overdue
    return (whole, in_time, late, overdue) if whole else (None, None, None, None)


def _answers(frame: pl.DataFrame | None, expects: Expects, as_of: date) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = defaultdict(list)
    if frame is None:
        return found
    amounts = frame[expects.counted].to_list() if expects.counted else [1.0] * len(frame)
    for named, on, amount in zip(frame[expects.by].to_list(), frame["occurred_on"].to_list(), amounts, strict=True):
        if named and amount is not None and on <= as_of:
            found[named].append(Answer(on, amount))
    return found


def _firsts(ids: Sequence[int]) -> dict[int, tuple[str, date]]:
    """Record → the reference of its first version, and the first day of the year in which that came into the ledger."""
    found, waiting = {}, {id: id for id in ids}
    while waiting:
        following: dict[int, int] = {}
        for id, before, code, position, at in _read(list(waiting)):
            if before:
                following[before] = waiting[id]
            else:
                found[waiting[id]] = f"{code}-{position}", date(timezone.localdate(at).year, 1, 1)
        waiting = following
    return found


def _read(ids: Sequence[int]) -> Iterable[tuple[int, int | None, str, int, datetime]]:
    for start in range(0, len(ids), AT_ONCE):
        rows = Record.objects.filter(pk__in=ids[start : start + AT_ONCE])
        yield from rows.values_list("pk", "supersedes_id", "unit__code", "position", "recorded_at")
