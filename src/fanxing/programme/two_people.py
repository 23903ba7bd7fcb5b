"""How a draft goes from one state to the next: of two who act at once one wins, and what was submitted is decided by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from fanxing.audit.actions import record_event
from fanxing.lib import clock
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Doer, require
from fanxing.programme.models import Drafted

State = Drafted.State
PUBLISH = "programme.publish"
# What may be done in which state, and the state after it.
MOVES: Mapping[str, tuple[Sequence[State], State]] = {
    "save": ([State.EDITING], State.EDITING),
    "submit": ([State.EDITING], State.SUBMITTED),
    "return": ([State.SUBMITTED], State.EDITING),
    "publish": ([State.SUBMITTED], State.PUBLISHED),
    "drop": ([State.EDITING, State.SUBMITTED], State.DROPPED),
}
LONGEST_REASON = 1_000
VERBS = {"save": "修改", "submit": "提交", "return": "退回", "publish": "发布", "drop": "作废"}


class SamePerson(NotAllowed):
    """The one who would publish has had a hand in the draft."""


def begin(verb: str, draft: Drafted, expected_version: int | None, by: Doer, at: datetime, *, moved: type[Refused]) -> None:
    """Lock the draft, read it again, and see that this may be done with it. Raises NotAllowed, or `moved` where somebody was quicker."""
    require(by, PUBLISH, draft.unit, on=clock.today(at))
    expected = draft.version if expected_version is None else expected_version
    draft.refresh_from_db(from_queryset=type(draft)._default_manager.select_for_update(of=("self",)))
    states, _ = MOVES[verb]
    if draft.state not in states:
        raise moved(f"这份草案{State(draft.state).label}，不能{VERBS[verb]}")
    if draft.version != expected:
        who = draft.edited_by_title if draft.state == State.EDITING else draft.submitted_by_title
        raise moved(f"{who}刚刚改过这份草案，您{VERBS[verb]}的是旧的一版，没有生效。请刷新后看过再{VERBS[verb]}")


def end(verb: str, draft: Drafted, **changes: object) -> None:
    """Write the draft in its new state."""
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.state = MOVES[verb][1]
    draft.version += 1
    draft.save()


def signed(act: str, by: Doer, at: datetime) -> dict[str, Any]:
    """Who did something with a draft, and when, as its columns."""
    return {f"{act}_at": at, f"{act}_by": by.username, f"{act}_by_title": by.display_name}


def record(
    action: str,
    draft: Drafted,
    summary: str,
    details: Mapping[str, object],
    by: Doer,
    at: datetime,
    rows: Sequence[Model] = (),
) -> None:
    """Note in the log what was done with a draft."""
    record_event(
        by=by,
        at=at,
        action=f"programme.{action}",
        subject=draft,
        unit_code=draft.unit.code,
        summary=summary,
        details=details,
        rows=rows,
    )


def why_not_second(draft: Drafted, by: Doer) -> str:
    """Why someone may not be the second person, in words; empty if they neither began nor submitted the draft nor edited it last."""
    if by.username in (draft.created_by, draft.submitted_by, draft.edited_by):
        return "起草、提交或最后修改这份草案的人不能自己发布，请由另一位有发布权限的人核对后发布"
    return ""


def require_second(draft: Drafted, by: Doer) -> None:
    """Raises SamePerson."""
    if refusal := why_not_second(draft, by):
        raise SamePerson(refusal)


def words_given(what: str, text: str, *, most: int = LONGEST_REASON, lacking: type[Refused]) -> str:
    """What was written, if there is something and it is of a length to be read. Raises `lacking`."""
    words = text.strip()
    if not words:
        raise lacking(f"请填写{what}")
    if len(words) > most:
        raise lacking(f"{what}太长：最多 {most} 个字")
    return words
