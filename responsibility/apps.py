"""App configuration of responsibility."""

from django.apps import AppConfig


class ResponsibilityConfig(AppConfig):
    """Responsibility app."""

    name = "responsibility"
    verbose_name = "责任体系"

    def ready(self) -> None:
        """Fill the registries of core: who may see a record's files, and what of the duty lists waits for a person."""
        from core.queues import work_queues
        from core.registry import evidence_access
        from responsibility.access import fulfilment_files
        from responsibility.queues import duty_queues

        evidence_access.register("responsibility.fulfilment", fulfilment_files)
        work_queues.register("duties", duty_queues)
