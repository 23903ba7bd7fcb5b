"""The log of what was done, and the keys of forms already taken."""

from typing import NoReturn

from django.db import models
from django.db.models import Q

from fanxing.audit.chain import Link
from fanxing.lib.canonical import Plain, plain

SEALED_COLUMNS = (
    *("at", "actor", "actor_title", "action", "subject", "unit_code", "summary", "details", "rows"),
    "sealed_at",
)


class AppendOnlyError(Exception):
    """Rows of this table are never changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet):  # type: ignore[type-arg]  # generic only in the stubs
    """Refuses the ways in which a query would change rows."""

    def update(self, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(self.model.__name__)

    def bulk_update(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(self.model.__name__)

    def delete(self) -> NoReturn:
        raise AppendOnlyError(self.model.__name__)

    update.alters_data = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]


class AppendOnly(models.Model):
    """Base of tables whose rows are written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnlyError(str(self))
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(str(self))


class Event(AppendOnly):
    """One thing done by someone: text only, so that it outlives whatever it speaks of.

    It is inserted without a place in the chain; `seal` gives it one a little later, so that writers never
    wait for each other. Only the four columns of the chain are ever written again, and only by `seal`.
    """

    at = models.DateTimeField("时间")
    actor = models.TextField("操作人")
    actor_title = models.TextField("操作人名称")
    action = models.TextField("操作")
    subject = models.TextField("对象")
    unit_code = models.TextField("单位代码", blank=True)
    summary = models.TextField("摘要")
    details = models.JSONField("详情", default=dict)
    rows = models.JSONField("行校验值", default=dict)

    sealed_at = models.DateTimeField("封存时间", null=True)
    position = models.BigIntegerField("链上位置", null=True, unique=True)
    previous = models.TextField("前一条校验值", default="")
    digest = models.TextField("校验值", default="")

    class Meta:
        verbose_name = "操作日志"
        verbose_name_plural = verbose_name
        indexes = [
            models.Index(fields=["subject"], name="audit_event_subject"),
            models.Index(fields=["unit_code", "at"], name="audit_event_unit"),
            # What still waits for its place: short, however long the log grows.
            models.Index(fields=["id"], name="audit_event_unsealed", condition=Q(position=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_event_sealed_whole",
                condition=Q(position=None, sealed_at=None, digest="") | Q(position__gt=0, sealed_at__isnull=False) & ~Q(digest=""),
                violation_error_message="链上的位置、时间与校验值要么都有，要么都没有",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.summary}"

    def content(self) -> dict[str, Plain]:
        """What the chain seals: what happened, and when it was sealed."""
        return {name: plain(getattr(self, name)) for name in SEALED_COLUMNS}

    def link(self) -> Link:
        """The event in its place in the chain; only for sealed events."""
        assert self.position is not None
        return Link(self.position, self.previous, self.digest, self.content())


class IdempotencyKey(models.Model):
    """A form that was taken: sent a second time, it writes nothing and gets the first result."""

    key = models.CharField("键", max_length=64, primary_key=True)
    at = models.DateTimeField("时间", db_index=True)
    result = models.TextField("结果", default="")

    class Meta:
        verbose_name = "已提交的表单"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return self.key
