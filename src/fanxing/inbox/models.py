"""Items of work: each waits for a unit until a day, and is then done or dropped."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from fanxing.organisations.models import Assignment, Unit

TITLE_LENGTH = 100


# The day on which a thing is due is in time to its end; only where an hour is set does the hour decide.
CLOSED_IN_TIME = ~Q(state="open") & (Q(due_at=None, closed_at__date__lte=F("due_on")) | Q(closed_at__lte=F("due_at")))


def is_late(at: datetime) -> Q:
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
        return self.filter(is_late(at))

    def closed_in_time(self) -> Self:
        """Those done or dropped before their time was over."""
        return self.filter(CLOSED_IN_TIME)


class WorkItem(models.Model):
    """One thing that a unit is to do until a day.

    Stages above write it in their own transaction and say in `about`, which is theirs alone to read, what it is for. `key`
    names the matter among those of its `source`: while an item of that key waits there is no second one. `posts` are those of the unit
    whom it concerns, with a space before and after each; where there are none it concerns all who plan the unit's work. It is due at the
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
