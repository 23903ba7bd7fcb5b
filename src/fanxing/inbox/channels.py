"""The ways by which a person is reminded outside the product, and what must be known of them to be reached. Sends; stores nothing."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from urllib.request import Request, urlopen

import apprise
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fanxing.inbox.models import ReminderChoice
from fanxing.lib.refusals import Refused
from fanxing.lib.typed_text import normal

HIDDEN = "••••"
# Seconds that a robot is waited for.
PATIENCE = 10


class TargetFaulty(Refused):
    """An address or key to which nothing can be sent."""


@dataclass(frozen=True)
class Robot:
    """How the robot of a group is spoken to, as its maker says.

    key   what is pasted: its whole address or only its key; the address itself is ours, so that nobody makes the server call another
    body  what is posted to it, of a text
    code  the field of its answer that is 0 where it took the message: a refusal comes with status 200 as well
    most  the bytes of a text that it takes
    """

    key: re.Pattern[str]
    body: Callable[[str], object]
    code: str
    most: int


def _robot(address: str, key: str, body: Callable[[str], object], code: str, most: int) -> Robot:
    return Robot(re.compile(f"(?:{re.escape(address)})?({key}{{8,100}})"), body, code, most)


def _content(text: str) -> object:
    return {"msgtype": "text", "text": {"content": text}}


def _text(text: str) -> object:
    return {"msg_type": "text", "content": {"text": text}}


ROBOTS = {
    ReminderChoice.Channel.WECOM: _robot(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "[A-Za-z0-9_-]", _content, "errcode", most=2_048
    ),
    ReminderChoice.Channel.DINGTALK: _robot(
        "https://oapi.dingtalk.com/robot/send?access_token=", "[A-Za-z0-9]", _content, "errcode", most=15_000
    ),
    ReminderChoice.Channel.FEISHU: _robot("https://open.feishu.cn/open-apis/bot/v2/hook/", "[A-Za-z0-9_-]", _text, "code", most=15_000),
}


def offered() -> list[tuple[str, str]]:
    """The ways that this server can send by, with their names."""
    return [(value, label) for value, label in ReminderChoice.Channel.choices if value in settings.REMINDER_CHANNELS]


def target_of(channel: str, typed: str) -> str:
    """The address or key in what was typed. Raises TargetFaulty."""
    text = normal(typed)
    if channel not in settings.REMINDER_CHANNELS:
        raise TargetFaulty("本系统没有开通这种提醒方式")
    if channel == ReminderChoice.Channel.MAIL:
        try:
            validate_email(text)
        except ValidationError as error:
            raise TargetFaulty("应为电子邮箱地址，如 name@example.cn") from error
        return text
    found = ROBOTS[ReminderChoice.Channel(channel)].key.fullmatch(text)
    if found is None:
        raise TargetFaulty("请粘贴机器人的完整 Webhook 地址，或只粘贴其中的密钥")
    return found[1]


def masked(target: str) -> str:
    """An address or key so that its owner knows it again, and nobody else learns it."""
    name, mark, domain = target.partition("@")
    return f"{name[:1]}{HIDDEN}@{domain}" if mark else f"{HIDDEN}{target[-4:]}"


def send(channel: str, target: str, title: str, text: str) -> bool:
    """Send a message now; whether it was taken."""
    pattern = settings.REMINDER_CHANNELS.get(channel)
    if pattern is None:
        return False
    address = pattern.replace("{target}", quote(target, safe=""))
    if address.startswith("http"):
        return _post(ROBOTS[ReminderChoice.Channel(channel)], address, f"{title}\n{text}")
    # What the library would log names the address.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    return service.add(address) and bool(service.notify(title=title, body=text))


def _post(robot: Robot, address: str, text: str) -> bool:
    """Post a text to a robot. Not through apprise: for WeCom and DingTalk it takes every answer with status 200 for a success."""
    cut = text.encode()[: robot.most].decode(errors="ignore")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(address, json.dumps(robot.body(cut)).encode(), headers)  # noqa: S310 — the address is that of the settings
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            said = json.load(answer)
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get(robot.code) == 0
