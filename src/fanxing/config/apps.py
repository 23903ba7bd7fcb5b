"""The app as Django knows it."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "fanxing.config"
    label = "config"
    verbose_name = "系统配置"
