"""App configuration of hazards."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """Hazards, major and general, from finding to closing."""

    name = "hazards"
    verbose_name = "隐患"
