"""Matters as pages show them: a row of a list, and all that one page says of one matter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from fanxing.audit.actors import PUBLIC, SYSTEM
from fanxing.evidence.attaching import Sent
from fanxing.lib import clock
from fanxing.organisations.authority import Authority, Doer
from fanxing.organisations.models import Assignment, Unit, in_force
from fanxing.procedures.actions.asking import turn_of
from fanxing.procedures.actions.balloting import tally_of, why_not_voting
from fanxing.procedures.actions.conferring import bodies_of, size_of, verdicts_of
from fanxing.procedures.actions.outcomes import name_given, who_may_be_meant
from fanxing.procedures.actions.reading import may_read_personal
from fanxing.procedures.actions.stepping import is_offered, may_take, times_taken
from fanxing.procedures.deciding import Tally
from fanxing.procedures.forms import BESIDE, asked_for
from fanxing.procedures.measuring import measured, standing
from fanxing.procedures.models import Matter, MatterNotice, MatterPhoto, MatterQuerySet, MatterRecord, MatterStep, Verdict, Voter
from fanxing.procedures.pairing import partners, side_of
from fanxing.procedures.parties import has_opened, seats_of, takes_part, terms_in, unit_of
from fanxing.procedures.queries import alike, goes_on_as, joinable, notice_state, seeks_opinions, visible_matters
from fanxing.procedures.wording import field_words, personal_masked, said_in, title_of, unit_names
from fanxing.public_notices.models import Notice, Objection
from fanxing.records.models import Record
from fanxing.scheme.model import Ballot, Committee, Field, PairedSide, Procedure, PublicNotice, RecordKind, State, Step, Value
from fanxing.scheme.procedure_checking import ONE_PERSON
from fanxing.scoring.queries import Step as FactStep
from fanxing.web.entries import Control, controls, named_in
from fanxing.web.evidence import sent_files
from fanxing.web.ledger import line_now
from fanxing.web.whom import Question
from fanxing.workdays.queries import calendar

OPENED = "提出"
# What is written freely, without choosing from anything.
FREE = ("text", "long text", "place")
# So many matters are offered to be joined to.
OFFERED = 20
WHICH = "which"
NO_FAULTS: Mapping[str, str] = {}
APART = "不公开，另外存放，办结后到期清除"


@dataclass(frozen=True)
class Line:
    """A matter as a list shows it."""

    matter: Matter
    today: date

    @property
    def procedure(self) -> Procedure:
        return self.matter.procedure

    @property
    def state(self) -> State:
        return self.procedure.states[self.matter.state]

    @property
    def who(self) -> str:
        """Whose turn it is, in words."""
        return "、".join(self.procedure.parties[id].title for id in turn_of(self.state))

    @property
    def is_late(self) -> bool:
        return self.matter.is_late(self.today)

    @property
    def tone(self) -> str:
        """How the badge of the state is drawn."""
        if self.is_late:
            return "alarm"
        return "" if self.matter.ended_on else "blue"

    @property
    def due_words(self) -> str:
        """Until when, in words."""
        if self.matter.ended_on:
            return "已办结" + ("，曾超期" if self.matter.was_late else "")
        if self.matter.stopped_on:
            return "暂停计时"
        due = self.matter.due_on or self.matter.term_on
        if due is None:
            return ""
        days = (due - self.today).days
        return f"超期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天"


@dataclass(frozen=True)
class Photo:
    """A field of a form that takes photos, with what was wrong with those sent."""

    field: Field
    fault: str = ""


@dataclass(frozen=True)
class Way:
    """A step that somebody may take now: the form it asks for, with what was typed and what is wrong with it; `into` are the matters that
    it may be joined to, `which` whom it may appoint of those of the name, `told` is what the ledger says in the place of a field."""

    step: Step
    controls: list[Control]
    reason: str = ""
    photos: Sequence[Photo] = ()
    into: Sequence[Matter] = ()
    which: Question | None = None
    told: tuple[tuple[str, str], ...] = ()

    @property
    def is_form(self) -> bool:
        """Whether it asks for anything or has something to read, or is one button."""
        return bool(self.controls or self.photos or self.into or self.which or self.told) or self.step.reason


@dataclass(frozen=True)
class Taken:
    """A step of the history: what it is called, what its form said, and by whom."""

    row: MatterStep
    title: str
    to: str
    said: list[tuple[str, str]]
    shown: list[tuple[str, str]]
    photos: list[MatterPhoto]

    @property
    def is_by_public(self) -> bool:
        """Whether somebody without an account took it: whoever holds the code."""
        return self.row.taken_by == PUBLIC.username


@dataclass(frozen=True)
class Conference:
    """A committee as the page shows it; `mine` are the bodies (id, title) for which the reader has still to speak."""

    committee: Committee
    verdicts: list[Verdict]
    size: int
    mine: list[tuple[str, str]]
    silent: list[str]


@dataclass(frozen=True)
class Vote:
    """A vote as the page shows it while it goes on: how many took part, and no figures: between two looks they would tell a vote.

    `voters` is who may vote online, empty for nobody; `why_not` says why the reader may not."""

    ballot: Ballot
    tally: Tally
    voters: str
    why_not: str
    has_voted: bool
    may_count: bool


@dataclass(frozen=True)
class Posted:
    """A public notice as the page shows it: what was said against it, which may name people, only to those who answer."""

    notice: Notice
    objections: list[Objection]
    may_answer: bool
    seeks_opinions: bool

    @property
    def answered(self) -> int:
        """How many of them are answered."""
        return sum(one.answered_at is not None for one in self.objections)


@dataclass(frozen=True)
class Apart:
    """A personal value that a matter has: its field, what that is called, and as much of the value as may stand on the page."""

    field: str
    title: str
    masked: str


@dataclass(frozen=True)
class Dossier:
    """All that the page of a matter says, as far as one person may read it."""

    matter: Matter
    user: Doer
    authority: Authority
    at: datetime
    is_holder: bool = False

    @cached_property
    def procedure(self) -> Procedure:
        return self.matter.procedure

    @property
    def state(self) -> State:
        return self.procedure.states[self.matter.state]

    @property
    def today(self) -> date:
        return clock.today(self.at)

    @property
    def line(self) -> Line:
        return Line(self.matter, self.today)

    @cached_property
    def history(self) -> list[Taken]:
        """Every step so far, the first one first."""
        rows = list(self.matter.steps.select_related("assigned"))
        names = unit_names(self.procedure, [row.data for row in rows])
        return [self._taken(row, names) for row in rows]

    def _taken(self, row: MatterStep, names: Mapping[str, str]) -> Taken:
        step = self.procedure.step(row.source, row.verb)
        said = {field.id: (field.title, field_words(field, value, names)) for field, value in said_in(self.procedure, row.data)}
        target = self.procedure.states.get(row.target)
        return Taken(
            row,
            step.title if step else OPENED,
            target.title if target and row.target != row.source else "",
            list(said.values()),
            self._openly(said),
            [one for one in self.photos if one.number == row.number],
        )

    def _openly(self, said: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
        return [words for id, words in said.items() if id in self._open_fields]

    def _words(self, data: Mapping[str, Value]) -> list[tuple[str, str]]:
        names = unit_names(self.procedure, [data])
        return [(field.title, field_words(field, value, names)) for field, value in said_in(self.procedure, data)]

    @cached_property
    def photos(self) -> list[MatterPhoto]:
        """The photos that came with its steps and are not erased."""
        return list(self.matter.photos.exclude(state=MatterPhoto.State.ERASED))

    @cached_property
    def goes_on_as(self) -> Matter | None:
        """The matter that goes on for this one, where it was joined to another; a private one only for those who may see it."""
        other = goes_on_as(self.matter) if self.matter.duplicate_of_id else None
        is_told = other and (not other.is_private or self._seen.filter(pk=other.pk).exists())
        return other if is_told else None

    @cached_property
    def joined_count(self) -> int:
        """How many others said the same."""
        return self.matter.duplicates.count()

    @cached_property
    def into(self) -> list[Matter]:
        """The matters that this one may be joined to: for who handles it any they see, for who opened it those that say the same."""
        if self.is_holder:
            return list(alike(self.matter).filter(is_private=False)[:OFFERED])
        return list(joinable(self.matter).filter(pk__in=self._seen.values("pk"))[:OFFERED])

    @property
    def _seen(self) -> MatterQuerySet:
        return visible_matters(self.user, self.authority)

    @property
    def said(self) -> list[tuple[str, str]]:
        """What the matter says now."""
        return self._words(self.matter.data)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What the form that opened it asked for, as it stands now: for whoever opened it."""
        return self._words({id: value for id, value in self.matter.data.items() if id in self.procedure.asks})

    @property
    def added(self) -> list[tuple[str, str]]:
        """What the forms of its steps added."""
        return self._words({id: value for id, value in self.matter.data.items() if id not in self.procedure.asks})

    @property
    def later(self) -> list[str]:
        """What whoever opened it may do later, by the titles of the steps."""
        openers = {id for id, party in self.procedure.parties.items() if party.at == "opener"}
        return list(dict.fromkeys(step.title for step in self.procedure.steps if openers.intersection(step.by) and not step.joins))

    def leads_astray(self, step: Step) -> bool:
        """Whether nobody is urged to take a step: it needs a reason, or the matter ends by it and leaves nothing, as what is cancelled."""
        target = self.procedure.states.get(step.target)
        return step.reason or (target is not None and target.ends and not target.records)

    @property
    def open_title(self) -> str:
        """What everybody may call it: as much of its title as is shown to everybody."""
        return title_of(self.procedure, self._open_data)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What everybody may read of it."""
        return self._words(self._open_data)

    @property
    def _open_data(self) -> dict[str, Value]:
        return {id: value for id, value in self.matter.data.items() if id in self._open_fields}

    @cached_property
    def _open_fields(self) -> set[str]:
        """The fields that everybody may read: what the procedure shows. What a stranger wrote freely stands in public only once somebody
        who answers for it has taken the matter up, and not where it came to nothing."""
        shown = (field for id in self.procedure.shows if (field := self.procedure.field(id)) is not None)
        return {one.id for one in shown if one.type not in FREE or one.choices or self._is_answered_for}

    @cached_property
    def _is_answered_for(self) -> bool:
        if self.matter.opened_by:
            return True
        if self.matter.ended_on is not None:
            return bool(self.state.records)
        return self.matter.steps.exclude(taken_by__in=[PUBLIC.username, SYSTEM.username]).exists()

    @cached_property
    def personal(self) -> list[Apart]:
        """The personal values that it has, in the order of the fields; never shown in full unless asked for."""
        places = {field.id: place for place, field in enumerate(self.procedure.fields)}
        titles = {field.id: field.title for field in self.procedure.fields}
        kept = sorted(self.matter.personal.kept(), key=lambda one: places.get(one.field, len(places)))
        return [Apart(one.field, titles.get(one.field, one.field), personal_masked(self.procedure, one)) for one in kept]

    @cached_property
    def may_read(self) -> bool:
        """Whether this person may read them in full now."""
        return may_read_personal(self.matter, by=self.user, authority=self.authority)

    def ways(self, verb: str = "", texts: Mapping[str, str] = NO_FAULTS, faults: Mapping[str, str] = NO_FAULTS) -> list[Way]:
        """The steps that this person may take now, those that lead on first; that of the `verb` with what was typed and what is wrong."""
        taken = times_taken(self.matter)
        steps = sorted(self.procedure.steps_from(self.matter.state), key=self.leads_astray)
        return [
            self._way(step, *((texts, faults) if step.id == verb else (NO_FAULTS, NO_FAULTS)))
            for step in steps
            if not self._elsewhere(step) and self._may(step) and is_offered(self.matter, self.procedure, step, self.at, taken)
        ]

    @cached_property
    def measured_now(self) -> FactStep | None:
        """What the ledger says today of that by which a goal is measured, while it is under way."""
        return standing(self.matter, self.at) if self.matter.ended_on is None else None

    @cached_property
    def partners(self) -> list[tuple[Matter, list[tuple[str, str]]]]:
        """What it belongs together with now, for whoever opened it, and what each says of itself; not how it is reached."""
        if not has_opened(self.matter, self.user, is_holder=self.is_holder):
            return []
        return [(one, said_of(one, side.shows)) for one in partners(self.matter) if (side := side_of(one)) is not None]

    @cached_property
    def side(self) -> PairedSide | None:
        """The side of which it is, where it waits to be put together with another."""
        side = side_of(self.matter)
        return side if side and side.waits == self.matter.state else None

    def _elsewhere(self, step: Step) -> bool:
        """Whether a step is not offered here: there is nothing to join, or it has a page of its own."""
        return (step.joins and not self.into) or self._puts_together(step)

    def _puts_together(self, step: Step) -> bool:
        """Whether it is done on a page of its own, for both matters at once."""
        return self.side is not None and self.side.step == step.id

    def _may(self, step: Step) -> bool:
        return may_take(self.matter, self.procedure, step, by=self.user, authority=self.authority, is_holder=self.is_holder)

    def _way(self, step: Step, texts: Mapping[str, str], faults: Mapping[str, str]) -> Way:
        taken = measured(self.matter, step, self.at)
        form = form_of(self.procedure, [id for id in step.asks if id not in taken])
        known = {id: str(self.matter.data[id]) for id in step.asks if isinstance(self.matter.data.get(id), str)}
        drawn = controls_of(form, {**known, **texts}, faults, self.matter.unit)
        photos = photos_of(self.procedure, step.asks, faults)
        fields = {field.id: field for field in self.procedure.fields}
        told = tuple((fields[id].title, field_words(fields[id], value)) for id, value in taken.items())
        joins = self.into if step.joins else ()
        return Way(step, drawn, texts.get("reason", ""), photos, joins, self.which(step, texts), told)

    def which(self, step: Step, texts: Mapping[str, str]) -> Question | None:
        """Who of those of the name is meant by a step that appoints, with what was chosen; None where there is nobody of the name."""
        appoints = self.procedure.states[step.target].appoints
        if appoints is None or self.is_holder:
            return None
        typed = texts.get(appoints.person, "").strip()
        name = typed or name_given(self.matter, appoints)
        found = who_may_be_meant(self.matter, name) if name else []
        asked = "由谁任职（已登记有同名的人）"
        return Question(WHICH, name, found, texts.get(WHICH, ""), True, self.authority, asked, typed) if found else None

    @cached_property
    def conference(self) -> Conference | None:
        """The committee at which the matter is, or None."""
        committee = self.state.step
        if not isinstance(committee, Committee):
            return None
        verdicts = list(verdicts_of(self.matter))
        spoken = {one.member for one in verdicts}
        bodies = bodies_of(self.matter, self.procedure, committee, self.user, self.authority)
        if committee.each == "person":
            mine = [("", self.user.display_name)] if bodies and self.user.username not in spoken else []
        else:
            mine = [(id, self.procedure.parties[id].title) for id in bodies if id not in spoken]
        silent = [self.procedure.parties[id].title for id in committee.members if committee.each == "body" and id not in spoken]
        return Conference(committee, verdicts, size_of(self.matter, self.procedure, committee, self.today), mine, silent)

    @cached_property
    def vote(self) -> Vote | None:
        """The vote at which the matter is, or None."""
        ballot = self.state.step
        if not isinstance(ballot, Ballot):
            return None
        voters = self.procedure.parties.get(ballot.voters)
        why_not = why_not_voting(self.matter, self.procedure, ballot, by=self.user, authority=self.authority)
        voted = not why_not and Voter.objects.filter(matter=self.matter, round=self.matter.round, voter=self.user.username).exists()
        return Vote(
            ballot,
            tally_of(self.matter, ballot),
            voters.title if voters else "",
            why_not,
            voted,
            any(map(self._part, self.state.waits_for)),
        )

    @cached_property
    def posted(self) -> Posted | None:
        """The public notice at which the matter is, or the last one it had; None where there was none."""
        last = MatterNotice.objects.filter(matter=self.matter).select_related("notice", "matter").order_by("-round").first()
        if last is None:
            return None
        state = notice_state(self.procedure, last)
        # Those of earlier notices too: whoever objected is answered, though the matter has gone on.
        raised = Objection.objects.filter(notice__matter_notice__matter=self.matter)
        return Posted(last.notice, list(raised), any(map(self._part, state.waits_for)), seeks_opinions(state))

    @property
    def is_posted(self) -> bool:
        """Whether it stands in public now for as long as its state says."""
        return isinstance(self.state.step, PublicNotice) and self.posted is not None

    @cached_property
    def results(self) -> list[tuple[str, str, Tally]]:
        """The votes that are over: of which state, how they ended, what was counted."""
        found, began = [], 0
        for one in self.history:
            state = self.procedure.states.get(one.row.source)
            ballot = state.step if state else None
            if state and isinstance(ballot, Ballot) and one.row.verb in (ballot.passes, ballot.fails):
                found.append((state.title, one.title, tally_of(self.matter, ballot, began)))
            began = one.row.number if one.row.target != one.row.source else began
        return found

    @cached_property
    def whose_turn(self) -> str:
        """Whose turn it is and where, in words: 村党支部、村民委员会（柳河村）."""
        titles: dict[str, list[str]] = {}
        for party in (self.procedure.parties[id] for id in turn_of(self.state)):
            unit = unit_of(party, self.matter) if party.posts else None
            titles.setdefault(f"（{unit.name}）" if unit else "", []).append(party.title)
        return "；".join("、".join(some) + where for where, some in titles.items())

    @cached_property
    def unannounced(self) -> str:
        """What must be said of days in a year whose holidays are not announced yet; empty where there is nothing to say."""
        ends = [one for one in (self.matter.due_on, self.matter.term_on) if one and not self.matter.ended_on]
        words = map(calendar().words_for, ends) if ends else ()
        return next(filter(None, words), "")

    @cached_property
    def vacant(self) -> str:
        """The parties whose turn it is and of whose posts nobody holds any, in words."""
        if self.matter.ended_on:
            return ""
        return "、".join(self.procedure.parties[id].title for id in turn_of(self.state) if not self._is_held(id))

    @cached_property
    def unreached(self) -> str:
        """The parties whose turn it is whom the matter names, and who cannot be reached here: nobody of that name holds the post, or they
        have no account; in words."""
        if self.matter.ended_on:
            return ""
        named = {id: one for id in turn_of(self.state) if (one := self.procedure.parties[id]).at == "named"}
        reached = {id for id in named if any(one.person.user_id for one in terms_in(self.procedure, [id], self.matter, self.today))}
        return "、".join(one.title for id, one in named.items() if id not in reached)

    def _is_held(self, party: str) -> bool:
        if self.procedure.parties[party].at in ONE_PERSON:
            # Whether they can be reached is said by itself.
            return True
        posts = self.procedure.parties[party].posts
        codes = {code for unit, _ in seats_of(self.procedure, [party], self.matter) for code in unit.path.strip("/").split("/")}
        return Assignment.objects.filter(in_force(self.today), unit__code__in=codes, post__in=posts).exists()

    @cached_property
    def records(self) -> list[tuple[Record, str]]:
        """The records that it left, each with what it says now."""
        left = MatterRecord.objects.filter(matter=self.matter).select_related("record__unit", "record__kind_version")
        return [(one.record, f"{one.record.kind_version.record_kind.title}：{line_now(one.record)}") for one in left]

    def _part(self, party: str) -> bool:
        return takes_part(self.procedure.parties[party], self.matter, by=self.user, authority=self.authority, is_holder=self.is_holder)


def said_of(matter: Matter, ids: Iterable[str]) -> list[tuple[str, str]]:
    """What a matter says in some of its fields, in their order, as it is read."""
    fields = [field for id in ids if (field := matter.procedure.field(id)) is not None and id in matter.data]
    return [(field.title, field_words(field, matter.data[field.id])) for field in fields]


def form_of(procedure: Procedure, ids: Iterable[str]) -> RecordKind:
    """The form that asks for some fields, as the page draws it: personal ones too, with the word of where they go."""
    asked = asked_for(procedure, ids)
    fields = [one for one in asked.fields if one.type not in BESIDE]
    return replace(asked, fields=tuple(replace(one, personal=False, note=_apart(one.note)) if one.personal else one for one in fields))


def photos_of(procedure: Procedure, ids: Iterable[str], faults: Mapping[str, str] = NO_FAULTS) -> list[Photo]:
    """The fields of a form that take photos."""
    return [Photo(field, faults.get(field.id, "")) for field in asked_for(procedure, ids).fields if field.type == "photo"]


def photos_sent(procedure: Procedure, ids: Iterable[str], files: "MultiValueDict[str, UploadedFile]") -> list[Sent]:
    """The photos that came with a form."""
    return sent_files(asked_for(procedure, ids), files)


def _apart(note: str) -> str:
    return f"{note}；{APART}" if note else APART


def offering(drawn: list[Control], id: str, values: Iterable[str]) -> list[Control]:
    """The fields of a form, one of which offers some values to choose from."""
    return [replace(one, offered=tuple((value, "") for value in values)) if one.name == id else one for one in drawn]


def controls_of(form: RecordKind, texts: Mapping[str, str], faults: Mapping[str, str], unit: Unit) -> list[Control]:
    """The fields of a form; a matter has no day of its own to ask for."""
    return controls(form, texts, faults, named_in(unit, form))[1:]
