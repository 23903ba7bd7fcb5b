"""The first account of a new installation, from the command line."""

import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fanxing.accounts.models import User
from fanxing.organisations.authority import may
from fanxing.organisations.models import Person
from tests.cast import Cast

PASSWORD = "yunxi-liuhe-2026"


def appoint(monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = PASSWORD) -> str:
    said = StringIO()
    monkeypatch.setattr(sys, "stdin", StringIO(password + "\n"))
    call_command("appoint", *arguments, "--name=王芳", stdout=said)
    return said.getvalue().strip()


def test_who_is_appointed_signs_in_and_may_act(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    said = appoint(monkeypatch, "wang", "--unit=990000", "--post=desk")
    user = User.objects.get(username="wang")
    assert (said, user.check_password(PASSWORD)) == ("云溪市创建办可用“wang”登录", True)
    assert may(user, "unit.manage", cast.village)


@pytest.mark.parametrize(
    ("arguments", "password", "message"),
    [
        (("wang", "--unit=nowhere", "--post=desk"), PASSWORD, "现有岗位：clerk、desk、reviewer、secretary"),
        (("wang", "--unit=990000", "--post=emperor"), PASSWORD, "没有岗位“emperor”"),
        (("wang", "--unit=990000", "--post=desk"), "short", "密码"),
        (("desk", "--unit=990000", "--post=desk"), PASSWORD, "用户名"),
        (("wang", "--unit=990000", "--post=secretary"), PASSWORD, "不设“支部书记”"),
    ],
)
def test_a_refusal_leaves_nothing_behind(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], password: str, message: str
):
    before = Person.objects.count()
    with pytest.raises(CommandError, match=message):
        appoint(monkeypatch, *arguments, password=password)
    assert Person.objects.count() == before
