"""App configuration of tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks app."""

    name = "tasks"
    verbose_name = "任务"
