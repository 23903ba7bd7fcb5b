"""Published versions of a programme's rules, and where each of them rules."""

from django.db import models

from fanxing.audit.models import AppendOnly
from fanxing.organisations.models import Unit
from fanxing.programme.kinds import record_kind
from fanxing.scheme.model import RecordKind


class KindVersion(AppendOnly):
    """One version of a kind of record, so that every record names exactly what was asked when it was written.

    The id of a kind means one thing in the whole installation, and it only grows: `number` counts its versions, and the
    unique constraint lets only one of two concurrent publications grow the same version.
    """

    kind = models.TextField("记录类型")
    number = models.PositiveIntegerField("版本")
    digest = models.CharField("校验值", max_length=64, unique=True)
    definition = models.JSONField("定义")

    class Meta:
        verbose_name = "记录类型版本"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="programme_kindversion_in_line", fields=["kind", "number"])]

    def __str__(self) -> str:
        return f"{self.kind} 第 {self.number} 版"

    @property
    def record_kind(self) -> RecordKind:
        """The kind as it was published."""
        return record_kind(self.definition)


class Publication(AppendOnly):
    """A scheme exactly as it was published: from the texts any result can be reckoned again, for ever.

    `digest` is that of the texts; `rating_digest` that of what the rating rules say, whatever their layout.
    """

    scheme = models.TextField("方案标识")
    title = models.TextField("名称")
    document_number = models.TextField("文号", blank=True)
    files = models.JSONField("规则文件")
    digest = models.CharField("校验值", max_length=64, unique=True)
    rating_digest = models.CharField("评分规则校验值", max_length=64)
    kinds = models.ManyToManyField(KindVersion, verbose_name="记录类型", related_name="publications")
    period_from = models.DateField("评定时段起", null=True)
    period_to = models.DateField("评定时段止", null=True)
    published_at = models.DateTimeField("发布时间")
    published_by = models.TextField("发布人")
    published_by_title = models.TextField("发布人名称")

    class Meta:
        verbose_name = "发布的方案"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"《{self.title}》{self.document_number}"


class Attachment(AppendOnly):
    """That a publication rules a unit and all below it from a day on, until a later attachment takes its place.

    What rules a unit on a day is the attachment that began last, of equals the one made last, at the nearest unit
    upwards that has one. So rules for a period that were published anew count for the whole of it.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, verbose_name="方案", related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    valid_from = models.DateField("起始日")

    class Meta:
        verbose_name = "方案适用"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit}自 {self.valid_from} 起适用{self.publication}"
