"""App configuration of the project package (it carries management commands only)."""

from django.apps import AppConfig


class SafetyplanConfig(AppConfig):
    """The project itself, installed so that its management commands are found."""

    name = "safetyplan"
    verbose_name = "系统"

    def ready(self) -> None:
        """Register the system checks."""
        from safetyplan import checks  # noqa: F401
