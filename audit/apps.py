"""App configuration of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only audit trail."""

    name = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Fill the registry of core: who changed a row last."""
        from audit.changes import latest_change_of
        from core.registry import latest_change

        latest_change.register("change", latest_change_of)
