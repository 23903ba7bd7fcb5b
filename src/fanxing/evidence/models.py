"""What shows a record: photos made anew and files as they were sent, and photos that were found a second time."""

from datetime import date, datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from fanxing.records.models import Record

NAME_LENGTH = 200
# Two photos are the same one where their marks differ in so many of 64 bits: of four bands one must be equal then.
ALIKE = 3
BANDS = 4
# Whoever took the photo has so many days to say why it stands in two records, before those who review see it.
DAYS_TO_EXPLAIN = 3


def stored_as(attached: "Attached", name: str) -> str:
    """A name that nobody can guess, and that says nothing."""
    return f"{attached.folder}/{attached.added_at:%Y/%m}/{uuid4().hex}.{name.rpartition('.')[2]}"


class AttachedQuerySet(models.QuerySet):  # type: ignore[type-arg]  # generic only in the stubs
    """Photos and files beside something."""

    def kept(self) -> Self:
        """What is there to be looked at, or soon will be."""
        return self.filter(state__in=[Attached.State.WAITING, Attached.State.READY])


class Attached(models.Model):
    """A photo or file beside something. What was sent waits as `original` until it is made ready; of a photo only what was made anew is
    kept then."""

    folder = "evidence"

    class State(models.TextChoices):
        WAITING = "waiting", "处理中"
        READY = "ready", "可查看"
        REFUSED = "refused", "不能读取"
        REMOVED = "removed", "已移除"
        ERASED = "erased", "已到期清除"

    field = models.TextField("填报项")
    name = models.CharField("文件名", max_length=NAME_LENGTH)
    is_picture = models.BooleanField("照片")
    digest = models.CharField("校验值", max_length=64)
    original = models.FileField("原文件", upload_to=stored_as, max_length=200, blank=True)
    content = models.FileField("内容", upload_to=stored_as, max_length=200, blank=True)
    thumbnail = models.FileField("小图", upload_to=stored_as, max_length=200, blank=True)
    size = models.PositiveBigIntegerField("字节数")
    width = models.PositiveIntegerField("宽", null=True)
    height = models.PositiveIntegerField("高", null=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.TextField("原因", blank=True)
    added_at = models.DateTimeField("添加时间")
    added_by = models.TextField("添加人")
    added_by_title = models.TextField("添加人名称")
    ended_at = models.DateTimeField("移除时间", null=True)
    ended_by_title = models.TextField("移除人名称", blank=True)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        """Whether it can be looked at."""
        return self.state == self.State.READY


# What was taken away or refused says why, and what was erased leaves no file.
ENDED_RIGHTLY = (
    Q(state__in=["waiting", "ready"], ended_at=None)
    | Q(state="refused", ended_at=None) & ~Q(reason="")
    | Q(state="removed", ended_at__isnull=False) & ~Q(reason="")
    | Q(state="erased", ended_at__isnull=False, content="", thumbnail="", original="")
)


class Evidence(Attached):
    """One photo or file beside a record; `record` is its first version, so that corrections keep what was shown.

    `mark` is that of `lib.pictures`, and `band_1` … `band_4` are its quarters, by which the same photo is found again.
    """

    record = models.ForeignKey(Record, models.PROTECT, verbose_name="记录", related_name="evidence")
    mark = models.CharField("图像特征", max_length=16, blank=True)
    band_1 = models.PositiveIntegerField(null=True)
    band_2 = models.PositiveIntegerField(null=True)
    band_3 = models.PositiveIntegerField(null=True)
    band_4 = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "佐证材料"
        verbose_name_plural = verbose_name
        ordering = ["added_at", "pk"]
        indexes = [
            *(models.Index(fields=[f"band_{number}"], name=f"evidence_band_{number}") for number in range(1, BANDS + 1)),
            models.Index(fields=["added_at"], name="evidence_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="evidence_once",
                fields=["record", "digest"],
                condition=Q(state__in=["waiting", "ready"]),
                violation_error_message="这个文件已经附在这条记录上",
            ),
            models.CheckConstraint(
                name="evidence_state",
                condition=ENDED_RIGHTLY,
                violation_error_message="移除和拒收要写明原因，清除后不留文件",
            ),
        ]

    @property
    def bands(self) -> tuple[int | None, ...]:
        """The quarters of the mark."""
        return tuple(getattr(self, f"band_{number}") for number in range(1, BANDS + 1))


class Likeness(models.Model):
    """That a photo was found again beside another record. Whoever added it sees it first, may take the photo away or say why it is
    right; those who review see what was not taken away after that, and it costs nothing by itself."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, verbose_name="照片", related_name="likenesses")
    other = models.ForeignKey(Evidence, models.PROTECT, verbose_name="较早的照片", related_name="+")
    differing = models.PositiveSmallIntegerField("相异位数")
    found_at = models.DateTimeField("发现时间")
    answer = models.TextField("说明", blank=True)
    answered_at = models.DateTimeField("说明时间", null=True)
    answered_by_title = models.TextField("说明人名称", blank=True)

    class Meta:
        verbose_name = "相同照片"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(name="evidence_likeness_once", fields=["evidence", "other"]),
            models.CheckConstraint(name="evidence_likeness_of_two", condition=~Q(evidence=F("other"))),
            models.CheckConstraint(
                name="evidence_likeness_answered",
                condition=Q(answer="", answered_at=None) | Q(answered_at__isnull=False) & ~Q(answer=""),
                violation_error_message="说明要有内容和时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} = {self.other}"

    @property
    def told_on(self) -> date:
        """The day from which those who review see it, answered or not."""
        return self.found_at.date() + timedelta(days=DAYS_TO_EXPLAIN)


def told_before(at: datetime) -> Q:
    """The likenesses that those who review may see at a moment."""
    return Q(answered_at__isnull=False) | Q(found_at__lte=at - timedelta(days=DAYS_TO_EXPLAIN))
