"""People, their posts and their accounts."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fanxing.accounts import actions as accounts
from fanxing.accounts.models import User
from fanxing.audit.actions import record_event
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.actions.units import UnitClosed
from fanxing.organisations.authority import Authority, Doer, Grant, authority_of, require
from fanxing.organisations.models import Assignment, Person, Post, Unit
from fanxing.organisations.permissions import PERMISSION_SETS


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
    Post.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=["title", "permission_set", "kinds"])
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
    if not name.strip() or len(name.strip()) > 50:
        raise InvalidPerson("姓名为 1 至 50 个字")
    _require_open(unit)
    person = Person.objects.create(name=name.strip(), unit=unit)
    _record("create_person", person, unit, f"{unit.name}登记人员 {person.pk} 号", {}, by, at)
    return person


@transaction.atomic
def assign(*, person: Person, unit: Unit, post: Post, valid_from: date, by: Doer, at: datetime) -> Assignment:
    """Give a person a post in a unit from a day on.

    Nobody gives what they do not have: the post may carry only permissions that `by` holds in the unit.
    """
    on = timezone.localdate(at)
    require(by, "person.manage", unit, on=on)
    if not authority_of(by, on=on).covers(Authority((Grant(unit.path, post.permissions),))):
        raise NotAllowed(f"“{post.title}”的权限超出您在{unit.name}的权限，不能授予")
    if post.kinds and unit.kind not in post.kinds:
        raise InvalidPost(f"{unit.name}不设“{post.title}”")
    _require_open(unit)
    assignment, is_new = Assignment.objects.get_or_create(
        person=person, unit=unit, post=post, valid_to=None, defaults={"valid_from": valid_from}
    )
    if not is_new:
        raise WrongTerm(f"此人自 {assignment.valid_from} 起已任{unit.name}{post.title}")
    summary = f"任命人员 {person.pk} 号为{unit.name}{post.title}"
    _record("assign", person, unit, summary, {"post": post.id, "from": valid_from}, by, at)
    return assignment


@transaction.atomic
def end_assignment(*, assignment: Assignment, valid_to: date, by: Doer, at: datetime) -> None:
    """Let a post end: `valid_to` is the first day on which it is no longer held."""
    unit, post, person = assignment.unit, assignment.post, assignment.person
    require(by, "person.manage", unit, on=timezone.localdate(at))
    if valid_to < assignment.valid_from:
        raise WrongTerm(f"任职自 {assignment.valid_from} 起，不能更早结束")
    if not Assignment.objects.filter(pk=assignment.pk, valid_to=None).update(valid_to=valid_to):
        raise WrongTerm("这一任职已经结束")
    assignment.valid_to = valid_to
    summary = f"人员 {person.pk} 号不再任{unit.name}{post.title}"
    _record("end_assignment", person, unit, summary, {"post": post.id, "to": valid_to}, by, at)


@transaction.atomic
def open_account(*, person: Person, username: str, display_name: str, password: str | None = None, by: Doer, at: datetime) -> User:
    """Give a person an account, whose name on screen says the post."""
    _require_over(person, by=by, at=at)
    if person.user:
        raise InvalidPerson(f"此人已有账号“{person.user.username}”")
    user = accounts.create_user(username=username, display_name=display_name, password=password, by=by, at=at)
    person.user = user
    person.save(update_fields=["user"])
    _record("open_account", person, person.unit, f"人员 {person.pk} 号使用账号“{username}”", {}, by, at)
    return user


@transaction.atomic
def reset_password(*, person: Person, password: str, by: Doer, at: datetime) -> None:
    """Give a person who cannot sign in a new password."""
    accounts.set_password(user=_account(person, by=by, at=at), password=password, by=by, at=at)


@transaction.atomic
def close_account(*, person: Person, by: Doer, at: datetime) -> None:
    """Close a person's account; the posts stay until they are ended."""
    accounts.deactivate_user(user=_account(person, by=by, at=at), by=by, at=at)


def _require_open(unit: Unit) -> None:
    """Refuse closed units, and keep the unit from being closed until this is done."""
    if not Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk, closed_on=None).exists():
        raise UnitClosed(f"{unit.name}已撤销")


def _account(person: Person, *, by: Doer, at: datetime) -> User:
    _require_over(person, by=by, at=at)
    if not person.user:
        raise InvalidPerson("此人没有账号")
    return person.user


def _require_over(person: Person, *, by: Doer, at: datetime) -> None:
    """Require power over the person's unit and over all that the person may do, now or later.

    Else a clerk could take over the account of someone with more power.
    """
    on = timezone.localdate(at)
    require(by, "person.manage", person.unit, on=on)
    posts = person.assignments.filter(Q(valid_to=None) | Q(valid_to__gt=on)).select_related("post", "unit")
    held = Authority(tuple(Grant(row.unit.path, row.post.permissions) for row in posts))
    if not authority_of(by, on=on).covers(held):
        raise NotAllowed("此人的权限超出您的权限，不能管理其账号")


def _record(action: str, person: Person, unit: Unit, summary: str, details: dict[str, object], by: Doer, at: datetime) -> None:
    record_event(
        by=by,
        at=at,
        action=f"organisations.{action}",
        subject=person,
        unit_code=unit.code,
        summary=summary,
        details=details,
    )
