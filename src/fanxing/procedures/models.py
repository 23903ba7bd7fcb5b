"""Matters, every step they took, and what was decided on the way."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from fanxing.audit.models import AppendOnly
from fanxing.evidence.models import ENDED_RIGHTLY, Attached
from fanxing.lib.personal import PersonalText
from fanxing.lib.text_index import SearchTextField
from fanxing.organisations.models import Assignment, Post, Unit
from fanxing.procedures.deciding import Tally
from fanxing.programme.local_procedures import procedure_published
from fanxing.programme.models import ProcedureVersion
from fanxing.public_notices.models import Notice
from fanxing.records.models import Record
from fanxing.scheme.days import months_after
from fanxing.scheme.model import Procedure

TITLE_LENGTH = 100
# So long nothing must happen to an open matter before what is personal in it is erased, however short its procedure keeps it after the end.
SILENT_MONTHS = 12


def late_on(day: date) -> Q:
    """What is open although its turn, or its whole term, ended before a day, as a condition on `Matter`."""
    return Q(ended_on=None) & (Q(due_on__lt=day) | Q(term_on__lt=day, stopped_on=None))


class MatterQuerySet(models.QuerySet["Matter"]):
    """Matters."""

    def whole(self) -> Self:
        """With the units and versions that every page names; the procedure itself is kept in the process."""
        return self.select_related("unit", "version", "assigned").defer("version__definition")

    def open(self) -> Self:
        """Those that are not over."""
        return self.filter(ended_on=None)

    def over(self) -> Self:
        """Those that are over, those among them that may still be rated or reopened."""
        return self.filter(ended_on__isnull=False)

    def late(self, on: date) -> Self:
        """Open ones whose turn, or whose whole term, ended before a day."""
        return self.filter(late_on(on))


class Matter(models.Model):
    """Something that follows a procedure, by the version that was in force when it opened.

    state, data      where it is, and what was said so far, the last word of each field; never personal values
    assigned         the unit that is responsible now, where another than `unit` is
    turn             counts its moves up: each names the one it began from, so that of two who act at once one wins
    round            the turn with which it came into its state: verdicts, votes and notices belong to one round
    entered_on       the day on which it came into its state; `due_on` the last day it may stay there (None: no limit)
    term_on          the last day of the whole matter; while `stopped_on` is set the clock stands still
    left             days that were left of a state when the clock was stopped, for when it goes on there
    was_late         some step, or the end, came after its day
    duplicate_of     the matter that it was joined to, which goes on for both
    receipt          the digest of the code by which whoever opened it without an account follows it
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="matters")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, verbose_name="流程版本", related_name="+")
    procedure_id = models.TextField("流程")
    title = models.CharField("事项", max_length=TITLE_LENGTH)
    state = models.TextField("环节")
    assigned = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="承办单位", related_name="assigned_matters")
    data = models.JSONField("内容", default=dict)
    turn = models.PositiveIntegerField("步数", default=0)
    round = models.PositiveIntegerField("轮次", default=0)
    is_urgent = models.BooleanField("紧急", default=False)
    is_private = models.BooleanField("仅参与者可见", default=False)
    opened_on = models.DateField("提出日")
    opened_at = models.DateTimeField("提出时间")
    opened_by = models.TextField("提出人")
    opened_by_title = models.TextField("提出人名称")
    entered_on = models.DateField("进入环节日")
    due_on = models.DateField("环节期限", null=True)
    term_on = models.DateField("办结期限", null=True)
    stopped_on = models.DateField("暂停日", null=True)
    left = models.PositiveIntegerField("暂停时剩余天数", null=True)
    was_late = models.BooleanField("曾超期", default=False)
    told_late_on = models.DateField("超期提醒日", null=True)
    ended_on = models.DateField("办结日", null=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, verbose_name="并入的事项", related_name="duplicates")
    receipt = models.CharField("回执校验值", max_length=64, null=True, unique=True)
    search_text = SearchTextField("检索词", blank=True, default="")

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = "事项"
        verbose_name_plural = verbose_name
        indexes = [
            models.Index(fields=["unit", "procedure_id", "-opened_on"], name="procedures_matter_unit"),
            models.Index(fields=["procedure_id", "-opened_on", "-id"], name="procedures_matter_listed"),
            models.Index(fields=["assigned"], name="procedures_matter_assigned", condition=Q(assigned__isnull=False)),
            # What the clock asks for: short, however long the history grows.
            models.Index(fields=["due_on"], name="procedures_matter_due", condition=Q(ended_on=None)),
            # What is open, as lists show it: the first of them without sorting all.
            models.Index(fields=["-is_urgent", "due_on", "id"], name="procedures_matter_urgent", condition=Q(ended_on=None)),
            # The board and the list of one procedure: a city has many that are over.
            models.Index(fields=["procedure_id", "state"], name="procedures_matter_board", condition=Q(ended_on=None)),
            # What is over, newest first, however far one turns the pages.
            models.Index(fields=["-ended_on", "-id"], name="procedures_matter_over", condition=Q(ended_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="procedures_matter_titled", condition=~Q(title="") & ~Q(state="")),
            models.CheckConstraint(name="procedures_matter_ended_later", condition=Q(ended_on=None) | Q(ended_on__gte=F("opened_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}"

    @property
    def number(self) -> str:
        """What people call it by: it says nothing and opens nothing by itself."""
        return f"{self.unit.code}-{self.pk}"

    @property
    def procedure(self) -> Procedure:
        """The table that it follows."""
        return procedure_published(self.version.digest)

    @property
    def responsible(self) -> Unit:
        """The unit that is responsible now."""
        return self.assigned or self.unit

    def is_late(self, today: date) -> bool:
        """Whether it is open and its turn, or its whole term, is over."""
        ends = [self.due_on, None if self.stopped_on else self.term_on]
        return self.ended_on is None and any(one is not None and one < today for one in ends)

    def is_forgotten(self, today: date, *, usual: int | None = None) -> bool:
        """Whether it ended longer ago than its procedure keeps what is personal, or than is `usual` where that says nothing of it; or is
        still open, and for so long, a year at least, nothing happened although its time was over."""
        months = self.procedure.retention or usual
        if months is None:
            return False
        if self.ended_on is not None:
            return months_after(self.ended_on, months) <= today
        months = max(months, SILENT_MONTHS)
        over = max(day for day in (self.entered_on, self.due_on, self.term_on) if day)
        return months_after(over, months) <= today and months_after(max(over, self._last_step_on()), months) <= today

    def _last_step_on(self) -> date:
        return timezone.localdate(MatterStep.objects.filter(matter=self).latest("number").taken_at)


class MatterStep(AppendOnly):
    """One step a matter took: written once. `number` is the turn that it made; what a form said is in `data`, personal values apart."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="steps")
    number = models.PositiveIntegerField("步数")
    verb = models.TextField("步骤")
    source = models.TextField("原环节", blank=True)
    target = models.TextField("新环节")
    data = models.JSONField("内容", default=dict)
    reason = models.TextField("原因", blank=True)
    assigned = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="承办单位", related_name="+")
    due_on = models.DateField("原环节期限", null=True)
    entered_on = models.DateField("进入原环节日", null=True)
    was_late = models.BooleanField("超期", default=False)
    taken_at = models.DateTimeField("时间")
    taken_by = models.TextField("办理人")
    taken_by_title = models.TextField("办理人名称")

    class Meta:
        verbose_name = "事项步骤"
        verbose_name_plural = verbose_name
        ordering = ["number"]
        indexes = [models.Index(fields=["taken_by", "matter"], name="procedures_step_by")]
        constraints = [models.UniqueConstraint(name="procedures_step_once", fields=["matter", "number"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.number} {self.verb}"


class Seat(models.Model):
    """That holders of a post at a unit have a part in a matter now: it is their `turn`, or they may see what only those in the case see.

    With a `term` only whoever holds the post in that term has.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, verbose_name="事项", related_name="seats")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    term = models.ForeignKey(Assignment, models.CASCADE, null=True, verbose_name="任职", related_name="+")
    is_turn = models.BooleanField("待办")

    class Meta:
        verbose_name = "事项参与岗位"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["post", "unit"], name="procedures_seat_turn", condition=Q(is_turn=True))]
        constraints = [models.UniqueConstraint(name="procedures_seat_once", fields=["matter", "unit", "post"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.unit_id} {self.post_id}"


class Verdict(AppendOnly):
    """What a member of a committee said in one round, which the turn names in which the matter came to it."""

    class Choice(models.TextChoices):
        FOR = "for", "同意"
        AGAINST = "against", "不同意"
        ABSTAIN = "abstain", "弃权"

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="verdicts")
    round = models.PositiveIntegerField("轮次")
    member = models.TextField("成员")
    member_title = models.TextField("成员名称")
    choice = models.CharField("意见", max_length=7, choices=Choice.choices)
    words = models.TextField("说明", blank=True)
    given_at = models.DateTimeField("时间")
    given_by = models.TextField("填写人")
    given_by_title = models.TextField("填写人名称")

    class Meta:
        verbose_name = "会商意见"
        verbose_name_plural = verbose_name
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="procedures_verdict_once", fields=["matter", "round", "member"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.member_title} {self.choice}"


class Voter(AppendOnly):
    """That somebody voted online in one round; what they said stands here only where the ballot is open."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="voters")
    round = models.PositiveIntegerField("轮次")
    voter = models.TextField("投票人")
    choice = models.CharField("意见", max_length=7, choices=Verdict.Choice.choices, blank=True)

    class Meta:
        verbose_name = "投票人"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="procedures_voter_once", fields=["matter", "round", "voter"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"


class Count(models.Model):
    """How many votes one round has, online or on paper; a secret ballot knows no more."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="counts")
    round = models.PositiveIntegerField("轮次")
    is_paper = models.BooleanField("纸质票")
    in_favour = models.PositiveIntegerField("同意", default=0)
    against = models.PositiveIntegerField("不同意", default=0)
    abstaining = models.PositiveIntegerField("弃权", default=0)
    spoilt = models.PositiveIntegerField("废票", default=0)

    class Meta:
        verbose_name = "计票"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="procedures_count_once", fields=["matter", "round", "is_paper"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"

    @property
    def cast(self) -> int:
        """How many took part."""
        return self.in_favour + self.against + self.abstaining + self.spoilt

    @staticmethod
    def tally(eligible: int, counts: Iterable["Count"]) -> Tally:
        """What was counted in a round, online and on paper, of so many who may vote."""
        found = list(counts)
        return Tally(
            eligible,
            sum(one.in_favour for one in found),
            sum(one.against for one in found),
            sum(one.abstaining for one in found),
            sum(one.spoilt for one in found),
            sum(one.cast for one in found if not one.is_paper),
        )


class MatterNotice(models.Model):
    """The public notice of one round of a matter."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="notices")
    round = models.PositiveIntegerField("轮次")
    notice = models.OneToOneField(Notice, models.PROTECT, verbose_name="公示", related_name="matter_notice")

    class Meta:
        verbose_name = "事项公示"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="procedures_notice_once", fields=["matter", "round"])]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.round}"


class MatterRecord(models.Model):
    """The record that a matter left, named by its first version; reopened and ended again, the matter corrects it. `row` is the number of
    the line of the procedure that made it."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="records")
    row = models.PositiveIntegerField("流程中的序号")
    record = models.OneToOneField(Record, models.PROTECT, verbose_name="记录", related_name="matter_record")

    class Meta:
        verbose_name = "事项留下的记录"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(name="procedures_record_once", fields=["matter", "row"])]

    def __str__(self) -> str:
        return f"{self.matter_id} → {self.record_id}"


class MatterPersonal(PersonalText):
    """A text about a person that a form said, apart from the matter."""

    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="personal")

    class Meta(PersonalText.Meta):
        verbose_name = "事项个人信息"
        verbose_name_plural = verbose_name
        constraints = [
            *PersonalText.Meta.constraints,
            models.UniqueConstraint(name="procedures_personal_one_kept", fields=["matter", "field"], condition=Q(erased_at=None)),
        ]


class MatterPhoto(Attached):
    """A photo that came with the form of a step, whose `number` says when; only those who see the matter see it."""

    folder = "matters"
    matter = models.ForeignKey(Matter, models.PROTECT, verbose_name="事项", related_name="photos")
    number = models.PositiveIntegerField("步数")

    class Meta:
        verbose_name = "事项照片"
        verbose_name_plural = verbose_name
        ordering = ["number", "pk"]
        indexes = [models.Index(fields=["added_at"], name="procedures_photo_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.UniqueConstraint(name="procedures_photo_once", fields=["matter", "number", "digest"]),
            models.CheckConstraint(name="procedures_photo_state", condition=ENDED_RIGHTLY),
        ]
