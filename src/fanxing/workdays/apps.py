"""The app as Django knows it."""

from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "fanxing.workdays"
    label = "workdays"
    verbose_name = "工作日"
