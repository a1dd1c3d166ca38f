"""App configuration of supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Letters to units about their tasks."""

    name = "supervision"
    verbose_name = "督办"

    def ready(self) -> None:
        """Fill the registries of core: who may see a reply's files, what waits for a person, the task page's panel."""
        from core.panels import task_panels
        from core.queues import work_queues
        from core.registry import evidence_access
        from supervision.access import letter_files
        from supervision.queues import letter_queues
        from supervision.selectors import task_panel

        evidence_access.register("supervision.letter", letter_files)
        work_queues.register("supervision", letter_queues)
        task_panels.register("supervision", task_panel)
