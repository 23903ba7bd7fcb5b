"""A vote: papers and online votes are counted together, and closing it moves the matter on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.procedures.actions.asking import heard
from fanxing.procedures.actions.following import follow
from fanxing.procedures.actions.walking import locked
from fanxing.procedures.deciding import Tally, is_adopted, is_quorate
from fanxing.procedures.models import Count, Matter, MatterStep, Verdict, Voter
from fanxing.procedures.parties import sits_in, takes_part
from fanxing.procedures.wording import day_words
from fanxing.scheme.model import Ballot, Procedure

COLUMNS = {Verdict.Choice.FOR: "in_favour", Verdict.Choice.AGAINST: "against", Verdict.Choice.ABSTAIN: "abstaining"}


class NotVoting(Refused):
    """The matter is at no vote now, or the vote cannot be cast or counted so."""


class VotedAlready(Refused):
    """This voter has voted."""


@dataclass(frozen=True)
class Papers:
    """How many papers say what."""

    in_favour: int
    against: int
    abstaining: int = 0
    spoilt: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.in_favour + self.against + self.abstaining + self.spoilt


@transaction.atomic
def cast_vote(*, matter: Matter, choice: str, by: Doer, at: datetime) -> None:
    """Vote online, once. Of a secret ballot only that somebody voted is kept, and the sum: neither the log nor a row says how.

    Raises NotVoting, NotAllowed, VotedAlready.
    """
    held = locked(matter)
    procedure = held.procedure
    ballot = ballot_of(held, procedure)
    if choice not in Verdict.Choice.values:
        raise NotVoting("请选同意、不同意或弃权")
    authority = authority_of(by, on=timezone.localdate(at))
    if why := why_not_voting(held, procedure, ballot, by=by, authority=authority):
        raise NotAllowed(why)
    try:
        with transaction.atomic():
            Voter.objects.create(matter=held, round=held.round, voter=by.username, choice="" if ballot.secret else choice)
    except IntegrityError:
        raise VotedAlready("您已经投过票") from None
    counts, _ = Count.objects.get_or_create(matter=held, round=held.round, is_paper=False)
    column = COLUMNS[Verdict.Choice(choice)]
    Count.objects.filter(pk=counts.pk).update(**{column: F(column) + 1})
    _require_possible(held, tally_of(held, ballot))
    heard(held, procedure, by, at)


@transaction.atomic
def count_papers(*, matter: Matter, papers: Papers, by: Doer, at: datetime, turn: int | None = None) -> None:
    """Enter how many papers say what, in the place of what was entered before. Raises NotVoting, NotAllowed, StepTaken."""
    held = locked(matter, turn)
    procedure = held.procedure
    ballot = ballot_of(held, procedure)
    _require_teller(held, procedure, by, at)
    if min(papers.in_favour, papers.against, papers.abstaining, papers.spoilt) < 0:
        raise NotVoting("票数不能小于 0")
    values = {"in_favour": papers.in_favour, "against": papers.against, "abstaining": papers.abstaining, "spoilt": papers.spoilt}
    Count.objects.update_or_create(matter=held, round=held.round, is_paper=True, defaults=values)
    _require_possible(held, tally_of(held, ballot))
    _record("count_papers", held, procedure, f"录入纸质票 {papers.count} 张", by, at)


@transaction.atomic
def close_ballot(*, matter: Matter, by: Doer, at: datetime, turn: int | None = None) -> MatterStep:
    """Close the vote: with quorum and majority the matter is adopted, else it fails. Raises NotVoting, NotAllowed, StepTaken."""
    held = locked(matter, turn)
    procedure = held.procedure
    ballot = ballot_of(held, procedure)
    _require_teller(held, procedure, by, at)
    tally = tally_of(held, ballot)
    if not tally.eligible:
        raise NotVoting("应到人数还没有填，不能计票")
    adopted = is_adopted(ballot, tally)
    why = "" if adopted else "票数不足" if is_quorate(ballot, tally) else "参加人数不足"
    _record("close_ballot", held, procedure, f"表决结束：{'通过' if adopted else f'未通过（{why}）'}", by, at)
    return follow(held, ballot.passes if adopted else ballot.fails, at=at, reason=why)


def why_not_voting(matter: Matter, procedure: Procedure, ballot: Ballot, *, by: Doer, authority: Authority) -> str:
    """Why somebody has no vote, empty where they have one: the number of voters is fixed when the vote begins, so that only who was in
    office on that day, and still is, is one of them."""
    voters = procedure.parties.get(ballot.voters)
    if voters is None:
        return "这次表决只用纸质票"
    if not sits_in(voters, matter, authority):
        return "您不在这次表决的范围内"
    if not sits_in(voters, matter, authority_of(by, on=matter.entered_on)):
        return f"这次表决于 {day_words(matter.entered_on)}开始，应到人数是那天定的；您在那以后才到任，这次不投票"
    return ""


def ballot_of(matter: Matter, procedure: Procedure) -> Ballot:
    """The vote at which a matter is; raises NotVoting."""
    step = procedure.states[matter.state].step
    if not isinstance(step, Ballot):
        raise NotVoting("这件事项现在不在表决，请刷新后再看")
    return step


def tally_of(matter: Matter, ballot: Ballot, in_round: int | None = None) -> Tally:
    """What was counted in the round in which the matter is, or in an earlier one."""
    counts = Count.objects.filter(matter=matter, round=matter.round if in_round is None else in_round)
    return Count.tally(int(matter.data.get(ballot.eligible, 0)), counts)


def _require_possible(matter: Matter, tally: Tally) -> None:
    if tally.cast > tally.eligible:
        raise NotVoting(f"票数合计 {tally.cast} 超过应到 {tally.eligible} 人，请核对")


def _require_teller(matter: Matter, procedure: Procedure, by: Doer, at: datetime) -> None:
    authority = authority_of(by, on=timezone.localdate(at))
    parties = [procedure.parties[id] for id in procedure.states[matter.state].waits_for]
    if not any(takes_part(one, matter, by=by, authority=authority) for one in parties):
        who = "、".join(one.title for one in parties)
        raise NotAllowed(f"计票由{who}办理")


def _record(action: str, matter: Matter, procedure: Procedure, words: str, by: Doer, at: datetime) -> None:
    record_event(
        by=by,
        at=at,
        action=f"procedures.{action}",
        subject=matter,
        unit_code=matter.unit.code,
        summary=f"{matter.unit.name}“{procedure.title}”{matter.number} 号：{words}",
    )
