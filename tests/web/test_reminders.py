"""The page on which one says how one wants to be reminded."""

import re

import pytest
from django.test import Client

from fanxing.inbox.models import ReminderChoice
from tests.cast import Cast
from tests.web.test_units import Read

PAGE = "/reminders/"
KEY = "0a1b2c3d-4e5f-6789"
SAID = {"channel": "wecom", "target": KEY, "hour": "8", "quiet_from": "21", "quiet_to": "7"}


def send(client: Client, user: object, **changes: str) -> tuple[int, str]:
    client.force_login(user)  # type: ignore[arg-type]
    response = client.post(PAGE, SAID | changes)
    return response.status_code, response.text


def test_nobody_is_reminded_elsewhere_until_they_say_so(read: Read, cast: Cast):
    page = read(cast.secretary, PAGE)
    assert re.findall(r'value="(\w*)" checked', page) == [""]
    assert ("试发一条" in page, "/reminders/" in read(cast.secretary, "/password/")) == (False, True)


def test_a_choice_is_kept_and_its_address_masked(client: Client, read: Read, cast: Cast):
    assert send(client, cast.secretary)[0] == 302
    page = read(cast.secretary, PAGE)
    assert re.findall(r'value="(\w*)" checked', page) == ["wecom"]
    assert ("••••6789" in page, KEY in page, "试发一条" in page) == (True, False, True)
    assert send(client, cast.secretary, target="", hour="9")[0] == 302
    assert ReminderChoice.objects.values_list("target", "hour").get() == (KEY, 9)
    assert "••••6789" not in read(cast.colleague, PAGE)


def test_a_secret_is_kept_and_never_shown_again(client: Client, read: Read, cast: Cast):
    secret = "SEC0a1b2c3d4e5f"
    assert "已有密钥" not in read(cast.secretary, PAGE)
    assert send(client, cast.secretary, channel="dingtalk", target="abcdef0123", secret=secret)[0] == 302
    assert ReminderChoice.objects.values_list("target", "secret").get() == ("abcdef0123", secret)
    page = read(cast.secretary, PAGE)
    assert ("已有密钥，不变就不用填" in page, secret in page, "0123" in page) == (True, False, True)
    status, page = send(client, cast.secretary, channel="dingtalk", target="", secret=secret, hour="23")
    assert (status, secret in page) == (422, False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"target": "http://127.0.0.1/x"}, "请粘贴机器人的完整 Webhook 地址，或只粘贴其中的密钥"),
        ({"hour": "23"}, "提醒的时间不能在免打扰时段里"),
        ({"secret": "SEC0a1b2c3d4e5f"}, "这种方式没有加签密钥，请留空"),
        ({"channel": "sms"}, "选择一个有效的选项"),
    ],
)
def test_what_is_wrong_is_said(client: Client, cast: Cast, changes: dict[str, str], words: str):
    status, page = send(client, cast.secretary, **changes)
    assert (status, words in page, ReminderChoice.objects.count()) == (422, True, 0)


def test_a_trial_needs_a_choice(client: Client, cast: Cast):
    client.force_login(cast.secretary)
    assert client.post("/reminders/trial/").status_code == 404
