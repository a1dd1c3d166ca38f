"""App configuration of drills."""

from django.apps import AppConfig


class DrillsConfig(AppConfig):
    """Emergency drills: who owes them, what was held."""

    name = "drills"
    verbose_name = "应急演练"

    def ready(self) -> None:
        """Fill the registries of core: who may see a record's files, what waits for a person, the figures."""
        from core.queues import work_queues
        from core.registry import evidence_access
        from drills import metrics
        from drills.access import drill_files
        from drills.queues import drill_queues

        evidence_access.register("drills.drill", drill_files)
        work_queues.register("drills", drill_queues)
        metrics.register()
