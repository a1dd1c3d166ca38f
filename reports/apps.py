"""App configuration of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Quarterly reports: computed once, frozen, printed."""

    name = "reports"
    verbose_name = "报告"
