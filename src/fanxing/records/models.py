"""The ledger: what was done, figured, judged or said, as rows that are written once."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanxing.audit.models import AppendOnly, AppendOnlyQuerySet
from fanxing.lib.personal import PersonalText
from fanxing.lib.text_index import SearchTextField
from fanxing.organisations.models import Unit
from fanxing.programme.models import KindVersion


class LedgerHead(models.Model):
    """How many rows the ledger of a unit holds; its row is locked while they are written.

    Numbers from a sequence can become visible out of order: row 8 may be committed while the writer of row 7 is still at
    work, and who has read up to 8 would never learn of 7. Therefore every unit has positions of its own, 1, 2, 3 … without a
    gap, and writers of one unit take turns: whoever sees position n sees all before it, and two equal heads mean the same
    rows. Writers of different units never wait for each other.

    Who reckons from the ledger reads the head first and the rows after it: what is written in between makes the head differ
    later, and is reckoned again; it is never overlooked.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True, verbose_name="单位", related_name="+")
    position = models.BigIntegerField("末条序号", default=0)

    class Meta:
        verbose_name = "台账进度"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit} {self.position}"


class RecordQuerySet(AppendOnlyQuerySet):
    """Records, never changed."""

    def standing(self) -> Self:
        """Those in force: neither superseded nor withdrawals themselves. Some of them may still await confirmation."""
        superseders = Record.objects.filter(supersedes=OuterRef("pk"))
        return self.filter(~Exists(superseders)).exclude(act=Record.Act.WITHDRAWAL)

    def counting(self) -> Self:
        """Those that count: in force, and awaiting nobody's confirmation."""
        return self.standing().filter(awaits=False)

    def awaiting(self) -> Self:
        """Those that will count once they are confirmed."""
        return self.standing().filter(awaits=True)


class Record(AppendOnly):
    """One row of the ledger of a unit: an entry, or a correction, confirmation or withdrawal of an earlier row.

    A correction carries the whole record anew and why, a confirmation repeats it, a withdrawal has only its reason; all name the row
    they supersede, which stays. A row is superseded at most once, so versions form a chain and of two who act at once one wins. A row
    that `awaits` does not count until a post of the unit confirms or corrects it. `data` is valid for the version of the kind
    named; personal fields are no part of it (see `PersonalValue`).
    """

    # See `audit.references`: rows that were logged before there was this column keep their digests.
    added_later = ("awaits",)

    class Act(models.TextChoices):
        ENTRY = "entry", "登记"
        CORRECTION = "correction", "更正"
        CONFIRMATION = "confirmation", "确认"
        WITHDRAWAL = "withdrawal", "撤回"

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="records", db_index=False)
    position = models.BigIntegerField("序号")
    kind = models.TextField("类型")
    kind_version = models.ForeignKey(KindVersion, models.PROTECT, verbose_name="类型版本", related_name="+", db_index=False)
    occurred_on = models.DateField("日期")
    data = models.JSONField("内容", default=dict)
    act = models.CharField("操作", max_length=12, choices=Act.choices, default=Act.ENTRY)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, verbose_name="被更正或撤回的记录", related_name="superseders", db_index=False
    )
    awaits = models.BooleanField("待确认", default=False)
    reason = models.TextField("更正或撤回原因", blank=True)
    source = models.TextField("来源")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.TextField("登记人")
    recorded_by_title = models.TextField("登记人名称")

    objects = RecordQuerySet.as_manager()  # type: ignore[misc]  # the stubs take every manager for an instance variable

    class Meta:
        verbose_name = "台账记录"
        verbose_name_plural = verbose_name
        indexes = [
            models.Index(fields=["unit", "kind", "occurred_on"], name="records_record_unit_kind_date"),
            # What lists of many units walk, the latest first: all kinds, and one; with the unit, to pass over those of others.
            models.Index(fields=["occurred_on", "id", "unit"], name="records_record_date"),
            models.Index(fields=["kind", "occurred_on", "id", "unit"], name="records_record_kind_date"),
            # Short: few rows await anybody.
            models.Index(fields=["unit"], condition=Q(awaits=True), name="records_record_awaits"),
        ]
        constraints = [
            models.UniqueConstraint(name="records_record_position", fields=["unit", "position"]),
            # Also the index that tells whether a row is superseded: short, as few rows are.
            models.UniqueConstraint(
                name="records_record_superseded_once",
                fields=["supersedes"],
                condition=Q(supersedes__isnull=False),
                violation_error_message="这条记录已被更正或撤回",
            ),
            models.CheckConstraint(
                name="records_record_act",
                condition=Q(act="entry", supersedes=None, reason="")
                | Q(act="correction", supersedes__isnull=False)
                | Q(act="confirmation", supersedes__isnull=False, reason="", awaits=False)
                | Q(act="withdrawal", supersedes__isnull=False, awaits=False) & ~Q(reason=""),
                violation_error_message="更正、确认和撤回要指明原记录，撤回要写明原因；确认和撤回不再待确认",
            ),
            models.CheckConstraint(
                name="records_record_source",
                condition=Q(source__in=["typed", "demo"])
                | Q(source__startswith="import:") & ~Q(source="import:")
                | Q(source__startswith="procedure:") & ~Q(source="procedure:"),
                violation_error_message="来源应为 typed、demo、import: 加数据来源，或 procedure: 加流程",
            ),
            models.CheckConstraint(name="records_record_position_counts", condition=Q(position__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.position} {self.kind} {self.occurred_on}"

    @property
    def reference(self) -> str:
        """The row's name for other records and for people: the code of its unit and its position there."""
        return f"{self.unit.code}-{self.position}"


class RecordImport(models.Model):
    """A sheet of records as it was uploaded, kept until it is imported: what is confirmed is what was looked at.

    `rows` are all the cells as they were read, `findings` what came of the last check (see `ingest.keeping`), both packed. `head` and
    `targets` say which row names the columns and what each of them says. While it is checked or written in the background, `done` of
    `row_count` rows are done.
    """

    class State(models.TextChoices):
        READ = "read", "待对列"
        CHECKING = "checking", "检查中"
        CHECKED = "checked", "待导入"
        WRITING = "writing", "导入中"
        IMPORTED = "imported", "已导入"
        CANCELLED = "cancelled", "已取消"

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="范围", related_name="+")
    kind = models.TextField("类型")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件校验值", max_length=64)
    rows = models.BinaryField("表中各行")
    row_count = models.IntegerField("行数")
    head = models.IntegerField("表头所在行")
    targets = models.JSONField("各列含义", default=list)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READ)
    done = models.IntegerField("已处理行数", default=0)
    counts = models.JSONField("检查结果", default=dict)
    findings = models.BinaryField("检查明细", default=bytes)
    chosen = models.JSONField("导入选择", default=dict)
    message = models.TextField("提示", blank=True)
    uploaded_by = models.TextField("上传人")
    uploaded_at = models.DateTimeField("上传时间")
    imported_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "台账导入"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["unit", "uploaded_at"], name="records_import_unit_uploaded")]

    def __str__(self) -> str:
        return f"{self.unit} {self.file_name}"

    @property
    def is_under_way(self) -> bool:
        """Whether somebody works on it in the background."""
        return self.state in (self.State.CHECKING, self.State.WRITING)


class ColumnMatch(models.Model):
    """What a column of that header says in the sheets of a unit, as somebody there once matched it; blank where it is ignored."""

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name="单位", related_name="+")
    kind = models.TextField("类型")
    header = models.TextField("表头")
    target = models.TextField("含义", blank=True)

    class Meta:
        verbose_name = "列的对应"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="records_columnmatch_once", fields=["unit", "kind", "header"])]

    def __str__(self) -> str:
        return f"{self.header} → {self.target}"


class RecordText(models.Model):
    """What a record that has texts is found by: tokens of the words typed into it, never of its personal fields.

    Written in the transaction that writes the record, and made anew at any time from the records (`index_records`).
    """

    record = models.OneToOneField(Record, models.PROTECT, primary_key=True, verbose_name="记录", related_name="text")
    search_text = SearchTextField("检索词")

    class Meta:
        verbose_name = "台账检索词"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.record_id}"


class PersonalValue(PersonalText):
    """What a record says in a personal field of its kind, apart from it: shown masked, read in full only under the log's eyes, erasable.

    `record` is the first version, by which others name it too: a correction that says nothing of the field leaves the text as it is,
    one that says something erases it and writes another. Of a field one text is kept at most.
    """

    record = models.ForeignKey(Record, models.PROTECT, verbose_name="记录", related_name="personal")

    class Meta(PersonalText.Meta):
        verbose_name = "个人信息"
        verbose_name_plural = verbose_name
        constraints = [
            *PersonalText.Meta.constraints,
            models.UniqueConstraint(name="records_personalvalue_once", fields=["record", "field"], condition=Q(erased_at=None)),
        ]
