"""The burden meter: what a scheme asks of each kind of unit and of each body that supplies figures, and what every fact is used for.

Definitions, as every page and printout states them:

fact       one thing to be typed: a field of a record, and its day; photos and files are no facts, since none is ever asked for
form       a kind of record that the unit types; what another body holds is imported, and asked of that body instead
a year     the facts of one record × how often a unit records it in a year (`times`; once where nothing is said), all fields filled
asked twice fields whose fact stands elsewhere too: the same `concept`, or the same title and unit of measure where both are
           figures of the unit (how many came to one event says nothing of another); a part (其中…) only where its whole is the same
pre-filled  the facts a year that the form proposes (`prefill`), or that say what two others give (`share_of`)
uses       of a field: the criteria that read a fact counted from it; of the day: those of any fact counted from the kind
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fanxing.scheme.burden import EVIDENCE, Held, facts_a_record, held_already
from fanxing.scheme.expressions import names
from fanxing.scheme.model import Field, RecordKind, Scheme, Source, UnitKind, reads

DAY = "occurred_on"
# To find the figure, type it and look it over once: an assumption, and said to be one.
SECONDS_A_FACT = 40
# What a unit may be asked to type in a year, in facts: a rule of the product.
MOST_FACTS_A_YEAR = 120


@dataclass(frozen=True)
class FormBurden:
    """One kind of record as it weighs on one kind of unit, or on the body that holds it.

    times     how often a year; `said` whether the kind says so
    facts     typed in one record, its day among them; `a_year` in a year
    twice     the fields asked elsewhere too
    prefilled the fields that are proposed or reckoned
    uses      field, and the day, → the titles of the criteria that read it
    photos    how many fields take photos and files; none is required
    """

    kind: RecordKind
    times: float
    said: bool
    facts: int
    twice: tuple[Field, ...]
    prefilled: tuple[Field, ...]
    uses: Mapping[str, tuple[str, ...]]
    photos: int

    @property
    def a_year(self) -> float:
        return self.facts * self.times

    @property
    def prefilled_a_year(self) -> float:
        return len(self.prefilled) * self.times

    @property
    def criteria(self) -> tuple[str, ...]:
        """The titles of all criteria that read something of it."""
        return tuple(dict.fromkeys(title for titles in self.uses.values() for title in titles))

    @property
    def mean_uses(self) -> float:
        """The mean of the uses of its facts."""
        return sum(map(len, self.uses.values())) / len(self.uses)

    def title_of(self, id: str) -> str:
        """What a field, or the day, is called."""
        return (self.kind.day or "日期") if id == DAY else self.kind.called(id)

    @property
    def unused(self) -> tuple[Field, ...]:
        """The fields that no criterion reads."""
        return tuple(field for field in self.kind.fields if field.id in self.uses and not self.uses[field.id])


@dataclass(frozen=True)
class Burden:
    """All that one kind of unit types, or one body supplies for one unit of that kind; `body` is empty of the unit itself."""

    unit_kind: UnitKind
    body: str
    forms: tuple[FormBurden, ...]

    @cached_property
    def times_a_year(self) -> float:
        """How often something is recorded in a year."""
        return sum(form.times for form in self.forms)

    @cached_property
    def facts_a_year(self) -> float:
        return sum(form.a_year for form in self.forms)

    @cached_property
    def prefilled_a_year(self) -> float:
        return sum(form.prefilled_a_year for form in self.forms)

    @cached_property
    def asked_twice(self) -> int:
        """How many fields are asked elsewhere too."""
        return sum(len(form.twice) for form in self.forms)

    @cached_property
    def photos(self) -> int:
        return sum(form.photos for form in self.forms)

    @cached_property
    def mean_uses(self) -> float:
        """The mean of the uses of its facts, each fact once; 0 where there are none."""
        counts = [len(one) for form in self.forms for one in form.uses.values()]
        return sum(counts) / len(counts) if counts else 0.0


def burdens(scheme: Scheme, local: Mapping[str, RecordKind] | None = None) -> tuple[Burden, ...]:
    """What each rated kind of unit types itself, and what each body supplies for it: the unit first, then the bodies by name.

    `local` are kinds of record kept beside those of the scheme, such as a county's own.
    """
    records = {**scheme.records, **(local or {})}
    return tuple(burden for kind in scheme.kinds.values() for burden in _of_kind(kind, scheme, records))


def own_burden(scheme: Scheme, unit_kind: str, local: Mapping[str, RecordKind] | None = None) -> Burden:
    """What a unit of that kind types itself."""
    return next(one for one in burdens(scheme, local) if one.unit_kind.id == unit_kind and not one.body)


def _of_kind(kind: UnitKind, scheme: Scheme, records: Mapping[str, RecordKind]) -> Iterator[Burden]:
    kept = [record for record in records.values() if record.kept_in(kind.id)]
    reading = _Reading(kind, records)
    bodies = sorted({record.held_by for record in kept})
    for body in dict.fromkeys(("", *bodies)):
        forms = tuple(_form(record, scheme, records, reading) for record in kept if record.held_by == body)
        yield Burden(kind, body, forms)


def _form(record: RecordKind, scheme: Scheme, records: Mapping[str, RecordKind], reading: "_Reading") -> FormBurden:
    fields = [field for field in record.fields if field.type not in EVIDENCE]
    return FormBurden(
        kind=record,
        times=1.0 if record.times is None else record.times,
        said=record.times is not None,
        facts=facts_a_record(record),
        twice=tuple(one.field for one in held_already(record, scheme, records) if _is_twice(one, record)),
        prefilled=tuple(field for field in fields if field.prefill or field.share_of),
        uses={DAY: reading.of_kind(record.id), **{field.id: reading.of_field(record.id, field.id) for field in fields}},
        photos=len(record.fields) - len(fields),
    )


def _is_twice(held: Held, record: RecordKind) -> bool:
    figures = record.nature == "figure" and (held.kind is None or held.kind.nature == "figure")
    return (held.by_concept or figures) and not held.field.reuse and not held.other.reuse


class _Reading:
    """Which criteria of one kind of unit read what is counted from records."""

    def __init__(self, kind: UnitKind, records: Mapping[str, RecordKind]) -> None:
        criteria: dict[str, list[str]] = {}
        for node in kind.nodes.values():
            for id in reads(node):
                criteria.setdefault(id, []).append(node.title or node.id)
        self.titles: dict[tuple[str, str], list[str]] = {}
        for fact in kind.facts.values():
            for place in _looked_at(fact.source, records) if fact.source else ():
                self.titles.setdefault(place, []).extend(criteria.get(fact.id, ()))

    def of_kind(self, record: str) -> tuple[str, ...]:
        """The criteria that read any fact counted from a kind of record."""
        return tuple(dict.fromkeys(title for (kind, _), titles in self.titles.items() if kind == record for title in titles))

    def of_field(self, record: str, field: str) -> tuple[str, ...]:
        """The criteria that read a fact for which a field of the kind is looked at."""
        return tuple(dict.fromkeys(self.titles.get((record, field), ())))


def _looked_at(source: Source, records: Mapping[str, RecordKind]) -> Iterator[tuple[str, str]]:
    """(kind, field) that a fact reads; of what falls due under a kind, those that say when, and those of the records that answer it."""
    yield source.kind, source.field or DAY
    if source.where is not None:
        yield from ((source.kind, field) for field in names(source.where))
    kind = records[source.kind]
    if kind.expects and source.field in {field.id for field in kind.promised}:
        expects = kind.expects
        yield from ((kind.id, field) for field in (expects.sum, expects.due, expects.until, expects.while_) if field)
        yield from ((expects.record, field) for field in (expects.by, expects.counted) if field)


@dataclass(frozen=True)
class Change:
    """The burden of one kind of unit, or body, under two versions of the rules; None where one of them does not ask it."""

    before: Burden | None
    after: Burden | None

    @property
    def burden(self) -> Burden:
        """That of the new rules, or of the old where they ask nothing any more."""
        found = self.after or self.before
        assert found is not None  # one of them is there
        return found

    @property
    def moved(self) -> bool:
        """Whether anything the meter shows is different."""
        return _figures(self.before) != _figures(self.after)


def changes(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """The burdens under two versions, side by side, in the order of the new."""
    before = {(one.unit_kind.id, one.body): one for one in burdens(old) if one.forms}
    after = {(one.unit_kind.id, one.body): one for one in burdens(new) if one.forms}
    return tuple(Change(before.get(key), after.get(key)) for key in dict.fromkeys((*after, *before)))


def _figures(burden: Burden | None) -> tuple[float, ...] | None:
    if burden is None:
        return None
    counted = (len(burden.forms), burden.times_a_year, burden.facts_a_year, burden.asked_twice, burden.prefilled_a_year, burden.photos)
    return (*counted, round(burden.mean_uses, 2))
