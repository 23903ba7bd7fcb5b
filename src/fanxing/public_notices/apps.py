"""The app as Django knows it."""

from django.apps import AppConfig


class PublicNoticesConfig(AppConfig):
    name = "fanxing.public_notices"
    label = "public_notices"
    verbose_name = "公示"
