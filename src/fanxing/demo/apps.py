"""Django's view of this package."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "fanxing.demo"
    verbose_name = "演示"
