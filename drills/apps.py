"""App configuration of drills."""

from django.apps import AppConfig


class DrillsConfig(AppConfig):
    """Emergency drills: who owes them, what was held."""

    name = "drills"
    verbose_name = "应急演练"

    def ready(self) -> None:
        """Fill the registries of core: files, queues, the panel of an enterprise, the figures."""
        from core.panels import enterprise_panels
        from core.queues import work_queues
        from core.registry import evidence_access
        from drills import metrics
        from drills.access import drill_files
        from drills.queues import drill_queues
        from drills.selectors import enterprise_panel

        evidence_access.register("drills.drill", drill_files)
        work_queues.register("drills", drill_queues)
        enterprise_panels.register("drills", enterprise_panel)
        metrics.register()
