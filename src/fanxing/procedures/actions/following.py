"""Steps that follow by themselves: what a committee, a vote or a notice decides, and what happens when the time is over."""

from datetime import datetime

from fanxing.audit.actors import SYSTEM
from fanxing.procedures.actions.walking import Move, move
from fanxing.procedures.forms import NOTHING_SAID
from fanxing.procedures.models import Matter, MatterStep


def follow(matter: Matter, verb: str, *, at: datetime, reason: str = "") -> MatterStep:
    """Let a matter that is locked take a step by itself; in the transaction of the caller."""
    procedure = matter.procedure
    step = procedure.step(matter.state, verb)
    assert step is not None, (procedure.id, matter.state, verb)  # the loader has seen to it
    return move(matter, procedure, Move(step, NOTHING_SAID, reason, SYSTEM, at))
