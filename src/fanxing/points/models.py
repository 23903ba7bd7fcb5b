"""Who took part in what the ledger says, where a branch keeps points; the points themselves are reckoned, never stored."""

from django.db import models
from django.db.models import F, Q

from fanxing.organisations.models import Person, Unit
from fanxing.records.models import Record


class PointsSwitch(models.Model):
    """That a branch keeps points of its members from a day on, until the day before `until`."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    since = models.DateField("开启日")
    until = models.DateField("停用日（不含）", null=True)
    turned_on_by = models.TextField("开启人")
    turned_off_by = models.TextField("停用人", blank=True)

    class Meta:
        verbose_name = "积分开关"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                name="points_switch_one_open", fields=["unit"], condition=Q(until=None), violation_error_message="党员积分已经开启"
            ),
            models.CheckConstraint(name="points_switch_forward", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.since}"


class Participation(models.Model):
    """That a member took part in what a record (named by its first version) says; beside the ledger, never in it.

    `amount` is how much of a counted field, such as the hours, was this member's; None: an equal share with all who have none.
    """

    record = models.ForeignKey(Record, models.PROTECT, verbose_name="记录", related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="+")
    amount = models.FloatField("本人的数量", null=True)
    added_at = models.DateTimeField("登记时间")
    added_by = models.TextField("登记人")
    removed_at = models.DateTimeField("移除时间", null=True)
    removed_by = models.TextField("移除人", blank=True)
    reason = models.TextField("移除原因", blank=True)

    class Meta:
        verbose_name = "参加人员"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(name="points_participation_once", fields=["record", "person"], condition=Q(removed_at=None)),
            models.CheckConstraint(name="points_participation_amount", condition=Q(amount=None) | Q(amount__gte=0)),
            models.CheckConstraint(name="points_participation_reason", condition=Q(removed_at=None) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.person}"


class PointsObjection(models.Model):
    """That a member objects to an entry of their account, named by its record and rule, and what was answered."""

    record = models.ForeignKey(Record, models.PROTECT, verbose_name="记录", related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="+")
    rule = models.TextField("积分规则")
    text = models.TextField("异议")
    raised_at = models.DateTimeField("提出时间")
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.TextField("答复人", blank=True)

    class Meta:
        verbose_name = "积分异议"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(name="points_objection_one_open", fields=["record", "person", "rule"], condition=Q(answered_at=None)),
            models.CheckConstraint(name="points_objection_answer", condition=Q(answered_at=None) | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.rule}"


class PointsReversal(models.Model):
    """That an entry of a member's account, named by its record and rule, was taken away, and why."""

    record = models.ForeignKey(Record, models.PROTECT, verbose_name="记录", related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="+")
    rule = models.TextField("积分规则")
    reason = models.TextField("原因")
    reversed_at = models.DateTimeField("撤销时间")
    reversed_by = models.TextField("撤销人")

    class Meta:
        verbose_name = "积分撤销"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(name="points_reversal_once", fields=["record", "person", "rule"]),
            models.CheckConstraint(name="points_reversal_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.rule}"
