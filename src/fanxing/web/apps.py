"""The app as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fanxing.web"
    label = "web"
    verbose_name = "页面"
