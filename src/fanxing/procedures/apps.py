"""The app as Django knows it."""

from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "fanxing.procedures"
    label = "procedures"
    verbose_name = "事项"
