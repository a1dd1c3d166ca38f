"""App configuration of responsibility."""

from django.apps import AppConfig


class ResponsibilityConfig(AppConfig):
    """Responsibility app."""

    name = "responsibility"
    verbose_name = "责任体系"
