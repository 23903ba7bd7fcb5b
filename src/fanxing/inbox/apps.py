"""The app as Django knows it."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "fanxing.inbox"
    label = "inbox"
    verbose_name = "待办"
