"""The ways by which a person is reminded outside the product, and what must be known of them to be reached. Sends; stores nothing."""

import json
import logging
import re
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hmac import digest
from urllib.parse import quote, urlencode
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


SECRET = re.compile(r"[A-Za-z0-9_-]{8,100}")


class TargetFaulty(Refused):
    """An address or key to which nothing can be sent."""


class SecretFaulty(Refused):
    """A secret with which nothing can be signed."""


Posted = dict[str, object]
# Of an address, what is posted to it, the secret and the time.
Signing = Callable[[str, Posted, str, float], tuple[str, Posted]]


@dataclass(frozen=True)
class Robot:
    """How the robot of a group is spoken to, as its maker says.

    key   what is pasted: its whole address or only its key; the address itself is ours, so that nobody makes the server call another
    body  what is posted to it, of a text
    code  the field of its answer that is 0 where it took the message: a refusal comes with status 200 as well
    most  the bytes of a text that it takes
    sign  gives its address and what is posted once more, signed with the secret of the group; None where nothing is signed
    """

    key: re.Pattern[str]
    body: Callable[[str], Posted]
    code: str
    most: int
    sign: Signing | None


def _robot(address: str, key: str, body: Callable[[str], Posted], code: str, most: int, sign: Signing | None = None) -> Robot:
    return Robot(re.compile(f"(?:{re.escape(address)})?({key}{{8,100}})"), body, code, most, sign)


def _content(text: str) -> Posted:
    return {"msgtype": "text", "text": {"content": text}}


def _text(text: str) -> Posted:
    return {"msg_type": "text", "content": {"text": text}}


def signed_in_address(address: str, body: Posted, secret: str, now: float) -> tuple[str, Posted]:
    """Milliseconds; the secret is the key, over the time and itself; both are added to the address."""
    at = str(int(now * 1_000))
    signs = urlencode({"timestamp": at, "sign": _signature(secret, f"{at}\n{secret}")})
    return f"{address}&{signs}", body


def signed_in_body(address: str, body: Posted, secret: str, now: float) -> tuple[str, Posted]:
    """Seconds; the time and the secret are the key, over nothing; both are added to what is posted."""
    at = str(int(now))
    return address, {"timestamp": at, "sign": _signature(f"{at}\n{secret}", ""), **body}


def _signature(key: str, text: str) -> str:
    return b64encode(digest(key.encode(), text.encode(), "sha256")).decode()


ROBOTS = {
    ReminderChoice.Channel.WECOM: _robot(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "[A-Za-z0-9_-]", _content, "errcode", most=2_048
    ),
    ReminderChoice.Channel.DINGTALK: _robot(
        "https://oapi.dingtalk.com/robot/send?access_token=", "[A-Za-z0-9]", _content, "errcode", most=15_000, sign=signed_in_address
    ),
    ReminderChoice.Channel.FEISHU: _robot(
        "https://open.feishu.cn/open-apis/bot/v2/hook/", "[A-Za-z0-9_-]", _text, "code", most=15_000, sign=signed_in_body
    ),
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


def secret_of(channel: str, typed: str) -> str:
    """The secret in what was typed, with which messages to a group are signed; blank where nothing is. Raises SecretFaulty."""
    text = normal(typed)
    robot = ROBOTS.get(ReminderChoice.Channel(channel)) if channel else None
    if text and (robot is None or robot.sign is None):
        raise SecretFaulty("这种方式没有加签密钥，请留空")
    if text and SECRET.fullmatch(text) is None:
        raise SecretFaulty("请粘贴机器人安全设置里“加签”或“签名校验”的密钥")
    return text


def masked(target: str) -> str:
    """An address or key so that its owner knows it again, and nobody else learns it."""
    name, mark, domain = target.partition("@")
    return f"{name[:1]}{HIDDEN}@{domain}" if mark else f"{HIDDEN}{target[-4:]}"


def send(channel: str, target: str, title: str, text: str, secret: str = "") -> bool:
    """Send a message now, signed where there is a secret; whether it was taken."""
    pattern = settings.REMINDER_CHANNELS.get(channel)
    if pattern is None:
        return False
    address = pattern.replace("{target}", quote(target, safe=""))
    if address.startswith("http"):
        return _post(ROBOTS[ReminderChoice.Channel(channel)], address, f"{title}\n{text}", secret)
    # What the library would log names the address.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    return service.add(address) and bool(service.notify(title=title, body=text))


def _post(robot: Robot, address: str, text: str, secret: str) -> bool:
    """Post a text to a robot. Not through apprise: for WeCom and DingTalk it takes every answer with status 200 for a success."""
    body = robot.body(text.encode()[: robot.most].decode(errors="ignore"))
    if secret and robot.sign:
        address, body = robot.sign(address, body, secret, time.time())
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 — the address is that of the settings
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            said = json.load(answer)
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and said.get(robot.code) == 0
