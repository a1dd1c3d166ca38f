"""App configuration of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notifications app."""

    name = "notifications"
    verbose_name = "通知"
