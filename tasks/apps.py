"""App configuration of plans and tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Plans, items, tasks and progress."""

    name = "tasks"
    verbose_name = "任务"

    def ready(self) -> None:
        """Tell the evidence app who may see a report's files."""
        from core.registry import evidence_access
        from tasks.access import report_files

        evidence_access.register("tasks.progressreport", report_files)
