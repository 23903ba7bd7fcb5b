"""The app as Django knows it."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TasksConfig(AppConfig):
    name = "fanxing.tasks"
    label = "tasks"
    verbose_name = "后台任务"

    def ready(self) -> None:
        # Each app's tasks.py enters itself in the timetable.
        autodiscover_modules("tasks")
