"""The app as Django knows it."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "fanxing.points"
    label = "points"
    verbose_name = "党员积分"
