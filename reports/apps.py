"""App configuration of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Quarterly reports: computed once, frozen, printed."""

    name = "reports"
    verbose_name = "报告"

    def ready(self) -> None:
        """Fill the registry of core: what waits for a person."""
        from core.queues import work_queues
        from reports.queues import report_queues

        work_queues.register("reports", report_queues)
