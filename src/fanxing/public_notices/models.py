"""What stands in public, and what was said against it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from fanxing.organisations.models import Unit

TITLE_LENGTH = 200
OBJECTION_LENGTH = 1_000
# What stands in the place of an objection, and of its answer, that is no longer kept.
ERASED = "（保存期已满，内容已清除）"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Public notices."""

    def standing(self, on: date) -> Self:
        """Those that stand in public on a day."""
        return self.filter(begins_on__lte=on, ends_on__gte=on, taken_down_at=None)


class Notice(models.Model):
    """Something that stands in public from a day to another, both included, exactly as it was put up.

    `lines` are (title, words) pairs, free of personal data; `digest` is theirs, so that nobody can say later that something else stood
    there. A stage above names what it is about by `source` and `key`.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="notices")
    title = models.CharField("标题", max_length=TITLE_LENGTH)
    lines = models.JSONField("内容")
    digest = models.CharField("校验值", max_length=64)
    begins_on = models.DateField("起始日")
    ends_on = models.DateField("截止日")
    source = models.TextField("来源")
    key = models.TextField("所涉事项")
    put_up_at = models.DateTimeField("张贴时间")
    put_up_by_title = models.TextField("张贴人名称")
    taken_down_at = models.DateTimeField("撤下时间", null=True)
    taken_down_reason = models.TextField("撤下原因", blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = verbose_name
        ordering = ["-begins_on", "-pk"]
        indexes = [models.Index(fields=["ends_on"], name="public_notices_ends")]
        constraints = [
            models.CheckConstraint(name="public_notices_forward", condition=Q(ends_on__gte=F("begins_on"))),
            models.CheckConstraint(name="public_notices_taken_down_reasoned", condition=Q(taken_down_at=None) | ~Q(taken_down_reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.unit}公示：{self.title}"

    def stands_on(self, day: date) -> bool:
        """Whether it stands in public on a day."""
        return self.taken_down_at is None and self.begins_on <= day <= self.ends_on


class ObjectionQuerySet(models.QuerySet["Objection"]):
    """Objections."""

    def kept(self) -> Self:
        """Those whose words are not erased."""
        return self.exclude(text=ERASED)


class Objection(models.Model):
    """What somebody said against a notice, who may have said no name, and the answer.

    `receipt` is the digest of the code by which the objector reads the answer. The words of both may name people, and are erased in time.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, verbose_name="公示", related_name="objections")
    text = models.TextField("异议")
    receipt = models.CharField("回执校验值", max_length=64, unique=True)
    raised_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", blank=True)
    is_upheld = models.BooleanField("异议成立", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.TextField("答复人", blank=True)
    answered_by_title = models.TextField("答复人名称", blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "公示异议"
        verbose_name_plural = verbose_name
        ordering = ["raised_at", "pk"]
        constraints = [
            models.CheckConstraint(name="public_notices_objection_said", condition=~Q(text="")),
            models.CheckConstraint(
                name="public_notices_objection_answered_whole",
                condition=Q(answered_at=None, answer="", is_upheld=None, answered_by="")
                | Q(answered_at__isnull=False, is_upheld__isnull=False) & ~Q(answer="") & ~Q(answered_by=""),
                violation_error_message="答复要写明内容和异议是否成立",
            ),
        ]

    def __str__(self) -> str:
        return f"对“{self.notice.title}”的异议"
