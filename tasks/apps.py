"""App configuration of plans and tasks."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Plans, items, tasks and progress."""

    name = "tasks"
    verbose_name = "任务"

    def ready(self) -> None:
        """Fill the registries of core: who may see a report's files, what waits for a person."""
        from core.queues import work_queues
        from core.registry import evidence_access
        from tasks.access import contribution_files, directive_files, report_files
        from tasks.approval_queue import approval_queues
        from tasks.consulting.selectors import consultation_queues
        from tasks.directive_queues import directive_queues
        from tasks.drafts import draft_queues
        from tasks.node_queues import node_queues
        from tasks.selectors import task_queues

        evidence_access.register("tasks.directive", directive_files)
        evidence_access.register("tasks.progressreport", report_files)
        work_queues.register("directives", directive_queues)
        evidence_access.register("tasks.contribution", contribution_files)
        work_queues.register("tasks", task_queues)
        work_queues.register("drafts", draft_queues)
        work_queues.register("nodes", node_queues)
        work_queues.register("approvals", approval_queues)
        work_queues.register("consultations", consultation_queues)
