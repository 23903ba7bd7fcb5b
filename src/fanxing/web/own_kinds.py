"""A draft of a unit's own kind of record as its page shows it: fields to be edited, what is wrong, what it asks, what is known already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Min

from fanxing.lib import clock
from fanxing.organisations.models import Unit
from fanxing.organisations.permissions import PERMISSION_SETS
from fanxing.programme.kind_drafting import faults_of, vocabulary
from fanxing.programme.models import KindDraft
from fanxing.programme.queries import kinds_for, programme_for, scheme_of
from fanxing.records.models import Record
from fanxing.scheme import Scheme
from fanxing.scheme.burden import Held, facts_a_record, facts_a_year, held_already
from fanxing.scheme.kind_checks import KindFault, wrong_with
from fanxing.scheme.meter import MOST_FACTS_A_YEAR
from fanxing.scheme.model import PARTS_OF_THE_DATE, Field, RecordKind
from fanxing.scheme.xlsform import Note, Vocabulary, field_texts, kind_texts
from fanxing.scheme.xlsform.words import FIELD_COLUMNS, TYPES
from fanxing.web.entries import Control, controls

NEW = "-"
FIELD_KEYS = (
    "title",
    "type",
    "unit",
    "required",
    "required_if",
    "choices",
    "note",
    "least",
    "most",
    "every",
    "links",
    "personal",
    "prefill",
    "concept",
    "reuse",
    "words",
)
# What is read of a field where it is not edited.
SHOWN = ("choices", "note", "least", "most", "required_if", "words", "concept", "reuse")
WHOLE_TEXTS = ("title", "note", "group", "day", "nature", "held_by", "times", "late_after", "retention", "words", "basis")
# Chosen among several, by ids.
WHOLE_LISTS = ("kinds", "recorded_by", "confirmed_by", "identity", "columns")


@dataclass(frozen=True)
class FieldRow:
    """A field to be edited: its texts by key, what is noted and what is wrong with it; `new` an empty one, to be
    added; `added` since the version that the draft grows from."""

    id: str
    title: str
    summary: str
    texts: Mapping[str, str]
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    faults: tuple[KindFault, ...] = ()
    open: bool = False
    added: bool = False

    @property
    def said(self) -> list[tuple[str, str]]:
        """(column, text) of what it says beside its title."""
        return [(FIELD_COLUMNS[key], self.texts[key]) for key in SHOWN if self.texts.get(key)]

    @property
    def new(self) -> bool:
        """Whether it is none yet."""
        return self.id == NEW


@dataclass(frozen=True)
class Known:
    """A field whose fact is written down elsewhere: where, and since when the ledger below the unit has it."""

    held: Held
    since: date | None

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return f"“{self.held.kind.title}”的“{self.held.other.title}”" if self.held.kind else f"有关部门按表提供的“{self.held.other.title}”"

    @property
    def source(self) -> str:
        """What a form would propose it from; empty where that is not the same sort of figure."""
        held = self.held
        alike = held.kind is not None and (held.field.type, held.field.unit) == (held.other.type, held.other.unit)
        return f"{held.kind.id}.{held.other.id}" if held.kind and alike else ""


@dataclass(frozen=True)
class Weight:
    """What a unit of a kind types in a year, in facts: with all kinds so far, and more with this one."""

    title: str
    before: float
    more: float

    @property
    def after(self) -> float:
        """With this one."""
        return self.before + self.more

    @property
    def is_too_much(self) -> bool:
        """Whether it takes the unit above what one may be asked for."""
        return self.more > 0 and self.after > MOST_FACTS_A_YEAR


@dataclass
class KindPage:
    """A draft laid open; `sent` are texts that were sent and not saved, of the field `sent_field` (empty: of the kind as a whole)."""

    draft: KindDraft
    sent: Mapping[str, str] = field(default_factory=dict)
    sent_field: str | None = None
    sent_faults: tuple[str, ...] = ()

    @cached_property
    def kind(self) -> RecordKind:
        """The kind as it is saved."""
        return self.draft.record_kind

    @cached_property
    def before(self) -> RecordKind | None:
        """The version that the draft grows from."""
        return self.draft.base.record_kind if self.draft.base else None

    @cached_property
    def scheme(self) -> Scheme | None:
        """The programme beside which the kind would be kept."""
        publication = programme_for(self.draft.unit)
        return scheme_of(publication) if publication else None

    @cached_property
    def beside(self) -> Mapping[str, RecordKind]:
        """The other kinds of record kept there."""
        return {id: one for id, one in kinds_for(self.draft.unit).items() if id != self.kind.id}

    @cached_property
    def words(self) -> Vocabulary:
        """What the kind may name."""
        return vocabulary(self.draft.unit, self.scheme) if self.scheme else Vocabulary()

    def writers(self, key: str) -> list[tuple[str, str]]:
        """The posts that may be chosen to enter or to confirm: those that work in the ledger, at the kinds of unit that keep the kind or
        above them, and those that are chosen already."""
        posts, rated = (self.scheme.posts, self.scheme.kinds) if self.scheme else ({}, {})
        kept = {id for id in rated if self.kind.kept_in(id)}
        chosen = self.chosen(key)
        fitting = {
            id
            for id, post in posts.items()
            if "record.add" in PERMISSION_SETS[post.permissions] and (not post.kinds or {*post.kinds} - {*rated} or {*post.kinds} & kept)
        }
        return [(id, title) for id, title in self.words.posts.items() if id in fitting or id in chosen]

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What the workbook says that nobody has settled."""
        return tuple(Note(**one) for one in self.draft.notes)

    @cached_property
    def wrong(self) -> tuple[KindFault, ...]:
        """What is wrong with the kind as it is saved."""
        return wrong_with(self.kind, self.scheme, self.beside) if self.scheme else ()

    @cached_property
    def faults(self) -> list[str]:
        """All that stands in the way of submitting it."""
        return faults_of(self.draft, clock.now())

    @property
    def loose(self) -> list[tuple[int, Note]]:
        """The notes that belong to no field that is still there, with their places in the list."""
        ids = {one.id for one in self.kind.fields}
        return [(number, one) for number, one in enumerate(self.notes) if one.field not in ids]

    @property
    def whole_faults(self) -> list[KindFault]:
        """What is wrong with the kind as a whole."""
        return [one for one in self.wrong if not one.field]

    def whole(self) -> Mapping[str, str]:
        """What the kind says as a whole, as texts."""
        texts = kind_texts(self.kind, self.words)
        return {**texts, **self.sent} if self.sent_field == "" else texts

    def chosen(self, key: str) -> tuple[str, ...]:
        """The ids chosen for a list."""
        if self.sent_field == "" and key in self.sent:
            return tuple(self.sent[key].split("、"))
        found: tuple[str, ...] = getattr(self.kind, key)
        return found

    def columns(self) -> list[tuple[str, str]]:
        """The fields that a list may show."""
        return [(one.id, one.title) for one in self.kind.fields if not one.personal]

    def identities(self) -> list[tuple[str, str]]:
        """What may make two records the same."""
        return [*PARTS_OF_THE_DATE.items(), *self.columns()]

    def rows(self) -> list[FieldRow]:
        """The fields in their order."""
        return [self._row(one) for one in self.kind.fields]

    def new_row(self) -> FieldRow:
        """An empty field."""
        sent = self.sent if self.sent_field == NEW else {}
        texts = {**dict.fromkeys(FIELD_KEYS, ""), "type": "text", **sent}
        return FieldRow(NEW, "加一项", "", texts, notes=self.sent_faults if sent else (), open=bool(sent))

    def _row(self, one: Field) -> FieldRow:
        texts = {**field_texts(one, self.kind), "type": one.type, "every": one.every}
        wrong = self.sent_faults if self.sent_field == one.id else ()
        notes = (*wrong, *(note.words for note in self.notes if note.field == one.id and note.blocks))
        faults = tuple(fault for fault in self.wrong if fault.field == one.id)
        return FieldRow(
            one.id,
            one.title or "（没有名称）",
            _summary(one),
            {**texts, **self.sent} if self.sent_field == one.id else texts,
            notes,
            tuple(note.words for note in self.notes if note.field == one.id and not note.blocks),
            faults,
            open=bool(notes or faults),
            added=self.before is not None and self.before.field(one.id) is None,
        )

    # ---- what it asks

    def form(self) -> list[Control]:
        """The form as it will look."""
        return controls(self.kind, {}, {})

    def unshown(self) -> list[str]:
        """The fields for which the form of today has no control, with their types."""
        shown = {one.name for one in self.form()}
        return [f"{one.title}（{TYPES[one.type]}）" for one in self.kind.fields if one.id not in shown]

    def facts(self) -> int:
        """The facts that one record asks for."""
        return facts_a_record(self.kind)

    def weights(self) -> list[Weight]:
        """What it adds to the year of each kind of unit that would keep it."""
        scheme = self.scheme
        titles = {id: one.title for id, one in scheme.kinds.items()} if scheme else {}
        mine = [(id, title) for id, title in titles.items() if self.kind.kept_in(id)]
        return [
            Weight(title, sum(facts_a_year(one, id) for one in self.beside.values()), facts_a_year(self.kind, id)) for id, title in mine
        ]

    @cached_property
    def known(self) -> list[Known]:
        """The fields that say what is known already."""
        found = held_already(self.kind, self.scheme, self.beside) if self.scheme else ()
        since = first_days(self.draft.unit, [one.kind.id for one in found if one.kind])
        return [Known(one, since.get(one.kind.id) if one.kind else None) for one in found]


def first_days(unit: Unit, kinds: list[str]) -> dict[str, date]:
    """Kind → the day of its first record that counts in the unit and below it."""
    if not kinds:
        return {}
    records = Record.objects.counting().filter(kind__in=kinds, unit__path__startswith=unit.path)
    return dict(records.order_by().values_list("kind").annotate(Min("occurred_on")))


def _summary(one: Field) -> str:
    """What a field is, in a few words."""
    sort = TYPES[one.type] + (f"（{one.unit}）" if one.unit else "")
    choices = "、".join(word for _, word in one.choices)
    needed = "必填" if one.required else "按条件必填" if one.required_if else "选填"
    return " · ".join(part for part in (sort, choices[:60], needed, "个人信息" if one.personal else "") if part)
