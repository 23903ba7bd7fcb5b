"""The app as Django knows it."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "fanxing.scoring"
    label = "scoring"
    verbose_name = "评分"
