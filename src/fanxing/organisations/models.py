"""Units in a tree with their history, and the people who hold posts in them."""

import re
from datetime import date, timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from fanxing.accounts.models import User
from fanxing.organisations.paths import CodeField, PathField
from fanxing.organisations.permissions import PERMISSION_SETS
from fanxing.organisations.search import SearchTextField

# No slash: codes are the steps of paths.
CODE_PATTERN = re.compile(r"\A[0-9A-Za-z][0-9A-Za-z_-]*\Z")
CODE = RegexValidator(CODE_PATTERN, "代码只能由字母、数字、横线和下划线组成")


def in_force(on: date) -> Q:
    """What holds on a day: from `valid_from`, until the day before `valid_to`."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


class Unit(models.Model):
    """A city, county, township, village, branch, grid …: one identity, whatever it is called and belongs to.

    Name, kind, parent and path are those of today; `UnitState` holds what they were. `search_text` is what the name is
    found by, as `lib.search_text` writes it: whoever writes the name writes it too.
    """

    code = CodeField("代码", max_length=32, unique=True, validators=[CODE])
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类型", max_length=32)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级单位", related_name="children")
    path = PathField("路径")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    search_text = SearchTextField("检索词", blank=True, default="", editable=False)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = verbose_name
        ordering = ["code"]
        indexes = [models.Index(fields=["path"], name="organisations_unit_path")]
        constraints = [
            models.CheckConstraint(
                name="organisations_unit_code_is_a_step",
                condition=~Q(code="") & ~Q(code__contains="/"),
                violation_error_message="代码不能为空，也不能含“/”",
            ),
            models.CheckConstraint(
                name="organisations_unit_not_its_own_parent",
                condition=~Q(parent=F("id")),
                violation_error_message="单位不能是自己的上级",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    def state_on(self, on: date) -> "UnitState | None":
        """Name, kind and parent on a day; None before the unit began and from the day it closed."""
        return self.states.filter(in_force(on)).first()


class UnitState(models.Model):
    """What a unit was called, of what kind it was and to whom it belonged, for a time."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="states")
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类型", max_length=32)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="上级单位", related_name="+")
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True)

    class Meta:
        verbose_name = "单位沿革"
        verbose_name_plural = verbose_name
        # Together: states of a unit form a row without two open ends, two equal beginnings or two equal
        # ends. That none lies inside another cannot be said to both databases; actions only ever end the
        # open state and begin the next.
        constraints = [
            models.CheckConstraint(
                name="organisations_unitstate_forward",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                violation_error_message="截止日应晚于起始日",
            ),
            models.UniqueConstraint(
                name="organisations_unitstate_one_open",
                fields=["unit"],
                condition=Q(valid_to=None),
                violation_error_message="一个单位只能有一个现行状态",
            ),
            models.UniqueConstraint(name="organisations_unitstate_one_start", fields=["unit", "valid_from"]),
            models.UniqueConstraint(name="organisations_unitstate_one_end", fields=["unit", "valid_to"]),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.valid_from} 起）"


class UnitSuccession(models.Model):
    """That one unit went on as another, by merger or split, and whether its records count there."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, verbose_name="原单位", related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, verbose_name="后继单位", related_name="precessions")
    on = models.DateField("日期")
    carries_records = models.BooleanField("台账计入后继单位")

    class Meta:
        verbose_name = "单位承继"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(name="organisations_succession_once", fields=["predecessor", "successor"]),
            models.UniqueConstraint(
                name="organisations_succession_records_once",
                fields=["predecessor"],
                condition=Q(carries_records=True),
                violation_error_message="一个单位的台账只能计入一个后继单位",
            ),
            models.CheckConstraint(
                name="organisations_succession_of_another",
                condition=~Q(predecessor=F("successor")),
                violation_error_message="单位不能承继自己",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class UnitImport(models.Model):
    """A list of units as it was uploaded, kept until it is imported: what is confirmed is what was looked at.

    `rows` are the lines read: [row of the sheet, code, name, kind, code of the unit above], as they were written there.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="范围", related_name="+")
    on = models.DateField("生效日期")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件校验值", max_length=64)
    rows = models.JSONField("表中各行")
    uploaded_by = models.TextField("上传人")
    uploaded_at = models.DateTimeField("上传时间")
    imported_by = models.TextField("导入人", blank=True)
    imported_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "单位表导入"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit} {self.file_name}"


class Person(models.Model):
    """Someone who holds posts; kept by one unit, with an account or without one.

    `search_text` is what the name is found by: whoever writes the name writes it too.
    """

    name = models.CharField("姓名", max_length=50)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所在单位", related_name="people")
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, verbose_name="账号", related_name="person")
    search_text = SearchTextField("检索词", blank=True, default="", editable=False)

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post that a programme knows, the permission set it carries, and how many people should hold it where."""

    class Phone(models.TextChoices):
        PUBLIC = "public", "公开"
        COLLEAGUES = "colleagues", "能打开单位页面的人可见"
        KEEPERS = "keepers", "能查看人员的人可见"

    id = models.SlugField("标识", max_length=50, primary_key=True)
    title = models.CharField("名称", max_length=50)
    permission_set = models.CharField("权限集", max_length=50)
    kinds = models.JSONField("适用的单位类型", default=list, help_text="为空则各类单位都适用")
    position = models.PositiveSmallIntegerField("次序", default=0)
    establishment = models.JSONField("应配人数", default=dict, help_text="单位类型对应的人数")
    phone = models.CharField("电话给谁看", max_length=20, choices=Phone.choices, default=Phone.KEEPERS)
    is_named = models.BooleanField("公开页面列姓名", default=False)
    side = models.CharField("党政归属", max_length=20, blank=True, default="")

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return self.title

    @property
    def permissions(self) -> frozenset[str]:
        """What the post may do; nothing when its set is no longer known."""
        return PERMISSION_SETS.get(self.permission_set, frozenset())

    def fits(self, unit: Unit) -> bool:
        """Whether it exists in this kind of unit."""
        return not self.kinds or unit.kind in self.kinds


class Rota(models.Model):
    """Several people who take turns at a post; the turns are its assignments."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="rotas")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    title = models.CharField("名称", max_length=50)
    hours = models.CharField("值守时间", max_length=100, blank=True)
    made_at = models.DateTimeField("排定时间")

    class Meta:
        verbose_name = "轮值表"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit}{self.title}"


class Assignment(models.Model):
    """That a person holds a post in a unit for a time.

    phone, hours    how the holder is reached at this post, and when: an office number where there is one
    scope           the part of the unit they answer for: a street, some buildings; never anything about who lives there
    duty, reward    what is to be done and what is had for it, for members without office
    stands_in_for   the assignment whose holder is away: this one carries the same post for that time
    rota            the rota of which this is one turn
    """

    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人员", related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="assignments")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="assignments")
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日（不含）", null=True, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True, default="")
    hours = models.CharField("值守时间", max_length=100, blank=True, default="")
    scope = models.CharField("负责的范围", max_length=200, blank=True, default="")
    duty = models.CharField("职责", max_length=200, blank=True, default="")
    reward = models.CharField("奖励", max_length=200, blank=True, default="")
    stands_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="代谁履职", related_name="stand_ins")
    rota = models.ForeignKey(Rota, models.PROTECT, null=True, blank=True, verbose_name="轮值表", related_name="turns")

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["valid_to"], name="organisations_term_end", condition=Q(valid_to__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                name="organisations_assignment_once",
                fields=["person", "unit", "post"],
                condition=Q(valid_to=None),
                violation_error_message="此人已在该单位任此岗位",
            ),
            # Equal when someone's term was called off before it began.
            models.CheckConstraint(
                name="organisations_assignment_forward",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="截止日不能早于起始日",
            ),
            models.CheckConstraint(
                name="organisations_stand_in_ends",
                condition=Q(stands_in_for=None) | Q(valid_to__isnull=False),
                violation_error_message="代理要有截止日",
            ),
            models.CheckConstraint(
                name="organisations_turn_ends",
                condition=Q(rota=None) | Q(valid_to__isnull=False),
                violation_error_message="轮值要有截止日",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.post} {self.person}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it is held; None while no end is set."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class PersonImport(models.Model):
    """A list of people and posts as it was uploaded, kept until it is imported: what is confirmed is what was looked at.

    `rows` are the lines read: [row of the sheet, cells …], as they were written there; once imported they are gone.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="范围", related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件校验值", max_length=64)
    rows = models.JSONField("表中各行")
    row_count = models.PositiveIntegerField("行数")
    uploaded_by = models.TextField("上传人")
    uploaded_at = models.DateTimeField("上传时间")
    imported_by = models.TextField("导入人", blank=True, default="")
    imported_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "人员表导入"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.unit} {self.file_name}"
