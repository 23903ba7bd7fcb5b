"""Days that are not what their weekday says, or that have a name."""

from django.db import models

NAME_LENGTH, SOURCE_LENGTH = 30, 100


class CalendarDay(models.Model):
    """A day of a year that was announced: a holiday, or a weekend that is worked to make up for one. A year without any was not
    announced yet: in it the weekday decides."""

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=NAME_LENGTH)
    source = models.CharField("来源", max_length=SOURCE_LENGTH)

    class Meta:
        verbose_name = "日历日"
        verbose_name_plural = verbose_name
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
