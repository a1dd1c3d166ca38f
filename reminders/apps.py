"""App configuration of reminders."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders app."""

    name = "reminders"
    verbose_name = "提醒"
