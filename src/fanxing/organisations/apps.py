"""The app as Django knows it."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "fanxing.organisations"
    label = "organisations"
    verbose_name = "组织与人员"
