"""The app as Django knows it."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "fanxing.evidence"
    label = "evidence"
    verbose_name = "佐证材料"
