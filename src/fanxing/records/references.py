"""What records name: units by their codes, and earlier records of the same unit by theirs."""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from django.db.models import Q

from fanxing.organisations.models import Unit
from fanxing.records.models import Record
from fanxing.scheme.model import Field, RecordKind

AT_ONCE = 500


def record_named(reference: str) -> Record | None:
    """The record that `Record.reference` names, with its unit; None where there is none."""
    code, _, position = reference.rpartition("-")
    if not code or not position.isdecimal():
        return None
    return Record.objects.select_related("unit").filter(unit__code=code, position=int(position)).first()


class References:
    """The units and records that some records name, read together."""

    def __init__(self, said: Iterable[tuple[RecordKind, Mapping[str, object]]]) -> None:
        codes, references = set[str](), set[str]()
        for kind, data in said:
            for field, value in _naming(kind, data):
                (codes if field.type == "unit" else references).add(value)
        self.units = Unit.objects.in_bulk(codes, field_name="code") if codes else {}
        self.records = _records(references)

    def faults(self, kind: RecordKind, unit: Unit, data: Mapping[str, object]) -> dict[str, str]:
        """What is wrong with what a record of the unit names, by field."""
        found = {field.id: self._fault(field, value, unit) for field, value in _naming(kind, data)}
        return {id: fault for id, fault in found.items() if fault}

    def _fault(self, field: Field, value: str, unit: Unit) -> str:
        if field.type == "unit":
            named = self.units.get(value)
            if named is None:
                return f"没有代码为“{value}”的单位"
            return "" if not field.unit_kinds or named.kind in field.unit_kinds else f"{named.name}不是这里可选的单位类型"
        record = self.records.get(value)
        if record is None or record.unit_id != unit.pk or record.kind != field.links or record.act != Record.Act.ENTRY:
            return f"{unit.name}没有编号为“{value}”的这类记录，请从列表中选择"
        return ""


def _naming(kind: RecordKind, data: Mapping[str, object]) -> Iterator[tuple[Field, str]]:
    for field in kind.fields:
        if field.type in ("unit", "record") and isinstance(value := data.get(field.id), str) and value:
            yield field, value


def _records(references: Iterable[str]) -> dict[str, Record]:
    """The records of some references that can be read as such."""
    asked = {(code, int(position)) for code, _, position in (one.rpartition("-") for one in references) if code and position.isdecimal()}
    found: dict[str, Record] = {}
    waiting = sorted(asked)
    for start in range(0, len(waiting), AT_ONCE):
        wanted = reduce(Q.__or__, (Q(unit__code=code, position=position) for code, position in waiting[start : start + AT_ONCE]))
        some = Record.objects.filter(wanted).select_related("unit").only("unit__code", "position", "kind", "act")
        found |= {record.reference: record for record in some}
    return found
