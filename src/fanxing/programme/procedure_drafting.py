"""A procedure that a unit changes for itself: begun from one that holds there, edited, submitted, published by a second person; retired."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from fanxing.audit.actions import record_event, written_once
from fanxing.lib import clock
from fanxing.lib.canonical import digest
from fanxing.lib.refusals import Refused
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Unit
from fanxing.programme.actions import procedure_version
from fanxing.programme.local_procedures import own_procedures_of
from fanxing.programme.models import LocalProcedure, ProcedureDraft, ProcedureVersion
from fanxing.programme.procedures import definition
from fanxing.programme.queries import procedure_versions_for, programme_for, scheme_of
from fanxing.programme.two_people import PUBLISH, begin, end, record, require_second, signed, words_given
from fanxing.scheme.digests import procedure_digest
from fanxing.scheme.model import Procedure
from fanxing.scheme.procedure_faults import wrong_with_procedure


class ProcedureRefused(Refused):
    """The procedure cannot be published as it stands; `faults` are all that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join((f"还不能提交，有 {len(self.faults)} 处问题：", *self.faults)))


class NoProcedure(Refused):
    """There is no such procedure in the unit, or no reason was given."""


class ProcedureMoved(Refused):
    """Someone changed or decided the draft, or the procedure, meanwhile."""


@transaction.atomic
def begin_procedure(*, unit: Unit, procedure: str, by: Doer, at: datetime, key: str | None = None) -> ProcedureDraft:
    """Begin a draft of a procedure for a unit and all below it, from the version that holds there. A form sent twice under one `key`
    begins one draft. Raises NoProcedure, NotAllowed."""
    today = clock.today(at)
    require(by, PUBLISH, unit, on=today)
    versions = procedure_versions_for(unit, today)
    if procedure not in versions:
        raise NoProcedure(f"{unit.name}没有“{procedure}”这种流程")
    base = ProcedureVersion.objects.get(pk=versions[procedure])

    def write() -> ProcedureDraft:
        draft = ProcedureDraft.objects.create(
            unit=unit,
            base=base,
            title=base.procedure.title,
            definition=base.definition,
            **signed("created", by, at),
            **signed("edited", by, at),
        )
        record("begin_procedure", draft, f"起草流程“{draft}”", {"base": base.digest}, by, at)
        return draft

    return written_once(key=key, content={"unit": unit.code, "base": base.digest}, by=by, at=at, model=ProcedureDraft, write=write)


@transaction.atomic
def save_procedure(
    *, draft: ProcedureDraft, procedure: Procedure, by: Doer, at: datetime, expected_version: int | None = None
) -> ProcedureDraft:
    """Put a procedure in the place of the one of a draft; its id stays. Raises ProcedureMoved where `expected_version` is no longer the
    last one, NoProcedure where it would become another, NotAllowed."""
    begin("save", draft, expected_version, by, at, moved=ProcedureMoved)
    if procedure.id != draft.procedure.id:
        raise NoProcedure("流程的标识不能改")
    draft.title, draft.definition = procedure.title[:100], definition(procedure)
    end("save", draft, **signed("edited", by, at))
    record("save_procedure", draft, f"修改流程“{draft}”", {"definition": digest(draft.definition), "version": draft.version}, by, at)
    return draft


@transaction.atomic
def submit_procedure(*, draft: ProcedureDraft, by: Doer, at: datetime, expected_version: int | None = None) -> ProcedureDraft:
    """Hand a draft over to be published by a second person. It must be fit to be published as it stands.

    Raises ProcedureRefused with every fault, ProcedureMoved, NotAllowed.
    """
    begin("submit", draft, expected_version, by, at, moved=ProcedureMoved)
    _require_fit(draft, at)
    end("submit", draft, reason="", **signed("submitted", by, at))
    record("submit_procedure", draft, f"提交流程“{draft}”，待第二人发布", {"definition": digest(draft.definition)}, by, at)
    return draft


@transaction.atomic
def return_procedure(*, draft: ProcedureDraft, reason: str, by: Doer, at: datetime, expected_version: int | None = None) -> ProcedureDraft:
    """Give a submitted draft back to be written on, for a reason. Raises NoProcedure without one, ProcedureMoved, NotAllowed."""
    words = words_given("退回原因", reason, lacking=NoProcedure)
    begin("return", draft, expected_version, by, at, moved=ProcedureMoved)
    end("return", draft, reason=words)
    record("return_procedure", draft, f"退回流程“{draft}”", {"reason": words}, by, at)
    return draft


@transaction.atomic
def drop_procedure(*, draft: ProcedureDraft, by: Doer, at: datetime, expected_version: int | None = None) -> ProcedureDraft:
    """Give a draft up; it stays to be read. Raises ProcedureMoved, NotAllowed."""
    begin("drop", draft, expected_version, by, at, moved=ProcedureMoved)
    end("drop", draft, **signed("decided", by, at))
    record("drop_procedure", draft, f"作废流程“{draft}”的草案", {"definition": digest(draft.definition)}, by, at)
    return draft


def publish_procedure(*, draft: ProcedureDraft, by: Doer, at: datetime, expected_version: int | None = None) -> LocalProcedure:
    """Let the procedure of a submitted draft hold in its unit and all below it from today on, as someone who neither began nor submitted
    it nor edited it last. What is under way goes on by its own version.

    Raises SamePerson, ProcedureRefused, ProcedureMoved, NotAllowed.
    """
    try:
        with transaction.atomic():
            begin("publish", draft, expected_version, by, at, moved=ProcedureMoved)
            require_second(draft, by)
            _require_fit(draft, at)
            version = procedure_version(draft.procedure)
            local = LocalProcedure.objects.create(unit=draft.unit, version=version, valid_from=clock.today(at), **signed("made", by, at))
            end("publish", draft, local=local, **signed("decided", by, at))
            summary = f"发布流程“{draft}”，{draft.unit.name}及以下自 {local.valid_from} 起适用"
            details = {"procedure": version.code, "number": version.number, "digest": version.digest}
            record("publish_procedure", draft, summary, details, by, at, rows=[version, local])
            return local
    except IntegrityError as error:
        raise ProcedureMoved("刚刚有人发布了同一流程的另一个版本，请刷新后核对再发布") from error


@transaction.atomic
def retire_procedure(*, unit: Unit, procedure: str, reason: str, by: Doer, at: datetime) -> LocalProcedure:
    """Let a procedure that a unit has for itself hold no more from today on: then the one of the unit above does, or of the rules.

    Raises NoProcedure where the unit has none or gave no reason, NotAllowed.
    """
    require(by, PUBLISH, unit, on=clock.today(at))
    words = words_given("停用原因", reason, lacking=NoProcedure)
    # Who retire at once take turns.
    list(Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk))
    own = own_procedures_of(unit, clock.today(at)).get(procedure)
    if own is None:
        raise NoProcedure(f"{unit.name}没有本级的“{procedure}”流程")
    made = signed("made", by, at)
    row = LocalProcedure.objects.create(unit=unit, version_id=own.version, valid_from=clock.today(at), ends=True, reason=words, **made)
    record_event(
        by=by,
        at=at,
        action="programme.retire_procedure",
        subject=row,
        unit_code=unit.code,
        summary=f"{unit.name}停用本级流程“{own.procedure.title}”",
        details={"procedure": procedure, "reason": words},
        rows=[row],
    )
    return row


def faults_of_procedure(draft: ProcedureDraft, at: datetime) -> list[str]:
    """Everything that stands in the way of a draft, in words."""
    today = clock.today(at)
    publication = programme_for(draft.unit, today)
    if publication is None:
        return [f"{draft.unit.name}已没有适用的方案"]
    if draft.base is not None and draft.base.digest == procedure_digest(draft.procedure):
        return ["与现在的版本没有差别"]
    if procedure_versions_for(draft.unit, today).get(draft.procedure.id) != draft.base_id:
        return ["这种流程刚刚有了新的版本；请从新版本重新起草"]
    return list(wrong_with_procedure(draft.procedure, scheme_of(publication)))


def _require_fit(draft: ProcedureDraft, at: datetime) -> None:
    if faults := faults_of_procedure(draft, at):
        raise ProcedureRefused(faults)
