"""The rows of a sheet held against the rules and the ledger; nothing is written."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256

from django.utils import timezone

from fanxing.lib.refusals import NotAllowed
from fanxing.lib.table_files import Rows
from fanxing.lib.typed_text import day_of
from fanxing.organisations.authority import Doer, authority_of
from fanxing.organisations.models import Unit
from fanxing.organisations.named import Candidate, Named, Places
from fanxing.programme.queries import kinds_for
from fanxing.records.actions.permits import KindUnknown, Listed, awaits, checked
from fanxing.records.identity import Key
from fanxing.records.ingest.cells import failure, values_of
from fanxing.records.ingest.doubles import InForce, in_force, key_of
from fanxing.records.ingest.matching import ABOVE, DAY, OF_ALL, UNIT, Match
from fanxing.records.references import References
from fanxing.records.validation import RecordError, Value, validate
from fanxing.scheme.model import RecordKind

ADVANCED_EVERY = 2_000
NO_DAY = "应为日期，如 2025-03-08"

# How far a check or an import has come: rows done.
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell and what would be right: `row` as the sheet counts them (from 0), `target` what the column says."""

    row: int
    target: str
    words: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that can be written: a record of a unit as the ledger keeps it, and what it would correct."""

    row: int
    unit: Unit
    day: date
    data: Mapping[str, Value]
    version: int
    awaits: bool
    corrects: InForce | None = None


@dataclass
class Checked:
    """What came of the rows: new records, corrections proposed, how many stand in the ledger already, and every fault."""

    new: list[Ready] = field(default_factory=list)
    corrections: list[Ready] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)

    @property
    def faulty(self) -> int:
        """How many rows are faulty."""
        return len({fault.row for fault in self.faults})

    @property
    def digest(self) -> str:
        """The same where the same would be written: what is confirmed is compared by it with what was shown."""
        total = sha256()
        for one in (*self.new, *self.corrections):
            total.update(f"{one.row} {one.unit.pk} {one.corrects.id if one.corrects else ''}\n".encode())
        total.update(json.dumps([(fault.row, fault.target) for fault in self.faults]).encode())
        return total.hexdigest()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it was read, before it is held against anything."""

    row: int
    place: Named
    day_text: str
    day: date | None
    kind: RecordKind
    texts: Mapping[str, str]
    values: Mapping[str, object]


def _unheard(_done: int) -> None:
    """Nobody waits to hear how far it has come."""


def check(*, rows: Rows, match: Match, kind: str, top: Unit, by: Doer, at: datetime, advance: Advance = _unheard) -> Checked:
    """Hold the rows below the head against the rules of their units, each other and the ledger.

    A row without a cell for the unit is about `top`. Faults come in the order of the rows.
    """
    return _Check(rows, match, kind, top, by, at, advance).run()


class _Check:
    def __init__(self, rows: Rows, match: Match, kind: str, top: Unit, by: Doer, at: datetime, advance: Advance) -> None:
        self.rows, self.match, self.kind_id, self.top, self.advance = rows, match, kind, top, advance
        self.today = timezone.localdate(at)
        self.authority = authority_of(by, on=self.today)
        self.columns = {target: index for index, target in enumerate(match.targets) if target and target not in OF_ALL}
        self.unit_column, self.above_column, self.day_column = map(match.column_of, (UNIT, ABOVE, DAY))
        self.places = Places({self._place(row) for row in self._body()} - {("", "")}, top) if self.unit_column is not None else None
        units = self.places.found.values() if self.places else [top]
        self.listed = Listed((unit.code for unit in units), self.today)
        self.permits: dict[Named, tuple[RecordKind, int, bool] | str] = {}
        self.definition = kinds_for(top, self.today).get(kind)
        self.partners = self._partners()
        self.is_figure = self.definition is not None and self.definition.nature == "figure"
        self.faults: list[Fault] = []

    def run(self) -> Checked:
        lines = list(self._lines())
        references = References((line.kind, line.values) for line in lines)
        ready = list(self._ready(lines, references))
        result = Checked(candidates=self.places.candidates if self.places else {})
        self._hold_against_ledger(ready, result)
        result.faults = sorted(self.faults, key=lambda fault: fault.row)
        return result

    def _partners(self) -> dict[str, str]:
        """The codes of the units that fields name, anywhere in the tree, where they are written by name."""
        fields = (field.id for field in self.definition.fields if field.type == "unit") if self.definition else ()
        columns = [self.columns[id] for id in fields if id in self.columns]
        texts = {row[column] for row in self._body() for column in columns if row[column]}
        if not texts:
            return {}
        root = Unit.objects.get(code=self.top.path.strip("/").split("/")[0])
        found = Places({("", text) for text in texts}, root).found
        return {text: unit.code for (_, text), unit in found.items()}

    def _values(self, kind: RecordKind, texts: Mapping[str, str]) -> dict[str, object]:
        values = values_of(kind, texts)
        if self.partners:
            values |= {id: self.partners.get(text, text) for id, text in texts.items() if (one := kind.field(id)) and one.type == "unit"}
        return values

    def _body(self) -> Iterator[Sequence[str]]:
        return iter(self.rows[self.match.head + 1 :])

    def _place(self, row: Sequence[str]) -> Named:
        above = row[self.above_column] if self.above_column is not None else ""
        return above, row[self.unit_column] if self.unit_column is not None else ""

    def _lines(self) -> Iterator[_Line]:
        """The rows that say anything, as far as their units are known and may be written for."""
        for number, row in enumerate(self._body(), start=self.match.head + 1):
            texts = {id: row[index] for id, index in self.columns.items() if row[index]}
            place, day = self._place(row), row[self.day_column] if self.day_column is not None else ""
            # A template comes with its units written in, and with the day where it is for figures: a row that says nothing else was left
            # empty, and what was not supplied is not nothing.
            if not texts and (not day or self.is_figure):
                continue
            permit = self._permit(place)
            if isinstance(permit, str):
                self.faults.append(Fault(number, UNIT, permit))
                self.faults += self._faults_of_cells(number, day, texts)
            else:
                yield _Line(number, place, day, day_of(day), permit[0], texts, self._values(permit[0], texts))

    def _faults_of_cells(self, number: int, day: str, texts: Mapping[str, str]) -> Iterator[Fault]:
        """What can be said of a row whose unit is unknown, so that all of it is put right at once."""
        if words := failure(day) or ("" if day_of(day) else NO_DAY):
            yield Fault(number, DAY, words)
        if self.definition is None:
            return
        wrong = {id: words for id, text in texts.items() if (words := failure(text))}
        try:
            validate(self.definition, self._values(self.definition, texts))
        except RecordError as error:
            wrong = {**error.faults, **wrong}
        yield from (Fault(number, target, words) for target, words in wrong.items())

    def _unit(self, place: Named) -> Unit:
        return self.places.found[place] if self.places else self.top

    def _permit(self, place: Named) -> tuple[RecordKind, int, bool] | str:
        """The kind of record in a unit, its version, and whether what is entered awaits confirmation; or why nothing may be."""
        if place not in self.permits:
            self.permits[place] = self._permitted(place)
        return self.permits[place]

    def _permitted(self, place: Named) -> tuple[RecordKind, int, bool] | str:
        if self.places and place not in self.places.found:
            return self.places.faults.get(place, "应写明单位的代码或名称")
        unit = self._unit(place)
        try:
            rules = self.listed.rules(unit)
            kind = rules.kind_to_add(self.kind_id, unit)
            rules.require_recorder(self.authority, "record.add", kind, unit)
        except (KindUnknown, NotAllowed) as refusal:
            return str(refusal) if self.places else f"{refusal}；要登记到下级单位，请在表里加“单位”一列，写代码或名称"
        return kind, rules.versions[self.kind_id], awaits(self.authority, kind, unit)

    def _ready(self, lines: Sequence[_Line], references: References) -> Iterator[Ready]:
        for done, line in enumerate(lines, start=1):
            if done % ADVANCED_EVERY == 0:
                self.advance(done)
            faults = {id: words for id, text in line.texts.items() if (words := failure(text))}
            if words := failure(line.day_text):
                faults[DAY] = words
            unit, permit = self._unit(line.place), self._permit(line.place)
            assert not isinstance(permit, str)
            try:
                day, data = checked(line.kind, unit, line.day, line.values, today=self.today, references=references)
            except RecordError as error:
                faults = {DAY if id == "occurred_on" else id: words for id, words in error.faults.items()} | faults
            self.faults += [Fault(line.row, target, words) for target, words in faults.items()]
            if not faults:
                yield Ready(line.row, unit, day, data, permit[1], permit[2])

    def _hold_against_ledger(self, ready: Sequence[Ready], result: Checked) -> None:
        kinds = {place: permit[0] for place, permit in self.permits.items() if not isinstance(permit, str)}
        kind = next(iter(kinds.values()), None)
        if kind is None:
            return
        ledger = in_force(kind, {one.unit.pk for one in ready}, {one.day for one in ready})
        first: dict[Key, Ready] = {}
        for one in ready:
            key = key_of(kind, one.unit.pk, one.day, one.data)
            if key in first:
                self.faults.append(_double(kind, one, first[key]))
            else:
                first[key] = one
                _place(ledger.get(key, ()), one, result)


def _place(standing: Sequence[InForce], one: Ready, result: Checked) -> None:
    """New, there already, or a correction of what the ledger has of it."""
    if not standing:
        result.new.append(one)
    elif any((there.day, there.data) == (one.day, one.data) for there in standing):
        result.same += 1
    else:
        result.corrections.append(replace(one, corrects=standing[-1]))


def _double(kind: RecordKind, one: Ready, first: Ready) -> Fault:
    words = "、".join(kind.called(id) for id in kind.identity)
    alike = f"{words}相同" if words and (one.day, one.data) != (first.day, first.data) else "各项都相同"
    target = next((id for id in kind.identity if kind.field(id)), DAY)
    return Fault(one.row, target, f"与第 {first.row + 1} 行是同一件事（{alike}）；只留一行，确是两件事的请写出不同")
