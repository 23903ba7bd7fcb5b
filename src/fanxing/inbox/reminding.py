"""Reminding people of what waits for them: one message a day at most, prepared in an outbox and sent from there."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from fanxing.accounts.models import User
from fanxing.audit.actions import record_event
from fanxing.inbox.channels import secret_of, send, target_of
from fanxing.inbox.models import TYPED, Reminder, ReminderChoice, WorkItem
from fanxing.inbox.queries import waiting_at
from fanxing.lib.refusals import NotAllowed, Refused
from fanxing.organisations.authority import authority_of
from fanxing.organisations.models import Assignment, in_force
from fanxing.workdays.queries import calendar

# Days, today among them, in which something is due soon; items that a message names.
SOON, NAMED = 7, 5
TRIES, FIRST_PAUSE = 5, timedelta(minutes=5)
BETWEEN_TRIALS = timedelta(minutes=1)
KEPT = timedelta(days=30)
# What becomes urgent is told no sooner than so long after another message.
BETWEEN_URGENT = timedelta(hours=1)
# Titles in messages are no longer: a robot takes 2,048 bytes.
TITLE_SHOWN = 40


class ChoiceFaulty(Refused):
    """Hours that contradict each other."""


class TooSoon(Refused):
    """A trial message was sent just now."""


@transaction.atomic
def choose_reminders(
    *, user: User, channel: str, target: str, secret: str = "", hour: int, quiet_from: int, quiet_to: int, by: User, at: datetime
) -> ReminderChoice:
    """Say how one wants to be reminded; without a channel only in the product. A blank target keeps the one known of that channel, and
    with it the secret, unless one is given.

    The log tells the channel, never the address or the secret. Raises NotAllowed for another's choice, TargetFaulty, SecretFaulty,
    ChoiceFaulty.
    """
    if by.pk != user.pk:
        raise NotAllowed("只能设置自己的提醒方式")
    choice = ReminderChoice.objects.filter(user=user).first() or ReminderChoice(user=user)
    if not (choice.target and choice.channel == channel and not target.strip()):
        choice.target, choice.secret = target_of(channel, target) if channel else "", ""
    choice.secret = secret_of(channel, secret) or choice.secret
    choice.channel, choice.hour, choice.quiet_from, choice.quiet_to = channel, hour, quiet_from, quiet_to
    if channel and choice.is_quiet(hour):
        raise ChoiceFaulty("提醒的时间不能在免打扰时段里")
    choice.save()
    details = {"channel": channel, "hour": hour, "quiet_from": quiet_from, "quiet_to": quiet_to}
    words = choice.get_channel_display() if channel else "只在系统内"
    record_event(by=by, at=at, action="inbox.choose_reminders", subject=choice, summary=f"设置提醒方式：{words}", details=details)
    return choice


def send_trial(*, choice: ReminderChoice, by: User, at: datetime) -> bool:
    """Send a trial message by the way that was chosen; whether it was taken. Raises NotAllowed, TooSoon."""
    if by.pk != choice.user_id:
        raise NotAllowed("只能试发给自己")
    rested = Q(tried_at=None) | Q(tried_at__lte=at - BETWEEN_TRIALS)
    if not choice.channel or not ReminderChoice.objects.filter(rested, pk=choice.pk).update(tried_at=at):
        raise TooSoon("刚刚试发过，请一分钟后再试")
    return send(
        choice.channel, choice.target, "待办提醒（试发）", f"这是一条试发的提醒。以后有待办将到期时会发到这里。\n{address()}", choice.secret
    )


def prepare(*, at: datetime) -> int:
    """Put what is to be told into the outbox: the message of today for everyone whose hour has come, and soon what is urgent and was not
    told yet; returns how many. Done again it changes nothing."""
    return _prepare_daily(at) + _prepare_urgent(at)


def _prepare_daily(at: datetime) -> int:
    now = timezone.localtime(at)
    today = now.date()
    works = calendar().is_working(today)
    unseen = Q(looked_on=None) | Q(looked_on__lt=today)
    return sum(_tell_daily(choice, today, works, at) for choice in _reached().filter(unseen, hour__lte=now.hour))


def _reached() -> QuerySet[ReminderChoice]:
    return ReminderChoice.objects.exclude(channel="").filter(user__is_active=True).select_related("user")


@transaction.atomic
def _tell_daily(choice: ReminderChoice, today: date, works: bool, at: datetime) -> bool:
    # Of several workers one looks; one person has one such message a day.
    if not ReminderChoice.objects.filter(pk=choice.pk).exclude(looked_on=today).update(looked_on=today):
        return False
    waiting, urgent = waiting_at(authority_of(choice.user, on=today)).select_related("unit"), Q(is_urgent=True)
    items = list(waiting.filter(urgent | Q(due_on__lt=today + timedelta(days=SOON)) if works else urgent))
    if not items:
        return False
    told = [item.pk for item in items if item.is_urgent]
    ReminderChoice.objects.filter(pk=choice.pk).update(told=told, told_at=at)
    title, text = f"待办提醒：{len(items)} 件", digest(items, at)
    _, is_new = Reminder.objects.get_or_create(
        user=choice.user, day=today, is_urgent=False, defaults={"title": title, "text": text, "next_at": at}
    )
    return is_new


def _prepare_urgent(at: datetime) -> int:
    """For those at whose units anything urgent waits, on days off too; not in their quiet hours, nor where the message of the day comes
    as soon."""
    now = timezone.localtime(at)
    rested = Q(told_at=None) | Q(told_at__lte=at - BETWEEN_URGENT)
    places = WorkItem.objects.waiting().filter(is_urgent=True).order_by().values("unit")
    holders = Assignment.objects.filter(in_force(now.date()), unit__in=places).order_by().values("person__user")
    choices = _reached().filter(rested, user__in=holders)
    return sum(_tell_urgent(choice, at) for choice in choices if not (choice.is_quiet(now.hour) or _comes_soon(choice, now)))


def _comes_soon(choice: ReminderChoice, now: datetime) -> bool:
    """Whether the message of the day comes within the hour."""
    return choice.looked_on != now.date() and choice.hour <= now.hour + 1


@transaction.atomic
def _tell_urgent(choice: ReminderChoice, at: datetime) -> bool:
    today = timezone.localdate(at)
    urgent = list(waiting_at(authority_of(choice.user, on=today)).filter(is_urgent=True).select_related("unit"))
    fresh = [item for item in urgent if item.pk not in choice.told]
    # Of several workers one tells.
    held = ReminderChoice.objects.filter(pk=choice.pk, told_at=choice.told_at)
    if not fresh or not held.update(told=[item.pk for item in urgent], told_at=at):
        return False
    Reminder.objects.create(
        user=choice.user, day=today, is_urgent=True, title=f"紧急待办：{len(fresh)} 件", text=digest(fresh, at), next_at=at
    )
    return True


def digest(items: Sequence[WorkItem], at: datetime) -> str:
    """What a message says of what waits: counts, and titles but for those that people typed; no name of anybody."""
    today = timezone.localdate(at)
    late, now = sum(item.is_late(at) for item in items), sum(item.due_on == today and not item.is_late(at) for item in items)
    soon = sum(today < item.due_on < today + timedelta(days=SOON) for item in items)
    urgent = sum(item.is_urgent for item in items)
    counts = [(late, "已超期"), (now, "今天到期"), (soon, f"{SOON} 天内到期"), (urgent, "紧急")]
    named = [item for item in sorted(items, key=lambda one: not one.is_urgent) if item.source != TYPED][:NAMED]
    lines = [
        "，".join(f"{words} {count} 件" for count, words in counts if count) + "。",
        *(f"· {item.unit.name}：{_shown(item.title)}（{item.due_on.month}月{item.due_on.day}日止）" for item in named),
        *([f"另有 {len(items) - len(named)} 件。"] if len(items) > len(named) else []),
        address(),
    ]
    return "\n".join(lines)


def _shown(title: str) -> str:
    return title if len(title) <= TITLE_SHOWN else f"{title[: TITLE_SHOWN - 1]}…"


def address() -> str:
    """Where the inbox is."""
    return f"{settings.ADDRESS}/inbox/"


def deliver(*, at: datetime) -> int:
    """Send what is in the outbox and due; returns how many were sent.

    A message is claimed before it is sent: one whose sending was cut off is not sent again, so that nobody gets it twice. One that was
    not taken is tried again, later each time, on its own day and outside quiet hours; then it is left.
    """
    now = timezone.localtime(at)
    Reminder.objects.waiting().filter(day__lt=now.date()).update(state=Reminder.State.LEFT)
    due = Reminder.objects.waiting().filter(next_at__lte=at).select_related("user__reminder_choice").order_by("next_at", "pk")
    return sum(_deliver_one(one, now) for one in due)


def _deliver_one(message: Reminder, now: datetime) -> bool:
    choice = message.user.reminder_choice
    if choice.is_quiet(now.hour) or not message.user.is_active:
        return False
    claimed = Reminder.objects.waiting().filter(pk=message.pk, tries=message.tries)
    if not claimed.update(state=Reminder.State.SENDING, tries=F("tries") + 1):
        return False
    sent, tries = send(choice.channel, choice.target, message.title, message.text, choice.secret), message.tries + 1
    state = Reminder.State.SENT if sent else Reminder.State.WAITING if tries < TRIES else Reminder.State.LEFT
    pause = FIRST_PAUSE * 2 ** (tries - 1)
    Reminder.objects.filter(pk=message.pk).update(state=state, sent_at=now if sent else None, next_at=now + pause)
    return sent


def forget(*, at: datetime) -> int:
    """Forget messages of more than a month ago; returns how many."""
    return Reminder.objects.filter(day__lt=timezone.localdate(at) - KEPT).delete()[0]
