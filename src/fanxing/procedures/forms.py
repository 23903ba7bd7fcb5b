"""What the form of a step says: checked by the same schema as a record of the ledger, personal values apart."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from fanxing.organisations.models import Unit
from fanxing.records.actions.permits import day_fault
from fanxing.records.references import References
from fanxing.records.validation import RecordError, Value, validate
from fanxing.scheme.model import Field, Procedure, RecordKind

BESIDE = ("photo", "file")


@dataclass(frozen=True)
class Said:
    """What a form says: values that stand in the matter, and personal ones, which stand apart."""

    data: dict[str, Value]
    personal: dict[str, str]


NOTHING_SAID = Said({}, {})


def asked_for(procedure: Procedure, ids: Iterable[str]) -> RecordKind:
    """The form that asks for some fields of a procedure, as a kind of record says what it asks."""
    fields = tuple(field for id in ids if (field := procedure.field(id)) is not None)
    return RecordKind(id=procedure.id, title=procedure.title, fields=fields, nature="activity")


def read_form(procedure: Procedure, ids: Iterable[str], unit: Unit, sent: Mapping[str, object], today: date) -> Said:
    """The values of a form that asks for these fields; photos and files are taken beside it. A day under which the ledger is to write
    something has come by then: nobody could put it right at the end; one for which something is taken that can be had once is not over.

    Raises RecordError with the fault of every field, personal ones included.
    """
    form = asked_for(procedure, ids)
    faults: dict[str, str] = {}
    said: dict[str, dict[str, Value]] = {}
    # To the schema a personal value is an ordinary text: that it stands apart is the business of the matter.
    apart = [replace(one, personal=False) for one in form.fields if one.personal]
    parts = {"plain": [one for one in form.fields if not one.personal], "apart": apart}
    for part, fields in parts.items():
        kind = replace(form, fields=tuple(one for one in fields if one.type not in BESIDE))
        try:
            said[part] = validate(kind, _only(kind.fields, sent))
        except RecordError as error:
            faults |= error.faults
        else:
            faults |= References([(kind, said[part])]).faults(kind, unit, said[part])
    faults |= _days_to_come(procedure, said, unit, today) | _days_gone(procedure, said, today)
    faults |= {id: f"这一步没有“{id}”这一项" for id in sent if form.field(id) is None}
    if faults:
        raise RecordError(form, faults)
    return Said(said["plain"], {id: str(value) for id, value in said["apart"].items()})


def _days_to_come(procedure: Procedure, said: Mapping[str, Mapping[str, Value]], unit: Unit, today: date) -> dict[str, str]:
    days = {one.day for state in procedure.states.values() for one in state.records}
    return {id: fault for id, day in _dated(said, days).items() if (fault := day_fault(unit, day, today))}


def _days_gone(procedure: Procedure, said: Mapping[str, Mapping[str, Value]], today: date) -> dict[str, str]:
    """What can be had once is not taken for a day that is over."""
    days = {id for id in procedure.clash if (field := procedure.field(id)) is not None and field.type == "date"}
    return {id: "这一天已经过去，请另选一天" for id, day in _dated(said, days).items() if day < today}


def _dated(said: Mapping[str, Mapping[str, Value]], days: Collection[str]) -> dict[str, date]:
    return {id: date.fromisoformat(str(value)) for id, value in said.get("plain", {}).items() if id in days}


def _only(fields: Iterable[Field], sent: Mapping[str, object]) -> dict[str, object]:
    return {field.id: sent[field.id] for field in fields if field.id in sent}
