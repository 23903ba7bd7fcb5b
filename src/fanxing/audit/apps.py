"""The app as Django knows it."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "fanxing.audit"
    label = "audit"
    verbose_name = "操作日志"
