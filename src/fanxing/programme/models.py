"""Published versions of a programme's rules, where each of them rules, and the drafts of the next."""

from django.db import models
from django.db.models import F, Q

from fanxing.audit.models import AppendOnly
from fanxing.organisations.models import Unit
from fanxing.programme.kinds import record_kind
from fanxing.programme.procedures import procedure
from fanxing.scheme.model import Procedure, RecordKind


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


class ProcedureVersion(AppendOnly):
    """One version of a procedure, so that every matter goes on by exactly the steps under which it was opened.

    `code` is the id of the procedure, which means one thing in the whole installation; `number` counts its versions. A version may
    take away from the one before: what is under way keeps its own.
    """

    code = models.TextField("办事流程")
    number = models.PositiveIntegerField("版本")
    digest = models.CharField("校验值", max_length=64, unique=True)
    definition = models.JSONField("定义")

    class Meta:
        verbose_name = "办事流程版本"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="programme_procedureversion_in_line", fields=["code", "number"])]

    def __str__(self) -> str:
        return f"{self.code} 第 {self.number} 版"

    @property
    def procedure(self) -> Procedure:
        """The procedure as it was published."""
        return procedure(self.definition)


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
    procedures = models.ManyToManyField(ProcedureVersion, verbose_name="办事流程", related_name="publications")
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


class Drafted(models.Model):
    """Something that is written for a unit and all below it, submitted, and published by a second person.

    Each change counts `version` up and names the version it began from, so that of two who change at once one wins and the other
    is told.
    """

    class State(models.TextChoices):
        EDITING = "editing", "编写中"
        SUBMITTED = "submitted", "待发布"
        PUBLISHED = "published", "已发布"
        DROPPED = "dropped", "已作废"

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="适用单位", related_name="+")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.EDITING)
    reason = models.TextField("退回原因", blank=True)
    version = models.PositiveIntegerField("版次", default=1)
    created_at = models.DateTimeField("起草时间")
    created_by = models.TextField("起草人")
    created_by_title = models.TextField("起草人名称")
    edited_at = models.DateTimeField("修改时间")
    edited_by = models.TextField("修改人")
    edited_by_title = models.TextField("修改人名称")
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.TextField("提交人", blank=True)
    submitted_by_title = models.TextField("提交人名称", blank=True)
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_by = models.TextField("办结人", blank=True)
    decided_by_title = models.TextField("办结人名称", blank=True)

    class Meta:
        abstract = True


class Draft(Drafted):
    """Rules being written: what may become the next publication for a unit and all below it.

    `base` are the rules it was made from; `sheet` and `workbook` belong to a draft that came as a workbook. What was
    submitted is published by a third: neither who submitted it nor who edited it last.
    """

    title = models.CharField("名称", max_length=100)
    base = models.ForeignKey(Publication, models.PROTECT, null=True, verbose_name="依据的方案", related_name="drafts")
    files = models.JSONField("规则文件")
    sheet = models.JSONField("细则表", null=True)
    workbook = models.BinaryField("原工作簿", null=True)
    document_number = models.CharField("文号", max_length=100, blank=True)
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, verbose_name="发布的方案", related_name="+")

    class Meta:
        verbose_name = "方案草案"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["state", "edited_at"], name="programme_draft_state")]
        constraints = [
            models.CheckConstraint(
                name="programme_draft_state",
                condition=Q(state__in=["editing", "submitted"], decided_at=None, decided_by="", publication=None)
                | Q(state="published", decided_at__isnull=False, publication__isnull=False)
                | Q(state="dropped", decided_at__isnull=False, publication=None),
                violation_error_message="发布或作废要有时间和办结人，只有已发布的草案对应发布的方案",
            ),
            models.CheckConstraint(
                name="programme_draft_submitted_whole",
                condition=Q(state__in=["editing", "dropped"])
                | Q(submitted_at__isnull=False) & ~Q(submitted_by="") & ~Q(document_number=""),
                violation_error_message="提交的草案要有文号、提交人和提交时间",
            ),
            models.CheckConstraint(
                name="programme_draft_two_people",
                condition=~Q(state="published") | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("edited_by")),
                violation_error_message="发布人不能是提交人或最后修改人",
            ),
            models.CheckConstraint(name="programme_draft_named", condition=~Q(title=""), violation_error_message="草案要有名称"),
        ]

    def __str__(self) -> str:
        return self.title


class HeldLocally(AppendOnly):
    """That a unit and all below it keep to something of their own from a day on; or (`ends`) that from that day on they no longer do.

    Of the rows of a unit about one thing the one that began last holds, of equals the one made last.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    valid_from = models.DateField("起始日")
    ends = models.BooleanField("停用", default=False)
    reason = models.TextField("停用原因", blank=True)
    made_at = models.DateTimeField("办理时间")
    made_by = models.TextField("办理人")
    made_by_title = models.TextField("办理人名称")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="programme_%(class)s_ends_reasoned",
                condition=Q(ends=True) & ~Q(reason="") | Q(ends=False, reason=""),
                violation_error_message="停用要写明原因",
            ),
        ]


class LocalKind(HeldLocally):
    """That a unit keeps a version of a kind of record in itself and all below it from a day on, beside those of the rules in force; or
    (`ends`) that from that day on no new ones are entered.

    Who added a kind for themselves has changed no rule: nothing counts its records until the rating rules say so.
    """

    version = models.ForeignKey(KindVersion, models.PROTECT, verbose_name="记录类型版本", related_name="local")

    class Meta(HeldLocally.Meta):
        verbose_name = "本级台账"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit}自 {self.valid_from} 起{'停用' if self.ends else '登记'}{self.version}"


class KindDraft(Drafted):
    """A kind of record that a unit would add for itself, being written; it may have come as a workbook.

    `definition` is the kind as it stands, fit to be published or not; `notes` are what the workbook says that is not read as it stands
    and nobody has decided yet. `base` is the version it grows from, where the unit keeps the kind already. Versions, and the second
    person, are as of `Draft`.
    """

    base = models.ForeignKey(KindVersion, models.PROTECT, null=True, verbose_name="上一版", related_name="+")
    title = models.CharField("名称", max_length=100, blank=True)
    definition = models.JSONField("定义")
    notes = models.JSONField("待定事项", default=list)
    workbook = models.BinaryField("原工作簿", null=True)
    local = models.ForeignKey(LocalKind, models.PROTECT, null=True, verbose_name="本级台账", related_name="+")

    class Meta:
        verbose_name = "台账草案"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["state", "edited_at"], name="programme_kinddraft_state")]
        constraints = [
            models.CheckConstraint(
                name="programme_kinddraft_state",
                condition=Q(state__in=["editing", "submitted"], decided_at=None, decided_by="", local=None)
                | Q(state="published", decided_at__isnull=False, local__isnull=False)
                | Q(state="dropped", decided_at__isnull=False, local=None),
                violation_error_message="发布或作废要有时间和办结人，只有已发布的草案对应本级台账",
            ),
            models.CheckConstraint(
                name="programme_kinddraft_submitted_whole",
                condition=Q(state__in=["editing", "dropped"]) | Q(submitted_at__isnull=False) & ~Q(submitted_by=""),
                violation_error_message="提交的草案要有提交人和提交时间",
            ),
            models.CheckConstraint(
                name="programme_kinddraft_two_people",
                condition=~Q(state="published")
                | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("edited_by")) & ~Q(decided_by=F("created_by")),
                violation_error_message="发布人不能是起草人、提交人或最后修改人",
            ),
        ]

    def __str__(self) -> str:
        return self.title or "未命名的台账"

    @property
    def record_kind(self) -> RecordKind:
        """The kind as it stands."""
        return record_kind(self.definition)


class LocalProcedure(HeldLocally):
    """That a version of a procedure holds in a unit and all below it from a day on, beside those of the rules in force or in the place of
    the one of the same id; or (`ends`) that from that day on it does not. What is under way keeps the version under which it was opened.
    """

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, verbose_name="办事流程版本", related_name="local")

    class Meta(HeldLocally.Meta):
        verbose_name = "本级流程"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit}自 {self.valid_from} 起{'停用' if self.ends else '适用'}{self.version}"


class ProcedureDraft(Drafted):
    """A procedure being written for a unit and all below it: deadlines, wording and steps of one that holds there, or one of its own.

    `definition` is the procedure as it stands, fit to be published or not; `base` the version it was begun from. Versions, and the second
    person, are as of `KindDraft`.
    """

    base = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, verbose_name="上一版", related_name="+")
    title = models.CharField("名称", max_length=100, blank=True)
    definition = models.JSONField("定义")
    local = models.ForeignKey(LocalProcedure, models.PROTECT, null=True, verbose_name="本级流程", related_name="+")

    class Meta:
        verbose_name = "流程草案"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["state", "edited_at"], name="programme_proceduredraft_state")]
        constraints = [
            models.CheckConstraint(
                name="programme_proceduredraft_states",
                condition=Q(state__in=["editing", "submitted"], decided_at=None, decided_by="", local=None)
                | Q(state="published", decided_at__isnull=False, local__isnull=False)
                | Q(state="dropped", decided_at__isnull=False, local=None),
                violation_error_message="发布或作废要有时间和办结人，只有已发布的草案对应本级流程",
            ),
            models.CheckConstraint(
                name="programme_proceduredraft_submitted_whole",
                condition=Q(state__in=["editing", "dropped"]) | Q(submitted_at__isnull=False) & ~Q(submitted_by=""),
                violation_error_message="提交的草案要有提交人和提交时间",
            ),
            models.CheckConstraint(
                name="programme_proceduredraft_two_people",
                condition=~Q(state="published")
                | ~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("edited_by")) & ~Q(decided_by=F("created_by")),
                violation_error_message="发布人不能是起草人、提交人或最后修改人",
            ),
        ]

    def __str__(self) -> str:
        return self.title or "未命名的流程"

    @property
    def procedure(self) -> Procedure:
        """The procedure as it stands."""
        return procedure(self.definition)
