"""The app as Django knows it."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "fanxing.tasks"
    label = "tasks"
    verbose_name = "后台任务"
