"""The app as Django knows it."""

from django.apps import AppConfig


class CircularsConfig(AppConfig):
    name = "fanxing.circulars"
    label = "circulars"
    verbose_name = "通知"
