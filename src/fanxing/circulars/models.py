"""What is sent to the holders of posts, to whom it went, and what they answered."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from fanxing.organisations.models import Person, Post, Unit
from fanxing.records.models import Record

TITLE_LENGTH, TEXT_LENGTH, ANSWER_LENGTH = 60, 2_000, 200


class Circular(models.Model):
    """Something that a unit says to the holders of some posts at a place, written once: a correction is another one that `replaces` it.

    posts      the ids of the posts addressed, at the `place` and, if `below`, in the units below it, of one `kind` where it is named
    spoken     how it is read out over the loudspeaker
    asks, question, due_on  what is to be answered, in which words, until when
    record     what it leaves in the ledger: see `templates.Leaves`; empty where it leaves nothing
    unreached  [unit, post, why] of those whom it did not reach when it was sent
    """

    class Asks(models.TextChoices):
        NOTHING = "", "不用回复"
        YES_NO = "yes_no", "是或否"
        NUMBER = "number", "一个数"
        TEXT = "text", "一句话"
        CALL = "call", "能到、不能到、已到"

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="发出单位", related_name="circulars")
    title = models.CharField("标题", max_length=TITLE_LENGTH)
    text = models.TextField("内容")
    spoken = models.TextField("广播稿", blank=True)
    place = models.ForeignKey(Unit, models.PROTECT, verbose_name="发往", related_name="+")
    below = models.BooleanField("包括下级单位")
    kind = models.CharField("单位类型", max_length=32, blank=True)
    posts = models.JSONField("岗位")
    asks = models.CharField("回复方式", max_length=10, choices=Asks.choices, blank=True, default=Asks.NOTHING)
    question = models.CharField("问题", max_length=TITLE_LENGTH, blank=True)
    due_on = models.DateField("回复期限", null=True)
    is_urgent = models.BooleanField("紧急", default=False)
    record = models.JSONField("所记台账", default=dict)
    unreached = models.JSONField("未送达", default=list)
    sent_at = models.DateTimeField("发出时间")
    sent_by = models.TextField("发出人")
    sent_by_title = models.TextField("发出人名称")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, verbose_name="所替代的通知", related_name="replaced_by")
    recalled_at = models.DateTimeField("撤回时间", null=True)
    recall_reason = models.CharField("撤回原因", max_length=ANSWER_LENGTH, blank=True)

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = verbose_name
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["unit", "-sent_at"], name="circulars_sent")]
        constraints = [
            models.CheckConstraint(name="circulars_worded", condition=~Q(title="") & ~Q(text="")),
            models.CheckConstraint(
                name="circulars_recalled_for_a_reason", condition=Q(recalled_at=None, recall_reason="") | Q(recalled_at__isnull=False)
            ),
            models.CheckConstraint(name="circulars_not_its_own_correction", condition=Q(replaces=None) | ~Q(replaces=F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}"

    @property
    def stands(self) -> bool:
        """Whether it was neither recalled nor put right by another."""
        return self.recalled_at is None

    @property
    def is_passed_on(self) -> bool:
        """Whether it is meant for residents: those who get it pass it on, and answer how many it reached."""
        return self.asks == self.Asks.NUMBER and bool(self.record)

    def is_answerable(self, today: date) -> bool:
        """Whether an answer is still taken."""
        return bool(self.asks) and self.stands and (self.due_on is None or today <= self.due_on)


class Recipient(models.Model):
    """That a circular went to a person in a post of a unit, when they opened it, and what they answered.

    `assignment` is the number of the term in which it reached them. Who read what is for the sender alone: it stands in no log, in no
    figure and in no record.
    """

    circular = models.ForeignKey(Circular, models.PROTECT, verbose_name="通知", related_name="recipients")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="收到的人", related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所在单位", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    assignment = models.PositiveBigIntegerField("任职编号")
    read_at = models.DateTimeField("打开时间", null=True)
    answer = models.CharField("回复", max_length=ANSWER_LENGTH, blank=True)
    note = models.CharField("补充", max_length=ANSWER_LENGTH, blank=True)
    answered_at = models.DateTimeField("回复时间", null=True)
    record = models.ForeignKey(Record, models.PROTECT, null=True, verbose_name="登记的台账", related_name="+")

    class Meta:
        verbose_name = "通知对象"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["person", "read_at"], name="circulars_of_a_person")]
        constraints = [
            models.UniqueConstraint(name="circulars_recipient_once", fields=["circular", "person"]),
            models.CheckConstraint(
                name="circulars_answered_whole",
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False, read_at__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} → {self.unit}{self.post}"
