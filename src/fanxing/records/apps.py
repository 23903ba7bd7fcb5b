"""The app as Django knows it."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "fanxing.records"
    label = "records"
    verbose_name = "工作台账"
