"""Taking a step of a matter, by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from fanxing.audit.actions import written_once
from fanxing.evidence.attaching import Sent
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.organisations.namesakes import NEW, Meant
from fanxing.procedures.actions.picturing import check_photos, keep_photos
from fanxing.procedures.actions.walking import Move, locked, move, step_words, values_of
from fanxing.procedures.forms import read_form
from fanxing.procedures.measuring import measured
from fanxing.procedures.models import Matter, MatterStep
from fanxing.procedures.parties import acting_for, takes_part
from fanxing.procedures.queries import joinable
from fanxing.scheme.deciding import decide
from fanxing.scheme.model import Procedure, Step

REASON_LENGTH = 500
NOTHING: Mapping[str, object] = {}


class StepRefused(Refused):
    """The matter is not where this step begins, or the step may not be taken now; or a reason is missing."""


def take_step(
    *,
    matter: Matter,
    verb: str,
    data: Mapping[str, object] = NOTHING,
    reason: str = "",
    by: Doer,
    at: datetime,
    turn: int | None = None,
    is_holder: bool = False,
    into: Matter | None = None,
    meant: Meant | None = None,
    photos: Sequence[Sent] = (),
    key: str | None = None,
) -> MatterStep:
    """Take a step of a matter as one of those who may.

    `turn` is the one that was looked at: of two who act at once exactly one wins, the other gets StepTaken, which says who was first.
    `into` is the matter that a step which joins joins; `meant` whom a step that appoints appoints, of those of the name. `is_holder`:
    the caller has shown the code of whoever opened it without an account. Raises StepRefused, NotAllowed, StepTaken, SeveralOfTheName,
    RecordError with the faults of the form, and what the ledger refuses of the records that an end writes.
    """
    text = reason.strip()

    def write() -> MatterStep:
        held = locked(matter, turn)
        procedure = held.procedure
        step = _step(held, procedure, verb)
        authority = authority_of(by, on=timezone.localdate(at))
        _require_part(held, procedure, step, by, authority, is_holder)
        _require_open(held, procedure, step, at)
        if step.reason and not text:
            raise StepRefused(f"“{step_words(step)}”要写明原因")
        if len(text) > REASON_LENGTH:
            raise StepRefused(f"原因最多 {REASON_LENGTH} 个字，现有 {len(text)} 个")
        # What the ledger says is taken from there, whatever the form says.
        whole = {**data, **measured(held, step, at)}
        said = read_form(procedure, step.asks, held.unit, whole, timezone.localdate(at))
        check_photos(procedure, step.asks, photos)
        other = _joined(held, into) if step.joins else None
        row = move(held, procedure, Move(step, said, text, by, at, other, meant, _title(held, procedure, step, by, authority)))
        keep_photos(held, photos, by, at)
        return row

    content = {"matter": matter.pk, "verb": verb, "turn": turn, "data": dict(data), "reason": text}
    content |= {"into": into.pk} if into else {}
    content |= {"meant": meant if meant == NEW else meant.pk} if meant else {}
    return written_once(key=key, content=content, by=by, at=at, model=MatterStep, write=write)


def may_take(matter: Matter, procedure: Procedure, step: Step, *, by: Doer, authority: Authority, is_holder: bool = False) -> bool:
    """Whether somebody is of those who may take a step; one that follows by itself is taken by nobody."""
    parties = (procedure.parties[id] for id in step.by)
    return any(takes_part(one, matter, by=by, authority=authority, is_holder=is_holder) for one in parties)


def is_offered(matter: Matter, procedure: Procedure, step: Step, at: datetime, taken: Mapping[str, int]) -> bool:
    """Whether a step can be taken now: its condition, how often it was taken (`taken`, by verb), and until when after the end."""
    today = timezone.localdate(at)
    if step.when is not None and not decide(step.when, values_of(matter, procedure, today)):
        return False
    if step.times is not None and taken.get(step.id, 0) >= step.times:
        return False
    return step.open_for is None or matter.ended_on is None or today <= matter.ended_on + timedelta(days=step.open_for)


def times_taken(matter: Matter) -> dict[str, int]:
    """How often each step of a matter was taken, by verb; one query."""
    found: dict[str, int] = {}
    for verb in MatterStep.objects.filter(matter=matter).values_list("verb", flat=True):
        found[verb] = found.get(verb, 0) + 1
    return found


def _step(matter: Matter, procedure: Procedure, verb: str) -> Step:
    step = procedure.step(matter.state, verb)
    if step is None:
        state = procedure.states[matter.state].title
        raise StepRefused(f"这件事项现在是“{state}”，不能这样办理，请刷新后再看")
    return step


def _title(matter: Matter, procedure: Procedure, step: Step, by: Doer, authority: Authority) -> str:
    """How the one who takes a step is called: by the account, and in whose stead where it is in another's."""
    term = acting_for((procedure.parties[id] for id in step.by), matter, by=by, authority=authority)
    return f"{by.display_name}（代{term.post.title}）" if term else by.display_name


def _joined(matter: Matter, into: Matter | None) -> Matter:
    """The earlier matter, which goes on for both."""
    if into is None or not joinable(matter).filter(pk=into.pk).exists():
        raise StepRefused("请选定要并入的另一件：同一单位、同一种事项，还没有办结")
    other = locked(into)
    if other.ended_on is not None:
        raise StepRefused("要并入的那一件刚刚办结，请刷新后再看")
    return other


def _require_part(matter: Matter, procedure: Procedure, step: Step, by: Doer, authority: Authority, is_holder: bool) -> None:
    if not may_take(matter, procedure, step, by=by, authority=authority, is_holder=is_holder):
        who = "、".join(procedure.parties[id].title for id in step.by)
        raise NotAllowed(f"“{step_words(step)}”由{who}办理" if who else f"“{step_words(step)}”到时自动进行，不由人办理")


def _require_open(matter: Matter, procedure: Procedure, step: Step, at: datetime) -> None:
    if not is_offered(matter, procedure, step, at, times_taken(matter)):
        raise StepRefused(f"现在不能“{step_words(step)}”：已经办过，或不符合条件，或已过期限")
