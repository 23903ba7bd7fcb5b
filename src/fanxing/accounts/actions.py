"""Accounts opened, closed and given passwords.

A stage above decides who may do this for whom: posts are not known here. What a user does to the own account
is checked here.
"""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fanxing.accounts.models import User
from fanxing.audit.actions import record_event
from fanxing.audit.actors import PUBLIC, SYSTEM, Actor
from fanxing.lib.refusals import NotAllowed, Refused


class InvalidAccount(Refused):
    """The account cannot be like this: a bad or taken username, an empty name, a weak password."""


class WrongPassword(Refused):
    """The current password given is not the current one."""


class AccountClosed(Refused):
    """The account is already closed."""


@transaction.atomic
def create_user(*, username: str, display_name: str, password: str | None = None, by: Actor, at: datetime) -> User:
    """Open an account; without a password it cannot sign in until `set_password`."""
    user = User(username=username, display_name=display_name.strip(), created_at=at)
    if username in (SYSTEM.username, PUBLIC.username):
        raise InvalidAccount(f"用户名“{username}”留给系统使用")
    _store_password(user, password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise InvalidAccount("；".join(error.messages)) from error
    user.save(force_insert=True)
    _record("create_user", user, f"开立账号“{user.display_name}”（{username}）", by=by, at=at)
    return user


@transaction.atomic
def change_password(*, user: User, current: str, new: str, by: Actor, at: datetime) -> None:
    """Change one's own password; `current` proves that it is not someone at an unlocked screen."""
    if by.username != user.username:
        raise NotAllowed("只能修改自己的密码")
    if not user.check_password(current):
        raise WrongPassword("当前密码不正确")
    _replace_password(user, new)
    _record("change_password", user, f"“{user.display_name}”修改了自己的密码", by=by, at=at)


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, at: datetime) -> None:
    """Give someone a new password, as when the old one is forgotten."""
    _replace_password(user, password)
    _record("set_password", user, f"重设账号“{user.display_name}”的密码", by=by, at=at)


@transaction.atomic
def deactivate_user(*, user: User, by: Actor, at: datetime) -> None:
    """Close the account: its sessions end with their next request, its history stays."""
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise AccountClosed(f"账号“{user.display_name}”已停用")
    user.is_active = False
    _record("deactivate_user", user, f"停用账号“{user.display_name}”", by=by, at=at)


def _replace_password(user: User, password: str) -> None:
    if not user.is_active:
        raise AccountClosed(f"账号“{user.display_name}”已停用")
    _store_password(user, password)
    user.save(update_fields=["password"])


def _store_password(user: User, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InvalidAccount("；".join(error.messages)) from error
    # None becomes a password that never matches.
    user.set_password(password)


def _record(action: str, user: User, summary: str, *, by: Actor, at: datetime) -> None:
    record_event(by=by, at=at, action=f"accounts.{action}", subject=user, summary=summary)
