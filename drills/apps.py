"""App configuration of drills."""

from django.apps import AppConfig


class DrillsConfig(AppConfig):
    """Emergency drills: who owes them, what was held."""

    name = "drills"
    verbose_name = "应急演练"
