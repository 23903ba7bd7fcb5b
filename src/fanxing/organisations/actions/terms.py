"""What becomes of a term after somebody was appointed: prolonged, described, stood in for, handed over, and its number read."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fanxing.organisations.actions.people import (
    WrongTerm,
    assign,
    end_assignment,
    overlapping,
    record,
    require_giving,
)
from fanxing.organisations.authority import Doer, require
from fanxing.organisations.models import Assignment, Person, Post
from fanxing.organisations.particulars import NO_PARTICULARS, Particulars


class NobodyElse(WrongTerm):
    """Somebody cannot stand in for themselves or hand over to themselves."""


@dataclass(frozen=True)
class HandedOver:
    """What a hand-over did: terms that went over, turns of rotas that did, and terms that ended because the other held the post already."""

    terms: tuple[Assignment, ...]
    turns: int
    ended: int


@transaction.atomic
def renew_term(*, assignment: Assignment, valid_to: date | None, by: Doer, at: datetime) -> None:
    """Let a term that still runs end on another, later day, or on none. Raises NotAllowed, WrongTerm."""
    unit, post, person = assignment.unit, assignment.post, assignment.person
    require_giving(post, unit, by=by, at=at)
    today = timezone.localdate(at)
    running = Assignment.objects.filter(pk=assignment.pk, valid_to__gt=today, rota=None)
    if valid_to is not None:
        running = running.filter(valid_to__lt=valid_to)
    elif assignment.stands_in_for_id:
        raise WrongTerm("代行要写明到哪一天")
    # Of others of this person at this post the next must not begin before this one ends.
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk))
    before = assignment.valid_to
    if overlapping([person.pk], unit, post, assignment.valid_from, valid_to).exclude(pk=assignment.pk).exists():
        raise WrongTerm("此人在这一岗位已另有任期，不能重叠")
    if not running.update(valid_to=valid_to):
        raise WrongTerm("只有还在任、定了止期的任职可以续任，新的止期要晚于原来的")
    assignment.valid_to = valid_to
    summary = f"人员 {person.pk} 号续任{unit.name}{post.title}"
    record("renew_term", person, unit, summary, {"post": post.id, "from": before, "to": valid_to}, by, at)


@transaction.atomic
def describe_term(*, assignment: Assignment, particulars: Particulars, by: Doer, at: datetime) -> None:
    """Say anew how the holder of a post is reached and what they answer for. The log tells which of it changed, not the number."""
    unit, post, person = assignment.unit, assignment.post, assignment.person
    require(by, "person.manage", unit, on=timezone.localdate(at))
    told = asdict(particulars.checked())
    changed = [name for name, text in told.items() if text != getattr(assignment, name)]
    if not changed:
        return
    for name, text in told.items():
        setattr(assignment, name, text)
    assignment.save(update_fields=changed)
    summary = f"更新人员 {person.pk} 号任{unit.name}{post.title}的联系方式和职责"
    record("describe_term", person, unit, summary, {"post": post.id, "changed": changed}, by, at)


@transaction.atomic
def stand_in(
    *,
    assignment: Assignment,
    person: Person,
    valid_from: date,
    valid_to: date,
    particulars: Particulars = NO_PARTICULARS,
    by: Doer,
    at: datetime,
) -> Assignment:
    """Let somebody hold a post for a time beside its holder, who is away: with all that it permits. Raises as `assign`."""
    if assignment.stands_in_for_id or assignment.rota_id:
        raise WrongTerm("代行和轮值不能再由别人代行")
    if person.pk == assignment.person_id:
        raise NobodyElse("不能由本人代行自己的岗位")
    # Two who would stand in at once wait for each other here.
    held = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if valid_from < held.valid_from or (held.valid_to and valid_to > held.valid_to):
        raise WrongTerm("代行要在原任期之内")
    if held.stand_ins.filter(valid_from__lt=valid_to, valid_to__gt=valid_from).exists():
        raise WrongTerm("这段时间已有人代行")
    return assign(
        person=person,
        unit=held.unit,
        post=held.post,
        valid_from=valid_from,
        valid_to=valid_to,
        particulars=particulars,
        stands_in_for=held,
        by=by,
        at=at,
    )


@transaction.atomic
def hand_over(*, person: Person, to: Person, on: date, by: Doer, at: datetime) -> HandedOver:
    """Give another person every post that somebody holds or will hold, from a day on, with the ends that were set for them.

    All or nothing: it takes the right to give each of them. Where the other holds the post already the term just ends.
    """
    if person.pk == to.pk:
        raise NobodyElse("请选择另一个人")
    lasting = person.assignments.filter(Q(valid_to=None) | Q(valid_to__gt=on)).select_related("unit", "post", "stands_in_for")
    rows = [row for row in lasting.order_by("unit__path", "post", "valid_from") if row.valid_to is None or row.valid_to > row.valid_from]
    if not rows:
        raise WrongTerm("此人在这一天没有要移交的岗位")
    turns = [row for row in rows if row.rota_id]
    for turn in turns:
        _give_turn(turn, to, by, at)
    went = [_over(row, to, on, by, at) for row in rows if not row.rota_id]
    terms = tuple(row for row in went if row)
    details = {"to": to.pk, "on": on, "terms": len(terms), "turns": len(turns)}
    record("hand_over", person, person.unit, f"人员 {person.pk} 号的岗位移交给人员 {to.pk} 号", details, by, at)
    return HandedOver(terms, len(turns), len(went) - len(terms))


def _over(row: Assignment, to: Person, on: date, by: Doer, at: datetime) -> Assignment | None:
    """The term that goes on with another person; None where they hold the post already or it is theirs that this one stands in for."""
    begins, ends = max(on, row.valid_from), row.valid_to
    end_assignment(assignment=row, valid_to=begins, by=by, at=at)
    its_own = row.stands_in_for is not None and row.stands_in_for.person_id == to.pk
    if its_own or overlapping([to.pk], row.unit, row.post, begins, ends).exists():
        return None
    told = Particulars(row.phone, row.hours, row.scope, row.duty, row.reward)
    return assign(
        person=to,
        unit=row.unit,
        post=row.post,
        valid_from=begins,
        valid_to=ends,
        particulars=told,
        stands_in_for=row.stands_in_for,
        by=by,
        at=at,
    )


@transaction.atomic
def give_turn(*, turn: Assignment, to: Person, by: Doer, at: datetime) -> None:
    """Let another person take a turn of a rota that is still to come. Raises NotAllowed, WrongTerm."""
    _give_turn(turn, to, by, at)


def _give_turn(turn: Assignment, to: Person, by: Doer, at: datetime) -> None:
    require_giving(turn.post, turn.unit, by=by, at=at)
    if to.pk == turn.person_id:
        raise NobodyElse("这一班本来就是此人的")
    if overlapping([to.pk], turn.unit, turn.post, turn.valid_from, turn.valid_to).exclude(pk=turn.pk).exists():
        raise WrongTerm(f"此人 {turn.valid_from} 已有一班")
    coming = Assignment.objects.filter(pk=turn.pk, person=turn.person_id, valid_to__gt=timezone.localdate(at)).exclude(rota=None)
    if not coming.update(person=to):
        raise WrongTerm("这一班已过或刚刚换了人，请刷新后再看")
    details = {"post": turn.post_id, "from": turn.valid_from, "to": to.pk}
    record("give_turn", turn.person, turn.unit, f"{turn.unit.name}{turn.post.title}一班换人", details, by, at)
    turn.person = to


def read_phone(*, assignment: Assignment, by: Doer, at: datetime) -> str:
    """The number of a post in full. That it was read is logged unless it is public; raises NotAllowed as the post says."""
    if assignment.post.phone == Post.Phone.PUBLIC:
        return assignment.phone
    permission = "unit.view" if assignment.post.phone == Post.Phone.COLLEAGUES else "person.view"
    require(by, permission, assignment.unit, on=timezone.localdate(at))
    unit, post, person = assignment.unit, assignment.post, assignment.person
    summary = f"查看人员 {person.pk} 号任{unit.name}{post.title}的电话"
    record("read_phone", person, unit, summary, {"post": post.id}, by, at)
    return assignment.phone
