"""The ways by which a person is reminded outside the product, and what must be known of them to be reached. Sends; stores nothing."""

import logging
import re
from urllib.parse import quote

import apprise
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fanxing.inbox.models import ReminderChoice
from fanxing.lib.refusals import Refused
from fanxing.lib.typed_text import normal

# What is pasted is the whole address of a robot, or only its key; the address itself is ours, so that nobody makes the server call another.
KEYS = {
    ReminderChoice.Channel.WECOM: re.compile(r"(?:https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=)?([A-Za-z0-9_-]{8,100})"),
    ReminderChoice.Channel.DINGTALK: re.compile(r"(?:https://oapi\.dingtalk\.com/robot/send\?access_token=)?([A-Za-z0-9]{8,100})"),
    ReminderChoice.Channel.FEISHU: re.compile(r"(?:https://open\.feishu\.cn/open-apis/bot/v2/hook/)?([A-Za-z0-9_-]{8,100})"),
}
HIDDEN = "••••"


class TargetFaulty(Refused):
    """An address or key to which nothing can be sent."""


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
    found = KEYS[ReminderChoice.Channel(channel)].fullmatch(text)
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
    # What the library would log names the address.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    service = apprise.Apprise()
    return service.add(pattern.replace("{target}", quote(target, safe=""))) and bool(service.notify(title=title, body=text))
