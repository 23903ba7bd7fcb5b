"""Items of work: each waits for a unit until a day, and is then done or dropped."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from fanxing.accounts.models import User
from fanxing.organisations.models import Assignment, Unit

TITLE_LENGTH = 100
# The source of what people type themselves: nobody else has read its words.
TYPED = "typed"


# The day on which a thing is due is in time to its end; only where an hour is set does the hour decide.
CLOSED_IN_TIME = ~Q(state="open") & (Q(due_at=None, closed_at__date__lte=F("due_on")) | Q(closed_at__lte=F("due_at")))


def late_at(at: datetime) -> Q:
    """What still waits at a moment although its time is over, as a condition on `WorkItem`."""
    return Q(state="open") & (Q(due_on__lt=timezone.localdate(at)) | Q(due_at__lt=at))


class WorkItemQuerySet(models.QuerySet):  # type: ignore[type-arg]  # generic only in the stubs
    """Items of work."""

    def waiting(self) -> Self:
        """Those still to be done."""
        return self.filter(state=WorkItem.State.OPEN)

    def closed(self) -> Self:
        """Those done or dropped."""
        return self.exclude(state=WorkItem.State.OPEN)

    def due_by(self, day: date) -> Self:
        """Those still to be done that are due on a day or before it."""
        return self.waiting().filter(due_on__lte=day)

    def late(self, at: datetime) -> Self:
        """Those still to be done whose time is over at a moment."""
        return self.filter(late_at(at))


class WorkItem(models.Model):
    """One thing that a unit is to do until a day.

    Stages above write it in their own transaction and say in `about`, which is theirs alone to read, what it is for. `key`
    names the matter among those of its `source`: while an item of that key waits there is no second one. `posts` are those of the unit
    whom it concerns, with a space before and after each; where there are none it concerns all who plan the unit's work. An item that names
    a term instead ("#" and its number) waits for its holder alone, leaves no trace once done, and counts in no figure. It is due at the
    end of its day, or at `due_at` where an hour is set. `taken_by` is the post of whoever has taken it up, as long as they hold it.
    """

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已办结"
        DROPPED = "dropped", "不再办"

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="work_items")
    title = models.CharField("事项", max_length=TITLE_LENGTH)
    note = models.TextField("说明", blank=True)
    due_on = models.DateField("期限")
    due_at = models.DateTimeField("到期时刻", null=True)
    is_urgent = models.BooleanField("紧急", default=False)
    posts = models.TextField("所涉岗位", blank=True, default="")
    taken_by = models.ForeignKey(Assignment, models.PROTECT, null=True, verbose_name="办理人", related_name="+")
    source = models.TextField("来源")
    about = models.JSONField("所涉", default=dict)
    key = models.TextField("事项标识", blank=True)
    state = models.CharField("状态", max_length=7, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField("提出时间")
    opened_by = models.TextField("提出人")
    opened_by_title = models.TextField("提出人名称")
    closed_at = models.DateTimeField("办结时间", null=True)
    closed_by = models.TextField("办结人", blank=True)
    closed_by_title = models.TextField("办结人名称", blank=True)
    outcome = models.TextField("结果", blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = "待办事项"
        verbose_name_plural = verbose_name
        indexes = [
            # What waits is short, however long the history grows.
            models.Index(fields=["due_on", "id"], name="inbox_workitem_waiting", condition=Q(state="open")),
            models.Index(fields=["closed_at"], name="inbox_workitem_closed", condition=~Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="inbox_workitem_waits_once",
                fields=["unit", "source", "key"],
                condition=Q(state="open") & ~Q(key=""),
                violation_error_message="同一件事已在待办中",
            ),
            models.CheckConstraint(
                name="inbox_workitem_closed_whole",
                condition=Q(state="open", closed_at=None, closed_by="", closed_by_title="", outcome="")
                | Q(state__in=["done", "dropped"], closed_at__isnull=False) & ~Q(closed_by=""),
                violation_error_message="办结的事项要有办结人和办结时间，待办的没有",
            ),
            models.CheckConstraint(
                name="inbox_workitem_named",
                condition=~Q(title="") & ~Q(source=""),
                violation_error_message="事项和来源不能为空",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}"

    @property
    def is_open(self) -> bool:
        """It still waits."""
        return self.state == self.State.OPEN

    def is_late(self, at: datetime) -> bool:
        """It still waits at a moment although its time is over."""
        return self.is_open and (self.due_on < timezone.localdate(at) or (self.due_at is not None and self.due_at < at))


class ReminderChoice(models.Model):
    """How a person wants to be reminded of what waits: by one message a day, and of what is urgent soon, outside quiet hours; without a
    channel only in the product. `secret` signs what is sent to `target`. `told` are the urgent items of which they were told, as long
    as these wait; `told_at` is when last."""

    class Channel(models.TextChoices):
        MAIL = "mail", "电子邮件"
        WECOM = "wecom", "企业微信群机器人"
        DINGTALK = "dingtalk", "钉钉群机器人"
        FEISHU = "feishu", "飞书群机器人"

    user = models.OneToOneField(User, models.CASCADE, verbose_name="账号", related_name="reminder_choice")
    channel = models.CharField("方式", max_length=10, choices=Channel.choices, blank=True, default="")
    target = models.CharField("地址", max_length=200, blank=True, default="")
    secret = models.CharField("加签密钥", max_length=100, blank=True, default="")
    hour = models.PositiveSmallIntegerField("几点", default=8)
    quiet_from = models.PositiveSmallIntegerField("免打扰起", default=21)
    quiet_to = models.PositiveSmallIntegerField("免打扰止", default=7)
    looked_on = models.DateField("最近查看日", null=True)
    told = models.JSONField("已提醒的紧急待办", default=list)
    told_at = models.DateTimeField("最近提醒", null=True)
    tried_at = models.DateTimeField("最近试发", null=True)

    class Meta:
        verbose_name = "提醒方式"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(
                name="inbox_reminder_hours",
                condition=Q(hour__lte=23, quiet_from__lte=23, quiet_to__lte=23),
                violation_error_message="时间应为 0 至 23 点",
            ),
            models.CheckConstraint(
                name="inbox_reminder_reached",
                condition=Q(channel="", target="") | ~Q(channel="") & ~Q(target=""),
                violation_error_message="选了方式就要有地址",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_channel_display()}"

    def is_quiet(self, hour: int) -> bool:
        """Whether nothing is sent in an hour of the day: from `quiet_from` until before `quiet_to`, over midnight too; equal is never."""
        begins, ends = self.quiet_from, self.quiet_to
        return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


class ReminderQuerySet(models.QuerySet):  # type: ignore[type-arg]  # generic only in the stubs
    """Messages."""

    def waiting(self) -> Self:
        """Those still to be sent."""
        return self.filter(state=Reminder.State.WAITING)


class Reminder(models.Model):
    """A message to a person: one on a day of what is due, and others of what has become urgent since; sent from here, forgotten after
    some weeks."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发"
        LEFT = "left", "未发成"

    user = models.ForeignKey(User, models.CASCADE, verbose_name="账号", related_name="+")
    day = models.DateField("日期")
    is_urgent = models.BooleanField("紧急", default=False)
    title = models.CharField("标题", max_length=100)
    text = models.TextField("内容")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    next_at = models.DateTimeField("下次发送")
    sent_at = models.DateTimeField("发出时间", null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒消息"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                name="inbox_reminder_once",
                fields=["user", "day"],
                condition=Q(is_urgent=False),
                violation_error_message="每人每天只有一条提醒",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="inbox_reminder_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"
