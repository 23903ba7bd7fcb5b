"""People, their posts and their accounts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from fanxing.accounts import actions as accounts
from fanxing.accounts.models import User
from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.lib.search_text import search_text
from fanxing.organisations.actions.units import UnitClosed
from fanxing.organisations.authority import Authority, Doer, Grant, authority_of, require
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.organisations.particulars import NO_PARTICULARS, Particulars
from fanxing.organisations.permissions import PERMISSION_SETS

NAME_LENGTH = 50
POST_FIELDS = ["title", "permission_set", "kinds", "position", "establishment", "phone", "is_named", "side"]


class InvalidPerson(Refused):
    """A person cannot be like this: no name, or an account already or not yet there."""


class InvalidPost(Refused):
    """The post carries no known permission set, or does not exist in this kind of unit."""


class WrongTerm(Refused):
    """The term is already running, already over, or would end before it began."""


@transaction.atomic
def define_posts(*, posts: Iterable[Post], by: Doer, at: datetime) -> None:
    """Add posts or give known ones another title, permission set or kinds; as a programme is published."""
    require(by, "programme.publish", None, on=timezone.localdate(at))
    rows = list(posts)
    for post in rows:
        if post.permission_set not in PERMISSION_SETS:
            known = "、".join(PERMISSION_SETS)
            raise InvalidPost(f"岗位“{post.title}”的权限集“{post.permission_set}”不存在，可用的有 {known}")
    Post.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=POST_FIELDS)
    record_event(
        by=by,
        at=at,
        action="organisations.define_posts",
        subject="organisations.Post",
        summary=f"设定岗位：{'、'.join(post.title for post in rows)}",
        details={post.id: {"permission_set": post.permission_set, "kinds": post.kinds} for post in rows},
    )


@transaction.atomic
def create_person(*, name: str, unit: Unit, by: Doer, at: datetime) -> Person:
    """Enter a person, to be kept by a unit; the log names only the number, so that the name can be erased."""
    require(by, "person.manage", unit, on=timezone.localdate(at))
    called = _sound_name(name)
    require_open(unit)
    person = Person.objects.create(name=called, unit=unit, search_text=search_text(called))
    record("create_person", person, unit, f"{unit.name}登记人员 {person.pk} 号", {}, by, at)
    return person


@transaction.atomic
def rename_person(*, person: Person, name: str, by: Doer, at: datetime) -> None:
    """Put a name right, or write the one that somebody bears now; what terms name is the person, so past ones show it too.

    Neither the old nor the new one reaches the log, from which nothing can be erased. Raises NotAllowed, InvalidPerson.
    """
    called = _sound_name(name)
    require(by, "person.manage", person.unit, on=timezone.localdate(at))
    if called == person.name:
        raise InvalidPerson("和现在的姓名一样")
    person.name, person.search_text = called, search_text(called)
    person.save(update_fields=["name", "search_text"])
    record("rename_person", person, person.unit, f"更正人员 {person.pk} 号的姓名", {}, by, at)


@transaction.atomic
def move_person(*, person: Person, unit: Unit, by: Doer, at: datetime) -> None:
    """Let another unit keep a person; the posts held stay until they are ended.

    Whoever keeps a person can manage their account, so it takes power over all that the person may do.
    """
    before = person.unit
    require_over(person, by=by, at=at)
    require(by, "person.manage", unit, on=timezone.localdate(at))
    require_open(unit)
    if not Person.objects.filter(pk=person.pk, unit=before).update(unit=unit):
        raise InvalidPerson("此人已转到别的单位，请刷新后再看")
    person.unit = unit
    summary = f"人员 {person.pk} 号由{before.name}转到{unit.name}"
    record("move_person", person, unit, summary, {"from": before.code, "to": unit.code}, by, at)


@transaction.atomic
def assign(
    *,
    person: Person,
    unit: Unit,
    post: Post,
    valid_from: date,
    valid_to: date | None = None,
    particulars: Particulars = NO_PARTICULARS,
    stands_in_for: Assignment | None = None,
    by: Doer,
    at: datetime,
) -> Assignment:
    """Give a person a post in a unit from a day on, until the day before `valid_to` or until it is ended.

    Nobody gives what they do not have: the post may carry only permissions that `by` holds in the unit. Raises NotAllowed,
    InvalidPost, WrongTerm, UnitClosed, ParticularsFaulty.
    """
    require_giving(post, unit, by=by, at=at)
    if not post.fits(unit):
        raise InvalidPost(f"{unit.name}不设“{post.title}”")
    if valid_to is not None and valid_to <= valid_from:
        raise WrongTerm("止期不能早于起期")
    told = particulars.checked()
    require_open(unit)
    # Whoever appoints the same person waits, so that one post is not given twice.
    list(Person.objects.select_for_update(no_key=True).filter(pk=person.pk))
    if held := overlapping([person.pk], unit, post, valid_from, valid_to).first():
        raise WrongTerm(f"此人自 {held.valid_from} 起已任{unit.name}{post.title}")
    assignment = Assignment.objects.create(
        person=person, unit=unit, post=post, valid_from=valid_from, valid_to=valid_to, stands_in_for=stands_in_for, **asdict(told)
    )
    action, words = ("stand_in", "代行") if stands_in_for else ("assign", "为")
    summary = f"任命人员 {person.pk} 号{words}{unit.name}{post.title}"
    details = {"post": post.id, "from": valid_from, "to": valid_to, "for": stands_in_for and stands_in_for.person_id}
    record(action, person, unit, summary, {key: value for key, value in details.items() if value}, by, at)
    return assignment


def overlapping(people: Iterable[int], unit: Unit, post: Post, valid_from: date, valid_to: date | None) -> QuerySet[Assignment]:
    """The terms of some people at a post of a unit that have a day in common with a term; one called off before it began has none."""
    terms = Assignment.objects.filter(person__in=people, unit=unit, post=post).exclude(valid_to=F("valid_from"))
    terms = terms.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from))
    return (terms.filter(valid_from__lt=valid_to) if valid_to else terms).order_by("valid_from")


@transaction.atomic
def end_assignment(*, assignment: Assignment, valid_to: date, by: Doer, at: datetime) -> None:
    """Let a post end: `valid_to` is the first day on which it is no longer held. Who stands in for the holder ends then too."""
    unit, post, person = assignment.unit, assignment.post, assignment.person
    require(by, "person.manage", unit, on=timezone.localdate(at))
    if valid_to < assignment.valid_from:
        raise WrongTerm(f"任职自 {assignment.valid_from} 起，不能更早结束")
    lasting = Q(valid_to=None) | Q(valid_to__gt=valid_to)
    # A term that is over stays as it was, also where a later end was set for it.
    running = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate(at))
    if not Assignment.objects.filter(lasting & running, pk=assignment.pk).update(valid_to=valid_to):
        raise WrongTerm("这一任职已经结束")
    assignment.valid_to = valid_to
    Assignment.objects.filter(lasting, stands_in_for=assignment).update(valid_to=Greatest(Value(valid_to), F("valid_from")))
    summary = f"人员 {person.pk} 号不再任{unit.name}{post.title}"
    record("end_assignment", person, unit, summary, {"post": post.id, "to": valid_to}, by, at)


@transaction.atomic
def open_account(*, person: Person, username: str, display_name: str, password: str | None = None, by: Doer, at: datetime) -> User:
    """Give a person an account, whose name on screen says the post."""
    require_over(person, by=by, at=at)
    if person.user:
        raise InvalidPerson(f"此人已有账号“{person.user.username}”")
    user = accounts.create_user(username=username, display_name=display_name, password=password, by=by, at=at)
    person.user = user
    person.save(update_fields=["user"])
    record("open_account", person, person.unit, f"人员 {person.pk} 号使用账号“{username}”", {}, by, at)
    return user


@transaction.atomic
def reset_password(*, person: Person, password: str, by: Doer, at: datetime) -> None:
    """Give a person who cannot sign in a new password."""
    accounts.set_password(user=_account(person, by=by, at=at), password=password, by=by, at=at)


@transaction.atomic
def close_account(*, person: Person, by: Doer, at: datetime) -> None:
    """Close a person's account; the posts stay until they are ended."""
    accounts.deactivate_user(user=_account(person, by=by, at=at), by=by, at=at)


def require_open(unit: Unit) -> None:
    """Refuse closed units, and keep the unit from being closed until this is done."""
    if not Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk, closed_on=None).exists():
        raise UnitClosed(f"{unit.name}已撤销")


def _account(person: Person, *, by: Doer, at: datetime) -> User:
    require_over(person, by=by, at=at)
    if not person.user:
        raise InvalidPerson("此人没有账号")
    return person.user


def require_over(person: Person, *, by: Doer, at: datetime) -> None:
    """Require power over the person's unit and over all that the person may do, now or later.

    Else a clerk could take over the account of someone with more power.
    """
    on = timezone.localdate(at)
    require(by, "person.manage", person.unit, on=on)
    posts = person.assignments.filter(Q(valid_to=None) | Q(valid_to__gt=on)).select_related("post", "unit")
    held = Authority(tuple(Grant(row.unit.path, row.post.permissions) for row in posts))
    if not authority_of(by, on=on).covers(held):
        raise NotAllowed("此人的权限超出您的权限，不能管理其账号")


def require_giving(post: Post, unit: Unit, *, by: Doer, at: datetime) -> None:
    """Require that people may be managed in the unit, and that the post carries nothing that `by` does not have there."""
    on = timezone.localdate(at)
    require(by, "person.manage", unit, on=on)
    if not authority_of(by, on=on).covers(Authority((Grant(unit.path, post.permissions),))):
        raise NotAllowed(f"“{post.title}”的权限超出您在{unit.name}的权限，不能授予")


def _sound_name(name: str) -> str:
    if not name.strip() or len(name.strip()) > NAME_LENGTH:
        raise InvalidPerson(f"姓名为 1 至 {NAME_LENGTH} 个字")
    return name.strip()


def record(action: str, person: Person, unit: Unit, summary: str, details: Mapping[str, object], by: Doer, at: datetime) -> None:
    """Note in the log what was done to a person, who is named by number alone."""
    record_event(
        by=by,
        at=at,
        action=f"organisations.{action}",
        subject=person,
        unit_code=unit.code,
        summary=summary,
        details=details,
    )
