"""App configuration of reminders."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders app."""

    name = "reminders"
    verbose_name = "提醒"

    def ready(self) -> None:
        """Show the reminders on the task's page."""
        from core.panels import task_panels
        from reminders.panels import task_panel

        task_panels.register("reminders", task_panel)
