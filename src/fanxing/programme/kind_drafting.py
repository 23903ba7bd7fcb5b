"""Kinds of record that a unit adds for itself: begun from a workbook, mended, submitted, published by a second person; retired."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from fanxing.audit.actions import record_event, written_once
from fanxing.lib import clock
from fanxing.lib.canonical import digest, plain
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.programme.kinds import definition, shrinkings_since
from fanxing.programme.local_kinds import local_kinds_of
from fanxing.programme.models import KindDraft, KindVersion, LocalKind
from fanxing.programme.queries import kinds_for, programme_for, scheme_of
from fanxing.programme.two_people import PUBLISH, begin, end, record, require_second, signed, words_given
from fanxing.scheme import Scheme
from fanxing.scheme.digests import record_kind_digest
from fanxing.scheme.kind_checks import wrong_with
from fanxing.scheme.model import RecordKind
from fanxing.scheme.workbook import Unreadable
from fanxing.scheme.xlsform import Note, Reading, Vocabulary, read_kind

USUAL_BASIS = "本级自定"


class KindRefused(Refused):
    """The kind cannot be published as it stands; `faults` are all that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join((f"还不能提交，有 {len(self.faults)} 处问题：", *self.faults)))


class NoKind(Refused):
    """There is no kind of record to be made of what was given, or no programme beside which it could be kept."""


class KindMoved(Refused):
    """Someone changed or decided the draft, or the kind, meanwhile."""


# ---- begun


def begin_kind(
    *, unit: Unit, by: Doer, at: datetime, content: bytes | None = None, base: KindVersion | None = None, key: str | None = None
) -> KindDraft:
    """Begin a draft of a kind that a unit keeps in itself and all below it: from a workbook, from the version `base` of a kind that it
    keeps already, or empty.

    What the workbook says that is not read as it stands becomes the draft's notes. A form sent twice under one `key` begins one draft.
    Raises NoKind, NotAllowed.
    """
    today = clock.today(at)
    require(by, PUBLISH, unit, on=today)
    publication = programme_for(unit, today)
    if publication is None:
        raise NoKind(f"{unit.name}还没有适用的方案；先有方案，才能在它旁边加台账")
    reading = _read(unit, content, base, scheme_of(publication), at)
    kind = reading.kind

    def write() -> KindDraft:
        draft = KindDraft.objects.create(
            unit=unit,
            base=base or _last_of(kind.id, unit, at),
            title=kind.title,
            definition=definition(kind),
            notes=[asdict(one) for one in reading.notes],
            workbook=content,
            **signed("created", by, at),
            **signed("edited", by, at),
        )
        record("begin_kind", draft, f"起草台账“{draft}”", {"definition": digest(draft.definition), "notes": len(draft.notes)}, by, at)
        return draft

    said = {"unit": unit.code, "kind": plain(definition(replace(kind, id=""))), "base": base.digest if base else None}
    with transaction.atomic():
        return written_once(key=key, content=said, by=by, at=at, model=KindDraft, write=write)


def _read(unit: Unit, content: bytes | None, base: KindVersion | None, scheme: Scheme, at: datetime) -> Reading:
    """The kind to begin with."""
    if base is not None:
        return Reading(base.record_kind, ())
    if content is None:
        return Reading(RecordKind(id=_free_id(), title="", basis=USUAL_BASIS, fields=(), nature="activity"), ())
    try:
        reading = read_kind(content, vocabulary(unit, scheme))
    except Unreadable as error:
        raise NoKind(str(error)) from error
    return _identified(reading, unit, at)


def vocabulary(unit: Unit, scheme: Scheme) -> Vocabulary:
    """What a workbook of the unit may name."""
    return Vocabulary.of(scheme, {id: kind.title for id, kind in kinds_for(unit).items()})


def _identified(reading: Reading, unit: Unit, at: datetime) -> Reading:
    """The kind with a basis, and an id that is free or that of a kind which the unit keeps; no kind is known by two meanings."""
    kind, notes = reading.kind, reading.notes
    taken = bool(kind.id) and _is_taken(kind.id, unit, at)
    if taken:
        notes = (*notes, Note("标识", f"“{kind.id}”已是别的台账的标识，已另取一个", blocks=False))
    id = _free_id() if taken or not kind.id else kind.id
    basis = kind.basis or USUAL_BASIS
    fields = tuple(replace(one, basis=one.basis or basis) for one in kind.fields)
    return Reading(replace(kind, id=id, basis=basis, fields=fields), notes)


def _free_id() -> str:
    return f"own_{uuid4().hex[:8]}"


def _is_taken(id: str, unit: Unit, at: datetime) -> bool:
    """Whether an id means a kind that the unit has not added itself."""
    return KindVersion.objects.filter(kind=id).exists() and id not in local_kinds_of(unit, clock.today(at))


def _last_of(id: str, unit: Unit, at: datetime) -> KindVersion | None:
    """The last version of a kind that the unit keeps already."""
    local = local_kinds_of(unit, clock.today(at)).get(id)
    return KindVersion.objects.get(pk=local.version) if local else None


# ---- changed


@transaction.atomic
def save_kind(
    *, draft: KindDraft, kind: RecordKind, notes: Sequence[Note], by: Doer, at: datetime, expected_version: int | None = None
) -> KindDraft:
    """Put a kind in the place of the one of a draft, with the notes that are still undecided. Its id stays.

    Raises KindMoved where `expected_version` is no longer the last one, NotAllowed.
    """
    begin("save", draft, expected_version, by, at, moved=KindMoved)
    kept = replace(kind, id=draft.record_kind.id)
    draft.title, draft.definition, draft.notes = kept.title, definition(kept), [asdict(one) for one in notes]
    end("save", draft, **signed("edited", by, at))
    record("save_kind", draft, f"修改台账“{draft}”", {"definition": digest(draft.definition), "version": draft.version}, by, at)
    return draft


@transaction.atomic
def submit_kind(*, draft: KindDraft, by: Doer, at: datetime, expected_version: int | None = None) -> KindDraft:
    """Hand a draft over to be published by a second person. It must be fit to be published as it stands.

    Raises KindRefused with every fault, KindMoved, NotAllowed.
    """
    begin("submit", draft, expected_version, by, at, moved=KindMoved)
    _require_fit(draft, at)
    end("submit", draft, reason="", **signed("submitted", by, at))
    record("submit_kind", draft, f"提交台账“{draft}”，待第二人发布", {"definition": digest(draft.definition)}, by, at)
    return draft


@transaction.atomic
def return_kind(*, draft: KindDraft, reason: str, by: Doer, at: datetime, expected_version: int | None = None) -> KindDraft:
    """Give a submitted draft back to be written on, for a reason. Raises NoKind without one, KindMoved, NotAllowed."""
    words = words_given("退回原因", reason, lacking=NoKind)
    begin("return", draft, expected_version, by, at, moved=KindMoved)
    end("return", draft, reason=words)
    record("return_kind", draft, f"退回台账“{draft}”", {"reason": words}, by, at)
    return draft


@transaction.atomic
def drop_kind(*, draft: KindDraft, by: Doer, at: datetime, expected_version: int | None = None) -> KindDraft:
    """Give a draft up; it stays to be read. Raises KindMoved, NotAllowed."""
    begin("drop", draft, expected_version, by, at, moved=KindMoved)
    end("drop", draft, **signed("decided", by, at))
    record("drop_kind", draft, f"作废台账“{draft}”的草案", {"definition": digest(draft.definition)}, by, at)
    return draft


def publish_kind(*, draft: KindDraft, by: Doer, at: datetime, expected_version: int | None = None) -> LocalKind:
    """Let the kind of a submitted draft be kept in its unit and all below it from today on, as someone who neither began nor submitted it
    nor edited it last. Records of it can be entered at once; nothing counts them until rating rules do.

    Raises SamePerson, KindRefused, KindMoved, NotAllowed.
    """
    try:
        with transaction.atomic():
            begin("publish", draft, expected_version, by, at, moved=KindMoved)
            require_second(draft, by)
            _require_fit(draft, at)
            local = LocalKind.objects.create(
                unit=draft.unit, version=_next_version(draft), valid_from=clock.today(at), **signed("made", by, at)
            )
            end("publish", draft, local=local, **signed("decided", by, at))
            summary = f"发布台账“{draft}”，{draft.unit.name}及以下自 {local.valid_from} 起登记"
            details = {"kind": local.version.kind, "number": local.version.number, "digest": local.version.digest}
            record("publish_kind", draft, summary, details, by, at, rows=[local.version, local])
            return local
    except IntegrityError as error:
        raise KindMoved("刚刚有人发布了同一种台账的另一个版本，请刷新后核对再发布") from error


def _next_version(draft: KindDraft) -> KindVersion:
    """The version that says what the draft does: the last one where that has only ended, else the next of its line."""
    kind = draft.record_kind
    said = record_kind_digest(kind)
    if draft.base is not None and draft.base.digest == said:
        return draft.base
    number = draft.base.number + 1 if draft.base else 1
    return KindVersion.objects.create(kind=kind.id, number=number, digest=said, definition=draft.definition)


# ---- what is wrong


def faults_of(draft: KindDraft, at: datetime) -> list[str]:
    """Everything that stands in the way of a draft, in words."""
    kind, unit = draft.record_kind, draft.unit
    publication = programme_for(unit, clock.today(at))
    if publication is None:
        return [f"{unit.name}已没有适用的方案"]
    titles = {one.id: one.title for one in kind.fields}
    wrong = wrong_with(kind, scheme_of(publication), kinds_for(unit, clock.today(at)))
    undecided = [f"{one['where']}：{one['words']}" for one in draft.notes if one["blocks"]]
    told = [f"{titles[one.field]}：{one.words}" if one.field in titles else one.words for one in wrong]
    return [*undecided, *told, *_line_faults(draft, kind, at)]


def _line_faults(draft: KindDraft, kind: RecordKind, at: datetime) -> list[str]:
    """What the kind would take from its line; and that an id means one thing in the whole installation."""
    local = local_kinds_of(draft.unit, clock.today(at)).get(kind.id)
    if draft.base is None:
        return [f"标识“{kind.id}”已是别的台账的标识"] if KindVersion.objects.filter(kind=kind.id).exists() else []
    if local is None or local.version != draft.base_id:
        return ["这种台账刚刚有了新的版本；请从新版本重新起草"]
    if draft.base.digest == record_kind_digest(kind) and not local.ended:
        return ["与现在的版本没有差别"]
    return list(shrinkings_since(draft.base.definition, kind))


def _require_fit(draft: KindDraft, at: datetime) -> None:
    if faults := faults_of(draft, at):
        raise KindRefused(faults)


# ---- retired


@transaction.atomic
def retire_kind(*, unit: Unit, kind: str, reason: str, by: Doer, at: datetime) -> LocalKind:
    """Let no new records of a kind be entered that a unit has added, from today on; those that were stay, and can be corrected.

    Raises NoKind where the unit keeps no such kind or gave no reason, KindMoved where it has ended already, NotAllowed.
    """
    require(by, PUBLISH, unit, on=clock.today(at))
    words = words_given("停用原因", reason, lacking=NoKind)
    # Who retire at once take turns.
    list(Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk))
    local = local_kinds_of(unit, clock.today(at)).get(kind)
    if local is None:
        raise NoKind(f"{unit.name}没有加过“{kind}”这种台账")
    if local.ended:
        raise KindMoved(f"“{local.kind.title}”已经停用")
    made = signed("made", by, at)
    row = LocalKind.objects.create(unit=unit, version_id=local.version, valid_from=clock.today(at), ends=True, reason=words, **made)
    record_event(
        by=by,
        at=at,
        action="programme.retire_kind",
        subject=row,
        unit_code=unit.code,
        summary=f"{unit.name}停用台账“{local.kind.title}”",
        details={"kind": kind, "reason": words},
        rows=[row],
    )
    return row
