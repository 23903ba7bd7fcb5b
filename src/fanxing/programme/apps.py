"""The app as Django knows it."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "fanxing.programme"
    label = "programme"
    verbose_name = "创建方案"
