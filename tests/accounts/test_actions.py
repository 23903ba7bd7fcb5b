"""Accounts opened, closed and given passwords."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from fanxing.accounts.actions import (
    AccountClosed,
    InvalidAccount,
    WrongPassword,
    change_password,
    create_user,
    deactivate_user,
    set_password,
)
from fanxing.accounts.models import User
from fanxing.audit.actors import SYSTEM
from fanxing.audit.queries import events_about
from fanxing.lib.refusals import NotAllowed
from tests.cast import NOW

pytestmark = pytest.mark.django_db

GOOD, BETTER = "yunxi-liuhe-2026", "shiqiao-qingshan-2026"


@pytest.fixture
def user() -> User:
    return create_user(username="secretary", display_name="柳河村支部书记", password=GOOD, by=SYSTEM, at=NOW)


def signs_in(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


def log_of(user: User) -> list[tuple[str, str, str]]:
    return [(event.action, event.actor, event.summary) for event in events_about(user)]


def test_an_account_signs_in_whatever_case_its_name_is_typed_in(user: User):
    assert [signs_in(name, GOOD) for name in ("secretary", "Secretary ", "secretari")] == [True, True, False]


def test_the_password_is_kept_with_argon2(user: User):
    assert user.password.startswith("argon2")


def test_opening_an_account_is_in_the_log(user: User):
    assert log_of(user) == [("accounts.create_user", "system", "开立账号“柳河村支部书记”（secretary）")]


def test_an_account_without_a_password_cannot_sign_in():
    user = create_user(username="clerk", display_name="石桥镇干事", by=SYSTEM, at=NOW)
    assert (user.has_usable_password(), signs_in("clerk", "")) == (False, False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"username": "secretary"}, "用户名"),
        ({"username": "Clerk"}, "小写字母"),
        ({"username": "林秀英"}, "小写字母"),
        ({"username": "x"}, "小写字母"),
        ({"username": "system"}, "留给系统"),
        ({"display_name": "  "}, "不能为空|必填|空白"),
        ({"display_name": "长" * 65}, "64"),
        ({"password": "short"}, "密码"),
        ({"password": "2026061512345"}, "密码"),
        ({"username": "yunxi-liuhe", "password": "yunxi-liuhe"}, "密码"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_reason(user: User, changes: dict[str, str], message: str):
    wanted = {"username": "clerk", "display_name": "石桥镇干事", "password": GOOD} | changes
    with pytest.raises(InvalidAccount, match=message):
        create_user(**wanted, by=SYSTEM, at=NOW)
    assert User.objects.count() == 1


def test_one_changes_ones_own_password(user: User):
    change_password(user=user, current=GOOD, new=BETTER, by=user, at=NOW)
    assert (signs_in("secretary", GOOD), signs_in("secretary", BETTER)) == (False, True)
    assert log_of(user)[1:] == [("accounts.change_password", "secretary", "“柳河村支部书记”修改了自己的密码")]


def test_nobody_changes_the_password_of_another(user: User):
    other = create_user(username="colleague", display_name="青山村支部书记", by=SYSTEM, at=NOW)
    with pytest.raises(NotAllowed):
        change_password(user=user, current=GOOD, new=BETTER, by=other, at=NOW)
    assert signs_in("secretary", GOOD)


def test_the_current_password_must_be_right(user: User):
    with pytest.raises(WrongPassword):
        change_password(user=user, current=BETTER, new=BETTER, by=user, at=NOW)
    assert signs_in("secretary", GOOD)


def test_a_weak_new_password_is_refused(user: User):
    with pytest.raises(InvalidAccount):
        change_password(user=user, current=GOOD, new="12345678", by=user, at=NOW)
    assert signs_in("secretary", GOOD)


def test_a_forgotten_password_is_replaced(user: User):
    set_password(user=user, password=BETTER, by=SYSTEM, at=NOW)
    assert signs_in("secretary", BETTER)
    assert log_of(user)[1:] == [("accounts.set_password", "system", "重设账号“柳河村支部书记”的密码")]


def test_a_closed_account_cannot_sign_in_and_gets_no_password(user: User):
    deactivate_user(user=user, by=SYSTEM, at=NOW)
    assert not signs_in("secretary", GOOD)
    with pytest.raises(AccountClosed):
        set_password(user=user, password=BETTER, by=SYSTEM, at=NOW)
    assert log_of(user)[1:] == [("accounts.deactivate_user", "system", "停用账号“柳河村支部书记”")]


def test_an_account_is_closed_once(user: User):
    stale = User.objects.get(pk=user.pk)
    deactivate_user(user=user, by=SYSTEM, at=NOW)
    with pytest.raises(AccountClosed):
        deactivate_user(user=stale, by=SYSTEM, at=NOW)
    assert len(log_of(user)) == 2
