"""A committee: each of several bodies or persons gives a verdict, and the last that matters moves the matter on."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import Authority, Doer, authority_of
from fanxing.procedures.actions.asking import heard
from fanxing.procedures.actions.following import follow
from fanxing.procedures.actions.walking import locked
from fanxing.procedures.deciding import agreed
from fanxing.procedures.models import Matter, Verdict
from fanxing.procedures.parties import holders_of, sits_in, takes_part
from fanxing.scheme.model import Committee, Procedure

WORDS_LENGTH = 500


class NotConferring(Refused):
    """The matter is at no committee now, or the verdict cannot be given so."""


class VerdictGiven(Refused):
    """This member has given its verdict already."""


@transaction.atomic
def give_verdict(
    *, matter: Matter, choice: str, words: str = "", member: str = "", by: Doer, at: datetime, turn: int | None = None
) -> Verdict:
    """Say for one's body, or oneself, whether the committee should agree; whoever does not must say why.

    `member` names the body for whoever speaks for several; without it the first that has not spoken is meant. As soon as nothing
    can change the outcome the matter goes on by itself. Raises NotConferring, NotAllowed, VerdictGiven, StepTaken.
    """
    held = locked(matter, turn)
    procedure = held.procedure
    committee = committee_of(held, procedure)
    today = timezone.localdate(at)
    text = words.strip()
    if choice not in Verdict.Choice.values:
        raise NotConferring("意见应为同意、不同意或弃权")
    if choice == Verdict.Choice.AGAINST and not text:
        raise NotConferring("不同意要说明理由")
    if len(text) > WORDS_LENGTH:
        raise NotConferring(f"说明最多 {WORDS_LENGTH} 个字，现有 {len(text)} 个")
    member, title = _member(held, procedure, committee, by, authority_of(by, on=today), member)
    verdict = Verdict(
        matter=held,
        round=held.round,
        member=member,
        member_title=title,
        choice=choice,
        words=text,
        given_at=at,
        given_by=by.username,
        given_by_title=by.display_name,
    )
    try:
        with transaction.atomic():
            verdict.save(force_insert=True)
    except IntegrityError:
        raise VerdictGiven(f"{title}已经给出意见，请刷新后查看") from None
    record_event(
        by=by,
        at=at,
        action="procedures.give_verdict",
        subject=held,
        unit_code=held.unit.code,
        summary=f"{held.unit.name}“{procedure.title}”{held.number} 号：{title}{verdict.get_choice_display()}",
        rows=[verdict],
    )
    heard(held, procedure, by, at)
    conclude(held, procedure, committee, at)
    return verdict


def conclude(matter: Matter, procedure: Procedure, committee: Committee, at: datetime) -> bool:
    """Let a matter that is locked go on where its committee has decided; whether it did. Who is counted by heads may have left since."""
    choices = verdicts_of(matter).values_list("choice", flat=True)
    decided = agreed(committee, size_of(matter, procedure, committee, timezone.localdate(at)), choices)
    if decided is not None:
        follow(matter, committee.passes if decided else committee.fails, at=at)
    return decided is not None


def committee_of(matter: Matter, procedure: Procedure) -> Committee:
    """The committee at which a matter is; raises NotConferring."""
    step = procedure.states[matter.state].step
    if not isinstance(step, Committee):
        raise NotConferring("这件事项现在不在会商，请刷新后再看")
    return step


def verdicts_of(matter: Matter) -> QuerySet[Verdict]:
    """The verdicts of the round in which a matter is."""
    return Verdict.objects.filter(matter=matter, round=matter.round)


def size_of(matter: Matter, procedure: Procedure, committee: Committee, today: date) -> int:
    """How many verdicts there can be: parties, or people with an account at their posts today."""
    if committee.each == "body":
        return len(committee.members)
    return len({term.person_id for term in holders_of(procedure, committee.members, matter, today)})


def bodies_of(matter: Matter, procedure: Procedure, committee: Committee, by: Doer, authority: Authority) -> list[str]:
    """The members of a committee for whom somebody may speak. Where heads are counted, only whoever sits in the unit itself."""
    parties = [procedure.parties[id] for id in committee.members]
    if committee.each == "person":
        return [one.id for one in parties if sits_in(one, matter, authority)]
    return [one.id for one in parties if takes_part(one, matter, by=by, authority=authority)]


def _member(matter: Matter, procedure: Procedure, committee: Committee, by: Doer, authority: Authority, wanted: str) -> tuple[str, str]:
    """The member for whom somebody speaks: the body they name, or one that has not spoken yet, or they themselves."""
    mine = [id for id in bodies_of(matter, procedure, committee, by, authority) if wanted in ("", id) or committee.each == "person"]
    if not mine:
        raise NotAllowed("您不是这次会商的成员")
    if committee.each == "person":
        return by.username, by.display_name
    said = set(verdicts_of(matter).values_list("member", flat=True))
    # Two bodies may have one holder: the second verdict is for the second body.
    member = next((id for id in mine if id not in said), mine[0])
    return member, procedure.parties[member].title
