"""When each entry of the timetable is due, and how it went."""

from django.db import models


class Schedule(models.Model):
    """An entry of the timetable, by the name under which an app registered it."""

    name = models.CharField("名称", max_length=100, primary_key=True)
    next_at = models.DateTimeField("下次运行")
    last_ok_at = models.DateTimeField("上次成功", null=True)
    last_error = models.TextField("上次错误", blank=True)

    class Meta:
        verbose_name = "定时任务"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return self.name
