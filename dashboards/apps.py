"""App configuration of dashboards."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Dashboards app."""

    name = "dashboards"
    verbose_name = "看板"
